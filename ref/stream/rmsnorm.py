# SPDX-License-Identifier: Apache-2.0
"""Root-mean-square normalisation of a row of binary16 codes, and the largest magnitude of it.

.. math:: y_i = RN(\\gamma_i \\cdot RN(x_i \\cdot s)), \\quad
          s = RN\\Bigl(1 / \\sqrt{\\tfrac{1}{N} \\sum_i x_i^2 + \\epsilon}\\Bigr)

Source: arXiv:2510.15926 section 3.5, which sums in float32. Here the sum is exact, and the scale is
the real number rounded once. With x_i = k_i 2**-24, S the sum of k_i**2, epsilon = E 2**-48 and
D = S + N E it is

.. math:: 2^{24} \\sqrt{N / D}, \\quad
          \\lfloor 2^k \\sqrt{N / D} \\rfloor = isqrt(\\lfloor N \\cdot 2^{2k} / D \\rfloor),

and whether a fraction is lost shows in the remainders of the division and of the root
(:func:`tritproof.ref.stream.theorems.root_of_a_floor`). One division, one root, one rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt

import numpy as np
from tritproof.ref.float16.arithmetic import float16_mul
from tritproof.ref.float16.nearest import nearest_code
from tritproof.ref.float16.rounding import (
    CODE,
    INFINITY,
    NAN,
    PRECISION,
    SIGN,
    UNIT,
    binade,
    round_to_float16,
    significand,
    units,
)
from tritproof.ref.spec import Integer, logical_and, minimum, select, specification, unsigned

EPS_UNITS = 2814749767
"""Of 2**-48: the nearest integer to 1e-5."""
ROOT_BITS = 13
"""Fewest bits of the root, two more than a result has."""
GREATEST_SQUARE = (2047 << 29) ** 2
"""Of a finite code, in units of 2**-48."""


def rms_scale(total: int, count: int, eps_units: int = EPS_UNITS) -> int:
    """Return the code of 1 / sqrt(total / count * 2**-48 + eps_units * 2**-48), rounded once.

    Infinity where that is 65,520 or more, which takes an ``eps_units`` of at most 65,568.

    Raises:
        ValueError: ``total`` is negative, or ``count`` or ``eps_units`` is below 1.
    """
    divisor = _divisor(total, count, eps_units)
    bits = ROOT_BITS + (divisor.bit_length() + 1) // 2
    quotient, rest = divmod(count << 2 * bits, divisor)
    root = isqrt(quotient)
    return nearest_code(0, root, -UNIT - bits, inexact=rest != 0 or root * root != quotient)


@dataclass(frozen=True)
class RmsSizes:
    """The fixed widths in which :func:`rms_scale_in_steps` works, for all rows of at most
    ``greatest_count`` codes.

    Count and divisor are normalised: shifted up by even numbers of places until one of their upper
    two bits is set, in ``count_width`` and ``divisor_width`` bits, even numbers both. The dividend
    is the count times ``4**fraction``, the quotient has at most ``quotient_width`` bits and the
    root ``root_bits`` or one more, by
    :func:`tritproof.ref.stream.theorems.normalised_root_has_its_bits`.

    Raises:
        ValueError: ``greatest_count`` or ``eps_units`` is below 1, or ``root_bits`` below 12.
    """

    greatest_count: int
    eps_units: int = EPS_UNITS
    root_bits: int = ROOT_BITS

    def __post_init__(self) -> None:
        _divisor(0, self.greatest_count, self.eps_units)
        if self.root_bits < 12:
            raise ValueError(f"root_bits={self.root_bits}: a result of 11 bits is rounded from at "
                             "least 12")

    @property
    def count_width(self) -> int:
        """Bits of the normalised count."""
        return _even(self.greatest_count.bit_length())

    @property
    def divisor_width(self) -> int:
        """Bits of the normalised divisor, enough for ``greatest_count`` finite codes."""
        return _even((self.greatest_count * (GREATEST_SQUARE + self.eps_units)).bit_length())

    @property
    def fraction(self) -> int:
        """Fraction bits of the root of count / divisor."""
        return self.root_bits + (self.divisor_width - self.count_width) // 2

    @property
    def quotient_width(self) -> int:
        """Bits of the quotient: two for each of the root."""
        return 2 * self.root_bits + 2

    @property
    def middle_exponent(self) -> int:
        """Of the jammed root, with neither count nor divisor shifted."""
        return -UNIT - self.fraction - 1

    @property
    def greatest_exponent(self) -> int:
        """Of the jammed root, at the divisor's largest shift."""
        return self.middle_exponent + self.divisor_width // 2 - 1

    @property
    def least_exponent(self) -> int:
        """Of the jammed root, at the count's largest shift."""
        return self.middle_exponent - (self.count_width // 2 - 1)


def rms_scale_in_steps(total: int, count: int, sizes: RmsSizes) -> int:
    """Return what :func:`rms_scale` does, in steps of fixed width: D and N shifted up by even
    numbers until one of their upper two bits is set, a division, a root, a rounding.

    Raises:
        ValueError: ``total`` is negative, or above that of ``count`` finite codes, or ``count`` is
            below 1 or above ``sizes.greatest_count``.
    """
    divisor = _divisor(total, count, sizes.eps_units)
    if count > sizes.greatest_count:
        raise ValueError(f"{count} codes are more than the {sizes.greatest_count} of these sizes")
    if total > count * GREATEST_SQUARE:
        raise ValueError(f"the sum of squares {total} is not that of {count} finite codes")
    divisor_shift = (sizes.divisor_width - divisor.bit_length()) // 2
    count_shift = (sizes.count_width - count.bit_length()) // 2
    dividend = count << 2 * (count_shift + sizes.fraction)
    quotient, rest = divmod(dividend, divisor << 2 * divisor_shift)
    root = isqrt(quotient)
    inexact = rest != 0 or root * root != quotient
    return round_to_float16.exact(
        0, 2 * root + inexact, sizes.middle_exponent + divisor_shift - count_shift,
        WIDTH=sizes.root_bits + 2, LEAST_EXPONENT=sizes.least_exponent,
        GREATEST_EXPONENT=sizes.greatest_exponent,
    )


@specification(
    inputs=lambda DIVIDEND_WIDTH, DIVISOR_WIDTH, QUOTIENT_WIDTH: {
        "result": unsigned(QUOTIENT_WIDTH + 1),
        "dividend": unsigned(DIVIDEND_WIDTH),
        "divisor": unsigned(DIVISOR_WIDTH),
    },
    result=unsigned(1),
)
def is_ratio(result, dividend, divisor, *, DIVIDEND_WIDTH, DIVISOR_WIDTH, QUOTIENT_WIDTH):
    """1 where ``result`` is floor(dividend * 2**scale / divisor), told without a division, and
    above its QUOTIENT_WIDTH bits whether that has a remainder.

    The scale, QUOTIENT_WIDTH + DIVISOR_WIDTH - DIVIDEND_WIDTH - 2, makes the quotient fit if one of
    the divisor's upper two bits is set.
    """
    scaled = dividend << QUOTIENT_WIDTH + DIVISOR_WIDTH - DIVIDEND_WIDTH - 2
    rest = scaled - result % (1 << QUOTIENT_WIDTH) * divisor
    flagged = result >> QUOTIENT_WIDTH == select(rest == 0, 0, 1)
    return select(logical_and(rest >= 0, logical_and(rest < divisor, flagged)), 1, 0)


@specification(
    inputs=lambda ROOT_WIDTH: {
        "root": unsigned(ROOT_WIDTH), "radicand": unsigned(2 * ROOT_WIDTH),
    },
    result=unsigned(1),
)
def is_root(root, radicand, *, ROOT_WIDTH):
    """1 where ``root`` is floor(sqrt(radicand)), told without a root."""
    square = root * root
    return select(logical_and(square <= radicand, radicand <= square + 2 * root), 1, 0)


@specification(inputs=lambda: {"code": CODE}, result=unsigned(PRECISION))
def squared_significand(code):
    """The significand of a finite code; 0 of an infinity or a NaN."""
    return select(code % SIGN >= INFINITY, 0, significand(code))


@specification(
    inputs=lambda: {"code": CODE, "square": unsigned(2 * PRECISION)},
    result=unsigned(2 * PRECISION + 58),
)
def scaled_square(code, square):
    """The square of a significand, as that of its code's value, in units of 2**-48."""
    return square << 2 * minimum(binade(code), 29)


@specification(inputs=lambda: {"code": CODE}, result=Integer(0, GREATEST_SQUARE))
def square_units(code):
    """The square of a finite code's value, in units of 2**-48; 0 of an infinity or a NaN."""
    m = squared_significand(code)
    return scaled_square(code, m * m)


def sum_of_squares(x) -> int:
    """Return the exact sum of the squares of finite codes, in units of 2**-48."""
    return sum(int(k) ** 2 for k in units.numpy(x).reshape(-1))


def row_absmax(y) -> int:
    """Return the code of the largest magnitude of a row: no sign, infinity if one is infinite, the
    one NaN if any is a NaN.

    Raises:
        ValueError: the row is empty.
    """
    magnitudes = np.asarray(y) % SIGN
    if magnitudes.size == 0:
        raise ValueError("an empty row has no largest magnitude")
    largest = int(magnitudes.max())
    return NAN if largest > INFINITY else largest


def kept_rows(rows: list, depth: int) -> list:
    """Return the rows of at most ``depth`` beats; the others are refused."""
    return [row for row in rows if len(row) <= depth]


def rmsnorm_absmax(x, gamma, eps_units: int = EPS_UNITS) -> tuple[np.ndarray, int, int]:
    """Return the codes int64[N] of the normalised row, that of its largest magnitude, and that of
    the scale s, for codes ``x`` [N] and ``gamma`` [N].

    An infinity or a NaN in the row makes the scale the NaN, and with it all results. A NaN in
    ``gamma``, and an infinite scale times a 0, make a NaN in their place, and so the largest
    magnitude NaN; a product of 65,520 or more makes it infinite.

    Raises:
        ValueError: the shapes are not one and the same [N], N at least 1, or ``eps_units`` is
            below 1.
    """
    x, gamma = np.asarray(x), np.asarray(gamma)
    if x.ndim != 1 or x.shape != gamma.shape:
        raise ValueError(f"x of shape {x.shape} and gamma of shape {gamma.shape}: "
                         "need one row of each, of one length")
    finite = row_absmax(x) < INFINITY
    scale = rms_scale(sum_of_squares(x), len(x), eps_units) if finite else NAN
    y = float16_mul.numpy(gamma, float16_mul.numpy(x, scale))
    return y, row_absmax(y), scale


def _even(width: int) -> int:
    return width + width % 2


def _divisor(total: int, count: int, eps_units: int) -> int:
    if total < 0 or count < 1 or eps_units < 1:
        raise ValueError(f"total={total}, count={count}, eps_units={eps_units}: the first must be "
                         "at least 0, the others at least 1")
    return total + count * eps_units
