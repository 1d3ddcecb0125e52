# SPDX-License-Identifier: Apache-2.0
"""Equivalence of score_buffer: rows of every length, some longer than the buffer."""

from typing import Any

import numpy as np
from tritproof.ref.softmax.softmax import distance
from tritproof.rtl.stream import whole_bytes
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import as_rows, corner_biased
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


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare every distance and flag, in order, with the specification."""
    width = params.distance_width
    sizes = {"WIDTH": params.value_width, "Z_WIDTH": width}

    def draw(rng: np.random.Generator) -> Case:
        lengths = row_lengths(rng, params.depth)
        rows = [random_row(rng, params.value_width, n, 2 << width) for n in lengths]
        words, ends = [], []
        for row in rows:
            if len(row) > params.depth:
                continue
            below = distance.numpy(row.max(), row, **sizes)
            for replay in range(params.passes):
                flags = np.where(np.arange(len(row)) == 0, 1 << width, 0)
                flags |= (replay == params.passes - 1) << (width + 1)
                words.append(below | flags)
                ends.append(ends_of([len(row)]))
        given = np.concatenate(rows) & ((1 << params.value_width) - 1)
        due = np.concatenate([np.zeros(0, np.int64), *words])
        taken = Beats(as_rows(given.tolist(), whole_bytes(params.value_width) // 8))
        taken = Beats(taken.data, last=ends_of(lengths))
        owed = as_rows(due.tolist(), whole_bytes(width + 2) // 8)
        return Case(
            {"s_axis": taken},
            {"m_axis": Beats(owed, last=np.concatenate([np.zeros(0, bool), *ends]))},
            {"refused": sum(n > params.depth for n in lengths)},
        )

    return check_cases(simulator, vectors, seed, initial_state, draw)
