# SPDX-License-Identifier: Apache-2.0
"""Equivalence of lmul_dot: rows of codes of every kind and length, some too long."""

from typing import Any

import numpy as np
from tritproof.ref.lmul.lmul import lmul_dot
from tritproof.rtl.stream import whole_bytes
from tritproof.verif.lmul.lmul import format_of, random_codes
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import as_rows, pack_elements
from tritproof.verif.softmax.score_buffer import ends_of, row_lengths
from tritproof.verif.stream_cases import Case, check_cases
from tritproof.verif.streams import Beats


def random_row(params: Any, rng: np.random.Generator, beats: int) -> np.ndarray:
    """Return codes int64[beats, lanes]: of every kind, or normal ones only."""
    codes = random_codes(params, rng, beats * params.lanes)
    if rng.random() < 0.6:
        signs = 1 << (params.width - 1)
        ordinary = rng.integers(params.least, params.largest // 2 + params.least, len(codes))
        codes = ordinary | signs * rng.integers(0, 2, len(codes))
    return codes.reshape(beats, params.lanes)


def sum_word(params: Any, a: np.ndarray, b: np.ndarray) -> int:
    """Return the bits of the beat due for two rows."""
    total, finite = lmul_dot(
        a, b, format_of(params), offset=params.offset, saturate=params.saturate
    )
    return (total % (1 << params.total_width)) | (0 if finite else 1 << params.total_width)


def rows_case(params: Any, first: list[np.ndarray], second: list[np.ndarray]) -> Case:
    """Return the case of pairs of rows, int64[beats, lanes] each, and the beats due for those that
    fit."""
    kept = [(a, b) for a, b in zip(first, second, strict=True) if len(a) <= params.depth]
    words = [sum_word(params, a, b) for a, b in kept]
    a, b = (pack_elements(np.concatenate(rows), params.width) for rows in (first, second))
    width = whole_bytes(params.total_width + 1) // 8
    return Case(
        {"s_axis": Beats(a, ends_of([len(row) for row in first])), "s_axis_other": Beats(b)},
        {"m_axis": Beats(as_rows(words, width))},
        {"refused": len(first) - len(kept)},
    )


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare the sums of random rows."""

    def draw(rng: np.random.Generator) -> Case:
        lengths = row_lengths(rng, params.depth)
        return rows_case(
            params, *([random_row(params, rng, n) for n in lengths] for _ in range(2))
        )

    return check_cases(simulator, vectors, seed, initial_state, draw)
