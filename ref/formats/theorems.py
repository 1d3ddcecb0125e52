# SPDX-License-Identifier: Apache-2.0
"""Theorems about codes that are formulas; each function proves its statement or raises.

A number to base B is cut into its digits by floor and modulo; the fraction that TQ1_0 stores loses
none of them. That a code has one word for every vector is also checked, word by word,
wherever one is made (:class:`tritproof.ref.formats.code.Code`).
"""

from __future__ import annotations

import sympy
from tritproof.ref.formats import code
from tritproof.ref.formats.code import Code
from tritproof.ref.theorem import NotProvedError, Theorem, require_equal

FORMULAS = {
    code.BASE3: lambda w: sum((t + 1) * 3**j for j, t in enumerate(w)),
    code.FIELDS: lambda w: sum((t + 1) * 4**j for j, t in enumerate(w)),
    code.FIELDS_DOWN: lambda w: sum((t + 1) * 4**(3 - j) for j, t in enumerate(w)),
    code.PAIRS: lambda w: 16 * (3 * (w[0] + 1) + w[1] + 1) + 3 * (w[2] + 1) + w[3] + 1,
}
"""The word as a polynomial in the trits, where it is one."""


def digits_are_apart(base: int, count: int) -> Theorem:
    """floor(n / B**k) modulo B is digit k of n = sum_j d_j B**j, 0 <= d_j <= B - 1."""
    d = sympy.symbols(f"d_0:{count}", integer=True, nonnegative=True)
    number = sum(digit * base**j for j, digit in enumerate(d))
    for k in range(count):
        lower = sum((digit * base**j for j, digit in enumerate(d[:k])), sympy.Integer(0))
        higher = sum(digit * base**j for j, digit in enumerate(d[k + 1:]))
        require_equal(number, base**k * (d[k] + base * higher) + lower, f"digit {k}")
        if lower.subs(dict.fromkeys(d, base - 1)) >= base**k:
            raise NotProvedError(f"the digits below digit {k} reach into it")
    return Theorem(f"digits_are_apart[{count} to base {base}]",
                   "floor(n / B**k) mod B = d_k", "symbolic in all digits")


def words_are_polynomials(one: Code) -> Theorem:
    """Every legal word is the value of the code's polynomial, whose digits are apart."""
    w = sympy.symbols(f"w_0:{one.group}", integer=True)
    polynomial = FORMULAS[one](w)
    if not sympy.Poly(polynomial, *w).is_linear:
        raise NotProvedError(f"{one.name}: no linear polynomial")
    weights = [int(polynomial.coeff(symbol)) for symbol in w]
    reach = 0
    for weight in sorted(weights):
        if weight <= reach:
            raise NotProvedError(f"{one.name}: weight {weight} does not exceed the reach {reach}")
        reach += 2 * weight
    for word, trits in one.legal.items():
        require_equal(polynomial.subs(dict(zip(w, trits, strict=True))), word, f"{trits}")
    return Theorem(f"words_are_polynomials[{one.name}]",
                   f"word = {polynomial}, each weight above twice the sum of the smaller ones",
                   f"all {len(one.legal)} words; injective by the weights")


def a_fraction_keeps_its_digits(digits: int) -> Theorem:
    """b = ceil(256 v / 243) gives v back, and each digit by a multiplication modulo 256."""
    v, r = sympy.symbols("v r", integer=True, nonnegative=True)
    byte = (256 * v + r) / 243  # 0 <= r <= 242, since b is the least integer not below 256 v / 243.
    require_equal(243 * byte / 256 - v, r / 256, "v = floor(243 b / 256), as r < 256")
    for n in range(digits):
        # v = q m + s, m = 3**(4 - n), 0 <= s <= m - 1: q ends in digit n.
        m = 3**(4 - n)
        q, s = sympy.symbols("q s", integer=True, nonnegative=True)
        exact = (3**(n + 1) * byte / 256).subs(v, q * m + s)
        require_equal(exact, q + s / sympy.Integer(m) + r / sympy.Integer(256 * m), f"digit {n}")
        if sympy.Rational(m - 1, m) + sympy.Rational(242, 256 * m) >= 1:
            raise NotProvedError(f"digit {n}: the fraction reaches 1")
    one = {4: code.TQ1_0_4, 5: code.TQ1_0_5}[digits]
    for word, trits in one.legal.items():
        for n, trit in enumerate(trits):
            require_equal((word * 3**n % 256) * 3 >> 8, trit + 1, f"byte {word}, digit {n}")
    return Theorem(f"a_fraction_keeps_its_digits[{digits}]",
                   "floor(3**(n + 1) b / 256) mod 3 is digit n of v, for b = ceil(256 v / 243)",
                   f"symbolic in v; all {len(one.legal)} bytes")


def sign_and_index_are_a_number() -> Theorem:
    """9 a + 3 b + c has no value twice and none beyond 13, so its amount and sign name it."""
    a, b, c = sympy.symbols("a b c", integer=True)
    number = 9 * a + 3 * b + c
    require_equal(number + 13, 9 * (a + 1) + 3 * (b + 1) + (c + 1), "digits to base 3")
    for word, trits in code.SIGN_INDEX.legal.items():
        value = number.subs(dict(zip((a, b, c), trits, strict=True)))
        require_equal(value, -(word & 15) if word >> 4 else word & 15, f"word {word}")
    return Theorem("sign_and_index_are_a_number", "n + 13 has the digits a + 1, b + 1, c + 1",
                   "symbolic in a, b, c; all 27 words")


def prove_all() -> list[Theorem]:
    """Prove every theorem.

    Raises:
        NotProvedError: one does not hold.
    """
    return [digits_are_apart(3, 5), digits_are_apart(4, 4),
            *(words_are_polynomials(one) for one in FORMULAS),
            a_fraction_keeps_its_digits(4), a_fraction_keeps_its_digits(5),
            sign_and_index_are_a_number()]
