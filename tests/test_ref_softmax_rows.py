# SPDX-License-Identifier: Apache-2.0
"""The specifications of whole rows: against fractions and real numbers, in every order."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tritproof.ref.softmax import online_theorems
from tritproof.ref.softmax.divide import divide
from tritproof.ref.softmax.exp2 import exp2_neg
from tritproof.ref.softmax.online import online
from tritproof.ref.softmax.softmax import distances, softmax
from tritproof.ref.theorem import NotProvedError

K, P = 15, 24
WIDTHS = {"SCORE_WIDTH": 23, "MANTISSA_WIDTH": 16, "LEAST_SHIFT": 12, "SHIFT_WIDTH": 5,
          "Z_WIDTH": 15, "F": 10, "P": P, "K": K}
ONE = 1 << 12
"""The mantissa of the multiplier 1, with shift 0."""
SCORES = st.integers(-1 << 22, (1 << 22) - 1) | st.integers(-9000, 9000)
SIZES = (1, 2, 5)
"""Lengths of drawn rows: a length is traced once, which takes longer than to compute a row."""


def root_below(number, octaves_of_two):
    """The largest integer whose 2**octaves_of_two-th power is not above ``number``."""
    for _ in range(octaves_of_two):
        number = math.isqrt(number)
    return number


def powers_of_fractions(values):
    """floor(2**24 * 2**(-z / 2**10)) of each, by roots of integers alone."""
    below = [min(max(values) - value, (P + 1) << 10) for value in values]
    return [root_below((1 << (P << 10)) >> z, 10) for z in below]


@given(data=st.data(), mantissa=st.integers(0, (1 << 16) - 1), shift=st.integers(0, 31))
@settings(max_examples=60, deadline=None)
def test_probabilities_are_those_of_fractions(data, mantissa, shift):
    n = data.draw(st.sampled_from(SIZES))
    scores = data.draw(st.lists(SCORES, min_size=n, max_size=n))
    values = [math.floor(Fraction(score * mantissa, 1 << (12 + shift))) for score in scores]
    powers = powers_of_fractions(values)
    expected = [round(Fraction(power << K, sum(powers))) for power in powers]
    assert list(softmax.exact(scores, mantissa, shift, N=n, **WIDTHS)) == expected


def test_a_tie_of_probabilities_goes_to_the_even_neighbour():
    # The powers are 4, 4 and 8: a quarter, a quarter and a half.
    widths = WIDTHS | {"Z_WIDTH": 13, "P": 3}
    scores = [0, 0, 1 << 10]
    assert softmax.exact(scores, ONE, 0, N=3, **widths | {"K": 3}) == (2, 2, 4)
    assert softmax.exact(scores, ONE, 0, N=3, **widths | {"K": 1}) == (0, 0, 1)
    assert softmax.exact([0, 0], ONE, 0, N=2, **widths | {"K": 0}) == (0, 0)


@given(scores=st.lists(SCORES, min_size=5, max_size=5), order=st.permutations(range(5)))
@settings(max_examples=60, deadline=None)
def test_probabilities_do_not_depend_on_the_order(scores, order):
    found = softmax.exact(scores, 40000, 3, N=5, **WIDTHS)
    permuted = softmax.exact([scores[j] for j in order], 40000, 3, N=5, **WIDTHS)
    assert list(permuted) == [found[j] for j in order]


def row_of(values):
    """The probabilities of scaled scores, by the steps of the specification on arrays."""
    below = values.max() - values
    powers = exp2_neg.numpy(np.minimum(below, (1 << 15) - 1), Z_WIDTH=15, F=10, P=P)
    widths = {"N": P + 1 + K, "D": 35, "Q": K + 1, "ROUNDING": "half_even"}
    return divide.numpy(powers << K, powers.sum(), **widths)


def real_row_of(values):
    powers = np.exp2((values - values.max()) / (1 << 10))
    return powers / math.fsum(powers)


def test_the_steps_on_arrays_are_the_specification():
    rng = np.random.default_rng(1)
    for n in SIZES:
        scores = rng.integers(-9000, 9000, n)
        assert row_of(scores).tolist() == list(softmax.exact(scores, ONE, 0, N=n, **WIDTHS))


@st.composite
def long_rows(draw):
    n = draw(st.integers(1, 1024))
    octaves = draw(st.sampled_from([0.001, 1, 8, 30, 2000]))
    rng = np.random.default_rng(draw(st.integers(0, (1 << 32) - 1)))
    return np.rint(rng.normal(0, octaves * (1 << 10), n)).astype(np.int64)


@given(values=long_rows())
@settings(max_examples=300, deadline=None)
def test_probabilities_are_near_those_of_real_numbers(values):
    n, found = len(values), row_of(values)
    error = np.abs(found / (1 << K) - real_row_of(values)).max()
    # Half a unit of the result; a unit of a power for each score, of a sum that is at least 1.
    assert error <= 2.0 ** -(K + 1) + n * 2.0**-P < 2.0**-13
    assert abs(int(found.sum()) - (1 << K)) <= n / 2


def test_how_tight_the_bound_is():
    # 767 powers just below 1 and 256 just below 2: floors lose almost 1023 units of the sum, and
    # what is left puts the first probability just above 32767.5, from where it is rounded up.
    values = np.array([0] + 767 * [-(P << 10) - 1] + 256 * [-((P - 1) << 10) - 1])
    error = row_of(values)[0] / (1 << K) - real_row_of(values)[0]
    bound = 2.0 ** -(K + 1) + 1024 * 2.0**-P
    assert 0.998 * bound < error < bound


def test_distances_are_from_the_largest():
    assert distances.exact([-3, 4, -8, 4], N=4, WIDTH=4, Z_WIDTH=3) == (7, 0, 7, 0)
    assert distances.exact([-3, 4, -8, 4], N=4, WIDTH=4, Z_WIDTH=4) == (7, 0, 12, 0)


def test_the_maximum_rises():
    widths = {"WIDTH": 27, "F": 10, "P": P}
    octave, one = 1 << 10, 1 << P
    # 0, then one octave up: the power of the first is halved.
    row = [0, octave, octave]
    assert online.exact(row, N=3, **widths, TAU=0) == (1, one // 2 + 2 * one)
    # With an octave of room nothing moves, and every power is half as large.
    assert online.exact(row, N=3, **widths, TAU=1) == (0, one // 2 + 2 * one)
    # A rise of 40 octaves leaves nothing; a score of one unit counts as an octave.
    assert online.exact([0, 40 * octave, 0], N=3, **widths, TAU=0) == (40, one)
    assert online.exact([1, 0, 0], N=3, **widths, TAU=0)[0] == 1


def test_the_sum_of_one_pass_depends_on_the_order():
    widths = {"N": 3, "WIDTH": 4, "F": 1, "P": 1, "TAU": 0}
    # Two powers of 1.4: each rounded down to 1, then halved together, or halved first, to 0.7 each.
    assert online.exact([1, 1, 4], **widths) == (2, 1 + 2)
    assert online.exact([4, 1, 1], **widths) == (2, 2)


@given(data=st.data(), tau=st.sampled_from([0, 1, 4]))
@settings(max_examples=60, deadline=None)
def test_the_sum_of_one_pass_is_between_two_bounds(data, tau):
    n = data.draw(st.sampled_from((1, 3, 6)))
    values = st.integers(-1 << 20, (1 << 20) - 1) | st.integers(-9000, 9000)
    row = data.draw(st.lists(values, min_size=n, max_size=n))
    for order in (row, row[::-1], sorted(row), sorted(row, reverse=True)):
        highest, total = online.exact(order, N=n, WIDTH=21, F=10, P=P, TAU=tau)
        assert highest <= -(-max(row) >> 10) <= highest + tau
        below = [((highest + tau) << 10) - value for value in row]
        low = sum(exp2_neg.exact(z, Z_WIDTH=24, F=10, P=P) for z in below)
        real = math.fsum(2.0 ** (P - z / (1 << 10)) for z in below)
        assert low <= total <= real * (1 + 2.0**-50)


def wrong_by_one(row, **parameters):
    highest, total = online(row, **parameters)
    return highest, total + 1


def without_rescaling(row, *, N, F, P, TAU, **width):
    highest = online(row, N=N, F=F, P=P, TAU=TAU, **width)[0]
    return highest, sum(exp2_neg(max(-value, 0), Z_WIDTH=12, F=F, P=P) for value in row)


@pytest.mark.parametrize("wrong", [wrong_by_one, without_rescaling])
def test_a_false_sandwich_is_refused(monkeypatch, wrong):
    monkeypatch.setattr(online_theorems.online, "exact", wrong)
    with pytest.raises(NotProvedError, match=r"^the row \(-8, -8\): \d+ <= \d+ <= \d+ / 2\*\*40$"):
        online_theorems.online_sum_is_between(2, 4, 1, 4, 0)


def test_a_sum_below_its_floors_is_refused(monkeypatch):
    def too_low(row, **parameters):
        highest, total = online(row, **parameters)
        return highest, total - (row == (3, -1))

    monkeypatch.setattr(online_theorems.online, "exact", too_low)
    with pytest.raises(NotProvedError, match=r"^the row \(3, -1\): "):
        online_theorems.online_sum_is_between(2, 4, 1, 4, 0)
