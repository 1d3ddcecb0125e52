# SPDX-License-Identifier: Apache-2.0
"""Two to a negative power, rounded down once.

.. math:: e(z) = \\lfloor 2^P \\cdot 2^{-z / 2^F} \\rfloor

for a fixed-point z >= 0 in units of 2^-F. A table holds the F fraction bits, rounded down; a shift
by the integer part rounds down again, and two such roundings are one. So the error is in
``0 <= 2**P * 2**(-z / 2**F) - e(z) < 1`` for every z.
"""

from __future__ import annotations

from functools import cache
from math import isqrt

from tritproof.ref.spec import Integer, lookup, minimum, specification, unsigned


@cache
def exp2_table(F: int, P: int) -> tuple[int, ...]:
    """floor(2**(P - f / 2**F)) for f from 0 to 2**F - 1.

    That is the integer root of degree 2**F of 2**(P * 2**F - f), taken as F integer square roots,
    since floor(sqrt(floor(x))) = floor(sqrt(x)).
    """
    entries = []
    for f in range(1 << F):
        root = 1 << ((P << F) - f)
        for _ in range(F):
            root = isqrt(root)
        entries.append(root)
    return tuple(entries)


@specification(
    inputs=lambda Z_WIDTH, F, P: {"z": unsigned(Z_WIDTH)},
    result=lambda Z_WIDTH, F, P: Integer(0, 1 << P),
)
def exp2_neg(z, *, Z_WIDTH, F, P):
    """floor(2**P * 2**(-z / 2**F)) for z of Z_WIDTH bits."""
    entry = exp2_entry(z % (1 << F), F=F, P=P)
    return entry >> minimum(z >> F, P + 1)


@specification(
    inputs=lambda F, P: {"fraction": unsigned(F)},
    result=lambda F, P: Integer(1 << (P - 1), 1 << P),
)
def exp2_entry(fraction, *, F, P):
    """Entry ``fraction`` of :func:`exp2_table`: from half of 2**P, 2**P included."""
    return lookup(exp2_table(F, P), fraction)
