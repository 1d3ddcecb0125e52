# SPDX-License-Identifier: Apache-2.0
"""The code orders: published order reproduced, every vector once, illegal codes zero."""

from itertools import product

import numpy as np
import pytest
from tritproof.ref.ternary.codes import (
    GROUPS,
    ORDERS,
    code_width,
    decode,
    encode,
    half_order,
    legal_codes,
    trits_of,
)
from tritproof.rtl.ternary import codes as hardware_codes

# The order of the released TeLLMe source, codes 1 to 13.
PUBLISHED = "a b c a+b a-b a+c a-c b+c b-c a+b+c a+b-c a-b+c -a+b+c".split()


def _formula(vector):
    signs = {1: "+", -1: "-"}
    return "".join(signs[t] + "abc"[j] for j, t in enumerate(vector) if t).removeprefix("+")


def test_tellme_order_is_the_published_one():
    assert [_formula(vector) for vector in half_order(3)] == PUBLISHED
    trits = trits_of("tellme", 3)
    assert trits[0] == (0, 0, 0)
    for code in range(1, 14):
        assert trits[13 + code] == tuple(-t for t in trits[code])
    assert trits[27:] == ((0, 0, 0),) * 5


@pytest.mark.parametrize("group", GROUPS)
def test_half_order_has_one_vector_of_each_pair(group):
    half = half_order(group)
    assert len(half) == (3**group - 1) // 2
    opposites = {tuple(-t for t in vector) for vector in half}
    assert set(half) | opposites == set(product((-1, 0, 1), repeat=group)) - {(0,) * group}


@pytest.mark.parametrize("group", [2, 4, 5])
def test_unpublished_half_orders_are_gray_walks(group):
    walk = [(0,) * group, *half_order(group)]
    for before, after in zip(walk, walk[1:], strict=False):
        assert sum(abs(a - b) for a, b in zip(before, after, strict=True)) == 1
    assert walk[1] == (1,) + (0,) * (group - 1)


def test_half_order_of_two():
    assert half_order(2) == ((1, 0), (1, -1), (0, -1), (-1, -1))


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("order", ORDERS)
def test_the_hardware_has_the_same_orders(order, group):
    if order == "tellme" and group != 3:
        with pytest.raises(ValueError):
            hardware_codes.trits_of(order, group)
        return
    words = hardware_codes.trits_of(order, group)
    assert tuple(vector or (0,) * group for vector in words) == trits_of(order, group)
    assert hardware_codes.code_width(group) == code_width(order, group)


@pytest.mark.parametrize("group, widths", [(2, 4), (3, 5), (4, 7), (5, 8)])
def test_code_widths_are_those_of_the_count(group, widths):
    assert {code_width(order, group) for order in ORDERS} == {widths}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("group", GROUPS)
def test_encode_inverts_decode(order, group):
    vectors = np.array(list(product((-1, 0, 1), repeat=group)))
    codes = encode(order, vectors)
    assert len(set(codes.tolist())) == 3**group
    assert set(codes.tolist()) <= set(legal_codes(order, group))
    assert decode(order, group, codes).tolist() == vectors.tolist()
    assert decode(order, group, codes).dtype == np.int8


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("group", GROUPS)
def test_illegal_codes_are_zero(order, group):
    legal = legal_codes(order, group)
    assert len(legal) == 3**group + (order == "sign_index")
    illegal = sorted(set(range(1 << code_width(order, group))) - set(legal))
    assert not decode(order, group, np.array(illegal, dtype=int)).any()


def test_base3_is_the_base_three_number():
    for code, vector in legal_codes("base3", 4).items():
        assert code == sum((trit + 1) * 3**j for j, trit in enumerate(vector))


def test_sign_index_negates_by_its_top_bit():
    trits = trits_of("sign_index", 3)
    for index in range(16):
        assert trits[16 + index] == tuple(-t for t in trits[index])
    assert trits[:14] == ((0, 0, 0), *half_order(3))
    assert 16 in legal_codes("sign_index", 3)
    assert trits[16] == (0, 0, 0)
    assert encode("sign_index", [0, 0, 0]) == 0


def test_wrong_use_is_named():
    with pytest.raises(ValueError, match=r"^group size G must be from 2 to 5, not 6$"):
        half_order(6)
    with pytest.raises(ValueError, match=r"^code order must be one of base3, tellme, sign_index, "
                                         r"not 'gray'$"):
        code_width("gray", 3)
    with pytest.raises(ValueError, match=r"^trits: element \(1, 0\) is 2, not -1, 0 or 1$"):
        encode("base3", [[0, 0, 0], [2, 0, 0]])
    with pytest.raises(ValueError, match=r"^codes: element \(1,\) is 32, outside \[0, 31\]$"):
        decode("base3", 3, [31, 32])
