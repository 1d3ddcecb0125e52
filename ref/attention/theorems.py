# SPDX-License-Identifier: Apache-2.0
"""Prefill is decode: why row i of a prefill has the bits of the decode at position i.

Query i of a prefill meets keys 0 to i, each once (``every_causal_pair_once``), in another order
than decode does. A result is a function of max_i x_i, sum_j e_j v_j and sum_j e_j, where e_j
depends on x_j and the maximum only; an exchange of two neighbours changes none of them
(``order_does_not_matter``), and exchanges of neighbours make every order. The order of the tiles
does not enter: a tile uses nothing of another one.
"""

from __future__ import annotations

from collections.abc import Callable

import sympy
from tritproof.ref.attention.tiles import causal_pairs, tile_begins
from tritproof.ref.theorem import NotProvedError, Theorem, require_equal

TILE_ROWS = (1, 2, 4, 8)


def order_does_not_matter(count: int) -> Theorem:
    """The maximum and both sums of ``count`` keys are those of any two neighbours exchanged."""
    power = sympy.Function("e")
    scores = sympy.symbols(f"x_0:{count}", integer=True)
    values = sympy.symbols(f"v_0:{count}", integer=True)

    def found(order: list[int]) -> tuple:
        largest = sympy.Max(*(scores[j] for j in order))
        weights = [power(largest - scores[j]) for j in order]
        means = sum(w * values[j] for w, j in zip(weights, order, strict=True))
        return largest, means, sum(weights)

    plain = list(range(count))
    for j in range(count - 1):
        exchanged = [*plain[:j], j + 1, j, *plain[j + 2 :]]
        for one, other in zip(found(plain), found(exchanged), strict=True):
            require_equal(one, other, f"keys {j} and {j + 1} exchanged")
    return Theorem(
        f"order_does_not_matter[{count} keys]",
        "max_i x_i, sum_j e_j v_j and sum_j e_j are symmetric in the keys",
        "symbolic, for every exchange of neighbours",
    )


def one_row_and_step_for_a_pair() -> Theorem:
    """Query i and key j <= i meet in tile t, row r, step s = r + i - j >= r, and nowhere else.

    With last - i = rows t + r and 0 <= r < rows, which division makes unique, the tile begins at
    token i + r; its step s brings key i + r - s, which is j for that s only.
    """
    last, rows, tile, row, ahead = sympy.symbols("last rows t r ahead", integer=True)
    query = last - rows * tile - row
    key = query - ahead  # of a causal pair: 0 <= ahead
    begin = last - rows * tile
    step = sympy.solve(sympy.Eq(begin - sympy.Symbol("s"), key), sympy.Symbol("s"))
    if len(step) != 1:
        raise NotProvedError(f"key {key} comes at steps {step}")
    require_equal(step[0], row + ahead, "the step of a pair")
    require_equal(begin - row, query, "the row of a query")
    return Theorem(
        "one_row_and_step_for_a_pair",
        "query i and key j meet in step r + i - j of the tile and row of i, for j <= i only",
        "symbolic",
    )


def every_causal_pair_once(rows: int, most: int) -> Theorem:
    """Each pair j <= i is formed once, in sum_t (N - rows t) steps, for N from 1 to ``most``."""
    for tokens in range(1, most + 1):
        pairs = list(causal_pairs(tokens, rows))
        if sorted(pairs) != [(i, j) for i in range(tokens) for j in range(i + 1)]:
            raise NotProvedError(f"{tokens} tokens in tiles of {rows}: the pairs are {pairs}")
        steps = sum(begin + 1 for begin in tile_begins(tokens - 1, rows))
        if steps != sum(tokens - rows * t for t in range(-(-tokens // rows))):
            raise NotProvedError(f"{tokens} tokens in tiles of {rows}: {steps} steps")
    return Theorem(
        f"every_causal_pair_once[tiles of {rows}]",
        "each pair (i, j <= i) once and no other, in sum_t (N - rows t) steps",
        f"one_row_and_step_for_a_pair; all pairs of N = 1 to {most}",
    )


def prove_all() -> list[Theorem]:
    """Prove every theorem of the attentions.

    Raises:
        NotProvedError: one does not hold.
    """
    proofs: list[Callable[[], Theorem]] = [
        *(lambda n=n: order_does_not_matter(n) for n in (2, 3, 5)),
        one_row_and_step_for_a_pair,
        *(lambda rows=rows: every_causal_pair_once(rows, 40) for rows in TILE_ROWS),
    ]
    return [prove() for prove in proofs]
