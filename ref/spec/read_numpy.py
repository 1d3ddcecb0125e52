# SPDX-License-Identifier: Apache-2.0
"""The NumPy reading of a trace."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from tritproof.ref.spec.errors import RangeError
from tritproof.ref.spec.graph import Node, Value
from tritproof.ref.spec.ranges import Array, Integer, signed

_FUNCTIONS: dict[str, Callable] = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "floor_divide": np.floor_divide,
    "modulo": np.mod,
    "shift_left": np.left_shift,
    "shift_right": np.right_shift,
    "negate": np.negative,
    "absolute": np.absolute,
    "minimum": np.minimum,
    "maximum": np.maximum,
    "select": np.where,
    "less": np.less,
    "less_equal": np.less_equal,
    "equal": np.equal,
    "not_equal": np.not_equal,
    "logical_and": np.logical_and,
    "logical_or": np.logical_or,
    "logical_not": np.logical_not,
}

_BY_BITS: dict[str, Callable] = {
    "floor_divide": lambda a, power: a >> power.bit_length() - 1,
    "modulo": lambda a, power: a & power - 1,
}
"""The same by a power of two, many times faster; both round towards minus infinity. Divisors are
positive: a trace turns negative ones."""

ROWS = 1 << 15
"""Rows evaluated at a time: their values stay in the processor's cache."""


def dtype_for(nodes: tuple[Node, ...]) -> type:
    """int64 if every value of the trace fits, else object (Python integers)."""
    fits = all(signed(64).contains(n.range) for n in nodes if isinstance(n, Value))
    return np.int64 if fits else object


def evaluate(trace, arguments: tuple) -> np.ndarray:
    """The results of ``trace`` for arrays of its inputs; see ``Specification.numpy``."""
    dtype = dtype_for(trace.nodes)
    arrays = {name: _checked(name, range_, argument, dtype) for (name, range_), argument
              in zip(trace.inputs.items(), arguments, strict=True)}
    shape = np.broadcast_shapes(*(
        a.shape[:-1] if isinstance(trace.inputs[n], Array) else a.shape
        for n, a in arrays.items()))
    inputs = {node.serial: _input(node, arrays, shape) for node in trace.nodes
              if node.operation == "input"}
    count = int(np.prod(shape))
    parts = [_evaluate_rows(trace, inputs, slice(start, min(start + ROWS, count)), dtype)
             for start in range(0, max(count, 1), ROWS)]
    results = [np.concatenate(column).reshape(shape) for column in zip(*parts, strict=True)]
    return np.stack(results, axis=-1) if isinstance(trace.result, Array) else results[0]


def _input(node: Node, arrays: dict, shape: tuple) -> np.ndarray:
    # Values are one-dimensional: NumPy turns zero-dimensional object results back into int64.
    name, index = node.payload
    array = arrays[name] if index is None else arrays[name][..., index]
    return np.broadcast_to(array, shape).reshape(-1)


def _evaluate_rows(trace, inputs: dict, rows: slice, dtype: type) -> list[np.ndarray]:
    """The results for some rows of the inputs, which are given by the serials of their nodes."""
    last_use = {o.serial: n.serial for n in trace.nodes for o in n.operands}
    kept = {root.serial for root in trace.roots}
    values: dict[int, np.ndarray] = {}
    for node in trace.nodes:
        given = inputs.get(node.serial)
        values[node.serial] = _evaluate(node, values, dtype) if given is None else given[rows]
        for operand in node.operands:
            if last_use[operand.serial] == node.serial and operand.serial not in kept:
                values.pop(operand.serial, None)
    return [np.broadcast_to(values[root.serial], (rows.stop - rows.start,))
            for root in trace.roots]


def _evaluate(node: Node, values: dict, dtype: type) -> np.ndarray:
    if node.operation == "constant":
        return np.array([node.payload], dtype=bool if isinstance(node.payload, bool) else dtype)
    operands = [values[operand.serial] for operand in node.operands]
    if node.operation == "lookup":
        index, *table = operands
        if all(entry.operation == "constant" for entry in node.operands[1:]):
            return np.concatenate(table)[index.astype(np.int64)]
        result = table[0]
        for j, entry in enumerate(table[1:], start=1):
            result = np.where(index == j, entry, result)
        return result
    rest = [o.payload if o.operation == "constant" else None for o in node.operands[1:]]
    if node.operation == "select" and rest == [1, 0] and dtype is np.int64:
        return operands[0].astype(dtype)
    if node.operation in _BY_BITS and rest[0] is not None and rest[0].bit_count() == 1:
        return _BY_BITS[node.operation](operands[0], rest[0])
    return _FUNCTIONS[node.operation](*operands)


def _checked(name: str, range_: Integer | Array, argument, dtype: type) -> np.ndarray:
    array = np.asarray(argument)
    if array.size and array.dtype != object and not np.issubdtype(array.dtype, np.integer):
        raise TypeError(f"argument {name} has dtype {array.dtype}: pass an integer array")
    element = range_.element if isinstance(range_, Array) else range_
    if isinstance(range_, Array) and array.shape[-1:] != (range_.count,):
        raise RangeError(f"argument {name} has shape {array.shape}: its last axis must have "
                         f"{range_.count} elements")
    outside = (array < element.low) | (array > element.high)
    if np.any(outside):
        place = tuple(int(i) for i in np.argwhere(outside)[0])
        raise RangeError(f"argument {name}: element {place} is {array[place]}, "
                         f"outside {element}")
    return array.astype(dtype)
