# SPDX-License-Identifier: Apache-2.0
"""One pure function over integers, and its four readings."""

from __future__ import annotations

import functools
import inspect
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from tritproof.ref.spec.errors import RangeError, SpecificationError
from tritproof.ref.spec.graph import Condition, Graph, Node, Value, text, unparenthesised
from tritproof.ref.spec.operations import select
from tritproof.ref.spec.ranges import Array, Integer


@dataclass(frozen=True)
class Trace:
    """The graph of one specification at fixed parameters.

    ``inputs`` are the declared ranges by name, ``result`` the declared (or else inferred) range,
    ``roots`` the traced results in order, ``nodes`` what they depend on, operands first.
    """

    title: str
    inputs: Mapping[str, Integer | Array]
    result: Integer | Array
    roots: tuple[Value, ...] = field(repr=False)
    nodes: tuple[Node, ...] = field(repr=False)


class Specification:
    """What :func:`specification` makes of a function; see there."""

    def __init__(self, function: Callable, inputs, result):
        self.function, self.name = function, function.__name__
        self._inputs, self._result = inputs, result
        functools.update_wrapper(self, function)
        self._signature = inspect.signature(function)
        self._traces: dict[tuple, Trace] = {}

    def __call__(self, *arguments, **parameters):
        """The function itself, for use inside another specification: integers or traced values.

        Raises:
            RangeError: an argument may leave its declared range, or the result its own.
        """
        arguments, parameters = self._split(arguments, parameters)
        inputs, declared = self.inputs(**parameters), self._declared_result(parameters)
        checked = [_accept(self.name, name, range_, argument)
                   for (name, range_), argument in zip(inputs.items(), arguments, strict=True)]
        result = _as_integers(self.function(*checked, **parameters))
        _check_result(self.name, result, declared)
        return result

    def inputs(self, **parameters) -> Mapping[str, Integer | Array]:
        """The declared range of every input, in order."""
        _, parameters = self._split(None, parameters)
        ranges = self._inputs(**parameters) if callable(self._inputs) else self._inputs
        names = [p.name for p in self._signature.parameters.values() if p.kind != p.KEYWORD_ONLY]
        if list(ranges) != names:
            raise SpecificationError(f"{self.name}: the inputs declared are {list(ranges)}, but "
                                     f"the function takes {names}: make them equal")
        return MappingProxyType(dict(ranges))

    def exact(self, *arguments, **parameters):
        """The definition: integers in, an integer (or a tuple of them) out.

        Raises:
            RangeError: an argument is outside its declared range, or :meth:`trace` fails.
        """
        arguments, parameters = self._split(arguments, parameters)
        self.trace(**parameters)
        return self(*arguments, **parameters)

    def numpy(self, *arguments, **parameters):
        """The same for arrays of any broadcastable shapes; an Array input or result has its
        elements along the last axis.

        The dtype of the result is int64 where every intermediate fits 63 bits and a sign, else
        object.

        Raises:
            RangeError: an element is outside its declared range, or :meth:`trace` fails.
            TypeError: an argument is not of an integer dtype.
        """
        from tritproof.ref.spec.read_numpy import evaluate
        arguments, parameters = self._split(arguments, parameters)
        return evaluate(self.trace(**parameters), arguments)

    def sympy(self, *arguments, **parameters):
        """The same for SymPy expressions: an expression (or a tuple of them).

        Without arguments the inputs are integer symbols with the names of the inputs, or
        ``name_j`` for element j of an Array (:meth:`symbols`).

        Raises:
            RangeError: :meth:`trace` fails.
        """
        from tritproof.ref.spec.read_sympy import evaluate
        if not arguments:
            arguments = tuple(self.symbols(**parameters).values())
        arguments, parameters = self._split(arguments, parameters)
        return evaluate(self.trace(**parameters), arguments)

    def symbols(self, **parameters) -> dict[str, object]:
        """An integer SymPy symbol (for an Array, a tuple of symbols) by input name."""
        from tritproof.ref.spec.read_sympy import symbols
        return symbols(self.inputs(**parameters))

    def golden(self, name: str | None = None, *, minimum_width: int = 0, argument_width: int = 0,
               **parameters) -> str:
        """A SystemVerilog function ``name`` (default: ``golden_`` and the specification's name).

        One argument per input, in order: an integer in ``Integer.width`` bits, but never in fewer
        than ``argument_width``, an Array packed with element 0 lowest. A single result is returned
        signed; an Array result is returned packed and unsigned. Arguments outside the declared
        range give an unspecified result. Every intermediate value and a single result are kept in
        the fewest bits for their range, but never in fewer than ``minimum_width``: a solver
        compares sums fastest when both sides are formed in one width.

        Raises:
            RangeError: :meth:`trace` fails.
        """
        from tritproof.ref.spec.write_systemverilog import function
        return function(name or f"golden_{self.name}", self.trace(**parameters),
                        minimum_width, argument_width)

    def trace(self, **parameters) -> Trace:
        """Run the function once on traced inputs; kept per parameters.

        Raises:
            RangeError: a value may leave its range; names the function and the expression.
            SpecificationError: the function uses what only some readings understand.
        """
        _, parameters = self._split(None, parameters)
        key = tuple(parameters.items())
        if key not in self._traces:
            self._traces[key] = self._trace(parameters)
        return self._traces[key]

    def _trace(self, parameters: dict) -> Trace:
        graph, inputs = Graph(), self.inputs(**parameters)
        arguments = [_traced_input(graph, name, range_) for name, range_ in inputs.items()]
        returned = self(*arguments, **parameters)
        several = isinstance(returned, tuple)
        roots = tuple(v if isinstance(v, Value) else graph.constant(v)
                      for v in (returned if several else (returned,)))
        result = self._declared_result(parameters)
        if result is None:
            hull = roots[0].range.hull(*(root.range for root in roots[1:]))
            result = Array(len(roots), hull) if several else hull
        shown = ", ".join(f"{name}={value}" for name, value in parameters.items())
        return Trace(f"{self.name}({shown})" if shown else self.name, inputs, result, roots,
                     _reachable(roots))

    def _declared_result(self, parameters: dict) -> Integer | Array | None:
        return self._result(**parameters) if callable(self._result) else self._result

    def _split(self, arguments: tuple | None, parameters: Mapping) -> tuple[tuple, dict]:
        """The inputs in order and the parameters with their defaults; None: parameters only."""
        names = self._signature.parameters.values()
        keyword_only = {p.name for p in names if p.kind == p.KEYWORD_ONLY}
        try:
            if arguments is None:
                blanks = (None,) * (len(names) - len(keyword_only))
                bound = self._signature.bind(*blanks, **parameters)
            else:
                bound = self._signature.bind(*arguments, **parameters)
        except TypeError as error:
            raise TypeError(f"{self.name}{self._signature}: {error}") from None
        bound.apply_defaults()
        return bound.args, {k: v for k, v in bound.arguments.items() if k in keyword_only}


def specification(inputs: Mapping | Callable, result: Integer | Array | Callable | None = None):
    """Make a specification of a pure function.

    The function takes its inputs by position and its parameters (hashable constants) by keyword
    only. It returns an integer or condition (a condition counts as 0 or 1), or a list or tuple
    of them. Write it with Python's operators and :mod:`tritproof.ref.spec.operations`;
    ``if``, ``min`` and the like on values are refused at trace time.

    Args:
        inputs: the range (:class:`Integer` or :class:`Array`) of every input by name, or a
            function of the parameters that gives it.
        result: the declared range of the result, or a function of the parameters that gives it;
            None infers it by interval arithmetic.
    """
    return lambda function: Specification(function, inputs, result)


def _traced_input(graph: Graph, name: str, range_: Integer | Array):
    if isinstance(range_, Integer):
        return graph.input(name, None, range_)
    return tuple(graph.input(name, j, range_.element) for j in range(range_.count))


def _accept(owner: str, name: str, range_: Integer | Array, argument):
    if isinstance(range_, Integer):
        return _accept_integer(f"argument {name} of {owner}", range_, argument)
    if len(argument) != range_.count:
        raise RangeError(f"argument {name} of {owner} has {len(argument)} elements, "
                         f"not {range_.count}")
    return tuple(_accept_integer(f"argument {name}[{j}] of {owner}", range_.element, element)
                 for j, element in enumerate(argument))


def _accept_integer(role: str, range_: Integer, argument):
    if isinstance(argument, Value):
        lies_in = argument.range
    elif isinstance(argument, Condition):
        raise SpecificationError(f"{role} is the condition {argument!r}: use select(..., 1, 0)")
    else:
        argument = operator.index(argument)
        lies_in = Integer(argument, argument)
    if not range_.contains(lies_in):
        shown = f"= {unparenthesised(text(argument))}"
        raise RangeError(f"{role} {shown} lies in {lies_in}, outside {range_}: "
                         "widen the declared range or bound the value")
    return argument


def _as_integers(returned):
    if isinstance(returned, (list, tuple)):
        return tuple(_as_integer(value) for value in returned)
    return _as_integer(returned)


def _as_integer(value):
    if isinstance(value, Condition):
        return select(value, 1, 0)
    return value if isinstance(value, Value) else operator.index(value) + 0


def _check_result(owner: str, result, declared: Integer | Array | None) -> None:
    if declared is None:
        return
    got = f"{len(result)} integers" if isinstance(result, tuple) else "one integer"
    mismatch = RangeError(f"{owner} returns {got}, but its result is declared as {declared}")
    if isinstance(declared, Integer):
        if isinstance(result, tuple):
            raise mismatch
        _accept_integer(f"result of {owner}", declared, result)
        return
    if not isinstance(result, tuple) or len(result) != declared.count:
        raise mismatch
    for j, value in enumerate(result):
        _accept_integer(f"result[{j}] of {owner}", declared.element, value)


def _reachable(roots: tuple[Value, ...]) -> tuple[Node, ...]:
    found: dict[int, Node] = {}
    pending: list[Node] = list(roots)
    while pending:
        node = pending.pop()
        if node.serial not in found:
            found[node.serial] = node
            pending.extend(node.operands)
    return tuple(found[serial] for serial in sorted(found))
