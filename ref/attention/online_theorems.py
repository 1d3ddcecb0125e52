# SPDX-License-Identifier: Apache-2.0
"""Attention in one pass: its means fit their results, and how far they are from the exact form's.

After a key let m be the maximum, e_j the powers, t the weighted sum of one element and l the sum of
powers, as in ``ref.attention.online``; s_j how far all rescalings after key j shift together.

``losses_stay``: without the floors of the rescalings, t and l were t* = sum of e_j v_j / 2**s_j and
l* = sum of e_j / 2**s_j. Then 0 <= t* - t <= 1 and 0 <= l* - l <= 1: by induction, a loss a becomes
(a + remainder) / 2**s, and the remainder is at most 2**s - 1.

``means_fit``: likewise -t <= 128 l + 129 and t <= 127 l + 127. The key that set the maximum m lies
less than an octave below it, so its power is at least 2**(P - 1 - TAU), and l is at least that
ever after until the next one. With P >= R + TAU + 10 that is 512 * 2**R, and

    2**R * |t| / l <= 2**(R + 7) + 129 * 2**R / l < 2**(R + 7) + 1/2,

which rounds to 2**(R + 7) at most, and where t > 0, to less.

``difference_bound``: let o be the real mean, u_j = 2**P * 2**(x_j / 2**F - m - TAU) the real
powers, e_j / 2**s_j = u_j - f_j with 0 <= f_j < 1. As sum of u_j (v_j - o) is 0,

    |t / l - o| = |sum of f_j (v_j - o) + (t* - t) - o (l* - l)| / l <= (255 n + 129) / 2**(P-1-TAU)

for n keys. In the exact form nothing is rescaled, the largest power is 2**P without loss, and the
mean is off by at most 255 (n - 1) / 2**P. Each result is rounded to 2**-R once.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import sympy
from tritproof.ref.attention.online import rescaled_total
from tritproof.ref.attention.weighted_sum import weighted_value
from tritproof.ref.softmax.online import online_steps, rescale_width
from tritproof.ref.theorem import NotProvedError, Theorem, require_equal


def difference_bound(P: int, TAU: int, R: int, n: int) -> Fraction:
    """Return by how much a result for n keys differs from the exact form's at most, in values."""
    one_pass = Fraction(255 * n + 129, 1 << (P - 1 - TAU))
    return one_pass + Fraction(255 * (n - 1), 1 << P) + Fraction(1, 1 << R)


def losses_stay() -> Theorem:
    """Where a loss is at most 1, or a sum in its bounds, before a rescaling, so it is after it."""
    m = sympy.Symbol("m", positive=True)  # 2**s
    remainder = m - 1  # the largest
    require_equal((1 + remainder) / m, 1, "a loss after a rescaling")
    # -t - 128 l <= 129, with t = m q + r and l = m k + i: -q - 128 k = (-t - 128 l + r + 128 i) / m
    require_equal((129 + remainder + 128 * remainder) / m, 129, "-t - 128 l after a rescaling")
    require_equal((127 + 127 * remainder) / m, 127, "t - 127 l after a rescaling")
    power, value = sympy.symbols("e v")
    require_equal(-(power * value) - 128 * power, -power * (value + 128), "a new term, downward")
    require_equal(power * value - 127 * power, power * (value - 127), "a new term, upward")
    return Theorem(
        "losses_stay",
        "0 <= t* - t <= 1, 0 <= l* - l <= 1, -t <= 128 l + 129, t <= 127 l + 127 after every key",
        "symbolic, by induction over the keys",
    )


def means_fit(N: int, WIDTH: int, F: int, P: int, R: int, TAU: int) -> Theorem:
    """|t| / l rounds to a result, and l >= 2**(P - 1 - TAU), for every row of N scores and values
    at their bounds."""
    if P < R + TAU + 10:
        raise NotProvedError(f"P = {P} is below R + TAU + 10 = {R + TAU + 10}")
    half, least = 1 << (WIDTH - 1), 1 << (P - 1 - TAU)
    for scores in product(range(-half, half), repeat=N):
        for values in product((-128, 127), repeat=N):
            total, weighted = _one_pass(scores, values, WIDTH=WIDTH, F=F, P=P, TAU=TAU)
            low, high = -128 * total - 129, 127 * total + 127
            if not (least <= total and low <= weighted <= high):
                raise NotProvedError(f"scores {scores}, values {values}: {weighted} / {total}")
            doubled = abs(weighted) << (R + 1)
            if doubled >= ((256 << R) + 1) * total:
                raise NotProvedError(f"scores {scores}, values {values}: the mean does not fit")
    return Theorem(
        f"means_fit[N={N}, WIDTH={WIDTH}, F={F}, P={P}, R={R}, TAU={TAU}]",
        "a mean rounds to at most 128 in magnitude; l >= 2**(P - 1 - TAU)",
        f"losses_stay and the module's text; all {(2 * half) ** N * 2**N} rows of {N}",
    )


def _one_pass(scores, values, *, WIDTH, F, P, TAU) -> tuple[int, int]:
    """Return l and t of one element."""
    n, weighted = len(scores), 0
    steps = online_steps(scores, N=n, WIDTH=WIDTH, F=F, P=P, TAU=TAU)
    for j, (step, value) in enumerate(zip(steps, values, strict=True)):
        term = weighted_value(step.power, value, PRECISION=P)
        sizes = {"N": n, "P": P, "R_WIDTH": rescale_width(n, P)}
        weighted = rescaled_total(int(j == 0), weighted, step.rescale, term, **sizes)
    return step.total, weighted


def prove_all() -> list[Theorem]:
    """Prove every theorem of the one-pass form.

    Raises:
        NotProvedError: one does not hold.
    """
    sizes = {"WIDTH": 3, "F": 1, "R": 1}
    return [
        losses_stay(),
        means_fit(3, P=11, TAU=0, **sizes),
        means_fit(3, P=12, TAU=1, **sizes),
    ]
