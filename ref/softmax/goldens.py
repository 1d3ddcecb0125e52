# SPDX-License-Identifier: Apache-2.0
"""The golden functions of the softmax blocks, each named ``golden_`` and its specification."""

from __future__ import annotations

from tritproof.ref.goldens import Constants, goldens
from tritproof.ref.softmax.divide import is_quotient, rounded_quotient
from tritproof.ref.softmax.exp2 import exp2_entry, exp2_neg
from tritproof.ref.softmax.online import (
    online,
    online_distance,
    online_sum,
    rescaling,
    running_maximum,
)
from tritproof.ref.softmax.scale import scaled_score, score_product
from tritproof.ref.softmax.softmax import distance


@goldens("exp2_neg")
def exp2_goldens(constants: Constants) -> list[str]:
    """golden_exp2_neg(z) and golden_exp2_entry(fraction)."""
    frac, precision = constants["FRAC"], constants["PRECISION"]
    return [exp2_neg.golden(Z_WIDTH=constants["Z_WIDTH"], F=frac, P=precision),
            exp2_entry.golden(F=frac, P=precision)]


@goldens("divide", "divide_pipelined")
def divide_goldens(constants: Constants) -> list[str]:
    """golden_rounded_quotient(quotient, remainder, divisor), golden_is_quotient(result, dividend,
    divisor)."""
    widths = {"D": constants["DIVISOR_WIDTH"], "Q": constants["QUOTIENT_WIDTH"],
              "ROUNDING": constants["ROUNDING"]}
    return [rounded_quotient.golden(**widths),
            is_quotient.golden(N=constants["DIVIDEND_WIDTH"], **widths)]


@goldens("row_max")
def row_max_goldens(constants: Constants) -> list[str]:
    """None: the maximum is told by what it is, an upper bound among the values seen."""
    return []


@goldens("score_scale")
def score_scale_goldens(constants: Constants) -> list[str]:
    """golden_scaled_score(score, mantissa, shift), golden_score_product(score, mantissa)."""
    widths = {name: constants[name] for name in ("SCORE_WIDTH", "MANTISSA_WIDTH")}
    shifts = {name: constants[name] for name in ("LEAST_SHIFT", "SHIFT_WIDTH")}
    return [scaled_score.golden(**widths, **shifts), score_product.golden(**widths)]


@goldens("softmax_buffered")
def softmax_goldens(constants: Constants) -> list[str]:
    """golden_exp2_neg(z), golden_scaled_score(score, mantissa, shift), golden_distance(largest,
    value), golden_is_quotient(result, dividend, divisor)."""
    names = ("SCORE_WIDTH", "MANTISSA_WIDTH", "LEAST_SHIFT", "SHIFT_WIDTH")
    width, precision = constants["DISTANCE_WIDTH"], constants["PRECISION"]
    return [
        exp2_neg.golden(Z_WIDTH=width, F=constants["FRAC"], P=precision),
        scaled_score.golden(**{name: constants[name] for name in names}),
        distance.golden(WIDTH=constants["VALUE_WIDTH"], Z_WIDTH=width),
        is_quotient.golden(N=constants["DIVIDEND_WIDTH"], D=constants["SUM_WIDTH"],
                           Q=constants["RESULT_FRAC"] + 1, ROUNDING="half_even"),
    ]


@goldens("score_row", "score_buffer")
def score_row_goldens(constants: Constants) -> list[str]:
    """golden_distance(largest, value)."""
    return [distance.golden(WIDTH=constants["VALUE_WIDTH"], Z_WIDTH=constants["DISTANCE_WIDTH"])]


@goldens("softmax_online")
def online_goldens(constants: Constants) -> list[str]:
    """golden_running_maximum(first, before, value), golden_online_distance(after, value),
    golden_rescaling(first, before, after), golden_exp2_neg(z), golden_online_sum(first, before,
    rescale, power), golden_online(values) of a row of two."""
    frac, precision, tau = constants["FRAC"], constants["PRECISION"], constants["TAU"]
    width, z_width = constants["VALUE_WIDTH"], constants["DISTANCE_WIDTH"]
    r_width = constants["RESCALE_WIDTH"]
    return [
        running_maximum.golden(WIDTH=width, F=frac, TAU=tau),
        online_distance.golden(WIDTH=width, F=frac, TAU=tau, Z_WIDTH=z_width),
        rescaling.golden(WIDTH=width, F=frac, R_WIDTH=r_width),
        exp2_neg.golden(Z_WIDTH=z_width, F=frac, P=precision),
        online_sum.golden(SUM_WIDTH=constants["SUM_WIDTH"], R_WIDTH=r_width, P=precision),
        online.golden(N=2, WIDTH=width, F=frac, P=precision, TAU=tau),
    ]
