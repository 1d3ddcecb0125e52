# SPDX-License-Identifier: Apache-2.0
"""Equivalence of packed_tlmm: packed matrices of every shape, in memory and as products."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from tritproof.ref.formats.goldens import unit_of
from tritproof.ref.ternary.matvec import matvec
from tritproof.rtl.buffer.params import COUNT_WIDTH
from tritproof.verif.buffer.matrices import Matrix, fits, port_order
from tritproof.verif.buffer.matrices import command_beats as matrix_beats
from tritproof.verif.buffer.weight_buffer import random_sizes
from tritproof.verif.formats.unpack import unpacked
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import corner_biased, pack_elements, unpack_elements
from tritproof.verif.random_stalls import Stalls
from tritproof.verif.stream_cases import Case, check_cases
from tritproof.verif.streams import Beats, SimulationError
from tritproof.verif.ternary.products import (
    ACTIVATION,
    OUTPUT,
    Command,
    Product,
    activation_beats,
    kept_lanes,
    random_refused,
)
from tritproof.verif.ternary.products import COMMAND as PRODUCT
from tritproof.verif.ternary.products import command_beats as product_beats
from tritproof.verif.ternary.tlmm import Multiplied

MATRIX, UNITS = "s_axis_matrix", "s_axis"
MOST = 4
"""Matrices of one case."""
SEEN = range(1, 1 << 62)
"""In how many cycles an error is seen where there is one."""


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


def memory_beats(params: Any, one: Packed, rng: np.random.Generator | None = None) -> np.ndarray:
    """Return the units uint8[beats, bytes] of a matrix in memory. Trits behind the words are zero,
    or random with ``rng``."""
    words = one.trits.reshape(len(one.trits), -1, params.word_trits).swapaxes(0, 1)
    places = list(port_order(params.buffer, matrix_of(params, one)))
    shape = (len(places), params.unpack.trits)
    trits = np.zeros(shape, np.int8) if rng is None else rng.integers(-1, 2, shape, np.int8)
    for beat, (step, outputs) in enumerate(places):
        row = words[step, outputs]
        trits[beat, : row.size] = row.reshape(-1)
    section = unit_of(params.unpack.format)
    return section.pack_units(trits.reshape(-1, section.grid.trits)).reshape(len(places), -1)


def read_back(params: Any, one: Packed, stored: np.ndarray) -> tuple[Packed, bool]:
    """Return the matrix that units uint8[beats, bytes] hold, trits 0 of their illegal words, and
    whether there is one."""
    made, illegal = unpacked(params.unpack, stored)
    trits = unpack_elements(made, params.unpack.trits, 2, signed=True)
    words = np.zeros_like(one.trits).reshape(len(one.trits), -1, params.word_trits)
    places = port_order(params.buffer, matrix_of(params, one))
    for beat, (step, outputs) in zip(trits, places, strict=True):
        count = outputs.stop - outputs.start
        words[outputs, step] = beat[: count * params.word_trits].reshape(count, -1)
    found = dataclasses.replace(one, trits=words.reshape(one.trits.shape))
    return found, bool(illegal.any())


def results(params: Any, one: Packed) -> Beats:
    """Return the beats due for the products of a matrix, of the lanes behind its outputs too."""
    rows = np.zeros((len(one.rows), one.trits.shape[1]), np.int64)
    rows[:, : one.inputs] = one.rows
    sums = matvec(one.trits, rows).reshape(-1, params.engine.q)
    last = np.zeros((len(rows), len(one.trits) // params.engine.q), bool)
    last[:, -1] = True
    return Beats(pack_elements(sums, params.engine.lane_width), last.reshape(-1))


def products_of(one: Packed) -> list[Command]:
    """Return the commands of a matrix."""
    return [Product(one.trits[: one.outputs, : one.inputs], row) for row in one.rows]


def streams(
    params: Any,
    matrices: Sequence[Packed | Matrix],
    stored: Sequence[np.ndarray],
    commands: Sequence[Command],
    rng: np.random.Generator | None = None,
) -> dict[str, Beats]:
    """Return all beats that go in, for matrices, their units in memory, and commands of the
    engine. Activations behind the ends of rows are zero, or random with ``rng``."""
    engine = params.engine
    rows = [one.activations for one in commands if isinstance(one, Product)]
    told = [matrix_of(params, one) if isinstance(one, Packed) else one for one in matrices]
    nothing = np.zeros((0, params.unpack.in_width // 8), np.uint8)
    none = np.zeros((0, engine.g), np.uint8)
    return {
        MATRIX: Beats(matrix_beats(told)),
        UNITS: Beats(np.concatenate([nothing, *stored])),
        PRODUCT: Beats(product_beats(commands)),
        ACTIVATION: Beats(
            np.concatenate([none, *(activation_beats(engine, row, rng) for row in rows)])
        ),
    }


def case_of(
    params: Any,
    matrices: Sequence[Packed | Matrix],
    rng: np.random.Generator,
    spoiled: float = 0,
    refused: float = 0,
) -> Case:
    """Return the case of matrices that follow each other, those out of range without beats. These
    shares of the bytes in memory are random, and of the commands out of range."""
    lanes, lane_width = params.engine.q, params.engine.lane_width
    stored, commands, outputs, illegal = [], [], [], False
    due = [Beats(np.zeros((0, lanes * lane_width // 8), np.uint8), np.zeros(0, bool))]
    for one in (one for one in matrices if isinstance(one, Packed)):
        beats = memory_beats(params, one, rng)
        changed = rng.random(beats.shape) < spoiled
        beats[changed] = rng.integers(0, 256, int(changed.sum()))
        found, wrong = read_back(params, one, beats)
        stored.append(beats)
        illegal |= wrong
        due.append(results(params, found))
        for product in products_of(one):
            while rng.random() < refused:
                commands.append(random_refused(params.engine, rng))
            commands.append(product)
            outputs.append(one.outputs)
    keep = {}
    if outputs:
        keep[OUTPUT] = np.repeat(kept_lanes(lanes, outputs), lane_width // 8, axis=1)
    return Case(
        streams(params, matrices, stored, commands, rng),
        {
            OUTPUT: Beats(
                np.concatenate([one.data for one in due]), np.concatenate([one.last for one in due])
            )
        },
        {
            "error": SEEN if illegal else 0,
            "refused_matrix": len(matrices) - len(stored),
            "refused": len(commands) - len(outputs),
        },
        keep=keep,
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
        return case_of(params, matrices, rng, float(rng.choice([0, 0, 0.001, 1])), refused=0.2)

    return check_cases(simulator, vectors, seed, initial_state, draw)


def multiply(
    simulator: Any,
    params: Any,
    weights: np.ndarray,
    rows: np.ndarray,
    *,
    stalls: Stalls = None,
    seed: int = 0,
) -> Multiplied:
    """Return weights int8[outputs, inputs] times each of ``rows`` int8[rows, inputs], simulated:
    the matrix is loaded once and given out for every row.

    Raises ValueError if it is too large, and SimulationError if a rule of a stream is broken.
    """
    one, lanes = packed(params, weights, rows), params.engine.q
    result = simulator.run(
        streams(params, [one], [memory_beats(params, one)], products_of(one)),
        expected_beats={OUTPUT: len(rows) * len(one.trits) // lanes},
        stalls=stalls,
        seed=seed,
        max_idle_cycles=1 << 16,
    )
    raised = [name for name, cycles in result.status.items() if cycles]
    if raised:
        raise SimulationError(f"{raised[0]} is raised")
    found = unpack_elements(result.outputs[OUTPUT], lanes, params.engine.lane_width, signed=True)
    taken = result.beat_cycles[UNITS]
    return Multiplied(
        found.reshape(len(rows), -1)[:, : one.outputs],
        result.cycles,
        result.transactions,
        len(taken),
        int(taken[-1] - taken[0]) + 1,
        len(taken) * params.unpack.in_width,
    )
