# SPDX-License-Identifier: Apache-2.0
"""Ternary codes as the hardware needs them: the half table's order, its fill walk, the decoders.

A *half table* of ``G`` activations holds the dot products of one vector out of each pair
``{v, -v}`` of ``{-1, 0, 1}^G``, the zero vector at index 0: ``(3^G + 1) / 2`` entries. For
``G = 3`` the order is the published one of TeLLMe; for other ``G``, where nothing is published, it
is the order of the Gray walk that fills the table.
"""

from functools import cache
from itertools import product

Trits = tuple[int, ...]

ORDERS = ("sign_index", "tellme", "base3")

_TELLME_HALF: tuple[Trits, ...] = (
    (0, 0, 0),
    (1, 0, 0),
    (0, 1, 0),
    (0, 0, 1),
    (1, 1, 0),
    (1, -1, 0),
    (1, 0, 1),
    (1, 0, -1),
    (0, 1, 1),
    (0, 1, -1),
    (1, 1, 1),
    (1, 1, -1),
    (1, -1, 1),
    (-1, 1, 1),
)


@cache
def half_order(group: int) -> tuple[Trits, ...]:
    """Return the vectors of the half table by index."""
    return _TELLME_HALF if group == 3 else _gray_half(group)


def _gray_half(group: int) -> tuple[Trits, ...]:
    """Return the upper half of the reflected ternary Gray code, from its centre, zero."""
    gray: list[Trits] = [()]
    for _ in range(group):
        gray = [
            (*low, digit) for digit in (-1, 0, 1) for low in (gray if digit % 2 else gray[::-1])
        ]
    if gray[len(gray) // 2 + 1][0] < 0:
        gray = [tuple(-trit for trit in vector) for vector in gray]
    return tuple(gray[len(gray) // 2 :])


@cache
def fill_walk(group: int) -> tuple[Trits, ...]:
    """Return a path from zero through the whole half table, one trit changed by one in each."""
    vectors = half_order(group)
    if all(_is_step(a, b) for a, b in zip(vectors, vectors[1:], strict=False)):
        return vectors

    def extend(path: tuple[Trits, ...], left: frozenset[Trits]) -> tuple[Trits, ...] | None:
        if not left:
            return path
        onward = [v for v in vectors if v in left and _is_step(path[-1], v)]
        onward.sort(key=lambda v: sum(_is_step(v, w) for w in left))
        return next(filter(None, (extend((*path, v), left - {v}) for v in onward)), None)

    walk = extend((vectors[0],), frozenset(vectors[1:]))
    assert walk is not None
    return walk


def _is_step(a: Trits, b: Trits) -> bool:
    return sum(abs(x - y) for x, y in zip(a, b, strict=True)) == 1


def index_width(group: int) -> int:
    """Return the bits of a half-table index."""
    return (len(half_order(group)) - 1).bit_length()


def code_width(group: int) -> int:
    """Return the bits of a code, the same in every order: ``ceil(log2 3^G)``."""
    return (3**group - 1).bit_length()


def trits_of(order: str, group: int) -> tuple[Trits | None, ...]:
    """Return, for every code word, the vector it names, or None for an illegal one."""
    words = 1 << code_width(group)
    half = half_order(group)
    if order == "base3":
        legal = [v[::-1] for v in product((-1, 0, 1), repeat=group)]
    elif order == "tellme":
        if group != 3:
            raise ValueError(f"code_order 'tellme' is published for G = 3 only, not {group}")
        legal = [*half, *(_negated(v) for v in half[1:])]
    elif order == "sign_index":
        pad = [None] * (words // 2 - len(half))
        legal = [*half, *pad, *(_negated(v) for v in half), *pad]
    else:
        raise ValueError(f"code_order must be one of {', '.join(ORDERS)}, not {order!r}")
    return (*legal, *[None] * (words - len(legal)))


def _negated(vector: Trits) -> Trits:
    return tuple(-trit for trit in vector)


def half_decoder(order: str, group: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return two tables over the code words: half-table index, and 1 where the entry is negated.

    An illegal code names the zero vector: index 0, not negated.
    """
    half = half_order(group)
    indices, negated = [], []
    for vector in trits_of(order, group):
        vector = vector or half[0]
        flip = vector not in half
        indices.append(half.index(_negated(vector) if flip else vector))
        negated.append(int(flip))
    return tuple(indices), tuple(negated)
