# SPDX-License-Identifier: Apache-2.0
"""Equivalence of softmax_buffered: rows of every length and scale, some longer than the buffer."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from tritproof.ref.softmax.divide import divide
from tritproof.ref.softmax.exp2 import exp2_neg
from tritproof.ref.softmax.scale import scaled_score
from tritproof.ref.softmax.softmax import distance
from tritproof.rtl.stream import whole_bytes
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import as_rows
from tritproof.verif.softmax.score_buffer import ends_of, random_row, row_lengths
from tritproof.verif.stream_cases import Case, check_cases
from tritproof.verif.streams import Beats


def expected_row(params: Any, scores: np.ndarray, mantissa: int, shift: int) -> np.ndarray:
    """Return int64[scores]: the row's probabilities, by the specifications of the steps."""
    scale = params.scale
    values = scaled_score.numpy(
        scores,
        mantissa,
        shift,
        SCORE_WIDTH=scale.score_width,
        MANTISSA_WIDTH=scale.mantissa_width,
        LEAST_SHIFT=scale.least_shift,
        SHIFT_WIDTH=scale.shift_width,
    )
    width = params.distance_width
    below = distance.numpy(values.max(), values, WIDTH=scale.value_width, Z_WIDTH=width)
    powers = exp2_neg.numpy(below, Z_WIDTH=width, F=params.frac, P=params.precision)
    division = params.division
    return divide.numpy(
        powers << params.result_frac,
        powers.sum(),
        N=division.dividend_width,
        D=division.divisor_width,
        Q=division.quotient_width,
        ROUNDING=division.rounding,
    )


def row_case(params: Any, rows: Sequence[tuple[np.ndarray, int, int]]) -> Case:
    """Return the case of rows, each its scores, mantissa and shift."""
    fitting = [row for row in rows if len(row[0]) <= params.depth]
    due = [expected_row(params, *row) for row in fitting]
    lengths = [len(scores) for scores, _, _ in rows]
    scores = np.concatenate([scores for scores, _, _ in rows])
    scales = [mantissa | shift << params.mantissa_width for _, mantissa, shift in rows]
    scale_bytes = whole_bytes(params.mantissa_width + params.shift_width) // 8
    given = (scores & ((1 << params.score_width) - 1)).tolist()
    result_bytes = whole_bytes(params.result_frac + 1) // 8
    owed = np.concatenate([np.zeros(0, np.int64), *due]).tolist()
    return Case(
        {
            "s_axis_scale": Beats(as_rows(scales, scale_bytes)),
            "s_axis": Beats(as_rows(given, whole_bytes(params.score_width) // 8), ends_of(lengths)),
        },
        {"m_axis": Beats(as_rows(owed, result_bytes), ends_of([len(one) for one in due]))},
        {"refused": len(rows) - len(fitting)},
    )


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare every probability, in order, with the specification."""

    def draw(rng: np.random.Generator) -> Case:
        rows = []
        for length in row_lengths(rng, params.depth):
            scores = random_row(rng, params.score_width, length, near=1 << 12)
            mantissa = int(rng.integers(0, 1 << params.mantissa_width))
            rows.append((scores, mantissa, int(rng.integers(0, 1 << params.shift_width))))
        return row_case(params, rows)

    return check_cases(simulator, vectors, seed, initial_state, draw)
