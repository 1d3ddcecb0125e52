# SPDX-License-Identifier: Apache-2.0
"""Equivalence of layernorm_factor: the sums of rows of every length and spread."""

from typing import Any

import numpy as np
from tritproof.ref.ivit.layernorm import mean_and_factor, sums_of_row
from tritproof.rtl.ivit.layernorm_factor import NUMBER_WIDTH
from tritproof.rtl.stream import whole_bytes
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import as_rows
from tritproof.verif.softmax.score_buffer import random_row
from tritproof.verif.stream_cases import Case, check_cases
from tritproof.verif.streams import Beats

MOST = 20
"""Rows of one case."""


def random_numbers(rng: np.random.Generator, length: int) -> list[int]:
    """Return int16 numbers: equal ones, near ones, those at the ends, or of any size."""
    near = 1 << int(rng.integers(0, NUMBER_WIDTH))
    return random_row(rng, NUMBER_WIDTH, length, near).tolist()


def rows_case(params: Any, rows: list[list[int]]) -> Case:
    """Return the case of the sums of rows."""
    asked, due = [], []
    squares_at, length_at = params.sum_width, params.sum_width + params.squares_width
    for row in rows:
        total, squares, length = sums_of_row(row)
        mean, factor = mean_and_factor(total, squares, length, published=params.published)
        low = total % (1 << params.sum_width)
        asked.append(low | squares << squares_at | length << length_at)
        due.append(mean % (1 << NUMBER_WIDTH) | factor << NUMBER_WIDTH)
    size = whole_bytes(length_at + params.length_width) // 8
    result_size = whole_bytes(NUMBER_WIDTH + params.factor_width) // 8
    return Case(
        {"s_axis": Beats(as_rows(asked, size))}, {"m_axis": Beats(as_rows(due, result_size))}
    )


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare every mean and factor, in order, with the definition."""

    def draw(rng: np.random.Generator) -> Case:
        count, most = int(rng.integers(1, MOST + 1)), params.max_count
        lengths = rng.integers(1, most + 1, count) >> rng.integers(0, most.bit_length(), count)
        return rows_case(params, [random_numbers(rng, max(int(n), 1)) for n in lengths])

    return check_cases(simulator, vectors, seed, initial_state, draw)
