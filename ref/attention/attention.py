# SPDX-License-Identifier: Apache-2.0
"""Attention of one query over N keys and values, int8, base 2, divided once and rounded once.

s_j = sum_i q_i k_ji, x_j = floor(s_j * mantissa / 2**(LEAST_SHIFT + shift)), z_j = max_i x_i - x_j,
e_j = floor(2**P * 2**(-z_j / 2**F)), o_d = round(2**R * sum_j e_j v_jd / sum_j e_j).

Every sum is exact, so no result depends on lanes, tiles or the order of the keys.
"""

from __future__ import annotations

from tritproof.ref.attention.dot import INT8_PRODUCT, dot
from tritproof.ref.softmax.divide import divide
from tritproof.ref.softmax.exp2 import exp2_neg
from tritproof.ref.softmax.scale import scaled_score
from tritproof.ref.softmax.softmax import distances
from tritproof.ref.spec import (
    Array,
    Integer,
    absolute,
    minimum,
    select,
    signed,
    specification,
    unsigned,
)


@specification(
    inputs=lambda N, D, Q, ROUNDING: {"dividend": signed(N + 1), "divisor": unsigned(D)},
    result=lambda N, D, Q, ROUNDING: Integer(-(1 << Q), 1 << Q),
)
def signed_quotient(dividend, divisor, *, N, D, Q, ROUNDING):
    """dividend / divisor rounded as its magnitude is, with the sign of the dividend; 0 where the
    floor of the magnitude does not fit Q bits, by a divisor of 0 among others."""
    widths = {"N": N + 1, "D": D, "Q": Q, "ROUNDING": ROUNDING}
    quotient = divide(absolute(dividend), divisor, **widths)
    magnitude = select(quotient > 1 << Q, 0, minimum(quotient, 1 << Q))
    return select(dividend < 0, -magnitude, magnitude)


def score_width(D: int) -> int:
    """Bits of a dot product of D elements."""
    return signed(1 + (INT8_PRODUCT.high * D).bit_length()).width


@specification(
    inputs=lambda N, D, MANTISSA_WIDTH, LEAST_SHIFT, SHIFT_WIDTH, F, P, R: {
        "query": Array(D, signed(8)), "keys": Array(N * D, signed(8)),
        "values": Array(N * D, signed(8)), "mantissa": unsigned(MANTISSA_WIDTH),
        "shift": unsigned(SHIFT_WIDTH),
    },
    result=lambda N, D, MANTISSA_WIDTH, LEAST_SHIFT, SHIFT_WIDTH, F, P, R: Array(
        D, Integer(-(256 << R), 256 << R)
    ),
)
def attention(query, keys, values, mantissa, shift, *, N, D, MANTISSA_WIDTH, LEAST_SHIFT,
              SHIFT_WIDTH, F, P, R):
    """2**R times the weighted means of N values of D elements; keys and values in a row."""
    width = score_width(D)
    scale = {"SCORE_WIDTH": width, "MANTISSA_WIDTH": MANTISSA_WIDTH, "LEAST_SHIFT": LEAST_SHIFT,
             "SHIFT_WIDTH": SHIFT_WIDTH}
    scores = [dot(query, keys[D * j : D * (j + 1)], N=D) for j in range(N)]
    scaled = [scaled_score(score, mantissa, shift, **scale) for score in scores]
    z_width = F + (P + 1).bit_length()
    below = distances(scaled, N=N, WIDTH=width + MANTISSA_WIDTH - LEAST_SHIFT, Z_WIDTH=z_width)
    powers = [exp2_neg(z, Z_WIDTH=z_width, F=F, P=P) for z in below]
    total = sum(powers)
    widths = {"N": (N << P + R + 7).bit_length(), "D": (N << P).bit_length(), "Q": R + 8,
              "ROUNDING": "half_even"}
    means = (sum(powers[j] * values[D * j + d] for j in range(N)) << R for d in range(D))
    return [signed_quotient(mean, total, **widths) for mean in means]
