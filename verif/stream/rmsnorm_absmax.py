# SPDX-License-Identifier: Apache-2.0
"""Equivalence of rmsnorm_absmax: rows of every length and size, broken and too long ones too."""

from typing import Any

import numpy as np
from tritproof.ref.stream.rmsnorm import kept_rows, rmsnorm_absmax
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import pack_elements
from tritproof.verif.softmax.score_buffer import ends_of, row_lengths
from tritproof.verif.stream.quantize import random_row
from tritproof.verif.stream_cases import Case, check_cases
from tritproof.verif.streams import Beats


def rows_case(params: Any, rows: list[np.ndarray], gammas: list[np.ndarray]) -> Case:
    """Return the case of rows int64[beats, lanes] of codes, with a gamma for each row that fits."""
    kept = kept_rows(rows, params.depth)
    due, largest = [np.empty(0, np.int64)], []
    for row, gamma in zip(kept, gammas, strict=True):
        y, absmax, _ = rmsnorm_absmax(row.reshape(-1), gamma.reshape(-1), params.eps_units)
        due.append(y)
        largest.append(absmax)

    def beats(codes: list[np.ndarray], ends: np.ndarray | None = None) -> Beats:
        flat = np.concatenate([np.empty(0, np.int64), *(one.reshape(-1) for one in codes)])
        return Beats(pack_elements(flat.reshape(-1, params.lanes), 16), ends)

    return Case(
        {
            "s_axis": beats(rows, ends_of([len(row) for row in rows])),
            "s_axis_gamma": beats(gammas),
        },
        {
            "m_axis": beats(due, ends_of([len(row) for row in kept])),
            "m_axis_absmax": Beats(pack_elements(np.array(largest, np.int64)[:, None], 16)),
        },
        {"refused": len(rows) - len(kept)},
    )


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare numbers and largest magnitudes of random rows."""

    def draw(rng: np.random.Generator) -> Case:
        lengths = row_lengths(rng, params.depth)
        rows = [random_numbers(rng, (length, params.lanes)) for length in lengths]
        kept = kept_rows(rows, params.depth)
        return rows_case(params, rows, [random_numbers(rng, row.shape) for row in kept])

    return check_cases(simulator, vectors, seed, initial_state, draw)


def random_numbers(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Return codes int64 of the shape: mostly finite, mostly of similar size."""
    numbers, _ = random_row(rng, int(np.prod(shape)))
    special = numbers % 0x8000 >= 0x7C00
    if rng.random() < 0.9:
        numbers = np.where(special, numbers & 0xBFFF, numbers)
    return numbers.reshape(shape)
