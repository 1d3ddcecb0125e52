# SPDX-License-Identifier: Apache-2.0
"""A whole layer as one stream: the engine's cycles hide what is computed number by number."""

import numpy as np
import pytest
from tritproof.ref.stream.bitlinear import bitlinear
from tritproof.ref.stream.dequantize import dyadic_scale
from tritproof.rtl.manifest import blocks
from tritproof.rtl.stream.bitlinear import BitlinearParams
from tritproof.verif.stream.bitlinear import fused
from tritproof.verif.stream.ternary_linear import Layer, layers_case
from tritproof.verif.ternary.products import Product, input_streams

from .equivalence_support import block_simulator, run_case

INPUTS, OUTPUTS = 1536, 4096


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("bitlinear")


@pytest.fixture(scope="module")
def layer():
    """A row and a matrix of TeLLMe's up and gate projections."""
    rng = np.random.default_rng(1)
    row, second = (
        rng.normal(0, 1, count).astype(np.float16).view(np.uint16).astype(np.int64)
        for count in (INPUTS, OUTPUTS)
    )
    weights = rng.integers(-1, 2, (OUTPUTS, INPUTS), np.int8)
    return Layer(row, weights, *dyadic_scale(0.03), second)


def cycles(result, first, last):
    """Cycles from the first beat of one stream to the last of another, both included."""
    return int(result.beat_cycles[last][-1] - result.beat_cycles[first][0]) + 1


def test_the_operation_is_hidden_behind_the_product(layer, folder):
    params = blocks()["bitlinear"].configs["tellme"]
    case = layers_case(
        params, [layer], np.random.default_rng(2),
        lambda codes, one: fused(params.mode, codes, one.second),
    )  # fmt: skip
    result = run_case(block_simulator("bitlinear", "tellme", folder), case)
    engine = blocks()["tlmm"].configs["tellme"]
    codes = np.random.default_rng(3).integers(-127, 128, INPUTS).astype(np.int8)
    streams = input_streams(engine, [Product(layer.weights, codes)])
    alone = block_simulator("tlmm", "tellme", folder).run(streams)
    fused_cycles = cycles(result, "s_axis_command", "m_axis")
    engine_cycles = cycles(alone, "s_axis_command", "m_axis")
    weights = len(result.beat_cycles["s_axis_weight"])
    assert engine_cycles >= weights
    assert fused_cycles <= 1.03 * engine_cycles, (fused_cycles, engine_cycles, weights)


def test_the_layer_is_that_of_the_specification(layer):
    due = bitlinear(
        layer.row, layer.weights.T, layer.mantissa, layer.shift, mode="silu_gate",
        second=layer.second,
    )  # fmt: skip
    plain = bitlinear(layer.row, layer.weights.T, layer.mantissa, layer.shift)
    assert np.array_equal(fused("silu_gate", plain, layer.second), due)


@pytest.mark.parametrize(
    "make, message",
    [
        (
            lambda: BitlinearParams(mode="gelu"),
            "mode must be one of residual_add, silu_gate, relu2_gate, rope, not 'gelu'",
        ),
    ],
)
def test_bad_parameters(make, message):
    with pytest.raises(ValueError) as raised:
        make()
    assert str(raised.value) == message
