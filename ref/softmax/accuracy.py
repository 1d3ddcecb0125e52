# SPDX-License-Identifier: Apache-2.0
"""How far probabilities and weighted means are from the real softmax: bounds, and why they hold.

Compared is the softmax in base 2 of the real numbers y_j = s_j * mantissa / 2**(shift + F) for n
keys. In the order of the arithmetic, for a set A of keys and its probability,

1. p -> q, scores rounded down to 2**-F: a weight is off by a factor from 1/t to 1, t = 2**(2**-F),
   so the odds of A by a factor r from 1/t to t. With a = t - 1,

       |q - p| = q (1 - q) |1 - 1/r| (1 + o) / (1 + o/r) <= q (1 - q) a

   where o = q / (1 - q), as (1 + o) / (1 + o/r) is at most max(r, 1).
2. q -> q', weights rounded down to u = 2**-P: the largest is 1 and exact, so the sum S is at least
   1 and loses at most L = (n - 1) u. So -L <= q' - q <= q L / (S - L) <= L / (1 - L) = M. For one
   key, q' - q >= -u; if it is the largest, q = 1 / S and q L / (S - L) <= q**2 M; if it is not,
   S >= 1 / (1 - q) and q L / (S - L) <= q (1 - q) M.
3. The quotient is rounded to 2**-K: half a unit.

One key is off by at most the largest q (1 - q) a + max(q**2, q (1 - q)) M for q from 0 to 1, and
u and half a unit. A mean of values that span V differs by at most V times the largest difference of
a set, a / 4 + M, and half a unit of its own.
"""

from __future__ import annotations

from fractions import Fraction

from tritproof.ref.softmax.exp2 import exp2_table

GUARD = 60
"""Fraction bits in which the root t is bounded from above."""


def octave_step(F: int) -> Fraction:
    """Return a number just above 2**(2**-F) - 1: what a unit of a score is to its weight."""
    half_root = exp2_table(F, GUARD)[(1 << F) - 1]  # floor of 2**(GUARD - 1) * t
    return Fraction(half_root + 1, 1 << (GUARD - 1)) - 1


def lost_weight(P: int, n: int) -> Fraction:
    """Return M = L / (1 - L) for the weights of n keys.

    Raises:
        ValueError: the keys may lose all of their weight.
    """
    lost = Fraction(n - 1, 1 << P)
    if lost >= 1:
        raise ValueError(f"{n} keys may lose all of {P} fraction bits: take more bits")
    return lost / (1 - lost)


def probability_bound(F: int, P: int, K: int, n: int) -> Fraction:
    """Return what the probability of one of n keys is off by at most."""
    a, m = octave_step(F), lost_weight(P, n)
    largest = a * a / (4 * (a - m)) if 2 * m < a else m
    return max(largest, (a + m) / 4) + Fraction(1, 1 << P) + Fraction(1, 2 << K)


def mean_bound(F: int, P: int, R: int, n: int, span: int = 255) -> Fraction:
    """Return what the mean of n values, that span ``span``, is off by at most."""
    return span * (octave_step(F) / 4 + lost_weight(P, n)) + Fraction(1, 2 << R)
