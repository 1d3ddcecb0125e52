# SPDX-License-Identifier: Apache-2.0
"""The ternary specifications against NumPy's own matrix product, and their theorems."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tritproof.ref.ternary import theorems
from tritproof.ref.ternary.codes import GROUPS, ORDERS, decode, encode, half_order, trits_of
from tritproof.ref.ternary.dot import (
    half_entry,
    half_table,
    signed_sum,
    term_sum,
    ternary_dot,
    tlmm_beat,
)
from tritproof.ref.ternary.matvec import (
    accumulator_width,
    matvec,
    matvec_by_steps,
    step_codes,
    step_count,
    steps,
    widest_case,
)
from tritproof.ref.ternary.swar import swar_sums, swar_sums_packed

CORNERS = np.array([-128, -127, -1, 0, 1, 85, 127])


def test_every_theorem_is_proved():
    proved = theorems.prove_all()
    assert len({theorem.name for theorem in proved}) == len(proved) >= 30


def test_a_false_theorem_is_refused(monkeypatch):
    wrong = list(trits_of("base3", 2))
    wrong[3], wrong[4] = wrong[4], wrong[3]
    monkeypatch.setattr(theorems, "trits_of", lambda order, group: tuple(wrong))
    with pytest.raises(theorems.NotProvedError, match=r"^code 3: .* is not "):
        theorems.full_table_is_dot(2, "base3")
    monkeypatch.setattr(theorems, "accumulator_width", lambda inputs, activation: 20)
    with pytest.raises(theorems.NotProvedError, match="20 bits are not"):
        theorems.accumulator_width_is_exact(4096)
    monkeypatch.setattr(theorems, "LANE_PITCH", 11)
    with pytest.raises(theorems.NotProvedError, match="3 patterns overflow a lane of 11 bits"):
        theorems.swar_lanes_are_isolated()


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("group", GROUPS)
def test_dot_of_every_code_at_the_corners(order, group):
    vectors = np.array(trits_of(order, group))
    corners = CORNERS if group < 4 else CORNERS[[0, 3, 6]]
    activations = np.array(list(product(corners, repeat=group)))
    found = ternary_dot.numpy(np.arange(len(vectors))[:, None], activations, G=group,
                              CODE_ORDER=order)
    assert found.tolist() == (vectors @ activations.T).tolist()
    assert ternary_dot.exact(1, [5] * group, G=group, CODE_ORDER=order) == 5 * sum(vectors[1])


@pytest.mark.parametrize("group", GROUPS)
def test_half_table_and_its_entries(group):
    activations = np.random.default_rng(group).integers(-128, 128, (50, group))
    table = half_table.numpy(activations, G=group)
    assert (table[:, 0] == 0).all()
    assert (table[:, 1:] == activations @ np.array(half_order(group)).T).all()
    words = half_entry.inputs(G=group)["index"].high + 1
    for index in range(words):
        entry = half_entry.numpy(index, activations, G=group)
        assert (entry == (table[:, index] if index < table.shape[1] else 0)).all()


def test_packed_sums_equal_the_sums_at_the_corners():
    activations = np.array(list(product((*CORNERS, -64, 63, 100), repeat=3)))
    sums = swar_sums.numpy(activations)
    assert (sums == activations @ np.array(half_order(3)).T).all()
    assert (swar_sums_packed.numpy(activations) == sums).all()


@pytest.mark.slow
def test_packed_sums_equal_the_sums_for_all_triples():
    pairs = np.array(list(product(range(-128, 128), repeat=2)))
    for first in range(-128, 128):
        activations = np.column_stack([np.full(len(pairs), first), pairs])
        assert (swar_sums_packed.numpy(activations) == swar_sums.numpy(activations)).all()


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_signed_sum_is_the_sum_of_its_terms(terms, seed):
    random = np.random.default_rng(seed)
    negates, values = random.integers(0, 2, terms), random.integers(-512, 512, terms)
    total = int(np.where(negates, -values, values).sum())
    assert signed_sum.numpy(negates, values, T=terms, WIDTH=10) == total
    signed = np.where(negates, -values, values)
    assert term_sum.numpy(signed, T=terms, BOUND=512) == total
    assert term_sum.exact(signed, T=terms, BOUND=512) == total


def test_one_beat_at_production_size():
    random = np.random.default_rng(7)
    codes, activations = random.integers(0, 32, 28), random.integers(-128, 128, 84)
    trits = decode("sign_index", 3, codes).reshape(-1).astype(int)
    assert tlmm_beat.numpy(codes, activations, G=3, T=28,
                           CODE_ORDER="sign_index") == trits @ activations
    assert tlmm_beat.exact(codes, activations, G=3, T=28,
                           CODE_ORDER="sign_index") == trits @ activations


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(GROUPS), st.integers(1, 6), st.sampled_from(ORDERS), st.integers(1, 70),
       st.integers(1, 20), st.integers(0, 2**32 - 1))
def test_steps_give_the_product(group, tables, order, inputs, outputs, seed):
    random = np.random.default_rng(seed)
    weights = random.integers(-1, 2, (outputs, inputs))
    activations = random.integers(-128, 128, inputs)
    shape = {"G": group, "T": tables}
    codes = step_codes(weights, CODE_ORDER=order, **shape)
    assert codes.shape == (step_count(inputs, **shape), outputs, tables)
    assert steps(activations, **shape).shape == (len(codes), tables * group)
    assert steps(activations, **shape).reshape(-1)[:inputs].tolist() == activations.tolist()
    expected = weights @ activations
    assert matvec(weights, activations).tolist() == expected.tolist()
    found = matvec_by_steps(weights, activations, CODE_ORDER=order, **shape)
    assert found.tolist() == expected.tolist()


@pytest.mark.parametrize("inputs, value", [(2560, 127), (6912, 127), (2560, -128), (6912, -128)])
def test_extreme_rows_are_exact(inputs, value):
    weights = np.ones((2, inputs), dtype=np.int8)
    activations = np.full(inputs, value, dtype=np.int8)
    assert matvec(weights, activations).tolist() == [inputs * value] * 2
    shape = {"G": 3, "T": 28, "CODE_ORDER": "tellme"}
    assert matvec_by_steps(weights, activations, **shape).tolist() == [inputs * value] * 2


@pytest.mark.parametrize("inputs, width", [(1, 9), (4096, 21), (4095, 20), (4116, 21), (6912, 21)])
def test_accumulator_widths(inputs, width):
    weights, activations = widest_case(inputs)
    assert accumulator_width(inputs) == width
    assert matvec(weights[None], activations)[0] == 128 * inputs >= 1 << (width - 2)


@pytest.mark.parametrize("inputs", [1536, 2560, 6912])
def test_products_by_float64_are_those_of_integers(inputs):
    random = np.random.default_rng(inputs)
    weights, rows = random.integers(-1, 2, (64, inputs)), random.integers(-128, 128, (8, inputs))
    rows[0], weights[0] = -128, 1
    assert np.array_equal(matvec(weights, rows), rows @ weights.T)


def test_a_row_that_float64_cannot_sum_exactly_is_refused():
    shape = (1, 1 << 45)
    weights = np.broadcast_to(np.int8(0), shape)
    with pytest.raises(ValueError, match="^35184372088832 inputs need more than 53 accumulator"):
        matvec(weights, np.broadcast_to(np.int8(0), shape[1:]))


def test_many_rows_at_once():
    random = np.random.default_rng(3)
    weights, rows = random.integers(-1, 2, (5, 9)), random.integers(-128, 128, (4, 9))
    assert matvec(weights, rows).tolist() == (rows @ weights.T).tolist()


def test_wrong_use_is_named():
    good = np.zeros((2, 3), dtype=np.int8)
    with pytest.raises(ValueError, match=r"^weights of shape \(2, 3\) and activations of shape "
                                         r"\(4,\): need \(outputs, inputs\) and \(..., inputs\)$"):
        matvec(good, np.zeros(4, dtype=np.int8))
    with pytest.raises(ValueError, match=r"^weights: element \(1, 2\) is 2, outside \[-1, 1\]$"):
        matvec([[0, 0, 0], [0, 0, 2]], [1, 2, 3])
    with pytest.raises(ValueError, match=r"^activations: element \(0,\) is 128, outside"):
        matvec(good, [128, 0, 0])
    with pytest.raises(ValueError, match=r"^activations have dtype float64: pass integers$"):
        matvec(good, [0.5, 0, 0])
    with pytest.raises(ValueError, match=r"^a dot product needs at least 1 activation, not 0$"):
        accumulator_width(0)


def test_codes_of_padding_are_zero_vectors():
    codes = step_codes(np.ones((1, 4), dtype=int), G=3, T=2, CODE_ORDER="base3")
    assert codes.tolist() == [[[26, int(encode("base3", [1, 0, 0]))]]]
