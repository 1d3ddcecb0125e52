# SPDX-License-Identifier: Apache-2.0
"""The SystemVerilog reading of a trace: a golden function.

Every operation gets a local variable of its own, signed and just wide enough for its interval.
An operation is computed in a width that holds all of its operands and its result, every operand
cast to that width first; so neither Verilog's context rules nor its mixing of signed and unsigned
operands decide anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from tritproof.ref.spec.errors import SpecificationError
from tritproof.ref.spec.graph import (
    COMPARISONS,
    Condition,
    Node,
    Value,
    text,
    unparenthesised,
)
from tritproof.ref.spec.ranges import Array, Integer

_INFIX = {
    "add": "+", "subtract": "-", "multiply": "*", "less": "<", "less_equal": "<=", "equal": "==",
    "not_equal": "!=", "logical_and": "&&", "logical_or": "||",
}


def golden_file(functions: Iterable[str], guard: str = "TRITPROOF_GOLDEN") -> str:
    """A file of golden functions (:meth:`Specification.golden`) behind an include guard.

    The functions stand at file scope; read the file before the modules that call them, or
    include it inside a module.
    """
    body = "\n".join(functions)
    return ("// Generated from the exact specification by tritproof.ref; do not edit.\n"
            f"`ifndef {guard}\n`define {guard}\n"
            "/* verilator lint_off UNUSEDSIGNAL */\n"
            f"{body}"
            "/* verilator lint_on UNUSEDSIGNAL */\n"
            "`endif\n")


def function(name: str, trace, minimum_width: int = 0, argument_width: int = 0) -> str:
    """The golden function ``name`` of ``trace``; see ``Specification.golden``."""
    writer = _Writer(name, trace.nodes, minimum_width, argument_width)
    result = trace.result
    several = isinstance(result, Array)
    width = result.width if several else writer.width(result)
    lines = [*writer.tables()]
    lines += [f"// {trace.title}", f"//   result: {_describe(result)}"]
    lines += [f"//   {input_}: {_describe(range_, argument_width)}"
              for input_, range_ in trace.inputs.items()]
    lines.append(f"function automatic {'' if several else 'signed '}[{width - 1}:0] {name}(")
    lines.append(",\n".join(f"  input {writer.port(range_)} in_{input_}"
                            for input_, range_ in trace.inputs.items()))
    lines.append(");")
    lines += [f"  {writer.local(node)} {writer.names[node.serial]};" for node in writer.computed]
    lines.append("  begin")
    for node in writer.computed:
        lines += [f"    {line}" for line in writer.statement(node)]
    if several:
        packed = ", ".join(writer.operand(root, result.element.width)
                           for root in reversed(trace.roots))
        lines.append(f"    {name} = {{{packed}}};")
    else:
        lines.append(f"    {name} = {writer.operand(trace.roots[0], width)};")
    return "\n".join([*lines, "  end", "endfunction", ""])


def _describe(range_: Integer | Array, argument_width: int = 0) -> str:
    if isinstance(range_, Integer):
        return str(range_)
    width = max(range_.element.width, argument_width)
    return f"{range_.count} elements of {width} bits in {range_.element}, element 0 lowest"


def _literal(value: int, width: int) -> str:
    if width == 1:
        # slang warns that the decimal 1'sd0 needs two bits.
        return f"$signed(1'b{-value})"
    return f"{'-' if value < 0 else ''}{width}'sd{abs(value)}"


class _Writer:
    def __init__(self, name: str, nodes: tuple[Node, ...], minimum_width: int,
                 argument_width: int):
        self.minimum_width, self.argument_width = minimum_width, argument_width
        self.computed = [node for node in nodes if node.operation != "constant"]
        self.names = {node.serial: f"v{k}" for k, node in enumerate(self.computed)}
        constant_tables = dict.fromkeys(_table(n) for n in self.computed if _is_table(n))
        self.table_names = {table: f"{name}_table{k}" for k, table in enumerate(constant_tables)}

    def width(self, range_: Integer) -> int:
        """Bits in which a value of the range is kept."""
        return max(range_.signed_width, self.minimum_width)

    def passed(self, range_: Integer) -> int:
        """Bits in which a value of the range is passed as an argument."""
        return max(range_.width, self.argument_width)

    def port(self, range_: Integer | Array) -> str:
        """The type of an argument."""
        if isinstance(range_, Array):
            return f"[{range_.count * self.passed(range_.element) - 1}:0]"
        return f"{'signed ' if range_.low < 0 else ''}[{self.passed(range_) - 1}:0]"

    def local(self, node: Any) -> str:
        """The type of the local variable that holds ``node``."""
        if isinstance(node, Condition):
            return "logic"
        return f"logic signed [{self.width(node.range) - 1}:0]"

    def tables(self) -> list[str]:
        """A case function for every constant table, before the function that calls it."""
        lines: list[str] = []
        for (index, entries), name in self.table_names.items():
            own = entries[0].hull(*entries[1:]).signed_width
            values = [_literal(entry.low, own) for entry in entries]
            lines += [f"function automatic signed [{own - 1}:0] {name}(",
                      f"  input signed [{index.signed_width - 1}:0] index", ");", "  begin",
                      *(f"    {line}" for line in _case(name, "index", index, values)),
                      "  end", "endfunction", ""]
        return lines

    def operand(self, value: Value, width: int) -> str:
        """``value`` as an expression of exactly ``width`` bits; a narrower width cuts the top."""
        if value.operation == "constant":
            if Integer(value.payload, value.payload).signed_width <= width:
                return _literal(value.payload, width)
            return f"{width}'d{value.payload}"
        name = self.names[value.serial]
        return name if self.width(value.range) == width else f"{width}'({name})"

    def truth(self, condition: Condition) -> str:
        if condition.operation == "constant":
            return "1'b1" if condition.payload else "1'b0"
        return self.names[condition.serial]

    def statement(self, node: Any) -> list[str]:
        """The assignment (for a table, the case statement) that computes ``node``."""
        name = self.names[node.serial]
        if node.operation == "lookup" and not _is_table(node):
            index, own = node.operands[0], self.width(node.range)
            values = [self.operand(entry, own) for entry in _reachable(node)]
            return _case(name, self.operand(index, index.range.signed_width), index.range, values)
        return [f"{name} = {self._expression(node)};"]

    def _expression(self, node: Any) -> str:
        if node.operation == "input":
            return self._input(node)
        if node.operation == "lookup":
            index, table = node.operands[0], _table(node)
            called = f"{self.table_names[table]}({self.operand(index, index.range.signed_width)})"
            return self._kept(called, table[1][0].hull(*table[1][1:]).signed_width, node)
        if node.operation == "logical_not":
            return f"!{self.truth(node.operands[0])}"
        if node.operation in ("logical_and", "logical_or"):
            return f" {_INFIX[node.operation]} ".join(map(self.truth, node.operands))
        values = [o for o in node.operands if isinstance(o, Value)]
        width = max(self.width(o.range) for o in values)
        if node.operation in COMPARISONS:
            a, b = (self.operand(o, width) for o in values)
            return f"{a} {_INFIX[node.operation]} {b}"
        width = max(width, self.width(node.range))
        if node.operation in _SHAPES:
            expression, width = _SHAPES[node.operation](self, node, width)
        else:
            expression = f" {_INFIX[node.operation]} ".join(self.operand(o, width) for o in values)
        return self._kept(expression, width, node)

    def _input(self, node: Any) -> str:
        name, index = node.payload
        width = self.passed(node.range)
        port = f"in_{name}"
        if index is not None:
            port += f"[{width * index + width - 1}:{width * index}]"
        if node.range.low >= 0:
            return self._kept(f"$signed({{1'b0, {port}}})", width + 1, node)
        return self._kept(port if index is None else f"$signed({port})", width, node)

    def _kept(self, expression: str, width: int, node: Value) -> str:
        """``expression`` of ``width`` bits in the width in which ``node`` is kept."""
        own = self.width(node.range)
        return expression if width == own else f"{own}'({expression})"


def _reachable(node: Value) -> tuple[Any, ...]:
    """The entries of a lookup that its index can reach, from the lowest index on."""
    index = node.operands[0].range
    return node.operands[1 + index.low:2 + index.high]


def _is_table(node: Any) -> bool:
    """Whether the node is a lookup by a traced index in constants only."""
    return node.operation == "lookup" and all(e.operation == "constant" for e in _reachable(node))


def _table(node: Any) -> tuple[Integer, tuple[Integer, ...]]:
    return node.operands[0].range, tuple(entry.range for entry in _reachable(node))


def _case(name: str, index: str, range_: Integer, values: list[str]) -> list[str]:
    """A case statement that assigns to ``name`` the value of ``index``; the last is the default."""
    width = range_.signed_width
    arms = [f"  {_literal(range_.low + j, width)}: {name} = {value};"
            for j, value in enumerate(values[:-1])]
    return [f"case ({index})", *arms, f"  default: {name} = {values[-1]};", "endcase"]


Shape = Callable[[_Writer, Value, int], tuple[str, int]]


def _negate(writer: _Writer, node: Value, width: int) -> tuple[str, int]:
    # Not a unary minus: Yosys reads -9'(v) as a cast to minus nine bits.
    return f"{_literal(0, width)} - {writer.operand(node.operands[0], width)}", width


def _absolute(writer: _Writer, node: Value, width: int) -> tuple[str, int]:
    a = writer.operand(node.operands[0], width)
    zero = _literal(0, width)
    return f"({a} < {zero}) ? {zero} - {a} : {a}", width


def _extreme(sign: str) -> Shape:
    def shape(writer: _Writer, node: Value, width: int) -> tuple[str, int]:
        a, b = (writer.operand(o, width) for o in node.operands)
        return f"({a} {sign} {b}) ? {a} : {b}", width
    return shape


def _select(writer: _Writer, node: Value, width: int) -> tuple[str, int]:
    condition, a, b = node.operands
    chosen = f"{writer.operand(a, width)} : {writer.operand(b, width)}"
    return f"{writer.truth(condition)} ? {chosen}", width


def _shift(sign: str) -> Shape:
    def shape(writer: _Writer, node: Value, _: int) -> tuple[str, int]:
        value, amount = node.operands
        width = max(value.range.signed_width, node.range.signed_width)
        by = (_bounded(amount.payload, width) if amount.operation == "constant"
              else writer.operand(amount, amount.range.signed_width))
        return f"{writer.operand(value, width)} {sign} {by}", width
    return shape


def _bounded(amount: int, width: int) -> str:
    """A shift amount the readers do not warn of; past ``width - 1`` every amount does the same:
    a right shift leaves the sign, and a left shift that fits its width shifts zero."""
    return str(min(amount, width - 1))


def _divide(sign: str) -> Shape:
    def shape(writer: _Writer, node: Value, width: int) -> tuple[str, int]:
        value, divisor = node.operands[0], node.operands[1].payload
        # Verilog divides toward zero; a multiple of the divisor added first keeps it from having
        # to round a negative number, and is taken out of the quotient again.
        turns = max(0, -(value.range.low // divisor))
        biased = Integer(value.range.low, value.range.high + turns * divisor)
        width = max(width, biased.signed_width, node.operands[1].range.signed_width)
        dividend = writer.operand(value, width)
        if turns:
            dividend = f"({dividend} + {_literal(turns * divisor, width)})"
        expression = f"{dividend} {sign} {_literal(divisor, width)}"
        if turns and sign == "/":
            expression = f"({expression}) - {_literal(turns, width)}"
        return expression, width
    return shape


def _constant_divisor(node: Value) -> int:
    divisor = node.operands[1]
    if divisor.operation != "constant":
        raise SpecificationError(
            f"{unparenthesised(text(node))} has no SystemVerilog reading, since no solver divides "
            "by a variable: state the relation, dividend = quotient * divisor + remainder with "
            "0 <= remainder < divisor")
    return divisor.payload


def _modulo(writer: _Writer, node: Value, width: int) -> tuple[str, int]:
    dividend, power = node.operands
    if power.operation == "shift_left" and power.operands[0].range == Integer(1, 1):
        ones = f"{writer.operand(power, width)} - {_literal(1, width)}"
        return f"{writer.operand(dividend, width)} & ({ones})", width
    divisor = _constant_divisor(node)
    if divisor & (divisor - 1):
        return _divide("%")(writer, node, width)
    return f"{writer.operand(node.operands[0], width)} & {_literal(divisor - 1, width)}", width


def _floor_divide(writer: _Writer, node: Value, width: int) -> tuple[str, int]:
    divisor = _constant_divisor(node)
    if divisor & (divisor - 1):
        return _divide("/")(writer, node, width)
    amount = _bounded(divisor.bit_length() - 1, width)
    return f"{writer.operand(node.operands[0], width)} >>> {amount}", width


_SHAPES: dict[str, Shape] = {
    "negate": _negate,
    "absolute": _absolute,
    "minimum": _extreme("<"),
    "maximum": _extreme(">"),
    "select": _select,
    "shift_left": _shift("<<<"),
    "shift_right": _shift(">>>"),
    "floor_divide": _floor_divide,
    "modulo": _modulo,
}
