# SPDX-License-Identifier: Apache-2.0
"""Theorems about Shiftmax: probabilities sum to at most one and keep the order of the numbers.

With t = sum_i e_i at most 2**31 - 1, f = floor((2**31 - 1) / t) and D = 2**(32 - output_bits), a
result is y_j = floor(e_j f / D).
"""

from __future__ import annotations

from itertools import pairwise, product

import sympy
from tritproof.ref.ivit.exponential import FACTOR, greatest_row, int_exp, shiftmax
from tritproof.ref.theorem import NotProvedError, Theorem, require_equal

DISTANCES, UNITS = 256, 1024
SMALL = 8
"""Numbers of rows that are run are from -SMALL to SMALL - 1."""


def distances_rise() -> Theorem:
    """x + floor(x / 2) - floor(x / 16) does not fall when x rises: 16 steps of x are a period, of
    which it gains 23."""
    x = sympy.Symbol("x", integer=True)

    def p(x):
        return x + sympy.floor(x / 2) - sympy.floor(x / 16)

    require_equal(p(x + 16) - p(x), 23, "16 steps")
    for one in range(-16, 0):
        before, after = (int(p(sympy.Integer(y))) for y in (one, one + 1))
        if after < before:
            raise NotProvedError(f"x = {one}: {after} comes after {before}")
    return Theorem(
        "distances_rise", "x <= x' => p(x) <= p(x')", "the period symbolic, run on one of 16 steps"
    )


def exponential_rises(n: int) -> Theorem:
    """e does not fall when p rises: within an octave and from one to the next."""
    u, r, q = sympy.symbols("u r q", integer=True, positive=True)
    octave = sympy.Pow(2, n - q - 1)

    def line(rest, scale):
        return (2 * u - rest) * scale

    require_equal(line(r, octave) - line(r + 1, octave), octave, "within an octave")
    border = line(u - 1, octave) - line(0, octave / 2)
    require_equal(sympy.simplify(border / octave), sympy.Integer(1), "from octave to octave")
    for unit in range(1, UNITS):
        powers = [int_exp(-z, unit, n) for z in range(DISTANCES)]
        if any(after > before for before, after in pairwise(powers)):
            raise NotProvedError(f"unit = {unit}: the exponentials rise with the distance")
    return Theorem(
        f"exponential_rises[{n} octaves]",
        "p <= p' => e(p) <= e(p')",
        "symbolic, floors apart, which keep the order; run on all int8 distances and units of 10 "
        "bits",
    )


def order_is_kept() -> Theorem:
    """e <= e' => e f <= e' f, and floors keep the order."""
    e, more, f = sympy.symbols("e more f", integer=True, nonnegative=True)
    require_equal((e + more) * f - e * f, more * f, "the products")
    if not (more * f).is_nonnegative:
        raise NotProvedError("the products fall")
    return Theorem(
        "order_is_kept", "x_i <= x_j => y_i <= y_j", "symbolic; distances and exponential rise"
    )


def sum_is_at_most_one(output_bits: int) -> Theorem:
    """sum_j y_j <= 2**(output_bits - 1) - 1 where t <= 2**31 - 1, so that no sum is limited.

    By induction over the numbers of a row, with T and Y the sums of its exponentials and results so
    far: D Y <= f T. Of no numbers both are 0; one more, with e f = D y + lost, 0 <= lost < D, adds
    D y to one and at least that to the other. Of all, f T <= 2**31 - 1.
    """
    total, results, e, y = sympy.symbols("T Y e y", integer=True, nonnegative=True)
    f, gap, lost, rest = sympy.symbols("f gap lost rest", integer=True, nonnegative=True)
    divisor = 1 << (32 - output_bits)
    require_equal(_gap(f, 0, 0, divisor), 0, "no numbers")
    after = _gap(f, total + e, results + y, divisor)
    step = after.expand().subs(e * f, divisor * y + lost)
    require_equal(step, _gap(f, total, results, divisor) + lost, "one number more")
    # FACTOR = f T + rest, as f is its quotient by T: what is left of it is not negative.
    left = f * total + rest - divisor * results
    require_equal(left, _gap(f, total, results, divisor) + rest, "what is left of a row")
    if not (gap + lost).is_nonnegative or not (gap + rest).is_nonnegative:
        raise NotProvedError("D Y is above f T, or above 2^31 - 1")
    if FACTOR // divisor != (1 << (output_bits - 1)) - 1:
        raise NotProvedError(f"{FACTOR} in units of {divisor} is {FACTOR // divisor}")
    return Theorem(
        f"sum_is_at_most_one[{output_bits} bits]",
        "t <= 2^31 - 1  =>  sum_j y_j <= floor((2^31 - 1) / 2^(32 - k)) = 2^(k - 1) - 1",
        "induction over the numbers, its step symbolic in exponentials, sums and factor",
    )


def _gap(f, total, results, divisor):
    return f * total - divisor * results


def rows_by_running(n: int, output_bits: int) -> Theorem:
    """The same of the function, and that results are in the order of the numbers."""
    most = (1 << (output_bits - 1)) - 1
    rows = list(product(range(-SMALL, SMALL), repeat=3))
    for unit in (1, 2, 3, 5):
        equal = [[0] * count for count in range(1, min(64, greatest_row(unit, n)) + 1)]
        for row in [*rows, *equal]:
            found = shiftmax(list(row), unit, n, output_bits)
            if sum(found) > most:
                raise NotProvedError(f"the row {row} of the unit {unit}: a sum of {sum(found)}")
            inputs = sorted(zip(row, found, strict=True))
            if any(x == z and y != w or y > w for (x, y), (z, w) in pairwise(inputs)):
                raise NotProvedError(f"the row {row} of the unit {unit}: {found} is out of order")
    return Theorem(
        f"rows_by_running[{n} octaves, {output_bits} bits]",
        "sum_j y_j <= 2^(k - 1) - 1 and x_i <= x_j => y_i <= y_j",
        f"run: all {len(rows)} rows of three numbers from {-SMALL} to {SMALL - 1}, and up to 64 "
        "equal numbers, of the units 1, 2, 3, 5",
    )


def prove_all() -> list[Theorem]:
    """Prove every theorem.

    Raises:
        NotProvedError: one is not.
    """
    return [
        distances_rise(),
        *(exponential_rises(n) for n in (15, 23)),
        order_is_kept(),
        *(sum_is_at_most_one(bits) for bits in (8, 16)),
        *(rows_by_running(n, bits) for n, bits in ((3, 8), (15, 8), (15, 16))),
    ]
