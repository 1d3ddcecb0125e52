# SPDX-License-Identifier: Apache-2.0
"""Equivalence of score_buffer: rows of every length, some longer than the buffer."""

from typing import Any

import numpy as np
from tritproof.ref.softmax.softmax import distance
from tritproof.rtl.stream import whole_bytes
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import as_rows, corner_biased, pack_integers
from tritproof.verif.stream_cases import Case, check_cases
from tritproof.verif.streams import Beats

MOST = 12
"""Rows of one case."""


def row_lengths(rng: np.random.Generator, depth: int) -> list[int]:
    """Return the lengths of some rows: short ones, full ones, a few longer than ``depth``."""
    count = int(rng.integers(1, MOST + 1))
    short = rng.integers(1, min(depth, 12) + 1, count)
    near = rng.integers(max(1, depth - 2), depth + 4, count)
    chosen = np.where(rng.random(count) < 0.1, rng.integers(1, depth + 3, count), short)
    return np.where(rng.random(count) < 0.1, near, chosen).tolist()


def ends_of(lengths: list[int]) -> np.ndarray:
    """Return bool[sum of lengths]: set at the last beat of each row."""
    ends = np.zeros(sum(lengths), bool)
    ends[np.cumsum(np.array(lengths, int)) - 1] = True
    return ends


def random_row(rng: np.random.Generator, width: int, length: int, near: int) -> np.ndarray:
    """Return int64[length] numbers of ``width`` bits: of any size, or within ``near``, or equal."""
    half = 1 << (width - 1)
    if rng.random() < 0.3:
        return corner_biased(rng, (length,), -half, half - 1)
    spread = int(rng.choice([0, 1, near]))
    centre = int(corner_biased(rng, (1,), -half, half - 1)[0])
    return np.clip(centre + rng.integers(-spread, spread + 1, length), -half, half - 1)


def random_rows(rng: np.random.Generator, width: int, shape: tuple[int, int], near: int):
    """Return int64[beats, rows] of the shape (beats, rows), each row by ``random_row``."""
    beats, rows = shape
    return np.stack([random_row(rng, width, beats, near) for _ in range(rows)], axis=1)


def expected_distances(params: Any, values: np.ndarray) -> np.ndarray:
    """Return int64[beats, rows]: each row's distances, all ones before its start."""
    sizes = {"WIDTH": params.value_width, "Z_WIDTH": params.distance_width}
    found = np.full(values.shape, (1 << params.distance_width) - 1, np.int64)
    for row in range(params.rows):
        scores = values[params.start(row) :, row]
        if len(scores):
            found[params.start(row) :, row] = distance.numpy(scores.max(), scores, **sizes)
    return found


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare every distance and flag, in order, with the specification."""
    width, distances = params.distance_width, params.output_width

    def draw(rng: np.random.Generator) -> Case:
        lengths = row_lengths(rng, params.depth)
        shapes = [(n, params.rows) for n in lengths]
        given = [random_rows(rng, params.value_width, shape, 2 << width) for shape in shapes]
        words: list[int] = []
        ends: list[bool] = []
        for values in given:
            if len(values) > params.depth:
                continue
            below = np.array(pack_integers(expected_distances(params, values), width), object)
            below[0] |= 1 << distances
            for replay in range(params.passes):
                last_pass = int(replay == params.passes - 1) << (distances + 1)
                words += list(below | last_pass)
                ends += ends_of([len(values)]).tolist()
        scores = [word for values in given for word in pack_integers(values, params.value_width)]
        taken = as_rows(scores, whole_bytes(params.input_width) // 8)
        owed = as_rows(words, whole_bytes(distances + 2) // 8)
        return Case(
            {"s_axis": Beats(taken, last=ends_of(lengths))},
            {"m_axis": Beats(owed, last=np.array(ends, bool))},
            {"refused": sum(n > params.depth for n in lengths)},
        )

    return check_cases(simulator, vectors, seed, initial_state, draw)
