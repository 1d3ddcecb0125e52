# SPDX-License-Identifier: Apache-2.0
"""Dot products of trits and int8 activations: of one group, and of all groups of one step.

.. math:: d(c, a) = \\sum_{j<G} w_j(c) \\, a_j \\qquad s(c, a) = \\sum_{t<T} d(c_t, a_t)

Source: arXiv:2510.15926 section 3.2. Activations take the whole int8 range, -128 included. A code
that names no vector contributes zero. See :mod:`tritproof.ref.ternary.codes` for the code orders.
"""

from __future__ import annotations

from tritproof.ref.spec import (
    Array,
    Integer,
    lookup,
    select,
    signed,
    specification,
    tree_sum,
    unsigned,
)
from tritproof.ref.ternary.codes import code_width, half_order, require_group, trits_of

ACTIVATION = signed(8)
"""An activation: int8, two's complement."""


def dot_range(count: int, activation: Integer = ACTIVATION) -> Integer:
    """The range of a sum of ``count`` products of a trit and an activation: exact, both ends
    reached.

    Raises:
        ValueError: ``count`` is below 1.
    """
    if count < 1:
        raise ValueError(f"a dot product needs at least 1 activation, not {count}")
    magnitude = count * max(abs(activation.low), abs(activation.high))
    return Integer(-magnitude, magnitude)


def weigh(trit, activation):
    """trit * activation for a trit from -1 to 1, written without a product."""
    return select(trit > 0, activation, select(trit < 0, -activation, 0))


@specification(
    inputs=lambda G, CODE_ORDER: {"code": unsigned(code_width(CODE_ORDER, G)),
                                  "activations": Array(G, ACTIVATION)},
    result=lambda G, CODE_ORDER: dot_range(G),
)
def ternary_dot(code, activations, *, G, CODE_ORDER):
    """The dot product of one group with the vector that ``code`` names; 0 for an illegal code."""
    vectors = trits_of(CODE_ORDER, G)
    trits = [lookup([vector[j] for vector in vectors], code) for j in range(G)]
    return tree_sum([weigh(trit, a) for trit, a in zip(trits, activations, strict=True)])


@specification(
    inputs=lambda G: {"activations": Array(G, ACTIVATION)},
    result=lambda G: Array(1 + len(half_order(G)), dot_range(G)),
)
def half_table(activations, *, G):
    """The table of half the vectors: entry 0 is 0, entry i the dot product with vector i of the
    half order, i up to (3**G - 1) / 2. Entries pack in the width of any dot product of G."""
    return [0, *(signed_terms(vector, activations) for vector in half_order(G))]


def signed_terms(vector, activations):
    """The sum of the activations at positive trits, less those at negative ones."""
    terms = [a if trit > 0 else -a for trit, a in zip(vector, activations, strict=True) if trit]
    return tree_sum(terms)


@specification(
    inputs=lambda G: {"index": unsigned(code_width("sign_index", G) - 1),
                      "activations": Array(G, ACTIVATION)},
    result=lambda G: dot_range(G),
)
def half_entry(index, activations, *, G):
    """Entry ``index`` of :func:`half_table`; 0 past its end."""
    entries = half_table(activations, G=G)
    past = (1 << (code_width("sign_index", G) - 1)) - len(entries)
    return lookup([*entries, *[0] * past], index)


def signed_values(negates, values):
    """``values`` with the sign turned where the flag in ``negates`` is 1."""
    return [select(negate == 1, -value, value)
            for negate, value in zip(negates, values, strict=True)]


def _sum_inputs(T, WIDTH):
    return {"negates": Array(T, unsigned(1)), "values": Array(T, signed(WIDTH))}


def sum_range(T: int, WIDTH: int) -> Integer:
    """The range of a sum of T two's-complement numbers of WIDTH bits, each of either sign."""
    return Integer(-(T << (WIDTH - 1)), T << (WIDTH - 1))


@specification(inputs=_sum_inputs, result=sum_range)
def signed_sum(negates, values, *, T, WIDTH):
    """The sum of T values of WIDTH bits, each negated where its flag is 1, in tree order."""
    return tree_sum(signed_values(negates, values))


@specification(
    inputs=lambda T, BOUND: {"terms": Array(T, Integer(-BOUND, BOUND))},
    result=lambda T, BOUND: Integer(-T * BOUND, T * BOUND),
)
def term_sum(terms, *, T, BOUND):
    """The sum of T terms, each from -BOUND to BOUND, in tree order."""
    return tree_sum(terms)


@specification(
    inputs=lambda G, T, CODE_ORDER: {
        "codes": Array(T, unsigned(code_width(CODE_ORDER, G))),
        "activations": Array(T * G, ACTIVATION),
    },
    result=lambda G, T, CODE_ORDER: dot_range(T * G),
)
def tlmm_beat(codes, activations, *, G, T, CODE_ORDER):
    """What one lane adds to its accumulator in one beat: the sum over T groups, in tree order.

    Code t goes with activations t*G to t*G + G - 1.
    """
    require_group(G)
    return tree_sum([ternary_dot(codes[t], activations[t * G:t * G + G], G=G,
                                 CODE_ORDER=CODE_ORDER) for t in range(T)])
