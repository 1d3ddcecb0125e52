# SPDX-License-Identifier: Apache-2.0
"""The SymPy reading of a trace."""

from __future__ import annotations

import sympy
from tritproof.ref.spec.graph import Node
from tritproof.ref.spec.ranges import Array, Integer

_FUNCTIONS = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "floor_divide": lambda a, b: sympy.floor(a / b),
    "modulo": lambda a, b: a - b * sympy.floor(a / b),
    "shift_left": lambda a, n: a * 2**n,
    "shift_right": lambda a, n: sympy.floor(a / 2**n),
    "negate": lambda a: -a,
    "absolute": sympy.Abs,
    "minimum": sympy.Min,
    "maximum": sympy.Max,
    "select": lambda condition, a, b: sympy.Piecewise((a, condition), (b, True)),
    "lookup": lambda index, *table: _lookup(index, table),
    "less": sympy.Lt,
    "less_equal": sympy.Le,
    "equal": sympy.Eq,
    "not_equal": sympy.Ne,
    "logical_and": sympy.And,
    "logical_or": sympy.Or,
    "logical_not": sympy.Not,
}


def _lookup(index, table: tuple):
    if index.is_Integer:
        return table[int(index)]
    cases = ((entry, sympy.Eq(index, j)) for j, entry in enumerate(table[:-1]))
    return sympy.Piecewise(*cases, (table[-1], True))


def symbols(inputs) -> dict[str, object]:
    """Integer symbols by input name; a tuple ``name_0, name_1, ...`` for an Array."""
    return {name: sympy.Symbol(name, integer=True) if isinstance(range_, Integer)
            else tuple(sympy.Symbol(f"{name}_{j}", integer=True) for j in range(range_.count))
            for name, range_ in inputs.items()}


def evaluate(trace, arguments: tuple):
    """The results of ``trace`` for expressions of its inputs; see ``Specification.sympy``."""
    given = {name: tuple(map(sympy.sympify, a)) if isinstance(range_, Array) else sympy.sympify(a)
             for (name, range_), a in zip(trace.inputs.items(), arguments, strict=True)}
    values: dict[int, object] = {}
    for node in trace.nodes:
        values[node.serial] = _evaluate(node, values, given)
    results = tuple(values[root.serial] for root in trace.roots)
    return results if isinstance(trace.result, Array) else results[0]


def _evaluate(node: Node, values: dict, given: dict):
    if node.operation == "input":
        name, index = node.payload
        return given[name] if index is None else given[name][index]
    if node.operation == "constant":
        return sympy.sympify(node.payload)
    return _FUNCTIONS[node.operation](*(values[operand.serial] for operand in node.operands))
