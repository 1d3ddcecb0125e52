# SPDX-License-Identifier: Apache-2.0
"""Traced integers: a specification run once on these leaves a graph of its operations.

A :class:`Value` is an integer expression with the interval it lies in; a :class:`Condition` is a
truth value. Both are made by :meth:`Graph.apply` only, which checks the operation's requirements,
computes the interval, and gives back the existing node for an operation already applied to the
same operands. Nodes are numbered in the order of their making, so operands always come first and
two traces of one function are equal.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tritproof.ref.spec.errors import RangeError, SpecificationError
from tritproof.ref.spec.ranges import Integer

WIDEST = 1 << 16
"""Bits of the widest value a trace may hold; a wider one is a slip, such as a free shift."""

EXACT: dict[str, Callable] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "floor_divide": operator.floordiv,
    "modulo": operator.mod,
    "shift_left": operator.lshift,
    "shift_right": operator.rshift,
    "negate": operator.neg,
    "absolute": abs,
    "minimum": min,
    "maximum": max,
    "select": lambda condition, a, b: a if condition else b,
    "lookup": lambda index, *table: table[index],
    "less": operator.lt,
    "less_equal": operator.le,
    "equal": operator.eq,
    "not_equal": operator.ne,
    "logical_and": lambda a, b: a and b,
    "logical_or": lambda a, b: a or b,
    "logical_not": operator.not_,
}
"""The exact reading of every operation: the meaning the other readings must agree with."""

COMPARISONS = frozenset({"less", "less_equal", "equal", "not_equal"})
CONNECTIVES = frozenset({"logical_and", "logical_or", "logical_not"})

_TEXT = {
    "add": "({} + {})", "subtract": "({} - {})", "multiply": "({} * {})",
    "floor_divide": "({} // {})", "modulo": "({} % {})",
    "shift_left": "({} << {})", "shift_right": "({} >> {})",
    "negate": "(-{})", "less": "({} < {})", "less_equal": "({} <= {})",
    "equal": "({} == {})", "not_equal": "({} != {})",
}


def where() -> str:
    """The name of the innermost running function outside this package: the specification."""
    here = str(Path(__file__).parent)
    frame = sys._getframe(1)
    while frame.f_back is not None and str(Path(frame.f_code.co_filename).parent) == here:
        frame = frame.f_back
    return frame.f_code.co_name


def text(value: object, depth: int = 4) -> str:
    """``value`` as a person would write it; subexpressions below ``depth`` appear as ``...``."""
    if not isinstance(value, Node):
        return str(value)
    if value.operation == "input":
        name, index = value.payload
        return name if index is None else f"{name}[{index}]"
    if value.operation == "constant":
        return str(value.payload)
    if depth == 0:
        return "..."
    if value.operation == "lookup":
        return f"lookup(table of {len(value.operands) - 1}, {_inner(value.operands[0], depth)})"
    if value.operation in _TEXT:
        return _TEXT[value.operation].format(*(text(o, depth - 1) for o in value.operands))
    return f"{value.operation}({', '.join(_inner(o, depth) for o in value.operands)})"


def _inner(value: object, depth: int) -> str:
    return unparenthesised(text(value, depth - 1))


def unparenthesised(expression: str) -> str:
    """The expression without its outer parentheses, which :func:`text` always pairs."""
    return expression[1:-1] if expression.startswith("(") else expression


def require_inside(value: object, lies_in: Integer, allowed: Integer, role: str, remedy: str):
    """Raise the one form of :class:`RangeError` unless ``allowed`` contains ``lies_in``."""
    if not allowed.contains(lies_in):
        raise RangeError(f"in {where()}: {role} {unparenthesised(text(value))} lies in {lies_in}, "
                         f"outside {allowed}: {remedy}")


class Node:
    """One operation of a trace: its name, operands, constant payload and serial number."""

    __slots__ = ("graph", "operation", "operands", "payload", "serial")

    def __init__(self, graph: Graph, operation: str, operands: tuple[Any, ...], payload: Any):
        self.graph, self.operation = graph, operation
        self.operands, self.payload = operands, payload
        self.serial = graph.size

    def __bool__(self) -> bool:
        raise SpecificationError(
            f"in {where()}: {unparenthesised(text(self))} is traced, so it has no truth value "
            "while tracing: use select, minimum, maximum, logical_and, logical_or, logical_not")

    def __repr__(self) -> str:
        return unparenthesised(text(self))


class Condition(Node):
    """A traced truth value; combine with ``logical_and``, ``logical_or``, ``logical_not``."""

    __slots__ = ()


class Value(Node):
    """A traced integer and the interval ``range`` it lies in."""

    __slots__ = ("range",)
    __hash__ = object.__hash__

    def __init__(self, graph, operation, operands, payload, range_: Integer):
        super().__init__(graph, operation, operands, payload)
        self.range = range_

    def __add__(self, other): return self.graph.apply("add", self, other)
    def __radd__(self, other): return self.graph.apply("add", other, self)
    def __sub__(self, other): return self.graph.apply("subtract", self, other)
    def __rsub__(self, other): return self.graph.apply("subtract", other, self)
    def __mul__(self, other): return self.graph.apply("multiply", self, other)
    def __rmul__(self, other): return self.graph.apply("multiply", other, self)
    def __floordiv__(self, other): return self.graph.apply("floor_divide", self, other)
    def __rfloordiv__(self, other): return self.graph.apply("floor_divide", other, self)
    def __mod__(self, other): return self.graph.apply("modulo", self, other)
    def __rmod__(self, other): return self.graph.apply("modulo", other, self)
    def __lshift__(self, other): return self.graph.apply("shift_left", self, other)
    def __rlshift__(self, other): return self.graph.apply("shift_left", other, self)
    def __rshift__(self, other): return self.graph.apply("shift_right", self, other)
    def __rrshift__(self, other): return self.graph.apply("shift_right", other, self)
    def __neg__(self): return self.graph.apply("negate", self)
    def __pos__(self): return self
    def __abs__(self): return self.graph.apply("absolute", self)
    def __lt__(self, other): return self.graph.apply("less", self, other)
    def __le__(self, other): return self.graph.apply("less_equal", self, other)
    def __gt__(self, other): return self.graph.apply("less", other, self)
    def __ge__(self, other): return self.graph.apply("less_equal", other, self)
    def __eq__(self, other): return self.graph.apply("equal", self, other)
    def __ne__(self, other): return self.graph.apply("not_equal", self, other)


class Graph:
    """The nodes of one trace, each operation on the same operands once."""

    def __init__(self) -> None:
        self._nodes: dict[tuple, Node] = {}

    @property
    def size(self) -> int:
        return len(self._nodes)

    def input(self, name: str, index: int | None, range_: Integer) -> Value:
        """Element ``index`` (None: the whole) of input ``name``."""
        return self._intern("input", (), (name, index), range_)

    def constant(self, value: int | bool) -> Any:
        """A node for a constant: a Condition for a bool, else a Value."""
        if isinstance(value, bool):
            return self._intern("constant", (), value, None)
        return self._intern("constant", (), value, Integer(value, value))

    def apply(self, operation: str, *operands: object) -> Any:
        """The node for ``operation``.

        Raises:
            RangeError: the operation is not defined on all of its operands' intervals.
            SpecificationError: an operand is no integer (or no condition) or from another trace.
        """
        nodes = tuple(self._lift(operation, place, o) for place, o in enumerate(operands))
        if operation in ("floor_divide", "modulo"):
            _require_divisor(nodes)
        elif operation in ("shift_left", "shift_right"):
            amount = nodes[1]
            require_inside(amount, amount.range, Integer(0, WIDEST), "shift amount",
                           "bound it with minimum and maximum")
        elif operation == "lookup":
            require_inside(nodes[0], nodes[0].range, Integer(0, len(nodes) - 2), "table index",
                           "bound the index or lengthen the table")
        if all(node.operation == "constant" for node in nodes):
            return self.constant(EXACT[operation](*(node.payload for node in nodes)))
        if operation == "lookup" and nodes[0].operation == "constant":
            return nodes[1 + nodes[0].payload]
        if operation in ("floor_divide", "modulo") and nodes[1].range.high < 0:
            return self._divide_by_negative(operation, *nodes)
        if operation in COMPARISONS or operation in CONNECTIVES:
            return self._intern(operation, nodes, None, None)
        range_ = _range(operation, nodes)
        if range_.signed_width > WIDEST:
            shown = _TEXT.get(operation, operation + "(...)").format(*(text(n, 1) for n in nodes))
            raise RangeError(f"in {where()}: {unparenthesised(shown)} needs {range_.signed_width} "
                             f"bits, more than {WIDEST}: bound its operands")
        return self._intern(operation, nodes, None, range_)

    def _divide_by_negative(self, operation: str, dividend: Value, divisor: Value) -> Value:
        positive = self.apply(operation, -dividend, -divisor)
        return positive if operation == "floor_divide" else -positive

    def _lift(self, operation: str, place: int, operand: Any) -> Any:
        wants_condition = operation in CONNECTIVES or (operation == "select" and place == 0)
        if isinstance(operand, Node):
            if operand.graph is not self:
                raise SpecificationError(
                    f"in {where()}: {operand!r} belongs to another trace: pass it as an input")
            node = operand
        else:
            node = self.constant(operand if isinstance(operand, bool) else _integer(operand))
        if isinstance(node, Condition) != wants_condition:
            wanted, remedy = (("a condition", "compare it, for example != 0") if wants_condition
                              else ("an integer", "use select(condition, 1, 0)"))
            raise SpecificationError(
                f"in {where()}: {operation} needs {wanted}, not {node!r}: {remedy}")
        return node

    def _intern(self, operation, operands, payload, range_) -> Any:
        key = (operation, tuple(node.serial for node in operands), type(payload), payload)
        node = self._nodes.get(key)
        if node is None:
            node = (Condition(self, operation, operands, payload) if range_ is None
                    else Value(self, operation, operands, payload, range_))
            self._nodes[key] = node
        return node


def _integer(value: Any) -> int:
    try:
        return operator.index(value)
    except TypeError:
        raise SpecificationError(
            f"in {where()}: {value!r} is not an integer: specifications are exact, so scale "
            "fractions to integers first") from None


def _require_divisor(nodes: tuple[Value, ...]) -> None:
    divisor = nodes[1]
    if divisor.range.contains(Integer(0, 0)):
        raise RangeError(f"in {where()}: divisor {unparenthesised(text(divisor))} lies in "
                         f"{divisor.range}, which contains zero: bound it away from zero")


def _range(operation: str, nodes: tuple[Any, ...]) -> Integer:
    """The interval of an operation's result: exact for the interval of each operand alone."""
    if operation == "select":
        return nodes[1].range.hull(nodes[2].range)
    if operation == "lookup":
        index = nodes[0].range
        reachable = [n.range for n in nodes[1 + index.low:2 + index.high]]
        return reachable[0].hull(*reachable[1:])
    ranges = [node.range for node in nodes]
    if operation == "modulo":
        dividend, divisor = ranges
        turns = {dividend.low // divisor.low, dividend.high // divisor.high}
        if divisor.low == divisor.high and len(turns) == 1:
            return Integer(dividend.low % divisor.low, dividend.high % divisor.low)
        largest = divisor.high - 1
        return Integer(0, largest if dividend.low < 0 else min(largest, dividend.high))
    if operation == "absolute" and ranges[0].low < 0 < ranges[0].high:
        return Integer(0, max(-ranges[0].low, ranges[0].high))
    # What remains is monotone in each operand while the others stand still (absolute here does
    # not straddle zero), so extremes are taken at the corners.
    exact = EXACT[operation]
    return _corners(exact, ranges)


def _corners(function: Callable, ranges: Iterable[Integer]) -> Integer:
    corners: list[tuple[int, ...]] = [()]
    for r in ranges:
        corners = [(*corner, end) for corner in corners for end in {r.low, r.high}]
    values = [function(*corner) for corner in corners]
    return Integer(min(values), max(values))
