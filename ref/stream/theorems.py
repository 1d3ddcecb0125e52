# SPDX-License-Identifier: Apache-2.0
"""Theorems about the streams of binary16 codes, each proved by running their functions."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import sympy
from tritproof.ref.float16.rounding import PRECISION, UNIT, round_to_float16
from tritproof.ref.stream.dequantize import ACTIVATION_LEVELS, MANTISSA_WIDTH, dyadic_scale
from tritproof.ref.stream.quantize import FARTHEST, GREATEST, quantized
from tritproof.ref.stream.rmsnorm import GREATEST_SQUARE, RmsSizes
from tritproof.ref.stream.rope import interleave, rotate_consecutive, rotate_half_split
from tritproof.ref.theorem import NotProvedError, Theorem, require_equal

WIDEST = 2047
NORMAL = 1024
"""Least significand of a code that is not subnormal, and so of every one above binade 0."""
COUNTS = (1, 2, 3, 1536, 2560, 4096, 6912)
"""Lengths of rows: small ones, and those of published models."""
HEAD_DIMS = (2, 4, 8, 96, 128)


def sticky_is_enough() -> Theorem:
    """Where a rounding drops at least one bit of M, all reals between M and M + 1 round alike."""
    # M = 2 h q + r with 0 <= r <= 2 h - 1, where q is what is kept and h >= 1 half of its unit, an
    # integer as a bit is dropped. With 0 < f < 1 the rounding compares r + f with h: below it where
    # r <= h - 1, above it where r >= h, whatever f is; so never a tie.
    h = sympy.Symbol("h", integer=True, positive=True)
    room = sympy.Symbol("room", integer=True, nonnegative=True)
    f, rest = sympy.symbols("f rest", positive=True)  # rest = 1 - f
    require_equal((h - ((h - 1 - room) + f)).subs(f, 1 - rest), room + rest, "below the half")
    require_equal((h + room) + f - h, room + f, "above the half")
    if not (room + rest).is_positive or not (room + f).is_positive:
        raise NotProvedError("a real between two integers is a tie")
    return Theorem("sticky_is_enough",
                   "M < v < M + 1 and M has a bit more than the result  =>  RN(v) = RN(M + 1/2)",
                   "symbolic in M, the unit of the result, and v - M")


def sticky_is_enough_by_running(width: int) -> Theorem:
    """The same of the function that rounds: quarters of every M of ``width`` bits."""
    exponents = range(UNIT - width - 2, 20)
    least = exponents[0] - 2
    sizes = {"WIDTH": width + 2, "LEAST_EXPONENT": least, "GREATEST_EXPONENT": exponents[-1]}
    magnitudes = np.arange(1 << width)
    lengths = np.array([int(magnitude).bit_length() for magnitude in magnitudes])
    for exponent in exponents:
        enough = np.maximum(lengths - PRECISION, UNIT - exponent) >= 1
        m = magnitudes[enough]
        jammed = round_to_float16.numpy(0, 2 * m + 1, exponent - 1, **sizes)
        for quarter in (1, 2, 3):
            found = round_to_float16.numpy(0, 4 * m + quarter, exponent - 2, **sizes)
            if not np.array_equal(found, jammed):
                place = int(m[np.flatnonzero(found != jammed)[0]])
                raise NotProvedError(f"{place} and {quarter} / 4, times 2**{exponent}")
    return Theorem(f"sticky_is_enough_by_running[{width} bits]",
                   "M + 1/4, M + 1/2 and M + 3/4 have one code where a bit of M is dropped",
                   f"all M below 2**{width}, {len(exponents)} exponents")


def root_of_a_floor() -> Theorem:
    """floor(sqrt(floor(a / b))) = floor(sqrt(a / b)), exact only if both remainders are 0."""
    # a = q b + s with 0 <= s <= b - 1, and q = r**2 + t with 0 <= t <= 2 r, which makes r the root
    # of q. Then r**2 <= a / b < (r + 1)**2, and a / b = r**2 only if s = t = 0.
    b = sympy.Symbol("b", integer=True, positive=True)
    r, s, t, room, left = sympy.symbols("r s t room left", integer=True, nonnegative=True)
    ratio = ((r**2 + t) * b + s) / b
    above = t + s / b
    require_equal(ratio - r**2, above, "from below")
    ends = {t: 2 * r - room, s: b - 1 - left}
    below = room + (1 + left) / b
    require_equal(((r + 1) ** 2 - ratio).subs(ends), below, "from above")
    if not above.is_nonnegative or not below.is_positive:
        raise NotProvedError("r**2 <= a / b < (r + 1)**2")
    for remainder in (s, t):
        if not above.subs(remainder, 1 + remainder).is_positive:
            raise NotProvedError(f"a / b is r**2 though {remainder} is not 0")
    return Theorem("root_of_a_floor",
                   "isqrt(floor(a / b)) = floor(sqrt(a / b)), equal to sqrt(a / b) if and only if "
                   "a % b = 0 and floor(a / b) is a square", "symbolic")


def root_is_a_relation() -> Theorem:
    """r is floor(sqrt(n)) if and only if r**2 <= n <= r**2 + 2 r; and what a digit adds."""
    r, room = sympy.symbols("r room", integer=True, nonnegative=True)
    require_equal((r + 1) ** 2 - (r**2 + 2 * r - room), 1 + room, "below the next square")
    if not (1 + room).is_positive:
        raise NotProvedError("n < (r + 1)**2")
    for digit in (0, 1):
        require_equal((2 * r + digit) ** 2, 4 * r**2 + digit * (4 * r + 1), f"the digit {digit}")
    return Theorem("root_is_a_relation",
                   "r**2 <= n <= r**2 + 2 r  <=>  r = isqrt(n);  (2 r + d)**2 = 4 r**2 + "
                   "d (4 r + 1) for d of 0 and 1", "symbolic")


def normalised_root_has_its_bits(count: int, root_bits: int) -> Theorem:
    """The quotient of the normalised division and its root fill the bits declared, for all rows of
    at most ``count`` codes."""
    sizes = RmsSizes(count, root_bits=root_bits)
    greatest = {sizes.count_width: count,
                sizes.divisor_width: count * (GREATEST_SQUARE + sizes.eps_units)}
    for width, value in greatest.items():
        if value >> width:
            raise NotProvedError(f"{count} codes: {value} has more than {width} bits")
        for length in range(1, width + 1):
            shift = (width - length) // 2
            if not width - 2 < length + 2 * shift <= width or shift > width // 2 - 1:
                raise NotProvedError(f"{length} bits of {width} shifted by {2 * shift}")
    # Normalised, the one has count_width or a bit less, the other divisor_width or a bit less.
    least_count = 1 << (sizes.count_width - 2)
    greatest_count = (1 << sizes.count_width) - 1
    least = (least_count << 2 * sizes.fraction) // ((1 << sizes.divisor_width) - 1)
    most = (greatest_count << 2 * sizes.fraction) >> (sizes.divisor_width - 2)
    if not 4 ** (root_bits - 1) <= least <= most < 1 << sizes.quotient_width:
        raise NotProvedError(f"{count} codes: the quotient is from {least} to {most}")
    return Theorem(f"normalised_root_has_its_bits[{count} codes, {root_bits} bits]",
                   "2**(R - 1) <= floor(sqrt(N 4**n 4**f / (D 4**d))) < 2**(R + 1) for every row",
                   "both ends, every length of N and D; the quotient rises with N, falls with D")


def far_below_the_largest_is_zero() -> Theorem:
    """From 9 binades below the largest magnitude every quotient rounds to 0, from 8 not."""
    # Above binade 0 no code is subnormal: M_a >= 1024. So for d >= 9
    # 127 M_y / (M_a 2**d) <= 127 * 2047 / (1024 * 2**9).
    largest = Fraction(GREATEST * WIDEST, NORMAL << FARTHEST)
    if not largest < Fraction(1, 2):
        raise NotProvedError(f"{FARTHEST} binades below, a quotient is {largest}")
    code = quantized.exact(_code(WIDEST, 0), _code(NORMAL, FARTHEST - 1), LEAST=-GREATEST)
    if code != 1:
        raise NotProvedError(f"{FARTHEST - 1} binades below, the largest code is {code}")
    return Theorem("far_below_the_largest_is_zero",
                   f"127 M_y / (M_a 2**d) < 1/2 for d >= {FARTHEST}; for d = {FARTHEST - 1} it may "
                   "round to 1", "bound by the ends of the significands; a witness")


def quotients_are_rounded_once(difference: int) -> Theorem:
    """The code is RNE(127 y / a) for all significands, y so many binades below a, y <= a."""
    # A row's binades enter by their difference alone, so y is taken from binade 0, and a from
    # binade 0 with its subnormals or from another one. In float64 the quotient is as good as exact:
    # with a denominator below 2**21 it is a tie, then represented, or 2**-22 from the next one.
    y = np.arange(WIDEST + 1)
    a = np.arange(1 if difference == 0 else NORMAL, WIDEST + 1)[:, np.newaxis]
    found = quantized.numpy(y, _code(a, difference), LEAST=-GREATEST)
    exact = np.rint(GREATEST * y / (a * 2.0**difference))
    wrong = np.argwhere((found != exact) & (y <= a << difference))
    if wrong.size:
        m_a, m_y = a[wrong[0][0], 0], y[wrong[0][1]]
        raise NotProvedError(f"the significands {m_y} and {m_a}, {difference} binades apart")
    return Theorem(f"quotients_are_rounded_once[{difference} binades apart]",
                   "quantized(y, a) = RNE(127 M_y / (M_a 2**d)) for y <= a",
                   f"all {y.size * a.size} pairs of significands")


def interleaving_keeps_every_score(head_dim: int) -> Theorem:
    """Rotation of consecutive pairs, of a permuted vector, is that of halves, permuted; for every
    even size, whatever a rotation does to a pair, and with it no score changes."""
    _interleave_is_a_bijection(head_dim)
    order, half = interleave(head_dim), head_dim // 2
    x, y = (np.array(sympy.symbols(f"{name}_0:{head_dim}")) for name in "xy")
    cosine, sine = (np.array(sympy.symbols(f"{name}_0:{half}")) for name in "cs")
    consecutive = rotate_consecutive(x[order], cosine, sine, _any_rotation)
    split = rotate_half_split(x, cosine, sine, _any_rotation)[order]
    for j, (one, other) in enumerate(zip(consecutive, split, strict=True)):
        require_equal(one, other, f"element {j} of {head_dim}")

    def score(rotate: Callable, permutation) -> sympy.Expr:
        turned = (rotate(v[permutation], cosine, sine, _real_rotation) for v in (x, y))
        return sum(a * b for a, b in zip(*turned, strict=True))

    require_equal(score(rotate_consecutive, order), score(rotate_half_split, np.arange(head_dim)),
                  f"the score of {head_dim} elements")
    return Theorem(f"interleaving_keeps_every_score[d={head_dim}]",
                   "rope(x[p]) = rope_half_split(x)[p] for p = interleave(d), and q . k is kept",
                   "symbolic in the vectors, the tables and what a rotation is; p for every d")


def _interleave_is_a_bijection(head_dim: int) -> None:
    """p(2 t + k) = t + k h for 0 <= t < h and k of 0 and 1, undone by i -> 2 (i % h) + i // h: the
    pair of places 2 t and 2 t + 1 is that of elements t and t + h, for every h."""
    t, room = sympy.symbols("t room", integer=True, nonnegative=True)
    h = t + 1 + room
    for k in (0, 1):  # h k <= t + h k < h (k + 1): division by h gives k and t
        require_equal(h * (k + 1) - (t + h * k), 1 + room, f"half {k}")
    if not t.is_nonnegative or not (1 + room).is_positive:
        raise NotProvedError("t + h k is in half k")
    half, places = head_dim // 2, np.arange(head_dim)
    order = interleave(head_dim)
    if not np.array_equal(order, places // 2 + places % 2 * half):
        raise NotProvedError(f"interleave({head_dim}) is not t + k h at 2 t + k")
    if not np.array_equal(2 * (order % half) + order // half, places):
        raise NotProvedError(f"interleave({head_dim}) is not undone")


def _any_rotation(*operands):
    return [np.array([sympy.Function(name)(*pair) for pair in zip(*operands, strict=True)])
            for name in ("first", "second")]


def _real_rotation(first, second, cosine, sine):
    return first * cosine - second * sine, first * sine + second * cosine


def dyadic_scale_is_near() -> Theorem:
    """A mantissa of 24 bits is off by at most 2**-24 of the exact value, and no less will do."""
    # The exact value is x 2**-s with 2**23 <= x < 2**24, and the mantissa is at most 1/2 off x;
    # where it is 2**24, it is halved exactly.
    room = sympy.Symbol("room", nonnegative=True)
    x = 2 ** (MANTISSA_WIDTH - 1) + room
    spare = x / sympy.Integer(2) ** MANTISSA_WIDTH - sympy.Rational(1, 2)
    require_equal(spare, room / 2**MANTISSA_WIDTH, "half a unit")
    least, end = 1 << (MANTISSA_WIDTH - 1), 1 << MANTISSA_WIDTH
    quarters = (q for m in (least, least + 1, end - 1) for q in range(4 * m - 3, 4 * m + 4))
    worst = Fraction(0)
    for quarter in quarters:
        for shift in (1, 20, 62):
            exact = Fraction(quarter, 4 << shift)
            mantissa, found_shift = dyadic_scale(exact * ACTIVATION_LEVELS)
            error = abs(Fraction(mantissa, 1 << found_shift) / exact - 1)
            if not least <= mantissa < end or error > Fraction(1, end):
                raise NotProvedError(f"{quarter} / 4 / 2**{shift}: off by {error}")
            worst = max(worst, error)
    if worst < Fraction(least, end * (least + 1)):
        raise NotProvedError(f"the largest error of all is {worst}")
    return Theorem("dyadic_scale_is_near",
                   "|mantissa 2**-shift - w / 127| <= 2**-24 w / 127, 2**23 <= mantissa < 2**24; "
                   "reached but for 2**-47", "symbolic; quarters of the ends of the mantissas")


def prove_all() -> list[Theorem]:
    """Prove every theorem at every size a block is built at.

    Raises:
        NotProvedError: one does not hold.
    """
    proofs: list[Callable[[], Theorem]] = [
        sticky_is_enough,
        lambda: sticky_is_enough_by_running(13),
        root_of_a_floor,
        root_is_a_relation,
        *(lambda n=n, r=r: normalised_root_has_its_bits(n, r) for n in COUNTS for r in (12, 13)),
        far_below_the_largest_is_zero,
        *(lambda d=d: quotients_are_rounded_once(d) for d in range(FARTHEST + 2)),
        *(lambda d=d: interleaving_keeps_every_score(d) for d in HEAD_DIMS),
        dyadic_scale_is_near,
    ]
    return [prove() for prove in proofs]


def _code(significand, binade: int):
    """The code of a magnitude: significands below 1024 are those of binade 0 alone."""
    return significand + (binade << 10)
