# SPDX-License-Identifier: Apache-2.0
"""The integer layer normalisation of I-ViT.

.. math:: y'_i = \\lfloor y_i \\lfloor (2^{31} - 1) / \\sigma \\rfloor / 2 \\rfloor, \\quad
          y_i = x_i - RNE(\\bar x), \\quad
          \\sigma = \\lfloor \\sqrt{\\textstyle\\sum y_i^2} \\rfloor

in units of sqrt(C) / 2**30, as are biases (:func:`integer_bias`). The published code takes 10 steps
of Newton's iteration from 2**16 for the root, which is not the root where the sum of squares is
small or very large (:func:`newton_root`). A row of equal numbers has the sum 0: its root counts as
1 here, 64 there, and its results are 0. Source: arXiv:2207.01405, section 3.5.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor, isqrt

from tritproof.ref.spec import lookup, specification, unsigned

FACTOR = (1 << 31) - 1
FIRST = 1 << 16
STEPS = 10


def rounded_quotient_of(total: int, count: int) -> int:
    """Return total / count, to nearest, a tie to even."""
    whole, rest = divmod(total, count)
    twice = 2 * rest
    return whole + (twice > count or (twice == count and whole % 2 == 1))


def rounded_mean(x: list[int]) -> int:
    """Return the mean, to nearest, a tie to even. Raises ValueError of an empty row."""
    if not x:
        raise ValueError("an empty row has no mean: give at least one number")
    return rounded_quotient_of(sum(x), len(x))


@specification(
    inputs=lambda ROOT_WIDTH, QUOTIENT_WIDTH: {
        "k": unsigned(ROOT_WIDTH), "quotient": unsigned(QUOTIENT_WIDTH),
    },
    result=lambda ROOT_WIDTH, QUOTIENT_WIDTH: unsigned(max(ROOT_WIDTH, QUOTIENT_WIDTH)),
)
def newton_step(k, quotient, *, ROOT_WIDTH, QUOTIENT_WIDTH):
    """The k that follows one whose division gave ``quotient``."""
    return (k + quotient) >> 1


def newton_root(variance: int, first: int = FIRST, steps: int = STEPS) -> int:
    """Return what ``steps`` steps k = floor((k + floor(v / k)) / 2) from ``first``, 10 from 2**16
    in the published code, make of a root.

    Raises:
        ValueError: ``variance`` is negative, or a step would divide by 0.
    """
    if variance < 0:
        raise ValueError(f"the variance {variance} is negative: give a sum of squares")
    k = first
    for step in range(steps):
        if k < 1:
            raise ValueError(
                f"step {step + 1} of {steps} from {first} divides by {k}: "
                f"start from at least {1 << steps - 1}"
            )
        k = (k + variance // k) // 2
    return k


@specification(
    inputs=lambda RADICAND_WIDTH, FIRST, STEPS: {"radicand": unsigned(RADICAND_WIDTH)},
    result=lambda RADICAND_WIDTH, FIRST, STEPS: unsigned(max(FIRST + 1, RADICAND_WIDTH)),
)
def tabled_newton_root(radicand, *, RADICAND_WIDTH, FIRST, STEPS):
    """:func:`newton_root` from 2**FIRST of a few bits, of which a solver need not divide."""
    table = [newton_root(one, 1 << FIRST, STEPS) for one in range(1 << RADICAND_WIDTH)]
    return lookup(table, radicand)


def exact_root(variance: int) -> int:
    """Return floor(sqrt(v)), 1 of 0."""
    return max(isqrt(variance), 1)


def sums_of_row(x: list[int]) -> tuple[int, int, int]:
    """Return sum, sum of squares and length: what mean and factor are made of."""
    return sum(x), sum(one * one for one in x), len(x)


def mean_and_factor(
    total: int, squares: int, count: int, *, published: bool = False
) -> tuple[int, int]:
    """Return the rounded mean and the factor of a row with these sums, in one pass over it:
    :mod:`theorems` says why the variance is that of the distances."""
    mean = rounded_quotient_of(total, count)
    variance = squares - mean * (2 * total - count * mean)
    root = newton_root(variance) if published else exact_root(variance)
    return mean, FACTOR // root


def ilayernorm(
    x: list[int], bias: list[int] | None = None, *, published: bool = False
) -> list[int]:
    """Return the normalised row, plus ``bias`` in its unit.

    ``published``: with the root of the published code.

    Raises:
        ValueError: the row is empty, or has not as many biases as numbers.
    """
    if bias is not None and len(bias) != len(x):
        raise ValueError(f"{len(bias)} biases of {len(x)} numbers: give one for each, or None")
    mean = rounded_mean(x)
    y = [one - mean for one in x]
    variance = sum(one * one for one in y)
    root = newton_root(variance) if published else exact_root(variance)
    factor = FACTOR // root
    found = [one * factor >> 1 for one in y]
    return found if bias is None else [a + b for a, b in zip(found, bias, strict=True)]


def integer_bias(beta: Fraction | float, gamma: Fraction | float, count: int) -> int:
    """Return floor((beta / gamma) / (sqrt(count) / 2**30)), exactly: the bias of a channel in the
    unit of its result, of which gamma is a factor. The published code rounds to binary32 thrice.

    Raises:
        ValueError: ``gamma`` is 0, or ``count`` below 1.
    """
    if not gamma:
        raise ValueError("gamma is 0: its channel is beta everywhere, leave it out of the row")
    if count < 1:
        raise ValueError(f"count must be at least 1, not {count}: it is the length of the row")
    ratio = Fraction(beta) / Fraction(gamma)
    square = ratio**2 * (1 << 60) / count
    if ratio >= 0:
        return isqrt(floor(square))
    return -1 - isqrt(ceil(square) - 1)  # -ceil(sqrt(square))
