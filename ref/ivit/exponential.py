# SPDX-License-Identifier: Apache-2.0
"""The integer exponential of I-ViT, and what is made of it: Shiftmax and ShiftGELU.

A scaled integer x S has the exponential 2**(x S log2(e)), with log2(e) taken as 1 + 1/2 - 1/16 by
shifts, and 2**-f on 0 .. 1 as 1 - f / 2. With the unit u = -x0 = ceil(1 / S), in which x S log2(e)
is counted in octaves:

.. math:: p = \\max(x + \\lfloor x / 2 \\rfloor - \\lfloor x / 16 \\rfloor, -n u), \\quad
          p = -q u - r', \\; 0 \\le r' < u, \\quad
          e = \\lfloor (2 u - r') 2^{n - q - 1} \\rfloor

Of the published descriptions, which differ, this is the one of the PyTorch code in exact integers:
r' keeps its half bit, and x0 is floor(-1 / S). Source: arXiv:2207.01405, sections 3.3 and 3.4.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil

import numpy as np

FACTOR = (1 << 31) - 1
"""What is divided by a sum; sums are limited to it, too."""
GELU_FACTOR = Fraction(1702, 1000)
"""Of x in the logistic function that stands for the normal distribution."""


def unit_of_scale(scale: Fraction | float) -> int:
    """Return u = ceil(1 / S) = -floor(-1 / S), exactly.

    The published code rounds the quotient to binary32 first, :func:`published_unit_of_scale`; in
    binary64 the quotient of a binary32 scale has the floor of the exact one.

    Raises:
        ValueError: the scale is not a positive number.
    """
    exact = Fraction(scale)
    if exact <= 0:
        raise ValueError(f"the scale {scale} is not a positive number: take one above 0")
    return ceil(1 / exact)


def published_unit_of_scale(scale: Fraction | float) -> int:
    """Return -x0 of the published code: the ceiling of 1 / S rounded to binary32, of a binary32 S.

    It is one less than :func:`unit_of_scale` where the quotient is rounded down to a whole number:
    of the binary32 number next to 1/25 it is 25, where the exact one is 26.

    Raises:
        ValueError: the scale is not a positive normal binary32 number.
    """
    single = np.finfo(np.float32)
    within = float(single.tiny) <= float(scale) <= float(single.max)
    if not within or Fraction(float(np.float32(scale))) != Fraction(scale):
        raise ValueError(f"the scale {scale} is no positive normal binary32 number: round it")
    return ceil(np.float32(1) / np.float32(scale))


def unit_taken(unit: int, powers_of_two: bool = False) -> int:
    """Return the unit that a block takes for the one it is given: 1 for 0, and if it takes
    ``powers_of_two`` only, the greatest that is not above."""
    unit = max(unit, 1)
    return 1 << (unit.bit_length() - 1) if powers_of_two else unit


def int_exp(x: int, unit: int, n: int, headroom: int | None = None) -> int:
    """Return e of an x of any sign, in exact integers.

    ``headroom``: octaves above 0 beyond which e does not rise any more.
    """
    p = max(x + (x >> 1) - (x >> 4), -n * unit)
    if headroom is not None:
        p = min(p, headroom * unit)
    q = p // -unit
    rest = p + unit * q
    line = rest + 2 * unit
    shift = n - q - 1
    return max(line << shift if shift >= 0 else line >> -shift, 0)


def normalised(e: int, total: int, output_bits: int) -> int:
    """Return e over a sum of such, in units of 2**-(output_bits - 1), by one division of the sum
    and one shift of the product."""
    factor = FACTOR // min(total, FACTOR)
    return (e * factor) >> (32 - output_bits)


def shiftmax(x: list[int], unit: int, n: int = 15, output_bits: int = 8) -> list[int]:
    """Return the Shiftmax of a row of int8 numbers, in units of 2**-(output_bits - 1).

    Raises:
        ValueError: the row is empty, ``unit`` is below 1, ``n`` outside 1 .. 31 or ``output_bits``
            outside 2 .. 32.
    """
    _require_row(x)
    _require_sizes(unit, n, output_bits)
    largest = max(x)
    powers = [int_exp(one - largest, unit, n) for one in x]
    total = sum(powers)
    return [normalised(e, total, output_bits) for e in powers]


def greatest_row(unit: int, n: int = 15) -> int:
    """Return the longest row whose sum cannot pass 2**31 - 1: what Shiftmax is meant for.

    Raises:
        ValueError: ``unit`` is below 1, or ``n`` outside 1 .. 31.
    """
    _require_sizes(unit, n)
    return FACTOR // (unit << n)


def gelu(x: int, largest: int, unit: int, n: int, output_bits: int) -> int:
    """Return x times its sigmoid e / (e + e'), in units of 2**-(output_bits - 1), with the
    exponentials e of x and e' of 0 relative to ``largest``; an x above it has e of the largest.

    Raises:
        ValueError: ``unit`` is below 1, ``n`` outside 1 .. 31 or ``output_bits`` outside 2 .. 32.
    """
    _require_sizes(unit, n, output_bits)
    e = int_exp(min(x - largest, 0), unit, n)
    return x * normalised(e, e + int_exp(-largest, unit, n), output_bits)


def shiftgelu(x: list[int], unit: int, n: int = 23, output_bits: int = 8) -> list[int]:
    """Return the ShiftGELU of a row as the published code has it: relative to the row's largest
    number, which may be below 0.

    ``unit`` is that of 1.702 S (:data:`GELU_FACTOR`). Where the largest number is far above 0 or
    below it, the sigmoids are wrong, as published; :func:`elementwise_shiftgelu` has no rows.

    Raises:
        ValueError: as of :func:`shiftmax`.
    """
    _require_row(x)
    largest = max(x)
    return [gelu(one, largest, unit, n, output_bits) for one in x]


def elementwise_shiftgelu(x: int, unit: int, n: int = 15, output_bits: int = 8) -> int:
    """Return the ShiftGELU of one number, relative to the larger of it and 0: no exponential is of
    a positive number, and the larger of the two is exact.

    Raises:
        ValueError: as of :func:`gelu`.
    """
    return gelu(x, max(x, 0), unit, n, output_bits)


def _require_row(x: list[int]) -> None:
    if not x:
        raise ValueError("an empty row has no largest number: give at least one number")


def _require_sizes(unit: int, n: int, output_bits: int = 8) -> None:
    if unit < 1:
        raise ValueError(f"unit must be at least 1, not {unit}: take unit_of_scale of the scale")
    if not 1 <= n <= 31:
        raise ValueError(f"n must be from 1 to 31, not {n}: the published ones are 15 and 23")
    if not 2 <= output_bits <= 32:
        raise ValueError(
            f"output_bits must be from 2 to 32, not {output_bits}: the published ones are 8 and 16"
        )
