# SPDX-License-Identifier: Apache-2.0
"""The functions of one binary16 code: special values, and every code against real numbers."""

import math

import mpmath
import numpy as np
import pytest
from tritproof.ref.float16.functions import (
    FUNCTIONS,
    float16_exp2,
    float16_recip,
    float16_rsqrt,
    float16_sigmoid,
    float16_silu,
    table,
)

PLUS_INFINITY, MINUS_INFINITY, NAN, MINUS_ZERO, ONE = 0x7C00, 0xFC00, 0x7E00, 0x8000, 0x3C00
CODES = np.arange(1 << 16)
VALUES = CODES.astype(np.uint16).view(np.float16).astype(np.float64)
NUMBERS = CODES[np.isfinite(VALUES)]
CLOSE = 1e-12
"""A relative distance well above the errors of float64."""

REAL = {
    "recip": (lambda x: 1 / x, lambda x: 1 / x),
    "rsqrt": (lambda x: 1 / np.sqrt(x), lambda x: 1 / mpmath.sqrt(x)),
    "exp2": (np.exp2, lambda x: mpmath.power(2, x)),
    "sigmoid": (lambda x: 1 / (1 + np.exp(-x)), lambda x: 1 / (1 + mpmath.exp(-x))),
    "silu": (lambda x: x / (1 + np.exp(-x)), lambda x: x / (1 + mpmath.exp(-x))),
}
"""Each function for float64 arrays and for numbers of any precision."""


def code_of(value):
    return int(np.float16(value).view(np.uint16))


@pytest.mark.parametrize("function", FUNCTIONS.values())
def test_any_nan_gives_the_one_nan(function):
    for code in (0x7C01, NAN, 0x7FFF, 0xFC01, 0xFE00, 0xFFFF):
        assert function(code) == NAN


@pytest.mark.parametrize(
    ("function", "code", "result"),
    [
        (float16_recip, 0, PLUS_INFINITY),
        (float16_recip, MINUS_ZERO, MINUS_INFINITY),
        (float16_recip, PLUS_INFINITY, 0),
        (float16_recip, MINUS_INFINITY, MINUS_ZERO),
        (float16_recip, 1, PLUS_INFINITY),
        (float16_recip, 0x8100, MINUS_INFINITY),
        (float16_recip, code_of(257 * 2.0**-24), code_of(65280)),
        (float16_recip, code_of(-4), code_of(-0.25)),
        (float16_recip, code_of(65504), code_of(2**-16)),
        (float16_rsqrt, 0, PLUS_INFINITY),
        (float16_rsqrt, MINUS_ZERO, MINUS_INFINITY),
        (float16_rsqrt, PLUS_INFINITY, 0),
        (float16_rsqrt, MINUS_INFINITY, NAN),
        (float16_rsqrt, 0x8001, NAN),
        (float16_rsqrt, code_of(-1), NAN),
        (float16_rsqrt, 1, code_of(4096)),
        (float16_rsqrt, code_of(16), code_of(0.25)),
        (float16_exp2, MINUS_INFINITY, 0),
        (float16_exp2, PLUS_INFINITY, PLUS_INFINITY),
        (float16_exp2, MINUS_ZERO, ONE),
        (float16_exp2, code_of(15), code_of(32768)),
        (float16_exp2, code_of(16), PLUS_INFINITY),
        (float16_exp2, code_of(-24), 1),
        (float16_exp2, code_of(-25), 0),
        (float16_exp2, code_of(-25) - 1, 1),
        (float16_sigmoid, MINUS_INFINITY, 0),
        (float16_sigmoid, PLUS_INFINITY, ONE),
        (float16_sigmoid, 0, code_of(0.5)),
        (float16_sigmoid, MINUS_ZERO, code_of(0.5)),
        (float16_sigmoid, code_of(-65504), 0),
        (float16_silu, 0, 0),
        (float16_silu, MINUS_ZERO, MINUS_ZERO),
        (float16_silu, PLUS_INFINITY, PLUS_INFINITY),
        (float16_silu, MINUS_INFINITY, MINUS_ZERO),
        (float16_silu, code_of(-65504), MINUS_ZERO),
        (float16_silu, code_of(65504), code_of(65504)),
        # Half of the smallest subnormal, and a little less: the result of a positive one is above.
        (float16_silu, 1, 1),
        (float16_silu, 0x8001, MINUS_ZERO),
    ],
)
def test_special_values(function, code, result):
    assert function(code) == result


def middles(code):
    """The real numbers between which a finite code or an infinity is nearest, without sign."""
    values = np.append(VALUES[:PLUS_INFINITY], 65536.0)
    below = (values[max(code - 1, 0)] + values[code]) / 2
    return below, (values[code] + values[code + 1]) / 2 if code < PLUS_INFINITY else math.inf


def is_nearest(code, value):
    """Whether ``code`` is ``value`` rounded to nearest even, by comparison."""
    below, above = middles(code & 0x7FFF)
    magnitude, even = abs(value), code % 2 == 0
    inside = below < magnitude < above or even and magnitude in (below, above)
    return inside and (value < 0) == bool(code >> 15)


def rounded(values):
    """The codes of float64 numbers; NumPy rounds once, a tie to even."""
    codes = values.astype(np.float16).view(np.uint16).astype(np.int64)
    return np.where(np.isnan(values), NAN, codes)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of infinities, which are meant
def test_every_number_against_float64(name):
    real, exact = REAL[name]
    near, found = real(VALUES[NUMBERS]), table(FUNCTIONS[name])[NUMBERS]
    hard = rounded(near * (1 - CLOSE)) != rounded(near * (1 + CLOSE))
    assert np.array_equal(found[~hard], rounded(near)[~hard])
    with mpmath.workdps(60):
        for code, result in zip(NUMBERS[hard], found[hard], strict=True):
            assert is_nearest(int(result), exact(mpmath.mpf(VALUES[code]))), hex(code)



def test_a_table_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        table(float16_recip)[0] = 0
