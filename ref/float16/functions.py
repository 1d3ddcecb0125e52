# SPDX-License-Identifier: Apache-2.0
"""Functions of one IEEE 754 binary16 code: the exact real value, rounded once to nearest even.

Every result that is not a number is the one NaN, 7E00 in hexadecimal, and a NaN gives it always.
Operands may be any codes, results are codes.

The exact value x of a code is rational. 1 / x and 1 / sqrt(x) are compared with digits by integers.
The others are enclosed in intervals, ever smaller ones (A. Ziv, Fast evaluation of elementary
mathematical functions with correctly rounded last bit, ACM Trans. Math. Softw. 17, 1991), until
both ends have the digits that decide the rounding in common. That ends, since no value left to it
is a number of finitely many digits:

* e**-x is transcendental for a rational x other than 0 (Lindemann), and so are 1 / (1 + e**-x), of
  which it is a rational function, and x times that;
* 2**(p / 2**k) with an odd p and k > 0 is a root of y**(2**k) = 2**p, but no rational number is.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

import numpy as np
from tritproof.ref.float16.nearest import INTERVALS, enclosed_digits, nearest_code
from tritproof.ref.float16.rounding import (
    INFINITY,
    NAN,
    UNIT,
    binade,
    is_infinite,
    is_nan,
    magnitude_code,
    sign_of,
    significand,
    units,
    with_sign,
)

Function = Callable[[int], int]

ONE, HALF = 0x3C00, 0x3800
"""The codes of 1 and 1/2."""
SCALE = 48
"""Bits below one of a quotient or root by integers, which then has more than 12 bits itself."""


def float16_recip(a: int) -> int:
    """1 / a: a signed zero of an infinity, a signed infinity of a zero and, since it is rounded to
    one, of whatever is not farther from zero than 2**-16."""
    sign = sign_of(a)
    if is_nan(a):
        return NAN
    if is_infinite(a):
        return with_sign(sign, 0)
    if magnitude_code(a) == 0:
        return with_sign(sign, INFINITY)
    quotient, rest = divmod(1 << SCALE, significand(a))
    return nearest_code(sign, quotient, -SCALE - binade(a) - UNIT, inexact=rest > 0)


def float16_rsqrt(a: int) -> int:
    """1 / sqrt(a): an infinity of the zero's sign (IEEE 754 says so), +0 of +infinity, and NaN of
    whatever else is below 0."""
    if magnitude_code(a) == 0:
        return with_sign(sign_of(a), INFINITY)
    if is_nan(a) or sign_of(a):
        return NAN
    if is_infinite(a):
        return 0
    # a = M * 2**e, so the root is sqrt(2**(2 * SCALE - odd) / M) * 2**(-SCALE - (e - odd) / 2).
    m, exponent = significand(a), binade(a) + UNIT
    odd = exponent % 2
    power = 1 << (2 * SCALE - odd)
    root = math.isqrt(power // m)
    exact = root * root * m == power
    return nearest_code(0, root, -SCALE - (exponent - odd) // 2, inexact=not exact)


def float16_exp2(a: int) -> int:
    """2**a: +0 of -infinity and of -25 and less, +infinity from 16 on."""
    if is_nan(a):
        return NAN
    if is_infinite(a):
        return 0 if sign_of(a) else INFINITY
    x = _value(a)
    if x >= 16:
        return INFINITY
    if x <= -25:
        return 0
    # 2**x is between 1 and 1 + x on [-1, 1], since it is convex and equals 1 + x at 0 and 1, and
    # 1 - 2**-12 and 1 + 2**-11 are the middles between 1 and its neighbours.
    if abs(x) < 2**-12:
        return ONE
    if x == int(x):
        return nearest_code(0, 1, int(x))
    return _enclosed(lambda: INTERVALS.exp(INTERVALS.mpf(x) * INTERVALS.ln2))


def float16_sigmoid(a: int) -> int:
    """1 / (1 + e**-a): +0 of -infinity, 1 of +infinity, 1/2 of zeros."""
    if is_nan(a):
        return NAN
    if is_infinite(a):
        return 0 if sign_of(a) else ONE
    x = _value(a)
    # The slope is 1/4 at most, and 1/2 - 2**-13 and 1/2 + 2**-12 are the middles between 1/2 and
    # its neighbours.
    if abs(x) < 2**-11:
        return HALF
    # 1 - e**-x is below the value, and e**-9 below 2**-12, the distance to the middle below 1.
    if x >= 9:
        return ONE
    return _enclosed(lambda: _sigmoid(x))


def float16_silu(a: int) -> int:
    """a / (1 + e**-a): +infinity of itself, a zero of itself.

    The value of -infinity is -0, the limit from below 0; a negative number whose value rounds to
    zero gives -0 too.
    """
    if is_nan(a):
        return NAN
    sign = sign_of(a)
    if is_infinite(a):
        return with_sign(1, 0) if sign else INFINITY
    if magnitude_code(a) == 0:
        return a
    x = _value(a)
    # x (1 - e**-x) is below the value, and e**-16 below 2**-23; the middle below x is farther from
    # x than x * 2**-13.
    if x >= 16:
        return a
    return _enclosed(lambda: x * _sigmoid(x))


FUNCTIONS: dict[str, Function] = {
    "recip": float16_recip,
    "rsqrt": float16_rsqrt,
    "exp2": float16_exp2,
    "sigmoid": float16_sigmoid,
    "silu": float16_silu,
}
"""By the names of the blocks, which begin with ``float16_``."""


@cache
def table(function: Function) -> np.ndarray:
    """Return the results for all codes in order, int64[65536], not writable; takes seconds once."""
    results = np.array([function(code) for code in range(1 << 16)], np.int64)
    results.setflags(write=False)
    return results


def _value(code: int) -> float:
    """The value of a finite code, which a float64 holds exactly."""
    return math.ldexp(units(code), UNIT)


def _sigmoid(x: float):
    return 1 / (1 + INTERVALS.exp(-INTERVALS.mpf(x)))


def _enclosed(enclose: Callable[[], object]) -> int:
    return nearest_code(*enclosed_digits(enclose))
