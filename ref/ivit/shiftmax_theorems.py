# SPDX-License-Identifier: Apache-2.0
"""Theorems about Shiftmax: probabilities sum to at most one and keep the order of the numbers.

With t = sum_i e_i at most 2**31 - 1, f = floor((2**31 - 1) / t) and D = 2**(32 - output_bits), a
result is y_j = floor(e_j f / D).
"""

from __future__ import annotations

from itertools import pairwise

import sympy
from tritproof.ref.ivit.exponential import FACTOR, int_exp
from tritproof.ref.theorem import NotProvedError, Theorem, require_equal

DISTANCES, UNITS = 256, 1024


def distances_rise() -> Theorem:
    """x + floor(x / 2) - floor(x / 16) does not fall when x rises: 16 steps of x are a period, of
    which it gains 23."""
    for x in range(-16, 0):
        before, after = (y + (y >> 1) - (y >> 4) for y in (x, x + 1))
        if after < before:
            raise NotProvedError(f"x = {x}: {after} comes after {before}")
        moved = (y + (y >> 1) - (y >> 4) for y in (x - 16, x + 1 - 16))
        if [one + 23 for one in moved] != [before, after]:
            raise NotProvedError(f"x = {x}: not the same 16 steps before")
    return Theorem("distances_rise", "x <= x' => p(x) <= p(x')", "run on one period of 16")


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


def sum_is_at_most_one(count: int, output_bits: int) -> Theorem:
    """sum_j y_j <= 2**(output_bits - 1) - 1 where t <= 2**31 - 1, so that no sum is limited."""
    e = sympy.symbols(f"e_0:{count}", integer=True, nonnegative=True)
    y = sympy.symbols(f"y_0:{count}", integer=True, nonnegative=True)
    f, rest = sympy.symbols("f rest", integer=True, nonnegative=True)
    divisor = 1 << (32 - output_bits)
    lost = [one * f - divisor * result for one, result in zip(e, y, strict=True)]  # not negative
    # FACTOR = f t + rest, so FACTOR - D sum_j y_j is what the floors lose.
    factor = f * sum(e) + rest
    require_equal(factor - divisor * sum(y), rest + sum(lost), "what the floors lose")
    if FACTOR // divisor != (1 << (output_bits - 1)) - 1:
        raise NotProvedError(f"{FACTOR} in units of {divisor} is {FACTOR // divisor}")
    return Theorem(
        f"sum_is_at_most_one[{count} numbers, {output_bits} bits]",
        "sum_j y_j <= floor((2^31 - 1) / 2^(32 - k)) = 2^(k - 1) - 1",
        "symbolic in exponentials and results",
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
        *(sum_is_at_most_one(4, bits) for bits in (8, 16)),
    ]
