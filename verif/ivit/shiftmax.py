# SPDX-License-Identifier: Apache-2.0
"""Equivalence of shiftmax: the known vectors, and rows of every length, some too long."""

from typing import Any

import numpy as np
from tritproof.ref.ivit.exponential import shiftmax
from tritproof.rtl.stream import whole_bytes
from tritproof.verif.ivit.vectors import known
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import as_rows
from tritproof.verif.softmax.score_buffer import ends_of, random_row, row_lengths
from tritproof.verif.stream_cases import Case, check_cases
from tritproof.verif.streams import Beats

Rows = list[tuple[list[int], int]]
"""Rows of int8 numbers, each with its unit."""


def rows_case(params: Any, rows: Rows) -> Case:
    """Return the case of rows, those too long without a unit."""
    kept = [(x, unit) for x, unit in rows if len(x) <= params.depth]
    due = [shiftmax(x, max(unit, 1), params.n, params.output_bits) for x, unit in kept]
    units = [unit for _, unit in kept]
    numbers = [one % 256 for x, _ in rows for one in x]
    width = whole_bytes(params.output_bits) // 8
    return Case(
        {
            "s_axis_unit": Beats(as_rows(units, whole_bytes(params.unit_width) // 8)),
            "s_axis": Beats(as_rows(numbers, 1), ends_of([len(x) for x, _ in rows])),
        },
        {
            "m_axis": Beats(
                as_rows([one for row in due for one in row], width),
                ends_of([len(row) for row in due]),
            )
        },
        {"refused": len(rows) - len(kept)},
    )


def known_rows(params: Any) -> Rows:
    """Return the known vectors that fit the parameters, each checked against its results."""
    found = []
    for one in known("shiftmax"):
        x, unit = one["x"], -one["x0"]
        fits = len(x) <= params.depth and unit < 1 << params.unit_width
        if fits and (one["n"], one["output_bit"]) == (params.n, params.output_bits):
            if shiftmax(x, unit, params.n, params.output_bits) != one["exact_out"]:
                raise AssertionError(f"the specification differs from the vector {one['id']}")
            found.append((x, unit))
    return found


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare the known vectors and random rows."""
    first = [rows for rows in [known_rows(params)] if rows]

    def draw(rng: np.random.Generator) -> Case:
        if first:
            return rows_case(params, first.pop())
        rows = []
        for length in row_lengths(rng, params.depth):
            x = random_row(rng, 8, length, int(rng.integers(1, 40))).tolist()
            rows.append((x, int(rng.integers(0, 1 << params.unit_width))))
        return rows_case(params, rows)

    return check_cases(simulator, vectors, seed, initial_state, draw)
