# SPDX-License-Identifier: Apache-2.0
"""The sandwich theorem of the one-pass sum.

Let m_k be the maximum after k scores, l_k the sum, and relative to m_k

    low_k = sum of floor(2**P * 2**(x_j / 2**F - m_k - TAU)) over j <= k,
    real_k = the same sum without the floors.

Claim: low_k <= l_k <= real_k. By induction over k; for k = 1 both are one power and its floor. With
s = m_(k+1) - m_k and the new power e, which enters all three sums alike, rounded down in two:

    l_(k+1) = floor(l_k / 2**s) + e <= l_k / 2**s + e <= real_k / 2**s + e <= real_(k+1)
    l_(k+1) >= floor(low_k / 2**s) + e                      a floor keeps an order
            >= sum of floor(floor(2**P * ...) / 2**s) + e   floors_add_up
            = low_(k+1)                                     two_floors_are_one

The block's property file asks a solver for the two steps with floors, at the block's widths.
"""

from __future__ import annotations

from itertools import product

import sympy
from tritproof.ref.softmax.exp2 import exp2_neg
from tritproof.ref.softmax.online import online
from tritproof.ref.theorem import NotProvedError, Theorem, require_equal

GUARD = 40
"""Further fraction bits in which a real sum is bounded from below."""


def floors_add_up() -> Theorem:
    """floor(a / m) + floor(b / m) <= floor((a + b) / m) for integers a, b and m >= 1."""
    m = sympy.Symbol("m", integer=True, positive=True)
    q, t = sympy.symbols("q t", integer=True)
    r, u = sympy.symbols("r u", integer=True, nonnegative=True)  # remainders, below m
    require_equal(((q * m + r) + (t * m + u)) / m, (q + t) + (r + u) / m, "(a + b) / m")
    if not ((r + u) / m).is_nonnegative:
        raise NotProvedError("0 <= (r + u) / m")
    return Theorem("floors_add_up", "floor(a / m) + floor(b / m) <= floor((a + b) / m)", "symbolic")


def online_sum_is_between(N: int, WIDTH: int, F: int, P: int, TAU: int) -> Theorem:
    """low <= l <= real, for every row of N scores of WIDTH bits."""
    half = 1 << (WIDTH - 1)
    z_width = WIDTH + 4 + F + TAU
    for row in product(range(-half, half), repeat=N):
        highest, total = online.exact(row, N=N, WIDTH=WIDTH, F=F, P=P, TAU=TAU)
        below = [((highest + TAU) << F) - value for value in row]
        low = sum(exp2_neg(z, Z_WIDTH=z_width, F=F, P=P) for z in below)
        nearly_real = sum(exp2_neg(z, Z_WIDTH=z_width, F=F, P=P + GUARD) for z in below)
        if not (low <= total and total << GUARD <= nearly_real):
            raise NotProvedError(f"the row {row}: {low} <= {total} <= {nearly_real} / 2**{GUARD}")
    return Theorem(f"online_sum_is_between[N={N}, WIDTH={WIDTH}, F={F}, P={P}, TAU={TAU}]",
                   "sum of floors <= one-pass sum <= sum of powers, relative to the last maximum",
                   f"induction in the module's text; all {(2 * half)**N} rows of {N} scores")
