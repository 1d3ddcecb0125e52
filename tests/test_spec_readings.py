# SPDX-License-Identifier: Apache-2.0
"""The Python, NumPy and SymPy readings of a specification agree."""

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from tritproof.ref.spec import (
    Array,
    Integer,
    bits,
    read_numpy,
    select,
    signed,
    signed_bits,
    specification,
    tree_levels,
    tree_sum,
    unsigned,
)

from .spec_support import INPUTS, STEP_NAMES, program

STEPS = st.lists(st.tuples(st.sampled_from(STEP_NAMES), st.integers(0, 19), st.integers(0, 19),
                           st.integers(0, 11)), max_size=12)
ARGUMENTS = st.tuples(*(
    st.integers(r.low, r.high) if isinstance(r, Integer)
    else st.tuples(*[st.integers(r.element.low, r.element.high)] * r.count)
    for r in INPUTS.values()))


@settings(max_examples=300, deadline=None)
@given(STEPS, st.lists(ARGUMENTS, min_size=1, max_size=4))
def test_random_specifications_read_alike(steps, rows):
    spec = program(steps)
    exact = [spec.exact(*row) for row in rows]
    trace = spec.trace()
    for result in exact:
        for value, root in zip(result, trace.roots, strict=True):
            assert root.range.low <= value <= root.range.high
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    assert spec.numpy(*columns).tolist() == [list(result) for result in exact]
    for row, result in zip(rows, exact, strict=True):
        assert spec.sympy(*row) == result


@specification({"x": signed(8), "y": unsigned(4)})
def mixed(x, y):
    return select(x < y, (x * 3 - y) // 4, bits(x, 6, 2) + (x >> 3) % 5)


def test_symbolic_expression_agrees_with_the_definition():
    expression, symbols = mixed.sympy(), mixed.symbols()
    for x in range(-128, 128, 5):
        for y in range(16):
            value = expression.subs({symbols["x"]: x, symbols["y"]: y})
            assert value == mixed.exact(x, y)


def test_numpy_reads_more_rows_than_it_evaluates_at_a_time():
    x = np.resize(np.arange(-128, 128), 2 * read_numpy.ROWS + 3)
    y = np.resize(np.arange(15, -1, -1), len(x))
    expected = np.where(x < y, (x * 3 - y) // 4, (x >> 2 & 0x1F) + (x >> 3) % 5)
    assert np.array_equal(mixed.numpy(x, y), expected)
    assert mixed.numpy(x[:0], y[:0]).shape == (0,)


def test_bit_fields_see_twos_complement():
    for x in range(-40, 40):
        assert bits(x, 4, 1) == int(f"{x % 64:06b}"[1:5], 2)
        assert signed_bits(x, 3, 0) == (x + 8) % 16 - 8


@pytest.mark.parametrize("count", range(1, 30))
def test_tree_levels_halve(count):
    levels = tree_levels(range(count))
    assert [len(level) for level in levels[1:]] == [-(-len(b) // 2) for b in levels[:-1]]
    assert levels[-1] == (sum(range(count)),) == (tree_sum(range(count)),)


def test_an_odd_last_leaf_passes_up_unchanged():
    assert tree_levels((1, 2, 3, 4, 5)) == ((1, 2, 3, 4, 5), (3, 7, 5), (10, 5), (15,))


def test_numpy_takes_int64_only_where_it_suffices():
    @specification({"x": signed(32)})
    def square(x):
        return x * x - 1

    @specification({"x": signed(32)})
    def wide(x):
        return x * x * 4

    assert square.numpy(np.array([-2**31])).dtype == np.int64
    result = wide.numpy(np.array([-2**31, 3]))
    assert result.dtype == object
    assert result.tolist() == [2**64, 36]
    assert wide.numpy(np.int64(-2**31)).item() == 2**64


def test_numpy_broadcasts_and_keeps_elements_last():
    @specification({"x": signed(8), "a": Array(2, signed(8))})
    def pair(x, a):
        return [x + a[0], a[1]]

    result = pair.numpy(np.array([[1], [2]]), np.array([[10, 20], [30, 40], [50, 60]]))
    assert result.shape == (2, 3, 2)
    assert result[1, 2].tolist() == [52, 60]


def test_parameters_have_defaults_and_traces_are_kept():
    @specification(lambda width: {"x": signed(width)})
    def double(x, *, width=8):
        return 2 * x

    assert double.trace() is double.trace(width=8)
    assert double.trace(width=9).result == Integer(-512, 510)
    assert double.exact(-300 + 44, width=9) == -512


def test_expression_equals_sympys_own():
    x, y = mixed.symbols()["x"], mixed.symbols()["y"]
    field = sympy.floor(x / 4) - 32 * sympy.floor(sympy.floor(x / 4) / 32)
    assert mixed.sympy().args[0][0] == sympy.floor((3 * x - y) / 4)
    assert mixed.sympy().args[1][0].has(field.args[0])
