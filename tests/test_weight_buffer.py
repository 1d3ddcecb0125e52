# SPDX-License-Identifier: Apache-2.0
"""The weight buffer: parameters, theorems, cycles as specified, the bus, the engine behind it."""

import numpy as np
import pytest
from tritproof.ref.buffer.address import load_beats as port_beats
from tritproof.ref.buffer.schedule import LATENCY, schedule
from tritproof.ref.buffer.sizing import matrices_of_a_layer
from tritproof.ref.buffer.theorems import prove_all
from tritproof.rtl.buffer.params import WeightBufferParams
from tritproof.rtl.buffer.weight_bank import WeightBankParams
from tritproof.rtl.manifest import blocks
from tritproof.tools.importers import load_activations, read_weights
from tritproof.tools.matvec import real_matrices
from tritproof.verif.buffer.matrices import (
    COMMAND,
    LOAD,
    OUTPUT,
    Matrix,
    case_of,
    random_matrix,
    shape_of,
)
from tritproof.verif.buffer.weight_buffer import check
from tritproof.verif.stream_cases import differences
from tritproof.verif.ternary.products import Product, input_streams, weight_beats
from tritproof.verif.ternary.products import differences as wrong_products

from .equivalence_support import block_simulator, simulator_at

BUFFER = blocks()["weight_buffer"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("buffer")


def run(folder, config, matrices, **options):
    """Run matrices without pauses, compare what goes out, and return the run."""
    params = BUFFER.configs[config]
    case = case_of(params, matrices, np.random.default_rng(5))
    due = {OUTPUT: len(case.outputs[OUTPUT].data)}
    simulator = block_simulator("weight_buffer", config, folder)
    result = simulator.run(case.inputs, expected_beats=due, max_idle_cycles=1 << 16, **options)
    assert differences(case, result) == []
    return result


def random_matrices(config, sizes):
    rng = np.random.default_rng(3)
    return [random_matrix(rng, BUFFER.configs[config], *size) for size in sizes]


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: WeightBufferParams(q=12), "q must be a power of two, not 12"),
        (lambda: WeightBufferParams(words=9), "words must be an integer from 1 to 8, not 9"),
        (lambda: WeightBufferParams(parts=1), "parts must be an integer from 2 to 8, not 1"),
        (
            lambda: WeightBufferParams(outputs=1530),
            "outputs must be a multiple of q = 16, not 1530",
        ),
        (
            lambda: WeightBufferParams(bus_width=708),
            "bus_width must be an integer from 716 to 4096, not 708",
        ),
        (
            lambda: WeightBufferParams(bus_width=716),
            "bus_width must be a multiple of 8, not 716",
        ),
        (lambda: WeightBankParams(depth=7), "depth must be even, not 7"),
        (
            lambda: WeightBufferParams(groups=1, outputs=16),
            "depth must be an integer from 4 to 1048576, not 2",
        ),
    ],
)
def test_bad_parameters(make, message):
    with pytest.raises(ValueError) as raised:
        make()
    assert str(raised.value) == message


def test_theorems():
    assert len({theorem.name for theorem in prove_all()}) == 21


@pytest.mark.parametrize("config", BUFFER.configs)
def test_the_number_of_a_beat_never_wraps(config):
    params = BUFFER.configs[config]
    shape = shape_of(params)
    most = max(
        port_beats(steps, beats, params.q, params.words, **shape)
        for steps, beats in (
            (params.most_steps, params.row_beats), (params.groups, params.most_beats)
        )
    )  # fmt: skip
    assert most <= 1 << params.place_width


SIZES = {
    "tiny": [(2, 2, 1), (6, 1, 2), (1, 6, 3), (2, 6, 1), (6, 2, 3), (1, 1, 1), (2, 3, 7)],
    "tellme": [(19, 96, 1), (40, 20, 2), (3, 200, 4), (57, 96, 1), (19, 96, 5), (1, 1, 1)],
}


@pytest.mark.parametrize("config", SIZES)
def test_every_cycle_is_as_scheduled(config, folder):
    params = BUFFER.configs[config]
    result = run(folder, config, random_matrices(config, SIZES[config]))
    times = schedule(SIZES[config], params.q, params.words, **shape_of(params))
    start = result.beat_cycles[COMMAND][0]
    loaded, given = (result.beat_cycles[name] - start for name in (LOAD, OUTPUT))
    for (steps, beats, reads), time in zip(SIZES[config], times, strict=True):
        count = port_beats(steps, beats, params.q, params.words, **shape_of(params))
        mine, loaded = loaded[:count], loaded[count:]
        assert (mine[0], mine[-1]) == (time.first_load, time.last_load)
        mine, given = given[: steps * beats * reads], given[steps * beats * reads :]
        assert np.array_equal(mine, np.arange(time.first_read, time.last_read + 1) + LATENCY)


def test_a_layer_as_published_keeps_the_port_busy_and_takes_2_064_bits_a_weight(folder):
    params = BUFFER.configs["tellme"]
    [region] = random_matrices("tellme", [(19, 96, 1)])
    result = run(folder, "tellme", [region] * 13)
    taken = result.beat_cycles[LOAD]
    weights = sum(outputs * inputs for outputs, inputs in matrices_of_a_layer(1536, 4096))
    assert round(len(taken) * params.bus_width / weights, 3) == 2.064
    assert len(taken) / (taken[-1] - taken[0] + 1) > 0.999


def test_four_tokens_hide_loading(folder):
    """5853 cycles to load a region, 1824 to read it: the engine waits up to three reads, not at
    four; the port, between commands, never up to three, and at four when all parts are full."""
    for reads in (3, 4):
        result = run(folder, "tellme", random_matrices("tellme", [(19, 96, reads)]) * 14)
        taken, given = (np.diff(result.beat_cycles[name]) for name in (LOAD, OUTPUT))
        assert (given.max() == 1) == (reads == 4)
        assert (taken.max() == 2) == (reads == 3)


@pytest.mark.parametrize("name", ["random", *real_matrices()])
def test_the_engine_takes_its_weights_from_the_buffer(name, folder):
    engine, rng = blocks()["tlmm"].configs["tellme"], np.random.default_rng(8)
    if name == "random":
        weights = rng.integers(-1, 2, (500, 300)).astype(np.int8)
        rows = rng.integers(-128, 128, (3, 300)).astype(np.int8)
    else:
        files = real_matrices()[name]
        weights, rows = read_weights(files[0]).trits, load_activations(files[1])[:4]
    (outputs, inputs), codes = weights.shape, weight_beats(engine, weights, rng)
    steps, beats = -(-inputs // (engine.t * engine.g)), -(-outputs // engine.q)
    bits = np.unpackbits(codes, axis=1, bitorder="little")[:, : engine.codes_width]
    words = bits.reshape(steps, beats * engine.q, engine.codes_width // engine.q)
    result = run(folder, "tellme", [Matrix(steps, beats, len(rows), words)])
    products = [Product(weights, row) for row in rows]
    streams = input_streams(engine, products) | {"s_axis_weight": result.outputs[OUTPUT]}
    found = block_simulator("tlmm", "tellme", folder).run(streams)
    assert wrong_products(engine, products, found) == []


@pytest.mark.parametrize(
    "params",
    [
        WeightBufferParams(7, q=4, words=2, parts=2, groups=3, outputs=12, gamma_width=1,
                           bus_width=16),
        WeightBufferParams(3, q=16, words=8, parts=5, groups=1, outputs=48, gamma_width=8,
                           bus_width=32),
        WeightBufferParams(1, q=8, words=1, parts=8, groups=5, outputs=8, gamma_width=3,
                           bus_width=8),
    ],
)  # fmt: skip
def test_other_shapes(params, tmp_path):
    simulator = simulator_at("weight_buffer", params, tmp_path)
    outcome = check(simulator, params, 20000, seed=1)
    assert (outcome.mismatches, outcome.failure) == (0, None)
