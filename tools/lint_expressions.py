# SPDX-License-Identifier: Apache-2.0
"""The expression rules of the lint: which operations may stand where."""

import ast
from collections.abc import Callable

from tritproof.tools.lint_names import Scope, call_name

_DIVISIONS = (ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult)
_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.LShift, ast.RShift)
_CALLS = {"concat", "bool", "len", "intbv", "modbv", "range", "downrange", "signed"}
_LARGE = 1 << 30


class ExpressionCheck:
    """Reports to ``add(node, rule, detail)`` what is wrong in the expressions it is given."""

    def __init__(self, scope: Scope, add: Callable[[ast.AST, str, str], None]):
        self.scope = scope
        self.add = add

    def right_hand_side(self, node: ast.expr) -> None:
        """Check the whole right-hand side of an assignment: one operation may be arithmetic."""
        if self.scope.is_static(node):
            self._divisions(node)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, _ARITHMETIC):
            self._operands(node, node.left, node.right)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            self._operand(node.operand)
        elif isinstance(node, ast.Subscript) and self.scope.is_table(node.value):
            self.part(node.slice)
        else:
            self.part(node)

    def target(self, node: ast.expr) -> None:
        """Check the indices in the target of an assignment."""
        for leaf in ast.walk(node):
            if isinstance(leaf, ast.Subscript):
                self._index(leaf.slice)

    def part(self, node: ast.expr | None) -> None:
        """Check an expression that stands inside another, or decides: no arithmetic on signals."""
        if node is None:
            return
        if self.scope.is_static(node):
            self._divisions(node)
            value = self.scope.value(node)
            if value is not None and abs(value) >= _LARGE:
                self.add(node, "large-constant", ast.unparse(node))
            return
        match node:
            case ast.BinOp(op=operation):
                self._binary(node, operation)
            case ast.UnaryOp(op=ast.USub()):
                self.add(node, "nested-arithmetic", ast.unparse(node))
            case ast.UnaryOp(operand=operand):
                self.part(operand)
            case ast.BoolOp(values=values):
                for value in values:
                    self.part(value)
            case ast.Compare(left=left, comparators=[right]):
                self._operands(node, left, right)
            case ast.Compare():
                self.add(node, "chained-comparison", ast.unparse(node))
            case ast.IfExp():
                self.add(node, "conditional-expression", ast.unparse(node))
            case ast.Call():
                self._call(node)
            case ast.Subscript():
                self._subscript(node)
            case ast.Attribute(attr="val"):
                self.add(node, "lost-sign", ast.unparse(node))

    def _binary(self, node: ast.BinOp, operation: ast.operator) -> None:
        if isinstance(operation, _DIVISIONS):
            self.add(node, "division", ast.unparse(node))
        elif isinstance(operation, _ARITHMETIC):
            self.add(node, "nested-arithmetic", ast.unparse(node))
        else:
            self.part(node.left)
            self.part(node.right)
            if _is_signed_call(node.left) and not self.scope.is_static(node.right):
                self.add(node, "lost-sign", ast.unparse(node))

    def _operands(self, node: ast.expr, left: ast.expr, right: ast.expr) -> None:
        """Check the two sides of an arithmetic operation or a comparison."""
        if (
            isinstance(node, ast.BinOp)
            and isinstance(node.op, ast.RShift)
            and isinstance(left, ast.BinOp)
            and isinstance(left.op, ast.LShift)
        ):
            self.add(node, "shift-left-then-right", ast.unparse(node))
            return
        self._operand(left)
        self._operand(right)
        element = (
            isinstance(left, ast.Subscript)
            and not isinstance(left.slice, ast.Slice)
            and not self.scope.is_table(left.value)
        )
        if (element or _is_signed_call(left)) and not self.scope.is_static(right):
            self.add(node, "lost-sign", ast.unparse(node))

    def _operand(self, node: ast.expr) -> None:
        """Check one side of an operation: a name, a constant, a slice, an element, .signed()."""
        if self.scope.is_static(node):
            self.part(node)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert):
            self.add(node, "inverted-operand", ast.unparse(node))
        elif isinstance(node, ast.BinOp) and not isinstance(node.op, _DIVISIONS):
            self.add(node, "nested-arithmetic", ast.unparse(node))
        elif isinstance(node, ast.BoolOp | ast.Compare | ast.UnaryOp):
            self.add(node, "nested-arithmetic", ast.unparse(node))
        else:
            self.part(node)

    def _call(self, node: ast.Call) -> None:
        name = call_name(node)
        if name not in _CALLS:
            self.add(node, "function-call", ast.unparse(node))
            return
        if name == "signed" and isinstance(node.func, ast.Attribute):
            receiver = node.func.value
            if isinstance(receiver, ast.Name | ast.Subscript | ast.Attribute):
                self.part(receiver)
            else:
                self.add(node, "slice-of-expression", ast.unparse(node))
        for argument in node.args:
            self.part(argument)

    def _subscript(self, node: ast.Subscript) -> None:
        base = node.value
        if self.scope.is_table(base):
            self.add(node, "table-in-expression", ast.unparse(node))
        elif isinstance(base, ast.Call) and call_name(base) in ("intbv", "modbv"):
            pass
        elif isinstance(base, ast.Subscript) and not isinstance(base.slice, ast.Slice):
            self.part(base)
        elif not isinstance(base, ast.Name | ast.Attribute):
            self.add(node, "slice-of-expression", ast.unparse(node))
        self._index(node.slice)

    def _index(self, node: ast.expr) -> None:
        if isinstance(node, ast.Slice):
            self.part(node.lower)
            self.part(node.upper)
        else:
            self.part(node)

    def _divisions(self, node: ast.expr) -> None:
        for leaf in ast.walk(node):
            if isinstance(leaf, ast.BinOp) and isinstance(leaf.op, _DIVISIONS):
                self.add(leaf, "division", ast.unparse(leaf))


def _is_signed_call(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and call_name(node) == "signed"
