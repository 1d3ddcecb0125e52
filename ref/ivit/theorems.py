# SPDX-License-Identifier: Apache-2.0
"""Theorems about I-ViT's layer normalisation, each proved by running its function."""

from __future__ import annotations

from collections.abc import Callable
from math import isqrt

import numpy as np
import sympy
from tritproof.ref.ivit.layernorm import (
    FACTOR,
    FIRST,
    STEPS,
    exact_root,
    newton_root,
    rounded_quotient_of,
)
from tritproof.ref.softmax.divide import divide
from tritproof.ref.theorem import NotProvedError, Theorem, require_equal

INT16 = 1 << 15
DEPTHS = (4, 2048)
"""Numbers of the longest rows that blocks are built for."""
NEWTON_SIZES = ((6, 2, 2, 4, 4), (32, 16, STEPS, 17, 25), (41, 16, STEPS, 25, 25))
"""Of the built roots: bits of a radicand, log2 of the first k, steps, bits of k, of a quotient."""
FACTOR_SIZES = ((31, 16, 30, 0), (31, 21, 30, 0), (32, 17, 25, 64), (41, 25, 25, 64))
"""Of the dividers: bits of dividend, divisor and quotient; the least root."""


def variance_takes_one_pass() -> Theorem:
    """The squares of the distances from any m sum up to S2 - m (2 S - N m)."""
    # Both sides are 0 of no numbers, and a number adds the same to both.
    m, x, total, squares = sympy.symbols("m x S S_2", integer=True)
    count = sympy.Symbol("N", integer=True, nonnegative=True)

    def side(total, squares, count):
        return squares - m * (2 * total - count * m)

    require_equal(side(0, 0, 0), 0, "no numbers")
    added = side(total + x, squares + x**2, count + 1) - side(total, squares, count)
    require_equal(added, (x - m) ** 2, "one number more")
    return Theorem("variance_takes_one_pass",
                   "sum (x - m)**2 = sum x**2 - m (2 sum x - N m) for every m",
                   "symbolic; induction over the numbers")


def mean_has_a_sign() -> Theorem:
    """RNE(-a / n) = -RNE(a / n): the mean is found of the magnitude of the sum."""
    # q = RNE(a / n) if and only if 2 |a - q n| < n, or = n and q is even: of two such q one would
    # be a neighbour of the other, both at a tie, and one of them odd. (-a, -q) has the same |.|.
    a, q, n = sympy.symbols("a q n", integer=True)
    require_equal((-a) - (-q) * n, -(a - q * n), "the distance from the quotient")
    for count in range(1, 9):
        for total in range(8 * count + 1):
            found = rounded_quotient_of(total, count)
            twice = 2 * abs(total - found * count)
            if not (twice < count or (twice == count and found % 2 == 0)):
                raise NotProvedError(f"{total} / {count} is not {found}")
            if rounded_quotient_of(-total, count) != -found:
                raise NotProvedError(f"-{total} / {count} is not -{found}")
    return Theorem("mean_has_a_sign", "RNE(-a / n) = -RNE(a / n)",
                   "symbolic; run for n to 8 and a to 8 n")


def sums_have_their_bits(depth: int) -> Theorem:
    """Of at most ``depth`` int16 numbers: |S| / N <= 2**15, and 0 <= variance < depth 2**30."""
    # |x| <= 2**15 makes |S| <= N 2**15 and S2 <= N 2**30. With A = |S| = q N + e, q the rounded
    # mean, 2 |e| <= N: the variance is S2 - q (2 A - q N) and 2 A - q N = q N + 2 e, which is 2 A
    # where q is 0 and at least (q - 1) N elsewhere; so the variance is at most S2. It is N 2**30
    # only if all numbers are -2**15, and then their mean is one of them and the variance 0.
    n, e, q, room = sympy.symbols("N e q room", integer=True)
    require_equal(2 * (q * n + e) - q * n, q * n + 2 * e, "the factor of q")
    require_equal((q * n + 2 * e).subs(e, (room - n) / 2), (q - 1) * n + room, "its least")
    widths = {"sum": 16 + (depth - 1).bit_length(), "variance": 30 + (depth - 1).bit_length(),
              "squares": (depth << 30).bit_length()}
    ends = {"sum": ((-depth * INT16, depth * (INT16 - 1)), -(1 << widths["sum"] - 1)),
            "variance": ((0, (depth << 30) - 1), 0), "squares": ((0, depth << 30), 0)}
    for name, ((low, high), least) in ends.items():
        if low < least or high >= least + (1 << widths[name]):
            raise NotProvedError(f"{name} of {depth} numbers, {low} .. {high}")
    if rounded_quotient_of(depth * INT16, depth) != INT16:
        raise NotProvedError(f"the mean of {depth} numbers -2**15")
    return Theorem(f"sums_have_their_bits[{depth} numbers]",
                   "|S| <= N 2**15, S2 <= N 2**30, 0 <= variance < N 2**30: bits "
                   + ", ".join(f"{name} {width}" for name, width in widths.items()),
                   "symbolic; the ends as integers")


def newton_stays_above() -> Theorem:
    """Every k that follows another is at least floor(sqrt(v)), and so its quotient is small."""
    # With r = isqrt(v), r**2 <= v: k + v / k - 2 r >= (k - r)**2 / k >= 0; 2 r is an integer, so
    # k + floor(v / k) >= 2 r, too. From k = r + d, v = r**2 + 2 r - room: floor(v / k) <= r + 2, as
    # (r + 3) k > v, and floor(v / k) < k where d >= 1, as k k > v: then the next k is at most k,
    # and at most r + 1 where d = 0.
    k = sympy.Symbol("k", positive=True)
    r, d, room = sympy.symbols("r d room", integer=True, nonnegative=True)
    require_equal(k + r**2 / k - 2 * r, sympy.expand((k - r) ** 2) / k, "above the root")
    v = r**2 + 2 * r - room
    small = sympy.expand((r + 3) * (r + d) - v)
    require_equal(small, r + d * (r + 3) + room, "the quotient is at most r + 2, if k > 0")
    falls = sympy.expand((r + 1 + d) ** 2 - v)
    require_equal(falls, 1 + 2 * d * (r + 1) + d**2 + room, "the quotient is below k > r")
    if not falls.is_positive:
        raise NotProvedError("v < k**2 of a k above the root")
    return Theorem("newton_stays_above",
                   "k >= 1  =>  isqrt(v) <= floor((k + floor(v / k)) / 2); k >= isqrt(v), k >= 1  "
                   "=>  floor(v / k) <= isqrt(v) + 2, the next k is at most max(k, isqrt(v) + 1)",
                   "symbolic")


def newton_has_its_bits(width: int, first: int, steps: int, root: int, quotient: int) -> Theorem:
    """No division of the iteration overflows or is by 0, for all radicands of ``width`` bits."""
    # k is at least half of the one before, rounded down: 2**(first - n) after n steps, and no
    # division is by less than 2**(first - steps + 1). Largest quotient and k: newton_stays_above.
    greatest = (1 << width) - 1
    start, largest_root = 1 << first, isqrt(greatest)
    quotients = greatest >> first, largest_root + 2
    ks = start, (start + quotients[0]) // 2, largest_root + 1
    if max(quotients) >> quotient or max(ks) >> root or first < steps:
        raise NotProvedError(f"{width} bits: a quotient of {max(quotients)}, a k of {max(ks)}")
    for radicand in range(1 << width) if width <= 8 else ():
        k = start
        for _ in range(steps):
            if k < 1 or k >> root or (radicand // k) >> quotient:
                raise NotProvedError(f"{radicand}: k={k}")
            k = (k + radicand // k) // 2
        if k != newton_root(radicand, start, steps) or k < isqrt(radicand) or k >> root:
            raise NotProvedError(f"{radicand}: the root is {k}")
    return Theorem(f"newton_has_its_bits[{width} bits]",
                   f"0 < k < 2**{root} and floor(v / k) < 2**{quotient} in every step",
                   "the ends as integers, after newton_stays_above; all radicands of few bits")


def published_root_is_near(width: int) -> Theorem:
    """From 186**2 on the published root is isqrt(v) or one more; before, it is not."""
    # Of all v with one root r the last, r**2 + 2 r, gives the largest k: k + v / k rises with v. It
    # is convex in k, so from r to a bound of k it is largest at an end; at r the next is at most
    # r + 1 (newton_stays_above).
    near = 186
    root = np.arange(near, isqrt((1 << width) - 1) + 1, dtype=np.int64)
    last = root * (root + 2)
    k = np.full_like(root, FIRST)
    for _ in range(STEPS):
        k = np.maximum((k + last // k) // 2, root + 1)
    if not (k == root + 1).all():
        raise NotProvedError(f"near the square of {root[np.argmax(k > root + 1)]}")
    if newton_root(near**2 - 1) <= near:
        raise NotProvedError(f"the root of {near}**2 - 1 is near, too")
    return Theorem(f"published_root_is_near[{width} bits]",
                   f"isqrt(v) <= newton_root(v) <= isqrt(v) + 1 for v >= {near}**2, and not for "
                   f"{near}**2 - 1", f"all {root.size} roots, a bound for every v between squares")


def products_fit() -> Theorem:
    """|y| f <= 2**31 - 1 for a number's distance y and the factor of its row, of either root."""
    # y**2 <= v < (isqrt(v) + 1)**2 makes |y| <= isqrt(v), and isqrt(v) <= r of both roots
    # (newton_stays_above): |y| = r - room. And f = floor(M / r) is f r = M - rest.
    r = sympy.Symbol("r", integer=True, positive=True)
    room, rest, f = sympy.symbols("room rest f", integer=True, nonnegative=True)
    most = sympy.Symbol("M", integer=True, positive=True)
    product = sympy.expand((r - room) * f).subs(f * r, most - rest)
    require_equal(most - product, rest + room * f, "what is left of M")
    if not (rest + room * f).is_nonnegative:
        raise NotProvedError("|y| f <= M")
    return Theorem("products_fit", "y**2 <= v, r >= isqrt(v), f = floor(M / r)  =>  |y| f <= M",
                   "symbolic")


def products_fit_by_running(bits: int) -> Theorem:
    """The same of the functions: every variance of ``bits`` bits, every distance, both roots."""
    for variance in range(1 << bits):
        roots = exact_root(variance), newton_root(variance)
        for y in range(isqrt(variance) + 1):
            for root in roots:
                if y * (FACTOR // root) > FACTOR:
                    raise NotProvedError(f"v={variance}, y={y}, root={root}")
    return Theorem(f"products_fit_by_running[{bits} bits]", "|y| f <= 2**31 - 1",
                   f"all variances below 2**{bits}, all distances, both roots")


def overflow_is_a_factor(dividend: int, divisor: int, quotient: int, least: int) -> Theorem:
    """A quotient with the flag of its overflow above is floor(M / max(root, 1))."""
    # Of a root of 2 and more M / root < 2**30, and of 64 and more < 2**25; of 0 and 1 the quotient
    # of 30 bits overflows: all ones and the flag, 2**31 - 1.
    sizes = {"N": dividend, "D": divisor, "Q": quotient, "ROUNDING": "floor"}
    roots = (least, least + 1, least + 2, least + 3, (1 << divisor) - 1)
    fits = max(least, 2)
    if not FACTOR < fits << quotient:
        raise NotProvedError(f"{FACTOR} / {fits} has more than {quotient} bits")
    for root in roots:
        if divide.exact(FACTOR, root, **sizes) != FACTOR // max(root, 1):
            raise NotProvedError(f"the factor of the root {root}")
    return Theorem(f"overflow_is_a_factor[{divisor} bits of a root from {least}]",
                   f"divide(2**31 - 1, root) of {quotient} bits and its flag is the factor",
                   "the least roots that fit, and those below")


def prove_all() -> list[Theorem]:
    """Prove every theorem at every size a block is built at.

    Raises:
        NotProvedError: one does not hold.
    """
    proofs: list[Callable[[], Theorem]] = [
        variance_takes_one_pass,
        mean_has_a_sign,
        *(lambda depth=depth: sums_have_their_bits(depth) for depth in DEPTHS),
        newton_stays_above,
        *(lambda sizes=sizes: newton_has_its_bits(*sizes) for sizes in NEWTON_SIZES),
        lambda: published_root_is_near(45),
        products_fit,
        lambda: products_fit_by_running(12),
        *(lambda sizes=sizes: overflow_is_a_factor(*sizes) for sizes in FACTOR_SIZES),
    ]
    return [prove() for prove in proofs]
