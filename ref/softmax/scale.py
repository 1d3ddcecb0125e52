# SPDX-License-Identifier: Apache-2.0
"""Scores in base 2: one multiplier for a row, one rounding.

x = floor(s * mantissa / 2**shift) folds the scales of queries and keys, 1 / sqrt(head_dim) and
log2(e), and is a fixed-point number in units of 2**-F.
"""

from __future__ import annotations

from tritproof.ref.spec import signed, specification, unsigned


@specification(
    inputs=lambda SCORE_WIDTH, MANTISSA_WIDTH: {
        "score": signed(SCORE_WIDTH), "mantissa": unsigned(MANTISSA_WIDTH),
    },
    result=lambda SCORE_WIDTH, MANTISSA_WIDTH: signed(SCORE_WIDTH + MANTISSA_WIDTH),
)
def score_product(score, mantissa, *, SCORE_WIDTH, MANTISSA_WIDTH):
    """score * mantissa, exact."""
    return score * mantissa


@specification(
    inputs=lambda SCORE_WIDTH, MANTISSA_WIDTH, LEAST_SHIFT, SHIFT_WIDTH: {
        "score": signed(SCORE_WIDTH), "mantissa": unsigned(MANTISSA_WIDTH),
        "shift": unsigned(SHIFT_WIDTH),
    },
    result=lambda SCORE_WIDTH, MANTISSA_WIDTH, LEAST_SHIFT, SHIFT_WIDTH: signed(
        SCORE_WIDTH + MANTISSA_WIDTH - LEAST_SHIFT
    ),
)
def scaled_score(score, mantissa, shift, *, SCORE_WIDTH, MANTISSA_WIDTH, LEAST_SHIFT, SHIFT_WIDTH):
    """floor(score * mantissa / 2**(LEAST_SHIFT + shift))."""
    widths = {"SCORE_WIDTH": SCORE_WIDTH, "MANTISSA_WIDTH": MANTISSA_WIDTH}
    return score_product(score, mantissa, **widths) >> (shift + LEAST_SHIFT)
