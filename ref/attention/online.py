# SPDX-License-Identifier: Apache-2.0
"""Attention of one query in one pass over N keys and values, in order.

For each key, as in ``ref.softmax.online``: the running maximum, the rescaling, the power e and the
sum l. Then t_d' = floor(t_d / 2**rescale) + e * v_d, e * v_d alone for the first key. At the end
o_d = round(2**R * t_d / l). ``ref.attention.online_theorems`` says how far that is from
``ref.attention.attention``.
"""

from __future__ import annotations

from tritproof.ref.attention.attention import score_width, signed_quotient
from tritproof.ref.attention.dot import dot
from tritproof.ref.attention.weighted_sum import weighted_value
from tritproof.ref.softmax.online import online_steps, rescale_width
from tritproof.ref.softmax.scale import scaled_score
from tritproof.ref.spec import Array, Integer, select, signed, specification, unsigned


@specification(
    inputs=lambda N, P, R_WIDTH: {
        "first": unsigned(1), "before": Integer(-128 * N << P, 127 * N << P),
        "rescale": unsigned(R_WIDTH), "weighted": Integer(-128 << P, 127 << P),
    },
    result=lambda N, P, R_WIDTH: Integer(-128 * (N + 1) << P, 127 * (N + 1) << P),
)
def rescaled_total(first, before, rescale, weighted, *, N, P, R_WIDTH):
    """The weighted sum after a weighted value, from the one before; N: most values before."""
    return select(first == 1, 0, before >> rescale) + weighted



@specification(
    inputs=lambda N, D, MANTISSA_WIDTH, LEAST_SHIFT, SHIFT_WIDTH, F, P, R, TAU: {
        "query": Array(D, signed(8)), "keys": Array(N * D, signed(8)),
        "values": Array(N * D, signed(8)), "mantissa": unsigned(MANTISSA_WIDTH),
        "shift": unsigned(SHIFT_WIDTH),
    },
    result=lambda N, D, MANTISSA_WIDTH, LEAST_SHIFT, SHIFT_WIDTH, F, P, R, TAU: Array(
        D, Integer(-(256 << R), 256 << R)
    ),
)
def attention_online(query, keys, values, mantissa, shift, *, N, D, MANTISSA_WIDTH, LEAST_SHIFT,
                     SHIFT_WIDTH, F, P, R, TAU):
    """2**R times the weighted means of N values of D elements; keys and values in a row."""
    width = score_width(D)
    scale = {"SCORE_WIDTH": width, "MANTISSA_WIDTH": MANTISSA_WIDTH, "LEAST_SHIFT": LEAST_SHIFT,
             "SHIFT_WIDTH": SHIFT_WIDTH}
    scores = [
        scaled_score(dot(query, keys[D * j : D * (j + 1)], N=D), mantissa, shift, **scale)
        for j in range(N)
    ]
    octaves = {"WIDTH": width + MANTISSA_WIDTH - LEAST_SHIFT, "F": F, "TAU": TAU}
    sums = [0] * D
    for j, step in enumerate(online_steps(scores, N=N, P=P, **octaves)):
        weighted = [weighted_value(step.power, v, PRECISION=P) for v in values[D * j : D * (j + 1)]]
        sums = [
            rescaled_total(int(j == 0), before, step.rescale, term, N=N, P=P,
                           R_WIDTH=rescale_width(N, P))
            for before, term in zip(sums, weighted, strict=True)
        ]
    widths = {"N": (N << P + R + 7).bit_length(), "D": (N << P).bit_length(), "Q": R + 8,
              "ROUNDING": "half_even"}
    return [signed_quotient(mean << R, step.total, **widths) for mean in sums]
