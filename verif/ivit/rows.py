# SPDX-License-Identifier: Apache-2.0
"""What shiftmax and shiftgelu share: rows of int8 numbers, each with its unit."""

from collections.abc import Callable
from typing import Any

import numpy as np
from tritproof.ref.ivit.exponential import unit_taken
from tritproof.rtl.stream import whole_bytes
from tritproof.verif.ivit.vectors import known
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import as_rows
from tritproof.verif.softmax.score_buffer import ends_of, random_row, row_lengths
from tritproof.verif.stream_cases import Case, check_cases
from tritproof.verif.streams import Beats

Rows = list[tuple[list[int], int]]
"""Rows of int8 numbers, each with its unit."""
Function = Callable[[list[int], int, int, int], list[int]]
"""Of a row, its unit, n and output bits."""


def rows_case(params: Any, rows: Rows, function: Function, result_width: int) -> Case:
    """Return the case of rows, those too long without a unit, with results of whole bytes."""
    kept = [(x, unit) for x, unit in rows if len(x) <= params.depth]
    due = [
        function(x, unit_taken(unit, params.powers_of_two), params.n, params.output_bits)
        for x, unit in kept
    ]
    units = [unit for _, unit in kept]
    numbers = [one % 256 for x, _ in rows for one in x]
    results = [one % (1 << result_width) for row in due for one in row]
    return Case(
        {
            "s_axis_unit": Beats(as_rows(units, whole_bytes(params.unit_width) // 8)),
            "s_axis": Beats(as_rows(numbers, 1), ends_of([len(x) for x, _ in rows])),
        },
        {"m_axis": Beats(as_rows(results, result_width // 8), ends_of([len(row) for row in due]))},
        {"refused": len(rows) - len(kept)},
    )


def known_rows(params: Any, name: str, function: Function) -> Rows:
    """Return the known vectors that fit the parameters, each checked against its results."""
    found = []
    for one in known(name):
        x, unit = one["x"], -one["x0"]
        taken = unit_taken(unit, params.powers_of_two) == unit < 1 << params.unit_width
        fits = taken and len(x) <= params.depth
        if fits and (one["n"], one["output_bit"]) == (params.n, params.output_bits):
            if function(x, unit, params.n, params.output_bits) != one["exact_out"]:
                raise AssertionError(f"the specification differs from the vector {one['id']}")
            found.append((x, unit))
    return found


def check_rows(
    simulator: Any,
    params: Any,
    vectors: int,
    seed: int,
    initial_state: int,
    name: str,
    function: Function,
    result_width: int,
) -> Outcome:
    """Compare the known vectors of ``name`` and random rows with ``function``."""
    first = [rows for rows in [known_rows(params, name, function)] if rows]

    def draw(rng: np.random.Generator) -> Case:
        if first:
            return rows_case(params, first.pop(), function, result_width)
        rows = []
        for length in row_lengths(rng, params.depth):
            x = random_row(rng, 8, length, int(rng.integers(1, 40))).tolist()
            rows.append((x, int(rng.integers(0, 1 << params.unit_width))))
        return rows_case(params, rows, function, result_width)

    return check_cases(simulator, vectors, seed, initial_state, draw)
