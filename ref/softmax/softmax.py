# SPDX-License-Identifier: Apache-2.0
"""Softmax over a row, base 2: every probability divided once and rounded once.

z_j = max_i x_i - x_j, e_j = floor(2**P * 2**(-z_j / 2**F)), p_j = round(2**K * e_j / sum_i e_i).

The maximum is the true one and the sum is exact: no result depends on the order of the row.
"""

from __future__ import annotations

from tritproof.ref.softmax.divide import divide
from tritproof.ref.softmax.exp2 import exp2_neg
from tritproof.ref.softmax.row_max import row_max
from tritproof.ref.softmax.scale import scaled_score
from tritproof.ref.spec import (
    Array,
    Integer,
    maximum,
    minimum,
    signed,
    specification,
    unsigned,
)


@specification(
    inputs=lambda WIDTH, Z_WIDTH: {"largest": signed(WIDTH), "value": signed(WIDTH)},
    result=lambda WIDTH, Z_WIDTH: unsigned(Z_WIDTH),
)
def distance(largest, value, *, WIDTH, Z_WIDTH):
    """How far ``value`` is below ``largest``, 2**Z_WIDTH - 1 from there on."""
    return minimum(maximum(largest - value, 0), (1 << Z_WIDTH) - 1)


@specification(
    inputs=lambda N, WIDTH, Z_WIDTH: {"values": Array(N, signed(WIDTH))},
    result=lambda N, WIDTH, Z_WIDTH: Array(N, unsigned(Z_WIDTH)),
)
def distances(values, *, N, WIDTH, Z_WIDTH):
    """How far each of N values is below the largest of them, in order."""
    largest = row_max(values, N=N, WIDTH=WIDTH)
    return [distance(largest, value, WIDTH=WIDTH, Z_WIDTH=Z_WIDTH) for value in values]


@specification(
    inputs=lambda N, Z_WIDTH, F, P, K: {"distances": Array(N, unsigned(Z_WIDTH))},
    result=lambda N, Z_WIDTH, F, P, K: Array(N, Integer(0, 1 << K)),
)
def probabilities(distances, *, N, Z_WIDTH, F, P, K):
    """round(2**K * e_j / sum_i e_i), a tie to the even neighbour, for N distances in order."""
    powers = [exp2_neg(z, Z_WIDTH=Z_WIDTH, F=F, P=P) for z in distances]
    total = sum(powers)
    widths = {"N": P + 1 + K, "D": (N << P).bit_length(), "Q": K + 1, "ROUNDING": "half_even"}
    quotients = [divide(power << K, total, **widths) for power in powers]
    # The minimum changes nothing, as no power is above the total; it says so to the range check.
    return [minimum(quotient, 1 << K) for quotient in quotients]


@specification(
    inputs=lambda N, SCORE_WIDTH, MANTISSA_WIDTH, LEAST_SHIFT, SHIFT_WIDTH, Z_WIDTH, F, P, K: {
        "scores": Array(N, signed(SCORE_WIDTH)), "mantissa": unsigned(MANTISSA_WIDTH),
        "shift": unsigned(SHIFT_WIDTH),
    },
    result=lambda N, SCORE_WIDTH, MANTISSA_WIDTH, LEAST_SHIFT, SHIFT_WIDTH, Z_WIDTH, F, P, K: Array(
        N, Integer(0, 1 << K)
    ),
)
def softmax(scores, mantissa, shift, *, N, SCORE_WIDTH, MANTISSA_WIDTH, LEAST_SHIFT, SHIFT_WIDTH,
            Z_WIDTH, F, P, K):
    """2**K times the probabilities of N scores scaled by mantissa / 2**(LEAST_SHIFT + shift)."""
    widths = {"SCORE_WIDTH": SCORE_WIDTH, "MANTISSA_WIDTH": MANTISSA_WIDTH,
              "LEAST_SHIFT": LEAST_SHIFT, "SHIFT_WIDTH": SHIFT_WIDTH}
    values = [scaled_score(score, mantissa, shift, **widths) for score in scores]
    width = SCORE_WIDTH + MANTISSA_WIDTH - LEAST_SHIFT
    below = distances(values, N=N, WIDTH=width, Z_WIDTH=Z_WIDTH)
    return probabilities(below, N=N, Z_WIDTH=Z_WIDTH, F=F, P=P, K=K)
