# SPDX-License-Identifier: Apache-2.0
"""Element-wise streams: parameters, cycles as declared, special numbers, and real-sized rows."""

import numpy as np
import pytest
from tritproof.ref.stream.dequantize import dequantize, dyadic_scale
from tritproof.ref.stream.gates import relu2_gate, residual_add
from tritproof.ref.stream.quantize import quantize
from tritproof.ref.stream.rmsnorm import row_absmax
from tritproof.rtl.float16.float16_from_int import FromIntParams
from tritproof.rtl.float16.float16_round import RoundParams
from tritproof.rtl.float16.float16_to_int8 import ToInt8Params
from tritproof.rtl.manifest import blocks
from tritproof.rtl.stream.dequantize import DequantizeParams
from tritproof.rtl.stream.elementwise import LanesParams
from tritproof.rtl.stream.quantize import QuantizeParams
from tritproof.verif.port_values import pack_elements, unpack_elements
from tritproof.verif.stream.dequantize import scale_beats
from tritproof.verif.streams import Beats, DeadlockError

from .equivalence_support import block_simulator

SECOND = {"residual_add": "residual", "silu_gate": "up", "relu2_gate": "up", "rope": "rotation"}
LANES = 16
INFINITY, NAN, ONE, MINUS_ONE = 0x7C00, 0x7E00, 0x3C00, 0xBC00


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("streams")


def beats(codes, width=16):
    return Beats(pack_elements(np.asarray(codes).reshape(-1, LANES), width))


def row(codes, width=16):
    """The beats of one row."""
    data = pack_elements(np.asarray(codes).reshape(-1, LANES), width)
    return Beats(data, np.arange(len(data)) == len(data) - 1)


def run_pair(name, folder, a, b, **options):
    simulator = block_simulator(name, "tellme", folder)
    inputs = {"s_axis": row(a), f"s_axis_{SECOND[name]}": beats(b)}
    return simulator.run(inputs, **options)


def codes_of(data, width=16, signed=False):
    return unpack_elements(data, LANES, width, signed=signed).reshape(-1)


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: LanesParams(lanes=0), "lanes must be an integer from 2 to 64, not 0"),
        (lambda: LanesParams(lanes=3), "lanes must be even, not 3"),
        (lambda: QuantizeParams(lanes=65), "lanes must be an integer from 1 to 64, not 65"),
        (lambda: QuantizeParams(least=-1), "least must be an integer from -128 to -127, not -1"),
        (lambda: DequantizeParams(30), "acc_width must be an integer from 2 to 29, not 30"),
        (lambda: RoundParams(width=65), "width must be an integer from 2 to 64, not 65"),
        (
            lambda: RoundParams(least_exponent=-101),
            "least_exponent must be an integer from -100 to 40, not -101",
        ),
        (lambda: FromIntParams(1), "value_width must be an integer from 2 to 64, not 1"),
        (lambda: ToInt8Params(0), "least must be an integer from -128 to -127, not 0"),
    ],
)
def test_bad_parameters(make, message):
    with pytest.raises(ValueError) as raised:
        make()
    assert str(raised.value) == message


def test_a_part_must_be_a_configuration():
    block = blocks()["float16_round"]
    assert block.part_name(RoundParams()) == "tritproof_float16_round_product"
    with pytest.raises(ValueError, match="which is none of its configurations"):
        block.part_name(RoundParams(width=23))


@pytest.mark.parametrize("name", SECOND)
def test_one_beat_per_cycle_after_the_declared_latency(name, folder):
    numbers = np.random.default_rng(1).integers(0, 0x7C00, (2, 40 * LANES))
    result = run_pair(name, folder, *numbers)
    taken, given = result.beat_cycles["s_axis"], result.beat_cycles["m_axis"]
    assert np.array_equal(np.diff(given), np.ones(39))
    assert f"{given[0] - taken[0]} cycles" == blocks()[name].latency


@pytest.mark.parametrize("name", SECOND)
def test_the_other_stream_is_waited_for(name, folder):
    numbers = np.zeros((2, 4 * LANES), np.int64)
    simulator = block_simulator(name, "tellme", folder)
    nothing = Beats(np.zeros((0, 2 * LANES), np.uint8))
    inputs = {"s_axis": row(numbers[0]), f"s_axis_{SECOND[name]}": nothing}
    with pytest.raises(DeadlockError, match="s_axis"):
        simulator.run(inputs, max_idle_cycles=40)


def test_infinities_and_zeros(folder):
    a = [INFINITY, INFINITY, 0x8000, 0, ONE, 0x7BFF, NAN, 1] * 2
    b = [0xFC00, ONE, 0x8000, 0x8000, MINUS_ONE, 0x7BFF, ONE, 1] * 2
    result = run_pair("residual_add", folder, a, b)
    due = [NAN, INFINITY, 0x8000, 0, 0, INFINITY, NAN, 2] * 2
    assert codes_of(result.outputs["m_axis"]).tolist() == due
    assert residual_add(a, b).tolist() == due


def test_the_squared_relu_of_what_is_not_positive(folder):
    gate = [0x8000, MINUS_ONE, 0xFC00, 0xFE00, ONE, INFINITY, 0, 1] * 2
    up = [ONE, INFINITY, ONE, ONE, 0x4000, 0, MINUS_ONE, ONE] * 2
    result = run_pair("relu2_gate", folder, gate, up)
    due = [0, NAN, 0, NAN, 0x4000, NAN, 0x8000, 0] * 2
    assert codes_of(result.outputs["m_axis"]).tolist() == due
    assert relu2_gate(gate, up).tolist() == due


@pytest.mark.parametrize("length", [1536, 2560, 4096, 6912])
def test_rows_of_the_models_are_quantised_and_back(length, folder):
    rng = np.random.default_rng(length)
    numbers = rng.normal(0, 3, length).astype(np.float16).view(np.uint16).astype(np.int64)
    absmax = row_absmax(numbers)
    simulator = block_simulator("quantize", "tellme", folder)
    scale = Beats(pack_elements(np.array([[absmax]]), 16))
    result = simulator.run({"s_axis_absmax": scale, "s_axis": row(numbers)})
    codes = codes_of(result.outputs["m_axis"], 8, signed=True)
    assert np.array_equal(codes, quantize(numbers, absmax))
    assert result.outputs["m_axis_scale"].view("<u2").tolist() == [[absmax]]
    assert np.ptp(result.beat_cycles["m_axis"]) == length // LANES - 1

    mantissa, shift = dyadic_scale(1.0)
    simulator = block_simulator("dequantize", "tellme", folder)
    given = scale_beats([absmax], [mantissa], [shift])
    result = simulator.run({"s_axis_scale": given, "s_axis": row(codes, 24)})
    back = codes_of(result.outputs["m_axis"])
    assert np.array_equal(back, dequantize.numpy(codes.astype(np.int64), absmax, mantissa, shift))
    assert np.ptp(result.beat_cycles["m_axis"]) == length // LANES - 1
    values = [codes.astype(np.uint16).view(np.float16).astype(float) for codes in (numbers, back)]
    largest = float(np.uint16(absmax).view(np.float16))
    assert np.abs(values[0] - values[1]).max() <= largest / 127 / 2 + largest * 2**-10


@pytest.mark.parametrize("absmax, scale", [(0, 0), (0x8000, 0), (INFINITY, NAN), (NAN, NAN)])
def test_a_row_without_a_scale_is_zero(absmax, scale, folder):
    numbers = np.random.default_rng(1).integers(0, 1 << 16, 4 * LANES)
    simulator = block_simulator("quantize", "tellme", folder)
    given = Beats(pack_elements(np.array([[absmax]]), 16))
    result = simulator.run({"s_axis_absmax": given, "s_axis": row(numbers)})
    assert not result.outputs["m_axis"].any()
    assert result.outputs["m_axis_scale"].view("<u2").tolist() == [[scale]]
