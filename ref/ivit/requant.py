# SPDX-License-Identifier: Apache-2.0
"""Dyadic requantisation (I-ViT, after HAWQ-V3): an integer times a ratio of scales, by m / 2**e.

.. math:: y = clamp(RNE(z \\cdot m \\cdot 2^{-e}) + RNE(w \\cdot m' \\cdot 2^{-e'}))

with an optional second operand, the residual; both roundings are to nearest, a tie to even, and
only their sum is limited. The published code computes in double precision, which gives the same
where the products have at most 53 bits.
"""

from __future__ import annotations

from fractions import Fraction

from tritproof.ref.softmax.divide import rounded_quotient
from tritproof.ref.spec import (
    Integer,
    absolute,
    maximum,
    minimum,
    select,
    signed,
    specification,
    unsigned,
)

VALUE_WIDTH = 32
MANTISSA_BITS = 31
GREATEST_MANTISSA = 1 << MANTISSA_BITS
"""Rounding a ratio up to the next power of two gives this one."""
MANTISSA = Integer(0, GREATEST_MANTISSA)
SHIFT_WIDTH = 6
PRODUCT_WIDTH = VALUE_WIDTH + MANTISSA_BITS + 1


@specification(
    inputs=lambda: {"magnitude": unsigned(PRODUCT_WIDTH - 1), "shift": unsigned(SHIFT_WIDTH)},
    result=unsigned(PRODUCT_WIDTH - 1),
)
def rounded_magnitude(magnitude, shift):
    """magnitude / 2**shift, to nearest, a tie to even."""
    whole, rest = magnitude >> shift, magnitude % (1 << shift)
    # No carry out of the widest: without a shift there is no rest.
    up = rounded_quotient(whole % 2, rest, 1 << shift, D=64, Q=1, ROUNDING="half_even")
    return minimum((whole >> 1 << 1) + up, (1 << (PRODUCT_WIDTH - 1)) - 1)


def rounded_product(z, mantissa, shift):
    """z * mantissa / 2**shift, to nearest, a tie to even: the sign decides no tie."""
    magnitude = rounded_magnitude(absolute(z) * mantissa, shift)
    return select(z < 0, -magnitude, magnitude)


@specification(
    inputs=lambda RESULT_WIDTH: {"total": signed(PRODUCT_WIDTH + 1)},
    result=lambda RESULT_WIDTH: signed(RESULT_WIDTH),
)
def limited(total, *, RESULT_WIDTH):
    """``total``, limited to the integers of RESULT_WIDTH bits."""
    half = 1 << (RESULT_WIDTH - 1)
    return maximum(minimum(total, half - 1), -half)


@specification(
    inputs=lambda RESULT_WIDTH: {
        "z": signed(VALUE_WIDTH), "mantissa": MANTISSA, "shift": unsigned(SHIFT_WIDTH),
        "w": signed(VALUE_WIDTH), "mantissa_w": MANTISSA, "shift_w": unsigned(SHIFT_WIDTH),
    },
    result=lambda RESULT_WIDTH: signed(RESULT_WIDTH),
)
def requant(z, mantissa, shift, w, mantissa_w, shift_w, *, RESULT_WIDTH):
    """z * mantissa / 2**shift + w * mantissa_w / 2**shift_w, each rounded, their sum limited."""
    total = rounded_product(z, mantissa, shift) + rounded_product(w, mantissa_w, shift_w)
    return limited(total, RESULT_WIDTH=RESULT_WIDTH)


def dyadic(ratio: Fraction | float) -> tuple[int, int]:
    """Return (mantissa, shift) of a ratio of scales: 31 bits of it, halves rounded up.

    Raises:
        ValueError: the ratio is not positive, or its shift would be outside 0 .. 63.
    """
    exact = Fraction(ratio)
    if exact <= 0:
        raise ValueError(f"the ratio {ratio} is not a positive number")
    numerator, denominator = exact.as_integer_ratio()
    exponent = numerator.bit_length() - denominator.bit_length()
    while exact >= Fraction(2) ** exponent:
        exponent += 1
    while exact < Fraction(2) ** (exponent - 1):
        exponent -= 1
    mantissa = int(exact * Fraction(2) ** (MANTISSA_BITS - exponent) + Fraction(1, 2))
    shift = MANTISSA_BITS - exponent
    if not 0 <= shift < 1 << SHIFT_WIDTH:
        raise ValueError(f"the ratio {ratio} needs a shift of {shift}, outside 0 .. 63")
    return mantissa, shift
