# SPDX-License-Identifier: Apache-2.0
"""Quantisation of a row of binary16 codes to int8, relative to its largest magnitude.

.. math:: q_i = clamp(RNE(127 \\, y_i / a)), \\quad a = max_i |y_i|

Source: arXiv:2510.15926 section 3.5 and the absmax quantiser of BitNet b1.58. Here the quotient of
the real numbers is rounded once, to the nearest integer, a tie to the even one.

With M and b the significand and the binade of a code, 127 |y| / a = 127 M_y / (M_a 2**d) for
d = b_a - b_y. From d = 9 on it is below a half whatever the significands are
(:func:`tritproof.ref.stream.theorems.far_below_the_largest_is_zero`), so d is limited to 9, and
the division has 18 by 20 bits and a quotient of 7.

A row whose largest magnitude is 0 has codes 0 and the scale +0. One whose largest magnitude is not
a finite number has codes 0 too, and the NaN for a scale, which shows after dequantisation.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from tritproof.ref.float16.rounding import (
    CODE,
    INFINITY,
    NAN,
    binade,
    magnitude_code,
    sign_of,
    significand,
)
from tritproof.ref.softmax.divide import divide, is_quotient, result_width
from tritproof.ref.spec import (
    Integer,
    absolute,
    logical_and,
    logical_or,
    maximum,
    minimum,
    select,
    specification,
    unsigned,
)

GREATEST = 127
FARTHEST = 9
"""Binades below the largest magnitude from where on every quotient is below a half."""
WIDTHS: dict[str, Any] = {"N": 18, "D": 20, "Q": 7, "ROUNDING": "half_even"}
"""Of the division."""
QUOTIENT = unsigned(result_width(WIDTHS["Q"], WIDTHS["ROUNDING"]) + 1)
PAST_THE_END = 128
"""Any magnitude that both limits cut."""


@specification(inputs=lambda: {"y": CODE}, result=unsigned(WIDTHS["N"]))
def quotient_dividend(y):
    """127 times the significand of y."""
    return GREATEST * significand(y)


@specification(inputs=lambda: {"y": CODE, "absmax": CODE}, result=unsigned(WIDTHS["D"]))
def quotient_divisor(y, absmax):
    """The significand of ``absmax``, shifted up by how many binades y is below it."""
    below = minimum(maximum(binade(absmax) - binade(y), 0), FARTHEST)
    return significand(absmax) << below


@specification(inputs=lambda: {"y": CODE, "absmax": CODE}, result=unsigned(1))
def is_above(y, absmax):
    """1 where y is of a binade above that of ``absmax``, as no element of its row is."""
    return binade(y) > binade(absmax)


@specification(
    inputs=lambda LEAST: {"quotient": QUOTIENT, "y": CODE, "absmax": CODE},
    result=lambda LEAST: Integer(LEAST, GREATEST),
)
def code_of_quotient(quotient, y, absmax, *, LEAST):
    """The int8 code of y, for the :func:`tritproof.ref.softmax.divide.divide` of the two above.

    A quotient that overflows, and any y of a binade above that of ``absmax``, infinities and NaNs
    included, gives the limit of its sign; no element of a row does that to its own maximum.
    """
    magnitude = select(is_above(y, absmax) == 1, PAST_THE_END, minimum(quotient, PAST_THE_END))
    negative = sign_of(y) == 1
    limited = select(negative, maximum(-magnitude, LEAST), minimum(magnitude, GREATEST))
    return select(has_no_scale(absmax), 0, limited)


def has_no_scale(absmax):
    """Whether nothing can be divided by ``absmax``: a 0, an infinity or a NaN."""
    return logical_or(magnitude_code(absmax) == 0, magnitude_code(absmax) >= INFINITY)


@specification(
    inputs=lambda LEAST: {"y": CODE, "absmax": CODE},
    result=lambda LEAST: Integer(LEAST, GREATEST),
)
def quantized(y, absmax, *, LEAST):
    """127 * y / |absmax| rounded to an integer, limited to LEAST (-127 or -128) .. 127; 0 where
    ``absmax`` is 0, infinite or a NaN.

    Exactly so for every |y| <= |absmax|, and with LEAST -127 for every finite y. With -128, a
    negative y of a higher binade gives -128 even where the quotient rounds to -127.
    """
    quotient = divide(quotient_dividend(y), quotient_divisor(y, absmax), **WIDTHS)
    return code_of_quotient(quotient, y, absmax, LEAST=LEAST)


@specification(
    inputs=lambda LEAST: {"code": Integer(LEAST, GREATEST), "y": CODE, "absmax": CODE},
    result=unsigned(1),
)
def is_quantized(code, y, absmax, *, LEAST):
    """1 where ``code`` is :func:`quantized` of the others, told without a division: one of the
    quotients that give this code is the right one."""
    dividend, divisor = quotient_dividend(y), quotient_divisor(y, absmax)

    def explained_by(quotient):
        right = is_quotient(quotient, dividend, divisor, **WIDTHS) == 1
        return logical_and(right, code_of_quotient(quotient, y, absmax, LEAST=LEAST) == code)

    unused = logical_or(has_no_scale(absmax), is_above(y, absmax) == 1)
    decided = logical_and(unused, code_of_quotient(0, y, absmax, LEAST=LEAST) == code)
    quotients = (absolute(code), PAST_THE_END, QUOTIENT.high)
    return select(logical_or(decided, *(explained_by(q) for q in quotients)), 1, 0)


@specification(inputs=lambda: {"absmax": CODE}, result=CODE)
def activation_scale(absmax):
    """What :func:`tritproof.ref.stream.dequantize.dequantize` multiplies by: the largest magnitude
    of the row, and the NaN where that is infinite or a NaN."""
    return select(magnitude_code(absmax) >= INFINITY, NAN, magnitude_code(absmax))


def quantize(y, absmax: int, *, LEAST: int = -127) -> np.ndarray:
    """The codes int8[...] of codes ``y`` [...], see :func:`quantized`."""
    return quantized.numpy(y, absmax, LEAST=LEAST).astype(np.int8)
