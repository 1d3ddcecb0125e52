# SPDX-License-Identifier: Apache-2.0
"""What could leave its declared range is refused at trace time, by name."""

import numpy as np
import pytest
from tritproof.ref.spec import (
    Array,
    Integer,
    RangeError,
    SpecificationError,
    bits,
    declare,
    lookup,
    minimum,
    select,
    signed,
    specification,
    unsigned,
)


def refused(body, error=RangeError, result=None, inputs=None):
    """The text with which tracing ``body`` is refused."""
    inputs = inputs or {"x": signed(4), "y": unsigned(3)}
    spec = specification(inputs, result)(body)
    with pytest.raises(error) as caught:
        spec.trace()
    with pytest.raises(error):
        spec.golden()
    return str(caught.value)


def test_result_outside_its_declared_range():
    def double(x, y):
        return x * 2 - y

    assert refused(double, result=signed(5)) == (
        "result of double = (x * 2) - y lies in [-23, 14], outside [-16, 15]: "
        "widen the declared range or bound the value")


def test_element_of_an_array_result():
    def pair(x, y):
        return [x, y]

    assert refused(pair, result=Array(2, signed(3))) == (
        "result[0] of pair = x lies in [-8, 7], outside [-4, 3]: "
        "widen the declared range or bound the value")


def test_wrong_number_of_results():
    def pair(x, y):
        return [x, y]

    assert refused(pair, result=signed(8)) == (
        "pair returns 2 integers, but its result is declared as [-128, 127]")
    assert refused(pair, result=Array(3, signed(8))) == (
        "pair returns 2 integers, but its result is declared as 3 x [-128, 127]")


def test_table_index_past_the_end():
    def pick(x, y):
        return lookup((1, 2, 3), y + 1)

    assert refused(pick) == (
        "in pick: table index y + 1 lies in [1, 8], outside [0, 2]: "
        "bound the index or lengthen the table")


def test_table_index_constant():
    def pick(x, y):
        return x + lookup((1, 2, 3), -1)

    assert refused(pick) == (
        "in pick: table index -1 lies in [-1, -1], outside [0, 2]: "
        "bound the index or lengthen the table")


def test_negative_shift():
    def shift(x, y):
        return x << (y - 1)

    assert refused(shift) == (
        "in shift: shift amount y - 1 lies in [-1, 6], outside [0, 65536]: "
        "bound it with minimum and maximum")


def test_division_by_what_may_be_zero():
    def divide(x, y):
        return x // y

    assert refused(divide) == (
        "in divide: divisor y lies in [0, 7], which contains zero: bound it away from zero")

    def remainder(x, y):
        return x % 0

    assert refused(remainder) == (
        "in remainder: divisor 0 lies in [0, 0], which contains zero: bound it away from zero")


def test_division_by_a_variable():
    def divide(x, y):
        return x // (y + 1)

    division = specification({"x": unsigned(3), "y": unsigned(3)})(divide)
    assert division.exact(7, 2) == division.numpy(7, 2) == 2
    with pytest.raises(SpecificationError) as caught:
        division.golden()
    assert str(caught.value) == (
        "x // (y + 1) has no SystemVerilog reading, since no solver divides by a variable: state "
        "the relation, dividend = quotient * divisor + remainder with 0 <= remainder < divisor")


def test_declared_intermediate_names_the_innermost_function():
    def inner(value):
        return declare(minimum(value, 5) * value, signed(5), "the product")

    def outer(x, y):
        return inner(x)

    assert refused(outer) == (
        "in inner: the product minimum(x, 5) * x lies in [-56, 64], outside [-16, 15]: "
        "widen the declared range or bound the value")


def test_long_expressions_are_cut():
    def long(x, y):
        for _ in range(9):
            x = x + y
        return lookup((1, 2), x)

    assert refused(long) == (
        "in long: table index (((... + y) + y) + y) + y lies in [-8, 70], outside [0, 1]: "
        "bound the index or lengthen the table")


def test_argument_of_a_nested_specification():
    @specification({"a": signed(4)})
    def narrow(a):
        return a + 1

    def wide(x, y):
        return narrow(x + y)

    assert refused(wide) == (
        "argument a of narrow = x + y lies in [-8, 14], outside [-8, 7]: "
        "widen the declared range or bound the value")


def test_width_without_bound():
    def grow(x, y):
        for _ in range(15):
            x = x * x
        return x

    assert refused(grow) == (
        "in grow: (... * ...) * (... * ...) needs 98306 bits, more than 65536: bound its operands")
    with pytest.raises(RangeError, match=r"outside \[about -2\*\*199, about 2\*\*198\]"):
        declare(1 << 200, signed(200))


def test_bit_numbers():
    def field(x, y):
        return bits(x, 1, 2)

    assert refused(field) == (
        "in field: bits 1 down to 2: bit numbers must satisfy 0 <= low <= high")


def test_python_control_flow():
    def branch(x, y):
        return x if x > y else y

    assert refused(branch, SpecificationError) == (
        "in branch: y < x is traced, so it has no truth value while tracing: "
        "use select, minimum, maximum, logical_and, logical_or, logical_not")

    def chained(x, y):
        return select(0 <= x < 3, 1, 0)

    assert "0 <= x is traced" in refused(chained, SpecificationError)

    def builtin(x, y):
        return max(x, y)

    assert "x < y is traced" in refused(builtin, SpecificationError)


def test_kinds_are_kept_apart():
    def count(x, y):
        return select(x < 0, 1, 0) + minimum(x < 0, 3)

    assert refused(count, SpecificationError) == (
        "in count: minimum needs an integer, not x < 0: use select(condition, 1, 0)")

    def truth(x, y):
        return select(x, 1, 0)

    assert refused(truth, SpecificationError) == (
        "in truth: select needs a condition, not x: compare it, for example != 0")

    def fraction(x, y):
        return x * 0.5

    assert refused(fraction, SpecificationError) == (
        "in fraction: 0.5 is not an integer: specifications are exact, so scale fractions to "
        "integers first")


def test_values_of_another_trace():
    kept = []

    @specification({"x": signed(4)})
    def keep(x):
        kept.append(x)
        return x

    keep.trace()

    def mix(x, y):
        return x + kept[0]

    assert refused(mix, SpecificationError) == (
        "in mix: x belongs to another trace: pass it as an input")


def test_declared_inputs_are_the_functions():
    def body(x, z):
        return x

    assert refused(body, SpecificationError) == (
        "body: the inputs declared are ['x', 'y'], but the function takes ['x', 'z']: "
        "make them equal")


@specification(lambda n: {"a": Array(n, signed(4))})
def total(a, *, n):
    """The sum."""
    return sum(a)


def test_arguments_outside_their_range():
    with pytest.raises(RangeError) as caught:
        total.exact([1, 8], n=2)
    assert str(caught.value) == (
        "argument a[1] of total = 8 lies in [8, 8], outside [-8, 7]: "
        "widen the declared range or bound the value")
    with pytest.raises(RangeError) as caught:
        total.exact([1], n=2)
    assert str(caught.value) == "argument a of total has 1 elements, not 2"
    with pytest.raises(RangeError) as caught:
        total.numpy(np.array([[1, 2], [3, -9]]), n=2)
    assert str(caught.value) == "argument a: element (1, 1) is -9, outside [-8, 7]"
    with pytest.raises(RangeError) as caught:
        total.numpy(np.array([1, 2, 3]), n=2)
    assert str(caught.value) == (
        "argument a has shape (3,): its last axis must have 2 elements")
    with pytest.raises(TypeError) as caught:
        total.numpy(np.array([1.0, 2.0]), n=2)
    assert str(caught.value) == "argument a has dtype float64: pass an integer array"


def test_parameters_are_named():
    with pytest.raises(TypeError) as caught:
        total.exact([1, 2])
    assert str(caught.value) == "total(a, *, n): missing a required argument: 'n'"


def test_ranges_are_not_empty():
    with pytest.raises(ValueError, match=r"Integer\(1, 0\): low must not be above high"):
        Integer(1, 0)
    with pytest.raises(ValueError, match=r"Array\(0, ...\): count must be at least 1"):
        Array(0, Integer(0, 1))


@pytest.mark.parametrize("low, high, width, signed_width", [
    (0, 0, 1, 1), (0, 1, 1, 2), (-1, 0, 1, 1), (-1, 1, 2, 2), (0, 255, 8, 9), (-128, 127, 8, 8),
    (-129, 0, 9, 9), (0, 256, 9, 10), (-384, 384, 10, 10), (3, 5, 3, 4), (-9, -5, 5, 5)])
def test_widths(low, high, width, signed_width):
    assert (Integer(low, high).width, Integer(low, high).signed_width) == (width, signed_width)
