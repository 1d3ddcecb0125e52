# SPDX-License-Identifier: Apache-2.0
"""Equivalence of ilayernorm: the known vectors, and rows of every length, some too long."""

from typing import Any

import numpy as np
from tritproof.ref.ivit.layernorm import ilayernorm
from tritproof.rtl.ivit.ilayernorm import BIAS_WIDTH, RESULT_WIDTH
from tritproof.rtl.ivit.layernorm_factor import NUMBER_WIDTH
from tritproof.verif.ivit.layernorm_factor import random_numbers
from tritproof.verif.ivit.vectors import known, known_bias
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import as_rows, corner_biased
from tritproof.verif.softmax.score_buffer import ends_of, row_lengths
from tritproof.verif.stream_cases import Case, check_cases
from tritproof.verif.streams import Beats

HALF = 1 << (BIAS_WIDTH - 1)
"""Biases are from -HALF to HALF - 1."""
Rows = list[tuple[list[int], list[int]]]
"""Rows of int16 numbers, each with its biases."""


def rows_case(params: Any, rows: Rows) -> Case:
    """Return the case of rows, those too long without their biases."""
    kept = [(x, bias) for x, bias in rows if len(x) <= params.depth]
    due = [ilayernorm(x, bias, published=params.published) for x, bias in kept]

    def beats(parts: list[list[int]], width: int, ends: bool = False) -> Beats:
        flat = [one % (1 << width) for part in parts for one in part]
        last = ends_of([len(part) for part in parts]) if ends else None
        return Beats(as_rows(flat, width // 8), last)

    return Case(
        {
            "s_axis": beats([x for x, _ in rows], NUMBER_WIDTH, ends=True),
            "s_axis_bias": beats([bias for _, bias in kept], BIAS_WIDTH),
        },
        {"m_axis": beats(due, RESULT_WIDTH, ends=True)},
        {"refused": len(rows) - len(kept)},
    )


def known_rows(params: Any) -> Rows:
    """Return the known vectors that fit, with their biases if those fit, each checked against its
    results, which are with or without them; they are of the published form."""
    found: Rows = []
    for one in known("layernorm") if params.published else []:
        x, bias = one["x"], known_bias(one)
        if len(x) <= params.depth:
            due = [ilayernorm(x, added, published=True) for added in (None, bias)]
            if one["exact"]["y_int"] not in due:
                raise AssertionError(f"the specification differs from the vector {one['id']}")
            fits = all(-HALF <= added < HALF for added in bias)
            found.append((x, bias if fits else [0] * len(x)))
    return found


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare the known vectors, then as many random ones."""

    def draw(rng: np.random.Generator) -> Case:
        rows = []
        for length in row_lengths(rng, params.depth):
            bias = corner_biased(rng, (length,), -HALF, HALF - 1) >> int(rng.integers(0, 40))
            rows.append((random_numbers(rng, length), bias.tolist()))
        return rows_case(params, rows)

    outcome, rows = Outcome(), known_rows(params)
    if rows:
        outcome += check_cases(simulator, 1, seed, initial_state, lambda _: rows_case(params, rows))
    if not outcome.mismatches:
        outcome += check_cases(simulator, vectors, seed, initial_state, draw)
    return outcome
