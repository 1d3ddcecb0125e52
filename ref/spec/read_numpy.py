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
    last_use = {o.serial: n.serial for n in trace.nodes for o in n.operands}
    kept = {root.serial for root in trace.roots}
    values: dict[int, np.ndarray] = {}
    for node in trace.nodes:
        values[node.serial] = _evaluate(node, values, arrays, shape, dtype)
        for operand in node.operands:
            if last_use[operand.serial] == node.serial and operand.serial not in kept:
                values.pop(operand.serial, None)
    results = [np.broadcast_to(values[root.serial], (int(np.prod(shape)),)).reshape(shape)
               for root in trace.roots]
    return np.stack(results, axis=-1) if isinstance(trace.result, Array) else results[0]


def _evaluate(node: Node, values: dict, arrays: dict, shape: tuple, dtype: type) -> np.ndarray:
    # Values are one-dimensional: NumPy turns zero-dimensional object results back into int64.
    if node.operation == "input":
        name, index = node.payload
        array = arrays[name] if index is None else arrays[name][..., index]
        return np.broadcast_to(array, shape).reshape(-1)
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
