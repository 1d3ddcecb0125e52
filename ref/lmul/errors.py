# SPDX-License-Identifier: Apache-2.0
"""Relative errors of products of significands over every pair of mantissas: rational sums, or for
long mantissas sums within a stated distance of them.

The relative error of a product depends on the two mantissas alone, as long as the result is a
normal number. All are counted as equally likely, as those of a wide distribution nearly are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import lcm
from typing import Any

from tritproof.ref.lmul.long_errors import distance_of_means, errors_by_sums
from tritproof.ref.softmax.divide import rounded_quotient

Product = Callable[[Any, Any, int, int], Any]
"""From mantissas a and b, integers or arrays of them, the bits m and the offset o to
(1 + a 2^-m) (1 + b 2^-m) * 2^2m, or what stands for it."""


MOST_BITS = 10
"""Of mantissas whose pairs are tried one by one."""


@dataclass(frozen=True)
class Errors:
    """Relative errors of a product: its least and greatest, exact; its mean and mean magnitude,
    which may be off by ``distance``."""

    least: Fraction
    greatest: Fraction
    mean: Fraction
    mean_magnitude: Fraction
    distance: Fraction = Fraction(0)


def added(a: int, b: int, m: int, offset: int) -> int:
    """What the sum of codes makes of two mantissas."""
    unit, total = 1 << m, a + b + offset
    carries, mantissa = divmod(total, unit)
    return (unit + mantissa) << (m + carries)


def printed(a: int, b: int, m: int, offset: int) -> int:
    """The printed formula, renormalised exactly."""
    return ((1 << m) + a + b + offset) << m


def nearest(a: int, b: int, m: int, offset: int) -> int:
    """The product rounded to m bits, to nearest, a tie to even."""
    exact = ((1 << m) + a) * ((1 << m) + b)
    places = m if exact < 1 << (2 * m + 1) else m + 1
    whole, rest = divmod(exact, 1 << places)
    return rounded_quotient(
        whole, rest, 1 << places, D=2 * m + 2, Q=m + 2, ROUNDING="half_even"
    ) << places


PRODUCTS: dict[str, Product] = {"added": added, "printed": printed, "nearest": nearest}
OF_SUMS = ("added", "printed")
"""The products that depend on the sum of the mantissas alone."""


@cache
def relative_errors(m: int, offset: int, product: str = "added") -> Errors:
    """Return the relative errors over all pairs of mantissas of m bits; 10 bits take seconds, as do
    23.

    Raises:
        ValueError: m is above :data:`MOST_BITS` and the product none of :data:`OF_SUMS`.
    """
    if m > MOST_BITS:
        return summed_errors(m, offset, product)
    unit = 1 << m
    whole = lcm(*range(unit, 2 * unit))
    # whole / x for each significand x: every term of the sums is an integer over whole**2.
    parts = [whole // (unit + a) for a in range(unit)]
    signed, magnitude = 0, 0
    extremes: list[Fraction] = []
    for a, row in _rows(m, offset, PRODUCTS[product]):
        above = below = 0
        for b, error in enumerate(row):
            if error > 0:
                above += error * parts[b]
            else:
                below -= error * parts[b]
        signed += (above - below) * parts[a]
        magnitude += (above + below) * parts[a]
        extremes += [Fraction(error, (unit + a) * (unit + b)) for b, error in _extreme(row, unit)]
    total = whole * whole * unit * unit
    means = Fraction(signed, total), Fraction(magnitude, total)
    return Errors(min(extremes), max(extremes), *means)


def summed_errors(m: int, offset: int, product: str = "added") -> Errors:
    """Return what :func:`relative_errors` does, by :func:`errors_by_sums`.

    Raises:
        ValueError: the product is none of :data:`OF_SUMS`, or m not from 1 to 23.
    """
    if product not in OF_SUMS:
        raise ValueError(
            f"{product} of m={m} bits: pairs are tried up to {MOST_BITS} bits; of more only "
            f"{' and '.join(OF_SUMS)} are summed up"
        )
    found = errors_by_sums(m, lambda u: PRODUCTS[product](u, 0, m, offset))
    return Errors(*found, distance_of_means(m))


def _rows(m: int, offset: int, product: Product) -> Iterator[tuple[int, list[int]]]:
    """Of each mantissa a, the errors of the products with every b, in units of 2^-2m."""
    unit = 1 << m
    for a in range(unit):
        yield a, [
            product(a, b, m, offset) - (unit + a) * (unit + b) for b in range(unit)
        ]


def _extreme(row: list[int], unit: int) -> list[tuple[int, int]]:
    """The places and entries of a row with the least and the greatest of entry / (unit + place)."""

    def ratio(entry: tuple[int, int]) -> Fraction:
        return Fraction(entry[1], unit + entry[0])

    floats = [error / (unit + b) for b, error in enumerate(row)]
    # Floats name the candidates only; those close to each other are compared exactly.
    low, high = min(floats) + 1e-6, max(floats) - 1e-6
    candidates = [(b, row[b]) for b, one in enumerate(floats) if one <= low or one >= high]
    return [min(candidates, key=ratio), max(candidates, key=ratio)]
