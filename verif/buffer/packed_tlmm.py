# SPDX-License-Identifier: Apache-2.0
"""Equivalence of packed_tlmm: packed matrices of every shape, in memory and as products."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from tritproof.ref.ternary.matvec import matvec
from tritproof.rtl.buffer.params import COUNT_WIDTH
from tritproof.verif.buffer.matrices import Matrix, fits, port_order
from tritproof.verif.buffer.matrices import command_beats as matrix_beats
from tritproof.verif.buffer.weight_buffer import random_sizes
from tritproof.verif.formats.rows import ALWAYS
from tritproof.verif.formats.unpack import unit_of, unpacked
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import corner_biased, pack_elements, unpack_elements
from tritproof.verif.random_stalls import Stalls
from tritproof.verif.stream_cases import Case, check_cases
from tritproof.verif.streams import Beats, SimulationError
from tritproof.verif.ternary.products import ACTIVATION, OUTPUT, Product, activation_beats
from tritproof.verif.ternary.products import COMMAND as PRODUCT
from tritproof.verif.ternary.products import command_beats as product_beats
from tritproof.verif.ternary.tlmm import Multiplied

MATRIX, UNITS = "s_axis_matrix", "s_axis"
MOST = 4
"""Matrices of one case."""


@dataclass(frozen=True)
class Packed:
    """Trits int8[outputs, inputs], filled up to whole steps and beats of the engine, whose real
    sizes are ``outputs`` and ``inputs``; and rows int8[rows, inputs] to multiply."""

    trits: np.ndarray
    outputs: int
    inputs: int
    rows: np.ndarray


def takes(params: Any, outputs: int, inputs: int, rows: int) -> bool:
    """Whether the buffer and the engine are large enough for a matrix and so many rows."""
    engine = params.engine
    steps, beats = -(-inputs // params.word_trits), -(-outputs // engine.q)
    small = inputs <= engine.max_inputs and outputs <= engine.max_outputs
    return small and rows < 1 << COUNT_WIDTH and fits(params.buffer, steps, beats, rows)


def packed(params: Any, weights: np.ndarray, rows: np.ndarray) -> Packed:
    """Return a matrix int8[outputs, inputs] filled up with zeros, and its rows int8[rows, inputs].

    Raises:
        ValueError: the buffer or the engine is too small for it.
    """
    outputs, inputs = weights.shape
    if not takes(params, outputs, inputs, len(rows)):
        raise ValueError(f"{outputs} outputs of {inputs} inputs fit no buffer or engine")
    steps, beats = -(-inputs // params.word_trits), -(-outputs // params.engine.q)
    trits = np.zeros((beats * params.engine.q, steps * params.word_trits), np.int8)
    trits[:outputs, :inputs] = weights
    return Packed(trits, outputs, inputs, rows)


def matrix_of(params: Any, one: Packed) -> Matrix:
    """Return what the buffer is told of a matrix."""
    outputs, inputs = one.trits.shape
    return Matrix(inputs // params.word_trits, outputs // params.engine.q, len(one.rows))


def memory_beats(
    params: Any, one: Packed, rng: np.random.Generator | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the units uint8[beats, bytes] of a matrix in memory, and their trits
    int8[beats, trits]. Places behind the words are zero, or random with ``rng``."""
    words = one.trits.reshape(len(one.trits), -1, params.word_trits).swapaxes(0, 1)
    places = list(port_order(params.buffer, matrix_of(params, one)))
    shape = (len(places), params.unpack.trits)
    trits = np.zeros(shape, np.int8)
    if rng is not None:
        trits = rng.integers(-1, 2, shape, np.int8)
    for beat, (step, outputs) in enumerate(places):
        row = words[step, outputs]
        trits[beat, : row.size] = row.reshape(-1)
    section = unit_of(params.unpack.format)
    stored = section.pack_units(trits.reshape(-1, section.grid.trits))
    return stored.reshape(len(places), -1), trits


def read_back(params: Any, one: Packed, stored: np.ndarray) -> Packed:
    """Return the matrix that units uint8[beats, bytes] hold, trits 0 of their illegal words."""
    made, _ = unpacked(params.unpack, stored)
    trits = unpack_elements(made, params.unpack.trits, 2, signed=True)
    words = np.zeros_like(one.trits).reshape(len(one.trits), -1, params.word_trits)
    for beat, (step, outputs) in zip(
        trits, port_order(params.buffer, matrix_of(params, one)), strict=True
    ):
        count = outputs.stop - outputs.start
        row = beat[: count * params.word_trits]
        words[outputs, step] = row.reshape(count, -1)
    return Packed(words.reshape(one.trits.shape), one.outputs, one.inputs, one.rows)


def results(params: Any, one: Packed) -> Beats:
    """Return the beats due for the products of a matrix, of the lanes behind its outputs too."""
    rows = np.zeros((len(one.rows), one.trits.shape[1]), np.int64)
    rows[:, : one.inputs] = one.rows
    sums = matvec(one.trits, rows).reshape(-1, params.engine.q)
    last = np.zeros((len(rows), len(one.trits) // params.engine.q), bool)
    last[:, -1] = True
    return Beats(pack_elements(sums, params.engine.lane_width), last.reshape(-1))


def case_of(
    params: Any, matrices: Sequence[Packed | Matrix], rng: np.random.Generator, share: float
) -> Case:
    """Return the case of matrices that follow each other, those out of range without their sizes'
    beats; a ``share`` of the bytes in memory is random."""
    engine, size = params.engine, params.unpack.in_width // 8
    units, commands, activations, due, illegal = [], [], [], [], False
    for one in matrices:
        if isinstance(one, Matrix):
            continue
        stored, _ = memory_beats(params, one, rng)
        spoiled = rng.random(stored.shape) < share
        stored[spoiled] = rng.integers(0, 256, int(spoiled.sum()))
        illegal |= bool(unpacked(params.unpack, stored)[1].any())
        units.append(stored)
        due.append(results(params, read_back(params, one, stored)))
        weights = one.trits[: one.outputs, : one.inputs]
        commands += [Product(weights, row) for row in one.rows]
        activations += [activation_beats(engine, row, rng) for row in one.rows]
    told = [one if isinstance(one, Matrix) else matrix_of(params, one) for one in matrices]
    width = engine.q * engine.lane_width // 8
    given = [Beats(np.zeros((0, width), np.uint8), np.zeros(0, bool)), *due]
    stored = np.concatenate([np.zeros((0, size), np.uint8), *units])
    return Case(
        {
            MATRIX: Beats(matrix_beats(told)),
            UNITS: Beats(stored),
            PRODUCT: Beats(product_beats(commands)),
            ACTIVATION: Beats(np.concatenate([np.zeros((0, engine.g), np.uint8), *activations])),
        },
        {
            OUTPUT: Beats(
                np.concatenate([one.data for one in given]),
                np.concatenate([one.last for one in given]),
            )
        },
        {
            "error": ALWAYS if illegal else 0,
            "refused_matrix": len(matrices) - len(units),
            "refused": 0,
        },
    )


def random_packed(params: Any, rng: np.random.Generator) -> Packed | Matrix:
    """Draw a matrix, or the sizes of one that is out of range."""
    engine = params.engine
    steps, beats, reads = random_sizes(rng, params.buffer)
    if not fits(params.buffer, steps, beats, reads):
        return Matrix(steps, beats, reads)
    inputs = steps * params.word_trits - int(rng.integers(0, params.word_trits))
    outputs = beats * engine.q - int(rng.integers(0, engine.q))
    inputs, outputs = min(inputs, engine.max_inputs), min(outputs, engine.max_outputs)
    rows = corner_biased(rng, (reads, inputs), -128, 127).astype(np.int8)
    weights = rng.integers(-1, 2, (outputs, inputs), np.int8)
    one = packed(params, weights, rows)
    one.trits[outputs:] = rng.integers(-1, 2, one.trits[outputs:].shape)
    one.trits[:, inputs:] = rng.integers(-1, 2, one.trits[:, inputs:].shape)
    return one


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare the products of random matrices, with legal and with illegal words in memory."""

    def draw(rng: np.random.Generator) -> Case:
        matrices = [random_packed(params, rng) for _ in range(int(rng.integers(1, MOST + 1)))]
        return case_of(params, matrices, rng, float(rng.choice([0, 0, 0.001, 1])))

    return check_cases(simulator, vectors, seed, initial_state, draw)


@dataclass(frozen=True)
class Streamed(Multiplied):
    """Products of a matrix in memory: ``port_beats`` of the port, the ``port_cycles`` from the
    first of them to the last, and the ``port_bits`` of all."""

    port_beats: int
    port_cycles: int
    port_bits: int


def multiply(
    simulator: Any,
    params: Any,
    weights: np.ndarray,
    rows: np.ndarray,
    *,
    stalls: Stalls = None,
    seed: int = 0,
) -> Streamed:
    """Return weights int8[outputs, inputs] times each of ``rows`` int8[rows, inputs], simulated:
    the matrix is loaded once and given out for every row.

    Raises ValueError if it is too large, and SimulationError if a rule of a stream is broken.
    """
    case = case_of(params, [packed(params, weights, rows)], np.random.default_rng(seed), 0)
    due = len(case.outputs[OUTPUT].data)
    result = simulator.run(case.inputs, expected_beats={OUTPUT: due}, stalls=stalls, seed=seed,
                           max_idle_cycles=1 << 16)  # fmt: skip
    wrong = [name for name in case.status if result.status[name]]
    if wrong:
        raise SimulationError(f"{wrong[0]} is raised")
    lanes = unpack_elements(result.outputs[OUTPUT], params.engine.q, params.engine.lane_width,
                            signed=True)  # fmt: skip
    taken = result.beat_cycles[UNITS]
    return Streamed(
        lanes.reshape(len(rows), -1)[:, : len(weights)],
        result.cycles,
        result.transactions,
        len(taken),
        int(taken[-1] - taken[0]) + 1,
        len(taken) * params.unpack.in_width,
    )
