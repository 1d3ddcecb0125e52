# SPDX-License-Identifier: Apache-2.0
"""Theorems about the ternary specifications, each proved by running its function.

A function proves its statement or raises :class:`NotProvedError`. Proofs are symbolic: activations
and weights are SymPy symbols, and two sides are equal if their difference expands to 0. Where a
statement is for all codes or all vectors, every one is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import sympy
from tritproof.ref.spec import Integer, tree_sum
from tritproof.ref.ternary.codes import GROUPS, ORDERS, half_order, legal_codes, trits_of
from tritproof.ref.ternary.dot import (
    ACTIVATION,
    half_table,
    signed_sum,
    ternary_dot,
    weigh,
)
from tritproof.ref.ternary.matvec import accumulator_range, accumulator_width, widest_case
from tritproof.ref.ternary.swar import GROUP, LANE_PITCH, SUM_WIDTH, WORDS, swar_sums
from tritproof.ref.theorem import NotProvedError, Theorem, require_equal


def trit_products_need_no_multiplier() -> Theorem:
    """Select and negate is the product of trit and activation."""
    a = sympy.Symbol("a", integer=True)
    for trit in (-1, 0, 1):
        require_equal(weigh(trit, a), trit * a, f"trit {trit}")
    return Theorem("trit_products_need_no_multiplier", "select(w, a) = w * a for every trit w",
                   "symbolic in a, every trit")


def full_table_is_dot(group: int, order: str) -> Theorem:
    """The specification read by code is the dot product with the vector of the code."""
    a = ternary_dot.symbols(G=group, CODE_ORDER=order)["activations"]
    for code, vector in enumerate(trits_of(order, group)):
        looked_up = ternary_dot.sympy(code, a, G=group, CODE_ORDER=order)
        require_equal(looked_up, _dot(vector, a), f"code {code}")
    return Theorem(f"full_table_is_dot[{order}, G={group}]",
                   "ternary_dot(c, a) = sum_j w_j(c) a_j for every code c, 0 for an illegal one",
                   f"symbolic in a, all {len(trits_of(order, group))} codes")


def half_table_with_sign_is_full_table(group: int) -> Theorem:
    """Every dot product is plus or minus exactly one entry of the half table."""
    a = half_table.symbols(G=group)["activations"]
    entries = half_table.sympy(G=group)
    index = {vector: i for i, vector in enumerate(((0,) * group, *half_order(group)))}
    for vector in product((-1, 0, 1), repeat=group):
        opposite = tuple(-trit for trit in vector)
        if any(vector) and (vector in index) == (opposite in index):
            raise NotProvedError(f"{vector} and {opposite} have not exactly one entry between them")
        sign = 1 if vector in index else -1
        entry = entries[index[vector] if sign > 0 else index[opposite]]
        require_equal(sign * entry, _dot(vector, a), f"vector {vector}")
    return Theorem(f"half_table_with_sign_is_full_table[G={group}]",
                   "each pair of opposite vectors has one entry e, and w . a = e or -e",
                   f"symbolic in a, all {3**group} vectors")


def base3_negation_is_subtraction(group: int) -> Theorem:
    """In base3 order the code of the negated vector is 3**G - 1 less the code."""
    w = sympy.symbols(f"w_0:{group}", integer=True)
    code = _base3_code(w)
    require_equal(_base3_code([-trit for trit in w]), 3**group - 1 - code, "the polynomial")
    for legal, vector in legal_codes("base3", group).items():
        require_equal(code.subs(dict(zip(w, vector, strict=True))), legal, f"vector {vector}")
    return Theorem(f"base3_negation_is_subtraction[G={group}]",
                   "code(-w) = 3**G - 1 - code(w)", "symbolic in w; the code table in full")


def tree_sum_is_flat_sum(leaves: int) -> Theorem:
    """Tree order changes no sum, and signs may be taken at the leaves."""
    x = sympy.symbols(f"x_0:{leaves}", integer=True)
    require_equal(tree_sum(x), sum(x), "plain leaves")
    n = sympy.symbols(f"n_0:{leaves}", integer=True)
    flat = sum(sympy.Piecewise((-value, sympy.Eq(negate, 1)), (value, True))
               for negate, value in zip(n, x, strict=True))
    require_equal(signed_sum.sympy(n, x, T=leaves, WIDTH=10), flat, "signed leaves")
    return Theorem(f"tree_sum_is_flat_sum[{leaves} leaves]",
                   "the sum in tree order is the sum of the leaves", "symbolic in all leaves")


def steps_sum_to_matvec(inputs: int, *, G: int, T: int) -> Theorem:
    """The sum over steps, tables and positions, padded with zeros, is the sum over inputs."""
    w = sympy.symbols(f"w_0:{inputs}", integer=True)
    a = sympy.symbols(f"a_0:{inputs}", integer=True)
    count = -(-inputs // (T * G))
    padded = [(w[i], a[i]) if i < inputs else (0, 0) for i in range(count * T * G)]
    total = sympy.Add(*(weight * activation
                        for s in range(count) for t in range(T)
                        for weight, activation in padded[(s * T + t) * G:(s * T + t) * G + G]))
    flat = sympy.Add(*(weight * activation for weight, activation in zip(w, a, strict=True)))
    if total != flat:
        raise NotProvedError(f"{inputs} inputs in {count} steps: the sums differ")
    return Theorem(f"steps_sum_to_matvec[{inputs} inputs, G={G}, T={T}]",
                   "sum_s sum_t sum_j w a over padded steps = sum_i w_i a_i",
                   "symbolic in all weights and activations")


def accumulator_width_is_exact(inputs: int, activation: Integer = ACTIVATION) -> Theorem:
    """The accumulator width holds every partial sum, and one bit less does not."""
    # |w a| <= m for each product, so every partial sum of at most n products, in any order, lies
    # in [-n m, n m]. With n m = p + r, p = 2**k its leading power of two and 0 <= r <= p - 1:
    # k + 2 bits reach up to 2 p - 1 >= p + r, and k + 1 bits only to p - 1 < p + r.
    p, r, slack = sympy.symbols("p r slack", integer=True, nonnegative=True)
    reach = (2 * p - 1) - (p + r)
    require_equal(reach.subs(r, p - 1 - slack), slack, "sufficient")
    if not ((p + r) - (p - 1)).is_positive:
        raise NotProvedError("one bit less reaches the largest sum")
    magnitude = inputs * max(abs(activation.low), abs(activation.high))
    width = accumulator_width(inputs, activation)
    if 1 << (width - 2) > magnitude or magnitude > (1 << (width - 1)) - 1:
        raise NotProvedError(f"{width} bits are not k + 2 for n m = {magnitude}")
    weights, activations = widest_case(inputs, activation)
    witness = int(weights.astype("int64") @ activations)
    if witness != accumulator_range(inputs, activation).high or witness < 1 << (width - 2):
        raise NotProvedError(f"the witness {witness} fits {width - 1} bits")
    return Theorem(f"accumulator_width_is_exact[{inputs} inputs, activations in {activation}]",
                   f"{width} bits hold every partial sum; {width - 1} bits do not hold "
                   f"{witness}, reached by weights {weights[0]} and activations {activations[0]}",
                   "symbolic in the magnitude; witness computed")


def swar_lanes_are_isolated() -> Theorem:
    """Adding packed words gives every lane its own sum, exactly."""
    pattern_end, lane_end = 1 << SUM_WIDTH, 1 << LANE_PITCH
    reach = Integer(-GROUP * -ACTIVATION.low, GROUP * -ACTIVATION.low)
    half = pattern_end // 2
    if not Integer(-half, half - 1).contains(reach):
        raise NotProvedError(f"a sum in {reach} does not fit {SUM_WIDTH} bits")
    for vectors in WORDS:
        operands = sum(map(abs, vectors[0]))
        if operands * (pattern_end - 1) >= lane_end:
            raise NotProvedError(f"{operands} patterns overflow a lane of {LANE_PITCH} bits")
        _require_lanes_apart(len(vectors), lane_end)
        # A pattern is its value plus a multiple of 2**SUM_WIDTH, so is the lane; cut to SUM_WIDTH
        # bits it is the sum, which fits.
        values = sympy.symbols(f"x_0:{operands}", integer=True)
        turns = sympy.symbols(f"q_0:{operands}", integer=True)
        lane = sum(x - pattern_end * q for x, q in zip(values, turns, strict=True))
        require_equal(lane - sum(values), -pattern_end * sum(turns), "a lane modulo its pattern")
    for vector, entry in zip(half_order(GROUP), swar_sums.sympy(), strict=True):
        require_equal(entry, _dot(vector, swar_sums.symbols()["activations"]), f"{vector}")
    return Theorem("swar_lanes_are_isolated",
                   f"fields of {SUM_WIDTH} bits, {LANE_PITCH} apart, of the added words are the "
                   "sums, for all activations", "symbolic in all lanes, bounds by interval")


def _require_lanes_apart(count: int, lane_end: int) -> None:
    """sum_k p_k L**k = L**n (p_n + L * higher) + lower, with 0 <= lower < L**n if 0 <= p_k < L:
    so lane n, cut out by floor and modulo, is p_n."""
    p = sympy.symbols(f"p_0:{count}", integer=True, nonnegative=True)
    word = sum(lane * lane_end**k for k, lane in enumerate(p))
    for n in range(count):
        lower = sum((lane * lane_end**k for k, lane in enumerate(p[:n])), sympy.Integer(0))
        higher = sum(lane * lane_end**k for k, lane in enumerate(p[n + 1:]))
        require_equal(word, lane_end**n * (p[n] + lane_end * higher) + lower, f"lane {n}")
        largest = lower.subs(dict.fromkeys(p, lane_end - 1))
        if not lower.is_nonnegative or largest >= lane_end**n:
            raise NotProvedError(f"the lanes below lane {n} reach into it")


def prove_all() -> list[Theorem]:
    """Prove every theorem at every size a block is built at.

    Raises:
        NotProvedError: one does not hold.
    """
    proofs: list[Callable[[], Theorem]] = [
        trit_products_need_no_multiplier,
        swar_lanes_are_isolated,
        *(lambda g=g, o=o: full_table_is_dot(g, o) for g in GROUPS for o in ORDERS),
        *(lambda g=g: half_table_with_sign_is_full_table(g) for g in GROUPS),
        *(lambda g=g: base3_negation_is_subtraction(g) for g in GROUPS),
        *(lambda n=n: tree_sum_is_flat_sum(n) for n in (2, 3, 28)),
        *(lambda n=n, t=t: steps_sum_to_matvec(n, G=3, T=t)
          for n, t in ((13, 2), (4096, 28), (4116, 28), (6912, 28))),
        *(lambda n=n: accumulator_width_is_exact(n) for n in (1, 13, 4096, 4116, 6912)),
    ]
    return [prove() for prove in proofs]


def _dot(vector, activations):
    return sum(trit * a for trit, a in zip(vector, activations, strict=True))


def _base3_code(trits):
    return sum((trit + 1) * 3**j for j, trit in enumerate(trits))
