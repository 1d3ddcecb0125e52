# SPDX-License-Identifier: Apache-2.0
"""Theorems about L-Mul: where its two definitions agree, the bound of its error, the expectations
of the paper.

x and y are mantissas in 0 .. 1, o the offset, s = x + y + o; the sum of codes stands for
1 + s where s < 1, 2 s where 1 <= s < 2, and 4 (s - 1) from 2 on.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import sympy
from tritproof.ref.lmul.lmul import (
    FORMATS,
    added_significand,
    lmul,
    offset_level,
    printed_significand,
)
from tritproof.ref.theorem import NotProvedError, Theorem, require_equal

HALF = Fraction(1, 2)


def definitions_agree_up_to_one() -> Theorem:
    """The sum of codes is the printed formula exactly where x + y + o <= 1."""
    above = sympy.Symbol("above", positive=True)
    s = 1 + above
    require_equal(2 * s - (1 + s), above, "1 < s < 2: the sum of codes is larger")
    # From s = 2 on: s = 2 + further.
    further = sympy.Symbol("further", nonnegative=True)
    s = 2 + further
    require_equal(4 * (s - 1) - (1 + s), 1 + 3 * further, "s >= 2: larger by 1 and more")
    require_equal(sympy.Integer(2), 1 + sympy.Integer(1), "s = 1")
    eighths = [Fraction(n, 8) for n in range(8)]
    for x, y, o in product(eighths, eighths, [Fraction(n, 16) for n in range(9)]):
        agree = added_significand(x, y, o) == printed_significand(x, y, o)
        if agree != (x + y + o <= 1):
            raise NotProvedError(f"x = {x}, y = {y}, o = {o}")
    return Theorem("definitions_agree_up_to_one", "added = printed  <=>  x + y + o <= 1",
                   "symbolic in s; run on all eighths")


def error_is_bounded() -> Theorem:
    """8 / (3 - o)**2 - 1 <= relative error <= o, for 0 <= o <= 1/2, all mantissas 0 .. 1."""
    o, u, s = sympy.symbols("o u s", nonnegative=True)
    x, y = sympy.symbols("x y", nonnegative=True)
    # Above. Exact products are at least 1 + u, u = x + y, as xy >= 0, and at least 2 u, as
    # (1 - x) (1 - y) >= 0.
    require_equal((1 + x) * (1 + y) - (1 + x + y), x * y, "at least 1 + u")
    require_equal((1 + x) * (1 + y) - 2 * (x + y), (1 - x) * (1 - y), "at least 2 u")
    require_equal((1 + o) * (1 + u) - (1 + u + o), o * u, "s < 1, by 1 + u")
    require_equal((1 + o) * (1 + u) - 2 * (u + o), (1 - u) * (1 - o), "1 <= s < 2, u < 1")
    require_equal((1 + o) * 2 * u - 2 * (u + o), 2 * o * (u - 1), "1 <= s < 2, u >= 1")
    require_equal((1 + o) * 2 * u - 4 * (u + o - 1), 2 * (1 - o) * (2 - u), "s >= 2")
    # Below. Exact products are at most (1 + u / 2)**2. Each difference is concave in its variable,
    # so it is least at an end of the range; there it is 0 or a product of what is not negative.
    require_equal((1 + (x + y) / 2) ** 2 - (1 + x) * (1 + y), (x - y) ** 2 / 4, "at most")
    worst = (3 - o) ** 2
    pieces = {
        "s < 1": ((1 + s) * worst - 2 * (2 + s - o) ** 2, o, sympy.Integer(1)),
        "1 <= s < 2": (2 * s * worst - 2 * (2 + s - o) ** 2, sympy.Integer(1), sympy.Integer(2)),
        "s >= 2": (4 * (s - 1) * worst - 2 * (2 + s - o) ** 2, sympy.Integer(2), 2 + o),
    }
    half = sympy.Rational(1, 2)
    for name, (difference, low, high) in pieces.items():
        if sympy.diff(difference, s, 2) != -4:
            raise NotProvedError(f"{name}: not concave in s")
        for end in (low, high):
            at_end = sympy.expand(difference.subs(s, end))
            least = sympy.calculus.util.minimum(at_end, o, sympy.Interval(0, half))
            if least < 0:
                raise NotProvedError(f"{name}: {at_end} is {least} at s = {end}")
    return Theorem("error_is_bounded", "8 / (3 - o)^2 - 1 <= L / ((1 + x) (1 + y)) - 1 <= o",
                   "symbolic in x, y and o: concave in s, not negative at both ends")


def error_bound(offset: int, m: int) -> tuple[Fraction, Fraction]:
    """Return the least and greatest relative error by :func:`error_is_bounded`, for an offset in
    units of the last of m bits.

    Raises:
        ValueError: the offset is more than half.
    """
    o = Fraction(offset, 1 << m)
    if not 0 <= o <= HALF:
        raise ValueError(f"offset={offset}: must be from 0 to {1 << (m - 1)}, half a unit")
    return 8 / (3 - o) ** 2 - 1, o


def carries_are_added_significands(name: str = "e4m3") -> Theorem:
    """The code that lmul gives is that of the added significand, for all pairs of mantissas."""
    form = FORMATS[name]
    sizes = form.sizes()
    unit = 1 << form.mantissa_bits
    one = form.bias << form.mantissa_bits
    for a, b in product(range(unit), repeat=2):
        found = form.value(int(lmul.exact(one + a, one + b, **sizes)))
        due = added_significand(
            Fraction(a, unit), Fraction(b, unit), Fraction(form.paper_offset, unit)
        )
        if found != due:
            raise NotProvedError(f"{name}, mantissas {a} and {b}: {found}, not {due}")
    return Theorem(f"carries_are_added_significands[{name}]",
                   "lmul(1 + x, 1 + y) = 1 + s, 2 s, or 4 (s - 1)", "run on all mantissas")


def expectations_are_those_of_the_paper() -> Theorem:
    """f1 and f2 of the paper: what is lost by k bits of mantissa, and by L-Mul, in expectation.

    E[exact of m bits - exact of k bits] = f1, E[exact of k bits - L-Mul by the printed formula] =
    f2, in units of 2**(ex + ey), for independent mantissas, all equally likely.
    """
    n, i = sympy.symbols("n i", integer=True, positive=True)
    mean = sympy.simplify(sympy.summation(i, (i, 0, n - 1)) / n / n)
    require_equal(sympy.expand(mean), sympy.expand((1 - 1 / n) / 2), "mean of n mantissas")
    kept, whole, offset = sympy.symbols("kept whole offset", positive=True)  # 2^-k, 2^-m, 2^-l

    def product_of_means(unit):
        return (1 + (1 - unit) / 2) ** 2

    f1 = product_of_means(whole) - product_of_means(kept)
    require_equal(f1, ((3 - whole) ** 2 - (3 - kept) ** 2) / 4, "f1")
    printed = 1 + 2 * (1 - kept) / 2 + offset
    require_equal(
        product_of_means(kept) - printed, (1 - kept) ** 2 / 4 - offset, "f2"
    )
    for k in range(1, 5):
        unit = Fraction(1, 1 << k)
        mantissas = [unit * one for one in range(1 << k)]
        exact = sum((1 + x) * (1 + y) for x, y in product(mantissas, repeat=2)) * unit**2
        if exact != (1 + (1 - unit) / 2) ** 2:
            raise NotProvedError(f"the mean of the products of {k} bits is {exact}")
    return Theorem("expectations_are_those_of_the_paper",
                   "f1 = ((3 - 2^-m)^2 - (3 - 2^-k)^2) / 4, f2 = (1 - 2^-k)^2 / 4 - 2^-l(k)",
                   "symbolic; the means of products run for k = 1 to 4")


def expected_losses(m: int, k: int) -> tuple[Fraction, Fraction]:
    """Return f1(m, k) and f2(k) of :func:`expectations_are_those_of_the_paper`."""
    whole, kept = Fraction(1, 1 << m), Fraction(1, 1 << k)
    f1 = ((3 - whole) ** 2 - (3 - kept) ** 2) / 4
    return f1, (1 - kept) ** 2 / 4 - Fraction(1, 1 << offset_level(k))
