# SPDX-License-Identifier: Apache-2.0
"""The engine on commands that Hypothesis draws, at the borders, and at production size."""

import numpy as np
import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st
from tritproof.ref.ternary.matvec import matvec
from tritproof.rtl.manifest import blocks
from tritproof.verif.equivalence import build_simulator
from tritproof.verif.port_values import corner_biased
from tritproof.verif.random_stalls import Stall
from tritproof.verif.strategies import port_rows, stalls
from tritproof.verif.streams import SimulationError
from tritproof.verif.ternary.products import (
    OUTPUT,
    Product,
    Refused,
    differences,
    input_streams,
    pack_codes,
)
from tritproof.verif.ternary.strategies import commands
from tritproof.verif.ternary.tlmm import multiply, run_commands

from .equivalence_support import CACHE, block_simulator, converted_files

TINY = blocks()["tlmm"].configs["tiny"]
STREAMS = ["s_axis_command", "s_axis_activation", "s_axis_weight", "m_axis"]
REPEATABLE = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("converted")


@pytest.fixture(scope="session")
def tiny(folder):
    return block_simulator("tlmm", "tiny", folder)


@given(commands=commands(TINY), waits=stalls(STREAMS), seed=st.integers(0, 1 << 32))
@REPEATABLE
def test_any_commands_under_any_stalls(tiny, commands, waits, seed):
    result = run_commands(tiny, TINY, commands, stalls=waits, seed=seed)
    assert differences(TINY, commands, result) == []


def test_hypothesis_shrinks_a_fault_to_the_smallest_case(folder, tmp_path):
    files = converted_files("tlmm", "tiny", folder)
    text = files[-1].read_text()
    assert text.count("m_axis_tdata = ") == 1
    broken = tmp_path / files[-1].name
    # The lowest bit of each result beat is always set: the smallest fault is one zero product.
    broken.write_text(text.replace("m_axis_tdata = ", "m_axis_tdata = 1 | "))
    simulator = build_simulator(
        blocks()["tlmm"], TINY, [*files[:-1], broken], cache_directory=CACHE, optimise="-O1"
    )

    def fails(case):
        try:
            return bool(differences(TINY, case, run_commands(simulator, TINY, case)))
        except SimulationError:
            return True

    smallest = find(commands(TINY), fails, settings=REPEATABLE)
    assert repr(smallest) == "[product([[0]], [0])]"


@given(data=st.data())
@REPEATABLE
def test_batches_of_port_values_fit_their_ports(data):
    ports = [port for port in blocks()["tlmm"].ports(TINY) if port.name not in ("clk", "rst")]
    rows = data.draw(port_rows(ports, max_rows=4))
    for port in ports:
        if port.direction == "in":
            values = rows[port.name]
            assert values.shape[1] == (port.width + 7) // 8
            assert all(int.from_bytes(v.tobytes(), "little") >> port.width == 0 for v in values)


def every_border_size():
    step, lanes = TINY.t * TINY.g, TINY.q
    inputs = {1, TINY.g, TINY.g + 1, step - 1, step, step + 1, 2 * step + 1, TINY.max_inputs}
    outputs = {1, lanes - 1, lanes, lanes + 1, 2 * lanes, 3 * lanes + 1, TINY.max_outputs}
    return [(i, o) for i in sorted(inputs) for o in sorted(outputs) if o > 0]


@pytest.mark.parametrize("weight, activation", [(1, 127), (1, -128), (-1, 127), (-1, -128)])
def test_the_largest_sums_at_every_border_size(tiny, weight, activation):
    products = [
        Product(np.full((o, i), weight, np.int8), np.full(i, activation, np.int8))
        for i, o in every_border_size()
    ]
    for seed, waits in enumerate((None, Stall(0.4, longest=5))):
        result = run_commands(tiny, TINY, products, stalls=waits, seed=seed)
        assert differences(TINY, products, result) == []


def test_refused_commands_leave_no_trace(tiny):
    good = Product(np.eye(5, 7, dtype=np.int8), np.arange(7, dtype=np.int8))
    bad = [
        Refused(0, 1),
        Refused(1, 0),
        Refused(0, 0),
        Refused(TINY.max_inputs + 1, 1),
        Refused(1, TINY.max_outputs + 1),
        Refused((1 << 16) - 1, (1 << 16) - 1),
    ]
    mixed = [command for one in bad for command in (one, good, one)]
    result = run_commands(tiny, TINY, mixed, stalls=0.2, seed=4)
    assert differences(TINY, mixed, result) == []
    assert result.status["refused"] == 2 * len(bad)


def test_padding_may_hold_anything(tiny):
    weights = np.array([[1, 0, -1], [0, 0, 0], [1, 1, 1]], np.int8)
    case = [Product(weights, np.array([3, -128, 127], np.int8))]
    plain = input_streams(TINY, case)
    noisy = [input_streams(TINY, case, np.random.default_rng(seed)) for seed in range(6)]
    assert any((one["s_axis_weight"] != plain["s_axis_weight"]).any() for one in noisy)
    assert any((one["s_axis_activation"] != plain["s_axis_activation"]).any() for one in noisy)
    for streams in (plain, *noisy):
        assert differences(TINY, case, tiny.run(streams, expected_beats={OUTPUT: 2})) == []


@pytest.mark.parametrize("width", range(1, 9))
def test_codes_are_packed_lowest_first(width):
    codes = np.random.default_rng(width).integers(0, 1 << width, (3, 21), dtype=np.uint8)
    packed = pack_codes(codes, width)
    assert packed.shape == (3, -(-21 * width // 8))
    for row, beat in zip(codes, packed, strict=True):
        number = sum(int(code) << width * k for k, code in enumerate(row))
        assert number == int.from_bytes(beat.tobytes(), "little")


@pytest.fixture(scope="session")
def production(folder):
    return block_simulator("tlmm", "bitnet2b", folder)


def test_rows_follow_each_other_at_the_promised_rate(production):
    params = blocks()["tlmm"].configs["bitnet2b"]
    rng = np.random.default_rng(5)
    weights = rng.integers(-1, 2, (1536, 1536), np.int8)
    rows = corner_biased(rng, (2, 1536), -128, 127).astype(np.int8)
    one = multiply(production, params, weights, rows[:1])
    assert np.array_equal(one.outputs, matvec(weights, rows[:1]))
    assert one.cycles <= 1.05 * (1536 / 16) * -(-1536 // 84) + 200
    both = multiply(production, params, weights, rows, stalls=Stall(0.1, longest=4), seed=1)
    assert np.array_equal(both.outputs, matvec(weights, rows))


@pytest.mark.parametrize("inputs", [2560, 6912])
def test_the_largest_sums_at_production_size(production, inputs):
    params = blocks()["tlmm"].configs["bitnet2b"]
    weights = np.ones((17, inputs), np.int8)
    rows = np.array([[127], [-128]], np.int8).repeat(inputs, axis=1)
    found = multiply(production, params, weights, rows).outputs
    assert found.tolist() == [[127 * inputs] * 17, [-128 * inputs] * 17]
