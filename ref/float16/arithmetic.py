# SPDX-License-Identifier: Apache-2.0
"""Operations on IEEE 754 binary16 codes: the exact real result, rounded once to nearest even.

Every result that is not a number is the one NaN, 7E00 in hexadecimal. An exact sum of zero is +0,
unless both operands are -0. Operands may be any codes.
"""

from __future__ import annotations

from tritproof.ref.float16.rounding import (
    CODE,
    INFINITY,
    NAN,
    PRECISION,
    UNIT,
    binade,
    both_zero,
    first_that_holds,
    is_infinite,
    is_nan,
    magnitude_code,
    round_to_float16,
    sign_of,
    significand,
    units,
    with_sign,
)
from tritproof.ref.spec import (
    Integer,
    absolute,
    logical_and,
    logical_not,
    logical_or,
    maximum,
    minimum,
    select,
    signed,
    specification,
    unsigned,
)

SUM_WIDTH = 42
PRODUCT_WIDTH = 2 * PRECISION


@specification(inputs=lambda: {"a": CODE, "b": CODE}, result=CODE)
def float16_add(a, b):
    """a + b."""
    total = units(a) + units(b)
    negative = select(
        total == 0, select(logical_and(sign_of(a) == 1, sign_of(b) == 1), 1, 0),
        select(total < 0, 1, 0),
    )
    rounded = round_to_float16(
        negative, absolute(total) % (1 << SUM_WIDTH), UNIT,
        WIDTH=SUM_WIDTH, LEAST_EXPONENT=UNIT, GREATEST_EXPONENT=UNIT,
    )
    opposite = logical_and(is_infinite(a), is_infinite(b), sign_of(a) != sign_of(b))
    return first_that_holds(
        (logical_or(is_nan(a), is_nan(b), opposite), NAN),
        (is_infinite(a), a),
        (is_infinite(b), b),
        otherwise=rounded,
    )


@specification(inputs=lambda: {"a": CODE, "b": CODE}, result=CODE)
def float16_mul(a, b):
    """a * b."""
    return product_code(a, b, float16_significand(a) * float16_significand(b))


@specification(inputs=lambda: {"a": CODE}, result=unsigned(PRECISION))
def float16_significand(a):
    """M of a finite code, 0 to 2047."""
    return significand(a)


@specification(inputs=lambda: {"a": CODE, "b": CODE}, result=Integer(2 * UNIT, 2 * UNIT + 60))
def product_exponent(a, b):
    """The exponent of the product of two significands."""
    return binade(a) + binade(b) + 2 * UNIT


@specification(
    inputs=lambda: {"a": CODE, "b": CODE, "product": unsigned(PRODUCT_WIDTH)}, result=CODE
)
def product_code(a, b, product):
    """a * b, when ``product`` is that of their significands. No solver multiplies twice."""
    sign = (sign_of(a) + sign_of(b)) % 2
    rounded = round_to_float16(
        sign, product, product_exponent(a, b),
        WIDTH=PRODUCT_WIDTH, LEAST_EXPONENT=2 * UNIT, GREATEST_EXPONENT=2 * UNIT + 60,
    )
    infinite = logical_or(is_infinite(a), is_infinite(b))
    zero = logical_or(magnitude_code(a) == 0, magnitude_code(b) == 0)
    return first_that_holds(
        (logical_or(is_nan(a), is_nan(b), logical_and(infinite, zero)), NAN),
        (infinite, with_sign(sign, INFINITY)),
        otherwise=rounded,
    )


@specification(
    inputs=lambda WIDTH: {"value": signed(WIDTH)}, result=CODE
)
def float16_from_int(value, *, WIDTH):
    """An integer of WIDTH bits, two's complement; +0 of 0, infinity from 65,520 on."""
    return round_to_float16(
        select(value < 0, 1, 0), absolute(value), 0,
        WIDTH=WIDTH, LEAST_EXPONENT=0, GREATEST_EXPONENT=0,
    )


@specification(
    inputs=lambda LEAST: {"a": CODE}, result=lambda LEAST: Integer(LEAST, 127)
)
def float16_to_int8(a, *, LEAST):
    """The nearest integer, a tie to the even one, limited to LEAST (-127 or -128) .. 127; 0 of a
    NaN."""
    # From 2**8 on every value is past the limits; 2**24 units are one.
    near = minimum(binade(a), 24)
    value = significand(a) << near
    whole = value >> -UNIT
    rest = value - (whole << -UNIT)
    half = 1 << (-UNIT - 1)
    up = logical_or(rest > half, logical_and(rest == half, whole % 2 == 1))
    nearest = whole + select(up, 1, 0)
    negative = sign_of(a) == 1
    limited = select(negative, maximum(-nearest, LEAST), minimum(nearest, 127))
    return select(is_nan(a), 0, limited)


@specification(inputs=lambda: {"a": CODE, "b": CODE}, result=CODE)
def float16_max(a, b):
    """The larger of two numbers, +0 larger than -0; the one NaN if either is a NaN."""
    nan = logical_or(is_nan(a), is_nan(b))
    return select(nan, NAN, select(order(a) >= order(b), a, b))


def order(code):
    """An integer that grows with the value of a code that is not a NaN: -0 is one below +0."""
    return select(sign_of(code) == 1, -1 - magnitude_code(code), magnitude_code(code))


LESS, EQUAL, GREATER, UNORDERED = 1, 2, 4, 8


@specification(inputs=lambda: {"a": CODE, "b": CODE}, result=Integer(1, 8))
def float16_compare(a, b):
    """1 where a < b, 2 where equal (zeros of both signs are), 4 where a > b, 8 with a NaN."""
    equal = logical_or(both_zero(a, b), a == b)
    return first_that_holds(
        (logical_or(is_nan(a), is_nan(b)), UNORDERED),
        (equal, EQUAL),
        (logical_and(order(a) < order(b), logical_not(equal)), LESS),
        otherwise=GREATER,
    )
