# SPDX-License-Identifier: Apache-2.0
"""I-ViT's streams: cycles as declared, parameters, rows too long, what is looked up in a proof."""

import numpy as np
import pytest
from tritproof.ref.ivit import exponential, shiftmax_theorems
from tritproof.ref.ivit.exponential import gelu, int_exp, shiftgelu, shiftmax
from tritproof.ref.theorem import NotProvedError
from tritproof.rtl.ivit.gelu_lane import ElementParams
from tritproof.rtl.ivit.row_gelu_lane import RowGeluParams
from tritproof.rtl.ivit.shift_exp import ShiftExpParams
from tritproof.rtl.ivit.shiftmax import ShiftmaxParams
from tritproof.rtl.manifest import blocks
from tritproof.rtl.stream import whole_bytes
from tritproof.verif.ivit import gelu as many
from tritproof.verif.ivit import rows, shiftgelu_elements

from .equivalence_support import block_simulator, run_case


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("ivit")


def run_rows(name, config, folder, given):
    params = blocks()[name].configs[config]
    function, width = {
        "shiftmax": (shiftmax, whole_bytes(getattr(params, "output_bits", 8))),
        "shiftgelu": (shiftgelu, getattr(params, "beat_width", 8)),
    }[name]
    case = rows.rows_case(params, given, function, width)
    return run_case(block_simulator(name, config, folder), case)


def random_rows(count, length, unit, seed=1):
    rng = np.random.default_rng(seed)
    return [(rng.integers(-128, 128, length).tolist(), unit) for _ in range(count)]


@pytest.mark.parametrize("length", [197, 1536, 3072])
def test_gelu_of_long_rows_takes_a_number_in_a_cycle(length, folder):
    result = run_rows("shiftgelu", "vit", folder, random_rows(6, length, 9))
    cycles = np.ptp(result.beat_cycles["m_axis"]) + 1
    assert 6 * length <= cycles <= 6 * (length + 4), (cycles, 6 * length)


def test_gelu_by_itself_takes_a_beat_in_a_cycle(folder):
    params = blocks()["shiftgelu_elements"].configs["vit"]
    x = np.random.default_rng(2).integers(-128, 128, (3 * 384, params.lanes))
    case = shiftgelu_elements.rows_case(params, [384] * 3, np.array([5, 9, 28]), x)
    result = run_case(block_simulator("shiftgelu_elements", "vit", folder), case)
    taken, given = result.beat_cycles["s_axis"], result.beat_cycles["m_axis"]
    assert np.ptp(given) + 1 == 3 * 384 + 2  # a cycle between rows
    assert set(given - taken) == {params.latency}


@pytest.mark.parametrize(
    ("config", "length"),
    [("tiny", 3), ("vit", 64), ("vit", 197), ("vit", 256), ("vit_powers", 197), ("swin", 64)],
)
def test_shiftmax_takes_two_cycles_a_number(config, length, folder):
    params = blocks()["shiftmax"].configs[config]
    result = run_rows("shiftmax", config, folder, random_rows(6, length, 4))
    taken, given = result.beat_cycles["s_axis"], result.beat_cycles["m_axis"]
    assert given[0] - taken[0] == 2 * length + params.exp.latency + 36 - params.n
    assert set(np.diff(given[::length])) == {2 * length + 34 - params.n}


def test_the_units_of_a_block_without_division_are_powers_of_two(folder):
    units = [0, 1, 2, 3, 64, 100, 255]
    assert [exponential.unit_taken(unit, True) for unit in units] == [1, 1, 2, 2, 64, 64, 128]
    given = [(row, unit) for unit in units for row, _ in random_rows(1, 20, unit, seed=unit)]
    run_rows("shiftmax", "vit_powers", folder, given)


def test_a_row_too_long_is_refused_and_the_next_is_right(folder):
    fits, long = random_rows(2, 256, 10), random_rows(1, 257, 3)
    for name, config in (("shiftmax", "vit"), ("shiftgelu", "wide")):
        run_rows(name, config, folder, [fits[0], *long, fits[1]])


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: ShiftExpParams(n=23, headroom=9), "headroom must be an integer from 0 to 8, not"),
        (lambda: ElementParams(n=23, unit_width=8), "unit_width must be an integer from 2 to 7"),
        (lambda: RowGeluParams(n=15), "n must be an integer from 16 to 23, not 15"),
        (lambda: ShiftmaxParams(depth=512), "512 numbers with units of 8 bits and n=15 sum up to"),
    ],
)
def test_bad_parameters(make, message):
    with pytest.raises(ValueError) as raised:
        make()
    assert str(raised.value).startswith(message)


@pytest.mark.parametrize("params", [ElementParams(unit_width=10), RowGeluParams(unit_width=10)])
def test_what_is_looked_up_is_the_specification(params):
    rng = np.random.default_rng(3)
    x, other = rng.integers(-128, 128, (2, 3000))
    largest = np.maximum(x, other if isinstance(params, RowGeluParams) else 0)
    unit = rng.integers(0, 1024, 3000)
    found = many.gelu(x, largest, unit, params)
    for one in zip(x.tolist(), largest.tolist(), unit.tolist(), found.tolist(), strict=True):
        assert gelu(one[0], one[1], max(one[2], 1), params.n, 8) == one[3], one


@pytest.mark.parametrize("params", [ElementParams(n=3, unit_width=3), RowGeluParams(16, 3)])
def test_what_is_looked_up_is_the_specification_of_every_input_of_tiny(params):
    assert params in [blocks()[name].configs["tiny"] for name in ("gelu_lane", "row_gelu_lane")]
    x, largest, unit = (one.ravel() for one in np.mgrid[-128:128, -128:128, 1:8])
    if isinstance(params, ElementParams):
        kept = largest == np.maximum(x, 0)
        x, largest, unit = x[kept], largest[kept], unit[kept]
    found = many.gelu(x, largest, unit, params)
    inputs = zip(x.tolist(), largest.tolist(), unit.tolist(), strict=True)
    due = np.fromiter((gelu(*one, params.n, 8) for one in inputs), np.int64, len(x))
    assert np.array_equal(found, due)
    at_zero = many.gelu(x, largest, np.zeros_like(unit), params)
    assert np.array_equal(at_zero, many.gelu(x, largest, np.ones_like(unit), params))


def test_more_headroom_than_a_sum_counts_changes_nothing():
    for unit in range(1, 1024):
        for x in range(129):
            limited = int_exp(x, unit, 23, many.OCTAVES - 23)
            assert limited == int_exp(x, unit, 23) or limited > exponential.FACTOR


def test_theorems_of_shiftmax(monkeypatch):
    assert len(shiftmax_theorems.prove_all()) >= 6
    right = shiftmax_theorems.int_exp
    monkeypatch.setattr(shiftmax_theorems, "int_exp", lambda x, unit, n: right(x, unit, n) ^ 1)
    with pytest.raises(NotProvedError, match="the exponentials rise"):
        shiftmax_theorems.exponential_rises(15)
    monkeypatch.setattr(shiftmax_theorems, "shiftmax", lambda x, *sizes: [64] * len(x))
    with pytest.raises(NotProvedError, match="a sum of 192"):
        shiftmax_theorems.rows_by_running(15, 8)
    monkeypatch.setattr(shiftmax_theorems, "shiftmax", lambda x, *sizes: list(range(len(x))))
    with pytest.raises(NotProvedError, match="is out of order"):
        shiftmax_theorems.rows_by_running(15, 8)
    monkeypatch.setattr(shiftmax_theorems, "FACTOR", (1 << 31) + (1 << 24))
    with pytest.raises(NotProvedError, match="in units of"):
        shiftmax_theorems.sum_is_at_most_one(8)
