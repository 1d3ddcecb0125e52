# SPDX-License-Identifier: Apache-2.0
"""Code orders: which word names which vector of G trits, for G from 2 to 5.

A trit is -1, 0 or 1. Position 0 of a vector weighs activation 0 of the group.

``base3``
    code = sum of (trit_j + 1) * 3**j. Codes from 3**G on are illegal.

``tellme``
    The order of the released TeLLMe source for G = 3, generalised. Code 0 is the zero vector,
    codes 1 to H = (3**G - 1) / 2 are the half order below, codes H + 1 to 2 H their negations in
    the same order. Codes from 3**G on are illegal.

``sign_index``
    The top bit negates; the other bits are an index into zero vector and half order, 0 to H.
    Indices above H are illegal. Index 0 with the negate bit is legal and is the zero vector too,
    so 3**G + 1 words are legal and :func:`encode` never gives that one.

The half order holds one vector of every pair of opposite non-zero vectors. For G = 3 that is the
one with fewer negative trits; if both have equally many, the one whose first non-zero trit is
positive. It is sorted by the number of non-zero trits, then by their positions (compared as
increasing lists), then by the number of negative trits, then by the signs read from position 0,
plus before minus. With activations a, b, c, that is 1: a, b, c, 4: a+b, a-b, a+c, a-c, b+c, b-c,
10: a+b+c, a+b-c, a-b+c, -a+b+c. For other G, where no order is published, it is the order in
which the reflected ternary Gray code goes from its centre, the zero vector, to its end: each
vector differs from the one before in one trit, by one, position 0 changing fastest and first
to +1.

An illegal code decodes to the zero vector.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import product
from types import MappingProxyType

import numpy as np

Trits = tuple[int, ...]

ORDERS = ("base3", "tellme", "sign_index")
GROUPS = range(2, 6)


def require_group(group: int) -> None:
    """Raise ValueError unless the group size is one the orders are defined for."""
    if group not in GROUPS:
        raise ValueError(f"group size G must be from {GROUPS[0]} to {GROUPS[-1]}, not {group}")


@cache
def half_order(group: int) -> tuple[Trits, ...]:
    """The (3**G - 1) / 2 vectors of the half order, without the zero vector.

    Raises:
        ValueError: ``group`` is not from 2 to 5.
    """
    require_group(group)
    if group != 3:
        centre = (3**group - 1) // 2
        sign = _reflected_gray(centre + 1, group)[0]
        return tuple(
            tuple(sign * trit for trit in _reflected_gray(number, group))
            for number in range(centre + 1, 3**group)
        )
    return tuple(sorted(filter(_represents_pair, product((-1, 0, 1), repeat=group)), key=_rank))


def _reflected_gray(number: int, group: int) -> Trits:
    digits = []
    for _ in range(group):
        number, digit = divmod(number, 3)
        digits.append(1 - digit if number % 2 else digit - 1)
    return tuple(digits)


def _represents_pair(vector: Trits) -> bool:
    balance = sum(vector)
    return balance > 0 or (balance == 0 and next(filter(None, vector), 0) > 0)


def _rank(vector: Trits) -> tuple:
    positions = [j for j, trit in enumerate(vector) if trit]
    signs = [vector[j] < 0 for j in positions]
    return len(positions), positions, sum(signs), signs


@cache
def code_width(order: str, group: int) -> int:
    """Bits of a code: ceil(log2(3**G)) for ``base3`` and ``tellme``, one more than an index of
    the half order for ``sign_index``, which is the same number for every G from 2 to 5.

    Raises:
        ValueError: unknown order, or ``group`` is not from 2 to 5.
    """
    _require_order(order)
    require_group(group)
    if order == "sign_index":
        return 1 + len(half_order(group)).bit_length()
    return (3**group - 1).bit_length()


@cache
def legal_codes(order: str, group: int) -> Mapping[int, Trits]:
    """The vector of every legal code, by increasing code; raises as :func:`code_width`."""
    width = code_width(order, group)
    if order == "base3":
        vectors = [vector[::-1] for vector in product((-1, 0, 1), repeat=group)]
        return MappingProxyType(dict(enumerate(vectors)))
    half = ((0,) * group, *half_order(group))
    opposite = tuple(tuple(-trit for trit in vector) for vector in half)
    if order == "tellme":
        return MappingProxyType(dict(enumerate(half + opposite[1:])))
    negated = enumerate(opposite, start=1 << (width - 1))
    return MappingProxyType(dict(enumerate(half)) | dict(negated))


@cache
def trits_of(order: str, group: int) -> tuple[Trits, ...]:
    """The vector of each of the ``2**code_width`` words, zero for an illegal one; raises as
    :func:`code_width`."""
    legal, zero = legal_codes(order, group), (0,) * group
    return tuple(legal.get(code, zero) for code in range(1 << code_width(order, group)))


def encode(order: str, trits) -> np.ndarray:
    """Codes int64[...] of vectors int[..., G].

    Raises:
        ValueError: unknown order, G not from 2 to 5, or an element that is no trit.
    """
    trits = np.asarray(trits)
    group = trits.shape[-1] if trits.ndim else 0
    width = code_width(order, group)
    outside = (trits != -1) & (trits != 0) & (trits != 1)
    if np.any(outside):
        place = tuple(int(i) for i in np.argwhere(outside)[0])
        raise ValueError(f"trits: element {place} is {trits[place]}, not -1, 0 or 1")
    positional = np.zeros(3**group, dtype=np.int64)
    for code, vector in reversed(list(legal_codes(order, group).items())):
        positional[_base3(np.array(vector))] = code
    assert int(positional.max()) < 1 << width
    return positional[_base3(trits.astype(np.int64))]


def decode(order: str, group: int, codes) -> np.ndarray:
    """Vectors int8[..., G] of codes int[...]; an illegal code gives the zero vector.

    Raises:
        ValueError: unknown order, ``group`` not from 2 to 5, or a code wider than a word.
    """
    table = np.array(trits_of(order, group), dtype=np.int8)
    codes = np.asarray(codes)
    outside = (codes < 0) | (codes >= len(table))
    if np.any(outside):
        place = tuple(int(i) for i in np.argwhere(outside)[0])
        raise ValueError(f"codes: element {place} is {codes[place]}, outside [0, {len(table) - 1}]")
    return table[codes]


def _base3(trits: np.ndarray) -> np.ndarray:
    return (trits + 1) @ 3 ** np.arange(trits.shape[-1])


def _require_order(order: str) -> None:
    if order not in ORDERS:
        raise ValueError(f"code order must be one of {', '.join(ORDERS)}, not {order!r}")
