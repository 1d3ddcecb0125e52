# SPDX-License-Identifier: Apache-2.0
"""The stream layouts: a reader of the contract, bit by bit, gets the product back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tritproof.ref.ternary.codes import ORDERS
from tritproof.rtl.manifest import blocks
from tritproof.rtl.ternary.engine import EngineParams
from tritproof.verif.ternary.products import Product, differences, input_streams
from tritproof.verif.ternary.tlmm import multiply

from .matvec_support import ContractEngine

OPEN_ORDERS = [order for order in ORDERS if order != "tellme"]


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_the_packed_streams_hold_the_product(data):
    group = data.draw(st.integers(2, 5), "g")
    params = EngineParams(
        g=group,
        t=data.draw(st.integers(3, 5), "t"),
        q=data.draw(st.sampled_from([2, 4, 8]), "q"),
        max_inputs=45,
        max_outputs=19,
        code_order=data.draw(st.sampled_from(ORDERS if group == 3 else OPEN_ORDERS), "order"),
        accumulator_width=data.draw(st.integers(14, 64), "accumulator_width"),
    )
    rows, inputs = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 45))
    outputs = data.draw(st.integers(1, 19))
    random = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    weights = random.integers(-1, 2, (outputs, inputs), dtype=np.int8)
    activations = random.integers(-128, 128, (rows, inputs), dtype=np.int8)
    products = [Product(weights, row) for row in activations]
    padding = data.draw(st.sampled_from([None, random]))
    engine = ContractEngine(params)
    result = engine.run(input_streams(params, products, padding))
    assert differences(params, products, result) == []
    rows = multiply(engine, params, weights, activations)
    np.testing.assert_array_equal(rows.outputs, activations.astype(int) @ weights.T.astype(int))


@pytest.mark.parametrize("config", ["tiny", "tellme", "bitnet2b"])
def test_the_bytes_of_a_beat_are_those_of_the_ports(config):
    block = blocks()["tlmm"]
    params = block.configs[config]
    widths = {port.name: port.width for port in block.ports(params)}
    one = Product(np.ones((3, 5), np.int8), np.ones(5, np.int8))
    for stream, beats in input_streams(params, [one]).items():
        assert beats.shape[1] * 8 == widths[f"{stream}_tdata"]


def test_beats_by_hand():
    params = EngineParams(g=2, t=3, q=2, max_inputs=6, max_outputs=2, code_order="base3")
    weights = np.array([[-1, 0, 1], [1, -1, 0]], np.int8)
    one = Product(weights, np.array([1, -1, 127], np.int8))
    codes = [0 + 3 * 1, 2 + 3 * 1, 1 + 3 * 1, 2 + 3 * 0, 1 + 3 * 1, 1 + 3 * 1]
    word = sum(code << 4 * place for place, code in enumerate(codes))
    streams = input_streams(params, [one])
    assert streams["s_axis_weight"].tolist() == [list(word.to_bytes(3, "little"))]
    assert streams["s_axis_activation"].tolist() == [[1, 255], [127, 0]]
    assert streams["s_axis_command"].tolist() == [[3, 0, 2, 0]]
