# SPDX-License-Identifier: Apache-2.0
"""Division of unsigned integers: the exact quotient, rounded once.

A quotient is a relation, not a procedure: q = floor(n / d) if and only if n = q d + r with
0 <= r < d. The proofs use it in this form (:func:`rounded_quotient`, :func:`is_quotient`), so no
solver divides; the definition as a function is :func:`divide`. A quotient too large for Q bits, a
division by zero among them, gives all ones and the overflow flag.
"""

from __future__ import annotations

from tritproof.ref.spec import (
    Integer,
    absolute,
    logical_and,
    logical_or,
    maximum,
    minimum,
    select,
    specification,
    unsigned,
)

ROUNDINGS = ("floor", "half_even")
"""Toward minus infinity; to the nearest, a tie to the even neighbour."""


def result_width(Q: int, ROUNDING: str) -> int:
    """Bits of a rounded quotient: half_even may carry into one more than the floor has."""
    return Q + (ROUNDING == "half_even")


@specification(
    inputs=lambda D, Q, ROUNDING: {
        "quotient": unsigned(Q), "remainder": unsigned(D), "divisor": unsigned(D),
    },
    result=lambda D, Q, ROUNDING: Integer(0, (1 << Q) - (ROUNDING == "floor")),
)
def rounded_quotient(quotient, remainder, divisor, *, D, Q, ROUNDING):
    """n / d rounded, for n = quotient * divisor + remainder with 0 <= remainder < divisor."""
    if ROUNDING == "floor":
        return quotient
    twice = 2 * remainder
    tie_to_even = logical_and(twice == divisor, quotient % 2 == 1)
    return quotient + select(logical_or(twice > divisor, tie_to_even), 1, 0)


@specification(
    inputs=lambda N, D, Q, ROUNDING: {
        "result": unsigned(result_width(Q, ROUNDING) + 1),
        "dividend": unsigned(N),
        "divisor": unsigned(D),
    },
    result=unsigned(1),
)
def is_quotient(result, dividend, divisor, *, N, D, Q, ROUNDING):
    """1 where ``result`` is :func:`divide` of the others, told without a division."""
    width = result_width(Q, ROUNDING)
    overflow = (dividend >> Q) >= divisor
    rest = dividend - result % (1 << width) * divisor
    if ROUNDING == "floor":
        right = logical_and(rest >= 0, rest < divisor)
    else:
        twice = 2 * absolute(rest)
        tie_to_even = logical_and(twice == divisor, result % 2 == 0)
        right = logical_or(twice < divisor, tie_to_even)
    saturated = result == (2 << width) - 1
    fitting = logical_and(result < (1 << width), right)
    return select(overflow, select(saturated, 1, 0), select(fitting, 1, 0))


@specification(
    inputs=lambda N, D, Q, ROUNDING: {"dividend": unsigned(N), "divisor": unsigned(D)},
    result=lambda N, D, Q, ROUNDING: unsigned(result_width(Q, ROUNDING) + 1),
)
def divide(dividend, divisor, *, N, D, Q, ROUNDING):
    """dividend / divisor rounded, the overflow flag above it: set, and all bits below it, where the
    floor of the quotient does not fit Q bits."""
    width = result_width(Q, ROUNDING)
    overflow = (dividend >> Q) >= divisor
    positive = maximum(divisor, 1)
    quotient = minimum(dividend // positive, (1 << Q) - 1)
    rounded = rounded_quotient(quotient, dividend % positive, divisor, D=D, Q=Q, ROUNDING=ROUNDING)
    return select(overflow, (2 << width) - 1, rounded)
