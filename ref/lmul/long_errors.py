# SPDX-License-Identifier: Apache-2.0
"""Relative errors over all pairs of long mantissas, by sums of reciprocals.

N = 2**m, significands X, Y in N .. 2 N - 1 and S = X + Y. What stands for X Y, L, depends on S
alone; the error is L / (X Y) - 1. For one S

.. math:: \\frac{1}{X Y} = \\frac{1}{S} \\left(\\frac{1}{X} + \\frac{1}{Y}\\right), \\quad
          4 X Y = S^2 - (X - Y)^2

so that prefix sums of 1 / X give the sum over a range of X; and the error is positive where
(X - Y)**2 > S**2 - 4 L, at both ends of that range. It is greatest at the ends and least in the
middle.

Reciprocals are floor((2**64 - 1) / X): at most one unit of 2**-64 too small, relative to the term
2 N / 2**64, and the prefix sums are integers. With L < 2 X Y a mean of L / (X Y) is too small by
less than 2**(m - 62), and so is a mean of magnitudes, in which each term has a sign. The rest is
float64: less than 2**8 roundings of numbers whose mean is below 2, sums by pairs included. So each
mean is within 2**(m - 62) + 2**-44 of the exact one.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import fsum

import numpy as np

PIECE = 1 << 19
"""Sums S that are looked at together."""

Line = Callable[[np.ndarray], np.ndarray]
"""From u = S - 2 N, int64, to L, int64, below 2**52."""


def distance_of_means(m: int) -> Fraction:
    """Return how far the means may be from the exact ones."""
    return Fraction(1, 1 << (62 - m)) + Fraction(1, 1 << 44)


def errors_by_sums(m: int, line: Line) -> tuple[Fraction, Fraction, Fraction, Fraction]:
    """Return the least and the greatest error, exact, the mean and the mean magnitude, each within
    :func:`distance_of_means`, over all pairs of mantissas of m bits, 1 to 23.

    Raises:
        ValueError: m is out of this range, in which all integers fit.
    """
    if not 1 <= m <= 23:
        raise ValueError(f"m={m}: must be from 1 to 23 bits")
    n = 1 << m
    top = np.uint64((1 << 64) - 1)
    prefix = np.zeros(n + 1, np.uint64)
    np.cumsum(top // np.arange(n, 2 * n, dtype=np.uint64), out=prefix[1:])

    def reciprocals(first: np.ndarray, last: np.ndarray) -> np.ndarray:
        """The sums of 1 / X, X from first to last, at least first - 1."""
        return (prefix[last + 1 - n] - prefix[first - n]) * 2.0**-64

    signed, magnitude = [], []
    lowest, highest = [], []
    for start in range(0, 2 * n - 1, PIECE):
        u = np.arange(start, min(start + PIECE, 2 * n - 1))
        s, value = u + 2 * n, line(u)
        low, high = np.maximum(n, s - 2 * n + 1), np.minimum(s - n, 2 * n - 1)
        pairs = high - low + 1
        nearest = _least_distance(s, s * s - 4 * value)
        # Positive for X from low to end and, mirrored, from s - end to high.
        end = np.maximum((s - nearest) // 2, low - 1)
        positives = np.minimum(2 * (end - low + 1), pairs)
        scale, all_x = 2 * value / s, reciprocals(low, high)
        ends = reciprocals(low, end) + reciprocals(s - end, high)
        above, every = scale * np.where(nearest > 0, ends, all_x), scale * all_x
        signed.append(float((every - pairs).sum()))
        magnitude.append(float((2 * above - every - (2 * positives - pairs)).sum()))
        lowest.append(_extreme(value, (s // 2) * (s - s // 2), least=True))
        highest.append(_extreme(value, low * high, least=False))
    mean, mean_magnitude = (Fraction(fsum(sums)) / n**2 for sums in (signed, magnitude))
    return min(lowest) - 1, max(highest) - 1, mean, mean_magnitude


def _least_distance(s: np.ndarray, square: np.ndarray) -> np.ndarray:
    """The least |X - Y| of the sums s whose square is above ``square``, which is below 2**51, so
    that no root is rounded up to an integer."""
    above = np.where(square < 0, 0, np.sqrt(np.maximum(square, 0)).astype(np.int64) + 1)
    return above + (above + s) % 2


def _extreme(value: np.ndarray, exact: np.ndarray, *, least: bool) -> Fraction:
    """The least of value / exact, or the greatest."""
    ratio = value / exact
    # Floats name the candidates only; those close to each other are compared exactly.
    close = np.abs(ratio - (ratio.min() if least else ratio.max())) <= 2.0**-48
    common = np.gcd(value[close], exact[close])
    reduced = ((one[close] // common).tolist() for one in (value, exact))
    candidates = [Fraction(*one) for one in set(zip(*reduced, strict=True))]
    return min(candidates) if least else max(candidates)
