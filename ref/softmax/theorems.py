# SPDX-License-Identifier: Apache-2.0
"""Theorems about the softmax specifications, each proved by running its function."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import sympy
from tritproof.ref.softmax.divide import ROUNDINGS, divide, is_quotient, result_width
from tritproof.ref.softmax.exp2 import exp2_table
from tritproof.ref.softmax.online_theorems import floors_add_up, online_sum_is_between
from tritproof.ref.theorem import NotProvedError, Theorem, require_equal

EXP2_SIZES = ((2, 4), (2, 5), (4, 5), (10, 24), (10, 28))
"""F and P of the tables that blocks are built with."""


def exp2_table_is_rounded_down(F: int, P: int) -> Theorem:
    """Every entry is the largest integer that is not above the real power."""
    # y <= 2**(P - f / 2**F) < y + 1, raised to the power 2**F: a comparison of integers.
    for f, entry in enumerate(exp2_table(F, P)):
        power = 1 << ((P << F) - f)
        if not entry ** (1 << F) <= power < (entry + 1) ** (1 << F):
            raise NotProvedError(f"fraction {f} / 2**{F}: {entry} is not the floor")
    return Theorem(f"exp2_table_is_rounded_down[F={F}, P={P}]",
                   "entry f = floor(2**(P - f / 2**F)) for every f",
                   f"integer comparison, all {1 << F} entries")


def two_floors_are_one() -> Theorem:
    """floor(floor(a) / m) = floor(a / m) for a real a >= 0 and an integer m >= 1."""
    # a = t + r with an integer t and 0 <= r < 1, t = q m + s with integers and 0 <= s <= m - 1.
    # Then a / m = q + (s + r) / m, and 0 <= s + r < m: q is the floor of both.
    m = sympy.Symbol("m", integer=True, positive=True)
    q = sympy.Symbol("q", integer=True, nonnegative=True)
    r, room = sympy.symbols("r room", nonnegative=True)
    s = sympy.Symbol("s", integer=True, nonnegative=True)
    require_equal(((q * m + s) + r) / m, q + (s + r) / m, "a / m")
    # The largest s + r is below m by 1 - r: with s = m - 1 - room, m - (s + r) = 1 - r + room.
    require_equal(m - ((m - 1 - room) + r), (1 - r) + room, "the distance to the next integer")
    below_one = sympy.Symbol("below_one", positive=True)  # 1 - r
    if not (below_one + room).is_positive or not (s + r).is_nonnegative:
        raise NotProvedError("0 <= s + r < m")
    return Theorem("two_floors_are_one",
                   "floor(floor(a) / m) = floor(a / m): to shift a rounded entry rounds once",
                   "symbolic")


def quotient_is_a_relation() -> Theorem:
    """n = q d + r with 0 <= r < d makes q the floor of n / d, and a step keeps q d."""
    q, b = sympy.symbols("q b", integer=True)
    d = sympy.Symbol("d", integer=True, positive=True)
    r, room = sympy.symbols("r room", integer=True, nonnegative=True)
    require_equal((q * d + r) / d, q + r / d, "n / d")
    if not (r / d).is_nonnegative:
        raise NotProvedError("0 <= r / d")
    require_equal(1 - (d - 1 - room) / d, (1 + room) / d, "r / d < 1")
    if not ((1 + room) / d).is_positive:
        raise NotProvedError("r / d < 1")
    require_equal((2 * q + b) * d, 2 * (q * d) + b * d, "one step")
    return Theorem("quotient_is_a_relation",
                   "n = q d + r, 0 <= r < d  =>  q = floor(n / d);  (2 q + b) d = 2 q d + b d",
                   "symbolic")


def division_steps_add_up(steps: int) -> Theorem:
    """Steps 2 r + n_k = r' + b_k d add up to n = q d + r, whatever the numbers are."""
    n = sympy.symbols(f"n_1:{steps + 1}", integer=True)  # bits of the dividend, the highest first
    b = sympy.symbols(f"b_1:{steps + 1}", integer=True)  # bits of the quotient
    d, upper = sympy.symbols("d upper", integer=True)
    remainder = upper  # of the dividend's bits above the steps
    for k in range(steps):
        remainder = sympy.expand(2 * remainder + n[k] - b[k] * d)
    dividend = upper * 2**steps + sum(bit * 2**(steps - 1 - k) for k, bit in enumerate(n))
    quotient = sum(bit * 2**(steps - 1 - k) for k, bit in enumerate(b))
    require_equal(quotient * d + remainder, dividend, f"{steps} steps")
    return Theorem(f"division_steps_add_up[{steps} steps]",
                   "r_k = 2 r_(k-1) + n_k - b_k d for every step  =>  n = q d + r", "symbolic")


def quotient_relation_is_division(N: int, D: int, Q: int, ROUNDING: str) -> Theorem:
    """The relation holds for the function's value and for no other."""
    widths = {"N": N, "D": D, "Q": Q, "ROUNDING": ROUNDING}
    results = range(2 << result_width(Q, ROUNDING))
    for n, d in product(range(1 << N), range(1 << D)):
        told = [result for result in results if is_quotient.exact(result, n, d, **widths)]
        if told != [divide.exact(n, d, **widths)]:
            raise NotProvedError(f"{n} / {d}: the relation holds for {told}")
    return Theorem(f"quotient_relation_is_division[N={N}, D={D}, Q={Q}, {ROUNDING}]",
                   "is_quotient(x, n, d) = 1  <=>  x = divide(n, d)",
                   f"all {1 << (N + D)} divisions, all {len(results)} results")


def prove_all() -> list[Theorem]:
    """Prove every theorem at every size a block is built at.

    Raises:
        NotProvedError: one does not hold.
    """
    proofs: list[Callable[[], Theorem]] = [
        two_floors_are_one,
        quotient_is_a_relation,
        *(lambda f=f, p=p: exp2_table_is_rounded_down(f, p) for f, p in EXP2_SIZES),
        *(lambda n=n: division_steps_add_up(n) for n in (3, 4, 6, 9, 16, 17)),
        *(lambda r=r: quotient_relation_is_division(6, 4, 3, r) for r in ROUNDINGS),
        floors_add_up,
        *(lambda tau=tau: online_sum_is_between(3, 4, 1, 4, tau) for tau in (0, 1)),
    ]
    return [prove() for prove in proofs]
