# SPDX-License-Identifier: Apache-2.0
"""IEEE 754 binary16: what a code means, and the one rounding that every operation ends in.

A finite code with exponent field f and fraction m means

.. math:: (-1)^s \\cdot M \\cdot 2^{\\max(f, 1) - 25}, \\quad M = m + 1024 \\cdot [f > 0].

:func:`round_to_float16` takes any M * 2**E to the nearest code, a tie to the even fraction. With
q = max(exponent of the leading bit - 10, -24) the exponent of a unit in the last place, and n the
nearest integer to M * 2**(E - q), the code is n + 1024 * (q + 24): a carry out of n, into the next
binade or from the subnormals into the normal numbers, gives the right code by itself.

A value between M and M + 1 is rounded as M + 1/2 is, if M has two more bits than the result: so a
source of more digits, or of infinitely many, is given as 2 M + 1 (:func:`sticky_is_enough` in the
theorems).
"""

from __future__ import annotations

from tritproof.ref.softmax.divide import rounded_quotient
from tritproof.ref.spec import (
    Array,
    Integer,
    logical_and,
    logical_or,
    maximum,
    minimum,
    select,
    specification,
    unsigned,
)

INFINITY = 0x7C00
NAN = 0x7E00
"""The one NaN of every result; as an operand any NaN is accepted."""
SIGN = 0x8000
UNIT = -24
"""Exponent of the smallest subnormal."""
PRECISION = 11
"""Bits of a significand, the leading one among them."""
KEPT = PRECISION + 2
"""Bits that decide a rounding: the significand, one more, and whether anything follows."""
CODE = unsigned(16)


def magnitude_code(code):
    """The code without its sign."""
    return code % SIGN


def sign_of(code):
    """1 where the sign bit is set."""
    return code >> 15


def is_nan(code):
    """Whether the code is one of the NaNs."""
    return magnitude_code(code) > INFINITY


def is_infinite(code):
    """Whether the code is an infinity, of either sign."""
    return magnitude_code(code) == INFINITY


def significand(code):
    """M of a finite code, 0 .. 2047."""
    return code % 1024 + select(magnitude_code(code) >= 1024, 1024, 0)


def binade(code):
    """max(f, 1) - 1: the value is M * 2**(binade - 24), binade 0 .. 29 of finite codes."""
    return maximum((code >> 10) % 32, 1) - 1


@specification(
    inputs=lambda: {"code": CODE}, result=Integer(-(1 << 41), 1 << 41)
)
def units(code):
    """The value of a finite code, as a multiple of 2**-24."""
    magnitude = significand(code) << minimum(binade(code), 30)
    return select(sign_of(code) == 1, -magnitude, magnitude)


def bit_length(value, width):
    """Position of the leading one, plus one; 0 of 0."""
    total = 0
    for position in range(width):
        total = total + select(value >= 1 << position, 1, 0)
    return total


@specification(
    inputs=lambda WIDTH: {"magnitude": unsigned(WIDTH)}, result=lambda WIDTH: Integer(0, WIDTH)
)
def length_of(magnitude, *, WIDTH):
    """Position of the leading one of ``magnitude``, plus one; 0 of 0."""
    return bit_length(magnitude, WIDTH)


@specification(
    inputs=lambda WIDTH, LEAST_EXPONENT, GREATEST_EXPONENT: {
        "sign": unsigned(1),
        "magnitude": unsigned(WIDTH),
        "exponent": Integer(LEAST_EXPONENT, GREATEST_EXPONENT),
    },
    result=CODE,
)
def round_to_float16(sign, magnitude, exponent, *, WIDTH, LEAST_EXPONENT, GREATEST_EXPONENT):
    """The code nearest to (-1)**sign * magnitude * 2**exponent, a tie to even; infinity where that
    is 2**16 or more in an unbounded range of exponents."""
    return rounded_of_length(
        sign, magnitude, exponent, bit_length(magnitude, WIDTH), WIDTH=WIDTH,
        LEAST_EXPONENT=LEAST_EXPONENT, GREATEST_EXPONENT=GREATEST_EXPONENT,
    )


@specification(
    inputs=lambda WIDTH, LEAST_EXPONENT, GREATEST_EXPONENT: {
        "sign": unsigned(1),
        "magnitude": unsigned(WIDTH),
        "exponent": Integer(LEAST_EXPONENT, GREATEST_EXPONENT),
        "length": Integer(0, WIDTH),
    },
    result=CODE,
)
def rounded_of_length(
    sign, magnitude, exponent, length, *, WIDTH, LEAST_EXPONENT, GREATEST_EXPONENT
):
    """round_to_float16 of a magnitude whose length is known."""
    up = minimum(PRECISION - length, exponent - UNIT)
    down = minimum(maximum(-up, 0), WIDTH + 1)
    # Below 2**11, whatever interval arithmetic makes of it: no bit is lost.
    whole = ((magnitude << maximum(up, 0)) >> down) % (1 << PRECISION)
    rest = magnitude % (1 << down)
    n = rounded_quotient(whole, rest, 1 << down, D=WIDTH + 2, Q=PRECISION, ROUNDING="half_even")
    place = maximum(length - PRECISION + exponent - UNIT, 0)
    code = minimum(n + (minimum(place, 31) << 10), INFINITY)
    return select(magnitude == 0, 0, code) + (sign << 15)


def with_sign(sign, magnitude):
    """The code of a sign and a code without one."""
    return (sign << 15) + magnitude


def first_that_holds(*cases, otherwise):
    """The value of the first case (condition, value) whose condition holds."""
    result = otherwise
    for condition, value in reversed(cases):
        result = select(condition, value, result)
    return result


def both_zero(a, b):
    """Whether both codes are zeros, of either sign."""
    return logical_and(magnitude_code(a) == 0, magnitude_code(b) == 0)


@specification(
    inputs=lambda WIDTH, LEAST_EXPONENT, GREATEST_EXPONENT: {
        "magnitude": unsigned(WIDTH),
        "exponent": Integer(LEAST_EXPONENT, GREATEST_EXPONENT),
        "length": Integer(0, WIDTH),
    },
    result=lambda WIDTH, LEAST_EXPONENT, GREATEST_EXPONENT: Array(2, unsigned(KEPT)),
)
def deciding_bits(magnitude, exponent, length, *, WIDTH, LEAST_EXPONENT, GREATEST_EXPONENT):
    """What decides the rounding of a magnitude of a known length: q + 24, and magnitude *
    2**(exponent - q) in units of 1/4, rounded down, its lowest bit set where that lost anything."""
    up = minimum(KEPT - length, exponent - UNIT + 2)
    down = minimum(maximum(-up, 0), WIDTH + 1)
    whole = ((magnitude << maximum(up, 0)) >> down) % (1 << KEPT)
    odd = logical_or(whole % 2 == 1, magnitude % (1 << down) != 0)
    place = minimum(maximum(length - PRECISION + exponent - UNIT, 0), (1 << KEPT) - 1)
    kept = whole // 2 * 2 + select(odd, 1, 0)
    return select(magnitude == 0, 0, place), kept
