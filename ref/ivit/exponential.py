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

from tritproof.ref.spec import maximum, minimum, signed, specification, unsigned

FACTOR = (1 << 31) - 1
"""What is divided by a sum; sums are limited to it, too."""
GELU_FACTOR = Fraction(1702, 1000)
"""Of x in the logistic function that stands for the normal distribution."""
INPUT_WIDTH = 9
"""Bits of a distance of two int8 numbers, two's complement."""


def unit_of_scale(scale: Fraction | float) -> int:
    """Return u = ceil(1 / S) = -floor(-1 / S).

    Raises:
        ValueError: the scale is not a positive number.
    """
    exact = Fraction(scale)
    if exact <= 0:
        raise ValueError(f"the scale {scale} is not a positive number")
    return -(-exact.denominator // exact.numerator)


@specification(
    inputs=lambda UNIT_WIDTH, N: {"x": signed(INPUT_WIDTH), "unit": unsigned(UNIT_WIDTH)},
    result=lambda UNIT_WIDTH, N: unsigned(UNIT_WIDTH + 5),
)
def octaves(x, unit, *, UNIT_WIDTH, N):
    """-p of an x that is not positive: its distance in units of 1 / u octaves, at most n u."""
    distance = -(x + (x >> 1) - (x >> 4))
    return maximum(minimum(distance, N * unit), 0)


@specification(
    inputs=lambda UNIT_WIDTH, N: {
        "quotient": unsigned(5), "remainder": unsigned(UNIT_WIDTH), "unit": unsigned(UNIT_WIDTH),
    },
    result=lambda UNIT_WIDTH, N: unsigned(UNIT_WIDTH + N + 1),
)
def shifted_line(quotient, remainder, unit, *, UNIT_WIDTH, N):
    """e, for -p = quotient * u + remainder with remainder < u and quotient <= n."""
    line = maximum(2 * unit - remainder, 0)
    return (line << N - minimum(quotient, N)) >> 1


def int_exp(x: int, unit: int, n: int) -> int:
    """Return e of an x of any sign, in exact integers."""
    p = max(x + (x >> 1) - (x >> 4), -n * unit)
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
        ValueError: the row is empty, or ``unit`` below 1.
    """
    if not x or unit < 1:
        raise ValueError(f"a row of {len(x)} numbers, unit={unit}: need at least one of each")
    largest = max(x)
    powers = [int_exp(one - largest, unit, n) for one in x]
    total = sum(powers)
    return [normalised(e, total, output_bits) for e in powers]


def greatest_row(unit: int, n: int = 15) -> int:
    """Return the longest row whose sum cannot pass 2**31 - 1: what Shiftmax is meant for."""
    return FACTOR // (unit << n)


def shiftgelu(x: list[int], unit: int, n: int = 23, output_bits: int = 8) -> list[int]:
    """Return the ShiftGELU of a row, x times its sigmoid in units of 2**-(output_bits - 1), as the
    published code has it: relative to the row's largest number.

    ``unit`` is that of 1.702 S (:data:`GELU_FACTOR`). Where the largest number is far above 0 or
    below it, the sigmoids are wrong, as published; :func:`elementwise_shiftgelu` has no rows.
    """
    largest = max(x)
    at_zero = int_exp(-largest, unit, n)
    found = []
    for one in x:
        e = int_exp(one - largest, unit, n)
        found.append(one * normalised(e, e + at_zero, output_bits))
    return found


def elementwise_shiftgelu(x: int, unit: int, n: int = 15, output_bits: int = 8) -> int:
    """Return the ShiftGELU of one number, relative to the larger of it and 0: no exponential is of
    a positive number, and the larger of the two is exact."""
    largest = max(x, 0)
    e, at_zero = int_exp(x - largest, unit, n), int_exp(-largest, unit, n)
    return x * normalised(e, e + at_zero, output_bits)
