# SPDX-License-Identifier: Apache-2.0
"""The softmax specifications against real numbers, and their theorems."""

from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from tritproof.ref.softmax import theorems
from tritproof.ref.softmax.divide import ROUNDINGS, divide, is_quotient, rounded_quotient
from tritproof.ref.softmax.exp2 import exp2_neg, exp2_table
from tritproof.ref.softmax.row_max import row_max
from tritproof.ref.theorem import NotProvedError

WIDTHS = {"N": 50, "D": 35, "Q": 16}


def test_every_theorem_is_proved():
    proved = theorems.prove_all()
    assert len({theorem.name for theorem in proved}) == len(proved) >= 6


def test_a_false_theorem_is_refused(monkeypatch):
    wrong = list(exp2_table(3, 5))
    wrong[5] += 1
    monkeypatch.setattr(theorems, "exp2_table", lambda F, P: tuple(wrong))
    with pytest.raises(NotProvedError, match=r"^fraction 5 / 2\*\*3: 21 is not the floor"):
        theorems.exp2_table_is_rounded_down(3, 5)
    monkeypatch.setattr(theorems.is_quotient, "exact", lambda *given, **widths: 1)
    with pytest.raises(NotProvedError, match=r"^0 / 0: the relation holds for \[0, 1, 2"):
        theorems.quotient_relation_is_division(6, 4, 3, "floor")


@given(z=st.integers(0, (1 << 15) - 1))
def test_powers_are_rounded_down_once(z):
    found = exp2_neg.exact(z, Z_WIDTH=15, F=10, P=24)
    real = sympy.Integer(2) ** (24 - sympy.Rational(z, 1 << 10))
    assert found == int(sympy.floor(real))


def test_powers_at_the_ends():
    def power(z):
        return exp2_neg.exact(z, Z_WIDTH=24, F=10, P=24)

    assert power(0) == 1 << 24
    assert power(24 << 10) == 1
    assert power((24 << 10) + 1) == power((1 << 24) - 1) == 0


def reference(dividend, divisor, rounding, quotient_width):
    if divisor == 0 or dividend // divisor >> quotient_width:
        return (2 << quotient_width + (rounding == "half_even")) - 1
    exact = Fraction(int(dividend), int(divisor))
    return round(exact) if rounding == "half_even" else int(exact)


@pytest.mark.parametrize("rounding", ROUNDINGS)
@given(data=st.data())
def test_quotients_are_those_of_fractions(rounding, data):
    divisor = data.draw(st.integers(0, (1 << 35) - 1))
    quotient = data.draw(st.integers(0, (1 << 16) - 1))
    twice = data.draw(st.integers(-2, 2)) + data.draw(st.sampled_from([0, 1, 2])) * divisor
    dividend = max(0, min(quotient * divisor + twice // 2, (1 << 50) - 1))
    found = divide.exact(dividend, divisor, **WIDTHS, ROUNDING=rounding)
    assert found == reference(dividend, divisor, rounding, 16)
    assert is_quotient.exact(found, dividend, divisor, **WIDTHS, ROUNDING=rounding) == 1
    array = divide.numpy(np.array([dividend]), np.array([divisor]), **WIDTHS, ROUNDING=rounding)
    assert array.tolist() == [found]


def test_a_tie_goes_to_the_even_neighbour():
    rounded = [rounded_quotient.exact(q, 2, 4, D=4, Q=3, ROUNDING="half_even") for q in range(8)]
    assert rounded == [0, 2, 2, 4, 4, 6, 6, 8]


def test_the_largest_of_a_row():
    assert row_max.exact([-8, -3, -5], N=3, WIDTH=4) == -3
    assert row_max.exact([-8], N=1, WIDTH=4) == -8
