# SPDX-License-Identifier: Apache-2.0
"""What a specification may use besides ``+ - * // % << >> < <= == != >= > abs``.

``//`` and ``%`` round toward minus infinity and ``>>`` is ``// 2**n``, as Python has it; bit
fields see a negative number as two's complement without end. Every function takes Python integers
(the exact reading) and traced values (the other three) alike.
"""

from __future__ import annotations

from collections.abc import Sequence

from tritproof.ref.spec.errors import RangeError
from tritproof.ref.spec.graph import EXACT, Node, Value, require_inside, where
from tritproof.ref.spec.ranges import Integer


def select(condition, if_true, if_false):
    """``if_true`` where ``condition`` holds, else ``if_false``."""
    return _apply("select", condition, if_true, if_false)


def minimum(a, b):
    """The smaller of two integers."""
    return _apply("minimum", a, b)


def maximum(a, b):
    """The larger of two integers."""
    return _apply("maximum", a, b)


def absolute(a):
    """The distance of ``a`` from zero."""
    return _apply("absolute", a)


def logical_and(first, *others):
    """Whether all conditions hold."""
    for condition in others:
        first = _apply("logical_and", first, condition)
    return first


def logical_or(first, *others):
    """Whether any condition holds."""
    for condition in others:
        first = _apply("logical_or", first, condition)
    return first


def logical_not(condition):
    """Whether ``condition`` does not hold."""
    return _apply("logical_not", condition)


def logical_xor(a, b):
    """Whether exactly one of two conditions holds."""
    return logical_or(logical_and(a, logical_not(b)), logical_and(logical_not(a), b))


def bits(value, high: int, low: int):
    """The unsigned number in bits ``high`` down to ``low`` of ``value``, both included.

    Raises:
        RangeError: not ``0 <= low <= high``.
    """
    if not 0 <= low <= high:
        raise RangeError(f"in {where()}: bits {high} down to {low}: bit numbers must satisfy "
                         "0 <= low <= high")
    return (value if low == 0 else value >> low) % (1 << (high - low + 1))


def signed_bits(value, high: int, low: int):
    """The two's-complement number in bits ``high`` down to ``low`` of ``value``.

    Raises:
        RangeError: not ``0 <= low <= high``.
    """
    half = 1 << (high - low) if 0 <= low <= high else 1
    return (bits(value, high, low) + half) % (2 * half) - half


def lookup(table: Sequence, index):
    """``table[index]``; the entries are constants or integers of the specification.

    Raises:
        RangeError: ``index`` may be negative or past the end.
    """
    if not isinstance(index, Node):
        require_inside(index, Integer(index, index), Integer(0, len(table) - 1), "table index",
                       "bound the index or lengthen the table")
    return _apply("lookup", index, *table)


def tree_sum(values: Sequence):
    """The sum, added in tree order: see :func:`tree_levels`."""
    return tree_levels(values)[-1][0]


def tree_levels(values: Sequence) -> tuple[tuple, ...]:
    """The levels of the adder tree over ``values``, from the leaves to the root.

    Neighbours are added in pairs; an odd last one passes up unchanged. So level k has
    ``ceil(len(values) / 2**k)`` nodes: 28, 14, 7, 4, 2, 1 for 28 values.

    Raises:
        ValueError: no values.
    """
    if not values:
        raise ValueError("a tree needs at least one value")
    levels = [tuple(values)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        pairs = tuple(below[i] + below[i + 1] for i in range(0, len(below) - 1, 2))
        levels.append(pairs + below[2 * len(pairs):])
    return tuple(levels)


def declare(value, range_: Integer, role: str = "declared value"):
    """``value`` itself, after checking that it cannot leave ``range_``.

    Raises:
        RangeError: it can.
    """
    lies_in = value.range if isinstance(value, Value) else Integer(value, value)
    require_inside(value, lies_in, range_, role, "widen the declared range or bound the value")
    return value


def _apply(operation: str, *operands):
    for operand in operands:
        if isinstance(operand, Node):
            return operand.graph.apply(operation, *operands)
    return EXACT[operation](*operands)
