# SPDX-License-Identifier: Apache-2.0
"""Which names of a MyHDL source stand for integers known at elaboration, and which for signals.

The lint reads source, not objects, so it goes by what the text says: annotations, and the values
names are bound to. Integers are int and bool literals, names annotated ``int`` or ``bool``, targets
of ``for ... in range(...)``, calls of ``len``, ``min``, ``max``, ``sum``, ``int``, ``abs`` and
``bit_length``, attributes of names annotated ``...Params``, imported UPPER_CASE names, and
arithmetic on all of these. Tables are tuples: literals, ``tuple(...)``, names annotated
``tuple[int, ...]``. Every other name counts as a signal, which is the strict reading; an annotation
(``width: int = ...``) settles the doubt.
"""

import ast
import operator
from collections.abc import Iterable

INTEGER, TABLE, PARAMS, SIGNAL = "integer", "table", "params", "signal"

_INTEGER_CALLS = {"len", "min", "max", "sum", "int", "abs", "bit_length"}
_OPERATIONS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
    ast.Pow: operator.pow,
}
_LARGEST_EXPONENT = 4096


class Scope:
    """Kinds and, where the text gives them, values of the names visible in one function."""

    def __init__(self, outer: "Scope | None" = None):
        self.kinds: dict[str, str] = dict(outer.kinds) if outer else {}
        self.values: dict[str, int] = dict(outer.values) if outer else {}

    def read_module(self, tree: ast.Module) -> None:
        """Bind what the module's own statements define."""
        self._bind_statements(tree.body)

    def read_function(self, function: ast.FunctionDef) -> None:
        """Bind the parameters and local names of ``function``, not those of nested functions."""
        arguments = function.args
        for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            self._bind(argument.arg, _annotated_kind(argument.annotation), None)
        self._bind_statements(function.body)

    def is_static(self, node: ast.expr) -> bool:
        """Say whether ``node`` is built from integers known at elaboration and loop variables."""
        match node:
            case ast.Constant(value=value):
                return isinstance(value, int)
            case ast.Name(id=name):
                return self.kinds.get(name) == INTEGER
            case ast.Attribute():
                root = node.value
                while isinstance(root, ast.Attribute):
                    root = root.value
                return isinstance(root, ast.Name) and self.kinds.get(root.id) == PARAMS
            case ast.UnaryOp(operand=operand):
                return self.is_static(operand)
            case ast.BinOp(left=left, right=right):
                return self.is_static(left) and self.is_static(right)
            case ast.Call():
                return call_name(node) in _INTEGER_CALLS and (
                    call_name(node) == "len" or all(map(self.is_static, node.args))
                )
        return False

    def value(self, node: ast.expr) -> int | None:
        """Return the integer that ``node`` stands for, where the text alone gives it."""
        match node:
            case ast.Constant(value=value) if isinstance(value, int):
                return int(value)
            case ast.Name(id=name):
                return self.values.get(name)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                inner = self.value(operand)
                return None if inner is None else -inner
            case ast.BinOp(left=left, op=operation, right=right):
                a, b = self.value(left), self.value(right)
                apply = _OPERATIONS.get(type(operation))
                if apply is None or a is None or b is None:
                    return None
                powers = isinstance(operation, ast.LShift | ast.RShift | ast.Pow)
                return None if powers and not 0 <= b <= _LARGEST_EXPONENT else apply(a, b)
        return None

    def is_table(self, node: ast.expr) -> bool:
        """Say whether ``node`` names a tuple of integers, which converts to a ``case``."""
        return isinstance(node, ast.Name) and self.kinds.get(node.id) == TABLE

    def bind_loop(self, loop: ast.For) -> None:
        """Bind the target of a ``for`` over a range as an integer of unknown value."""
        iterator = call_name(loop.iter) if isinstance(loop.iter, ast.Call) else ""
        targets = loop.target.elts if isinstance(loop.target, ast.Tuple) else [loop.target]
        for position, target in enumerate(targets):
            counts = iterator in ("range", "downrange") or (
                iterator == "enumerate" and position == 0
            )
            self._bind_target(target, INTEGER if counts else SIGNAL, None)

    def _bind(self, name: str, kind: str, value: int | None) -> None:
        known = self.kinds.get(name)
        self.kinds[name] = kind
        self.values.pop(name, None)
        if kind == INTEGER and value is not None and known is None:
            self.values[name] = value

    def _bind_target(self, target: ast.expr, kind: str, value: int | None) -> None:
        if isinstance(target, ast.Name):
            self._bind(target.id, kind, value)

    def _bind_statements(self, statements: Iterable[ast.stmt]) -> None:
        for statement in statements:
            match statement:
                case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
                    for target, value in zip(targets, values, strict=False):
                        self._bind_target(target, self._kind(value), self.value(value))
                case ast.Assign(targets=targets, value=value):
                    kind = self._kind(value)
                    for target in targets:
                        for name in target.elts if isinstance(target, ast.Tuple) else [target]:
                            one = SIGNAL if isinstance(target, ast.Tuple) else kind
                            self._bind_target(name, one, self.value(value))
                case ast.AnnAssign(target=target, annotation=annotation, value=value):
                    number = None if value is None else self.value(value)
                    self._bind_target(target, _annotated_kind(annotation), number)
                case ast.ImportFrom(names=names):
                    for alias in names:
                        if (alias.asname or alias.name).isupper():
                            self._bind(alias.asname or alias.name, INTEGER, None)
                case ast.For():
                    self.bind_loop(statement)
                    self._bind_statements([*statement.body, *statement.orelse])
                case ast.If() | ast.While():
                    self._bind_statements([*statement.body, *statement.orelse])
                case ast.With():
                    self._bind_statements(statement.body)

    def _kind(self, value: ast.expr) -> str:
        if self.is_static(value):
            return INTEGER
        if isinstance(value, ast.Tuple):
            return TABLE
        if isinstance(value, ast.Name):
            return self.kinds.get(value.id, SIGNAL)
        if isinstance(value, ast.Call):
            name = call_name(value)
            if name in _INTEGER_CALLS:
                return INTEGER
            return TABLE if name == "tuple" else SIGNAL
        return SIGNAL


def call_name(call: ast.Call) -> str:
    """Return the last part of the called name: ``myhdl.concat(...)`` gives ``concat``."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _annotated_kind(annotation: ast.expr | None) -> str:
    if annotation is None:
        return SIGNAL
    text = ast.unparse(annotation).strip("'\"")
    if text in ("int", "bool"):
        return INTEGER
    if text.startswith(("tuple[int", "tuple[bool", "Sequence[int", "Sequence[bool")):
        return TABLE
    return PARAMS if text.rsplit(".", 1)[-1].endswith("Params") else SIGNAL
