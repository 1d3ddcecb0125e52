# SPDX-License-Identifier: Apache-2.0
"""From the exact sum of a ternary product back to binary16: one rounding of one exact product.

.. math:: y = RN(A \\cdot a \\cdot m \\cdot 2^{-s})

for an accumulator A, the activation scale a, and the host's m 2**-s, the dyadic number nearest to
the weight scale over 127. Source: arXiv:2510.15926 section 3.5, which rounds each factor and each
product to float16.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from tritproof.ref.float16.rounding import (
    CODE,
    INFINITY,
    NAN,
    UNIT,
    binade,
    first_that_holds,
    is_infinite,
    is_nan,
    magnitude_code,
    round_to_float16,
    sign_of,
    significand,
    with_sign,
)
from tritproof.ref.spec import (
    Integer,
    absolute,
    logical_and,
    logical_or,
    minimum,
    select,
    signed,
    specification,
    unsigned,
)

ACC_WIDTH = 21
"""Bits of the widest accumulator: 4096 int8 products."""
MANTISSA_WIDTH = 24
SHIFT_WIDTH = 6
SIGNIFICAND_WIDTH = 11
FACTOR_WIDTH = SIGNIFICAND_WIDTH + MANTISSA_WIDTH
"""Bits of what a row's sums are multiplied by: a significand times the mantissa."""
LEAST_EXPONENT = UNIT - (1 << SHIFT_WIDTH) + 1
GREATEST_EXPONENT = UNIT + 29
ACTIVATION_LEVELS = 127
"""Codes from 0 to the largest magnitude of a row."""


@specification(
    inputs=lambda ACC_WIDTH: {
        "acc": signed(ACC_WIDTH), "absmax": CODE, "mantissa": unsigned(MANTISSA_WIDTH),
        "shift": unsigned(SHIFT_WIDTH),
    },
    result=CODE,
)
def dequantize(acc, absmax, mantissa, shift, *, ACC_WIDTH=ACC_WIDTH):
    """acc * absmax * mantissa / 2**shift, rounded once.

    The sign is that of the product, of a 0 too, an integer 0 being +0. A NaN ``absmax`` gives the
    NaN; so does an infinite one times 0, which else gives infinity.
    """
    finite = magnitude_code(absmax) < INFINITY
    product = absolute(acc) * (significand(absmax) * mantissa)
    return dequantized_product(
        acc, product, select(finite, row_exponent(absmax, shift), 0), sign_of(absmax),
        select(is_nan(absmax), 1, 0), select(is_infinite(absmax), 1, 0),
        select(mantissa == 0, 1, 0), ACC_WIDTH=ACC_WIDTH,
    )


@specification(
    inputs=lambda: {"absmax": CODE, "shift": unsigned(SHIFT_WIDTH)},
    result=Integer(LEAST_EXPONENT, GREATEST_EXPONENT),
)
def row_exponent(absmax, shift):
    """The exponent of the factor of a row, for a finite ``absmax``."""
    return minimum(binade(absmax), 29) + UNIT - shift


@specification(
    inputs=lambda ACC_WIDTH: {
        "acc": signed(ACC_WIDTH), "product": unsigned(ACC_WIDTH - 1 + FACTOR_WIDTH),
        "exponent": Integer(LEAST_EXPONENT, GREATEST_EXPONENT), "negative": unsigned(1),
        "nan": unsigned(1), "infinite": unsigned(1), "nothing": unsigned(1),
    },
    result=CODE,
)
def dequantized_product(acc, product, exponent, negative, nan, infinite, nothing, *, ACC_WIDTH):
    """product * 2**exponent, rounded once, when ``product`` is that of the magnitude of acc and the
    factor of the row, of which the others tell the sign, whether its scale is a NaN or infinite,
    and whether its mantissa is 0."""
    rounded = round_to_float16(
        product_sign(acc, negative, ACC_WIDTH=ACC_WIDTH), product, exponent,
        WIDTH=ACC_WIDTH - 1 + FACTOR_WIDTH,
        LEAST_EXPONENT=LEAST_EXPONENT, GREATEST_EXPONENT=GREATEST_EXPONENT,
    )
    return rounded_or_special(
        rounded, acc, negative, nan, infinite, nothing, ACC_WIDTH=ACC_WIDTH
    )


@specification(
    inputs=lambda ACC_WIDTH: {"acc": signed(ACC_WIDTH), "negative": unsigned(1)},
    result=unsigned(1),
)
def product_sign(acc, negative, *, ACC_WIDTH):
    """1 where the product of acc and the row's scale is negative; that of an integer 0 is +0's."""
    return (select(acc < 0, 1, 0) + negative) % 2


@specification(
    inputs=lambda ACC_WIDTH: {
        "rounded": CODE, "acc": signed(ACC_WIDTH), "negative": unsigned(1), "nan": unsigned(1),
        "infinite": unsigned(1), "nothing": unsigned(1),
    },
    result=CODE,
)
def rounded_or_special(rounded, acc, negative, nan, infinite, nothing, *, ACC_WIDTH):
    """The rounded product, unless the row's scale is a NaN or infinite."""
    zero = logical_or(acc == 0, nothing == 1)
    return first_that_holds(
        (logical_or(nan == 1, logical_and(infinite == 1, zero)), NAN),
        (infinite == 1,
         with_sign(product_sign(acc, negative, ACC_WIDTH=ACC_WIDTH), INFINITY)),
        otherwise=rounded,
    )


def dyadic_scale(weight_scale: Fraction | float | np.floating) -> tuple[int, int]:
    """Return (mantissa, shift) of the number mantissa / 2**shift nearest to weight_scale / 127, a
    tie to the even mantissa, with all 24 bits: 2**23 <= mantissa < 2**24.

    Off by at most 2**-24 of the exact value
    (:func:`tritproof.ref.stream.theorems.dyadic_scale_is_near`).

    Raises:
        ValueError: the scale is not a positive number, or the shift would be outside 0 .. 63: from
            127 * 2**-40 to 127 * (2**24 - 1) it is inside.
    """
    try:
        exact = Fraction(weight_scale if isinstance(weight_scale, Fraction)
                         else float(weight_scale)) / ACTIVATION_LEVELS
    except (OverflowError, ValueError):
        exact = Fraction(0)
    if exact <= 0:
        raise ValueError(f"the weight scale {weight_scale} is not a positive number")
    numerator, denominator = exact.as_integer_ratio()
    shift = MANTISSA_WIDTH - numerator.bit_length() + denominator.bit_length()
    if exact * Fraction(2) ** shift >= 1 << MANTISSA_WIDTH:
        shift -= 1
    mantissa = round(exact * Fraction(2) ** shift)
    if mantissa == 1 << MANTISSA_WIDTH:
        mantissa, shift = mantissa // 2, shift - 1
    if not 0 <= shift < 1 << SHIFT_WIDTH:
        raise ValueError(f"the weight scale {weight_scale} needs a shift of {shift}, outside 0 .. "
                         f"{(1 << SHIFT_WIDTH) - 1}")
    return mantissa, shift
