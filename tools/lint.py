# SPDX-License-Identifier: Apache-2.0
"""Find the MyHDL constructs that MyHDL 0.11.52 converts to Verilog wrongly, mostly in silence.

Only generator bodies are checked, the functions under ``@always_comb``, ``@always`` and
``@always_seq``; all other code runs at elaboration and is free Python. The checked subset is: one
arithmetic operation on declared signals as a whole right-hand side; comparisons, bitwise and
logical operations of signals, slices, elements and constants. Arithmetic on loop variables and
elaboration integers alone is free; :mod:`tritproof.tools.lint_names` says which names those are.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tritproof.tools.finding import Finding
from tritproof.tools.lint_expressions import ExpressionCheck
from tritproof.tools.lint_keywords import KEYWORDS
from tritproof.tools.lint_names import SIGNAL, Scope, call_name
from tritproof.tools.lint_rules import message

_GENERATORS = {"always_comb", "always", "always_seq"}


def lint_source(source: Path | str, path: str = "<text>") -> list[Finding]:
    """Return the findings in one source: a ``Path`` is read, a ``str`` is the text itself.

    Findings carry the path given, or ``path`` for a text. Raises ``SyntaxError`` if the source is
    not Python.
    """
    if isinstance(source, Path):
        source, path = source.read_text(), str(source)
    return sorted(set(_lint_tree(ast.parse(source, path), path)))


def lint_folder(folder: Path) -> list[Finding]:
    """Return the findings in every Python file below ``folder``."""
    return [found for path in sorted(folder.rglob("*.py")) for found in lint_source(path)]


def _lint_tree(tree: ast.Module, path: str) -> Iterator[Finding]:
    scope = Scope()
    scope.read_module(tree)
    for node in tree.body:
        yield from _lint_nested(node, scope, path)


def _lint_nested(node: ast.AST, scope: Scope, path: str) -> Iterator[Finding]:
    """Walk to the generators, carrying the names of the functions around them."""
    if isinstance(node, ast.FunctionDef):
        decorators = {_decorator(each) for each in node.decorator_list}
        if "instance" in decorators:
            yield Finding(path, node.lineno, "instance-decorator", message("instance-decorator"))
            return
        if decorators & _GENERATORS:
            yield from _Generator(node, scope, path).check("always_comb" in decorators)
            return
        scope = Scope(scope)
        scope.read_function(node)
    for child in ast.iter_child_nodes(node):
        yield from _lint_nested(child, scope, path)


def _decorator(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        return call_name(node)
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


class _Generator:
    """The check of one generator body."""

    def __init__(self, function: ast.FunctionDef, scope: Scope, path: str):
        self.function = function
        self.path = path
        self.scope = Scope(scope)
        self.variables: set[str] = set()
        self.found: list[Finding] = []
        self.expressions = ExpressionCheck(self.scope, self.add)

    def check(self, combinational: bool) -> list[Finding]:
        if self.function.name in KEYWORDS:
            self.add(self.function, "keyword-name", self.function.name)
        for node in ast.walk(self.function):
            if isinstance(node, ast.For):
                self.scope.bind_loop(node)
        if combinational and not self._reads_signal():
            self.add(self.function, "no-signal-read")
        for statement in self.function.body:
            self._statement(statement)
        return self.found

    def add(self, node: Any, rule: str, detail: str = "") -> None:
        self.found.append(Finding(self.path, node.lineno, rule, message(rule, detail)))

    def _reads_signal(self) -> bool:
        written: set[int] = set()
        for node in ast.walk(self.function):
            if isinstance(node, ast.Attribute) and node.attr == "next":
                written.update(id(leaf) for leaf in ast.walk(node))
            if isinstance(node, ast.Call):
                written.add(id(node.func))
        decorators = {id(leaf) for each in self.function.decorator_list for leaf in ast.walk(each)}
        return any(
            isinstance(node, ast.Name)
            and isinstance(node.ctx, ast.Load)
            and self.scope.kinds.get(node.id, SIGNAL) == SIGNAL
            and id(node) not in written
            and id(node) not in decorators
            for node in ast.walk(self.function)
        )

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self._variable(node, name, value)
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self.expressions.target(target)
                self.expressions.right_hand_side(value)
            case ast.AugAssign():
                self.add(node, "augmented-assignment", ast.unparse(node))
            case ast.If(test=test) | ast.While(test=test) | ast.Assert(test=test):
                self.expressions.part(test)
                if isinstance(node, ast.If):
                    self._chain(node)
            case ast.Match(subject=subject, cases=cases):
                self.expressions.part(subject)
                for case in cases:
                    if isinstance(case.pattern, ast.MatchOr):
                        self.add(case.pattern, "match-alternatives", ast.unparse(case.pattern))
                    if isinstance(case.pattern, ast.MatchValue):
                        self._negative(case.pattern.value)
                    for statement in case.body:
                        self._statement(statement)
            case ast.For(iter=ast.Call(args=bounds)):
                for bound in bounds:
                    self.expressions.part(bound)
            case ast.Expr(value=value) if not isinstance(value, ast.Constant):
                self.expressions.part(value)
        if isinstance(node, ast.If | ast.For | ast.While):
            for statement in (*node.body, *node.orelse):
                self._statement(statement)

    def _chain(self, node: ast.If) -> None:
        """Flag negative constants where if and elif compare one name throughout: a case results."""
        tests = [node.test]
        while len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
            node = node.orelse[0]
            tests.append(node.test)
        choices = []
        names = set()
        for test in tests:
            match test:
                case ast.Compare(left=ast.Name(id=name), ops=[ast.Eq()], comparators=[choice]):
                    names.add(name)
                    choices.append(choice)
                case _:
                    return
        if len(tests) > 1 and len(names) == 1:
            for choice in choices:
                self._negative(choice)

    def _negative(self, node: ast.expr) -> None:
        value = self.scope.value(node)
        if value is not None and value < 0:
            self.add(node, "negative-choice", ast.unparse(node))

    def _variable(self, node: ast.stmt, name: str, value: ast.expr) -> None:
        """A plain local name: only a sized intbv, or a bool, has a width of its own."""
        self.scope.kinds[name] = SIGNAL
        sized = value.value if isinstance(value, ast.Subscript) else value
        if isinstance(sized, ast.Call) and call_name(sized) in ("intbv", "modbv"):
            return
        if isinstance(value, ast.Constant) and isinstance(value.value, bool):
            self.variables.add(name)
        elif name not in self.variables:
            self.add(node, "integer-variable", ast.unparse(node))
        self.expressions.right_hand_side(value)
