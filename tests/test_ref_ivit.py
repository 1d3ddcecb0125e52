# SPDX-License-Identifier: Apache-2.0
"""I-ViT's specifications: every published vector, and what the published forms get wrong."""

import struct
from fractions import Fraction
from math import isqrt

import numpy as np
import pytest
from tritproof.ref.ivit.exponential import (
    FACTOR,
    elementwise_shiftgelu,
    greatest_row,
    int_exp,
    shiftgelu,
    shiftmax,
    unit_of_scale,
)
from tritproof.ref.ivit.layernorm import exact_root, ilayernorm, newton_root, rounded_mean
from tritproof.ref.ivit.requant import dyadic, requant
from tritproof.rtl.manifest import blocks
from tritproof.verif.ivit.rows import known_rows
from tritproof.verif.ivit.vectors import known


def of_bits(text):
    return Fraction(struct.unpack("<f", struct.pack("<I", int(text, 16)))[0])


def test_every_vector_of_shiftmax():
    assert known("shiftmax")
    for one in known("shiftmax"):
        unit = -one["x0"]
        assert unit_of_scale(of_bits(one["scale_hex"])) == unit, one["id"]
        largest = max(one["x"])
        powers = [int_exp(x - largest, unit, one["n"]) for x in one["x"]]
        assert (powers, sum(powers)) == (one["exact_exp"], one["exact_sum"]), one["id"]
        assert shiftmax(one["x"], unit, one["n"], one["output_bit"]) == one["exact_out"], one["id"]


def test_every_vector_of_shiftgelu():
    assert known("shiftgelu")
    for one in known("shiftgelu"):
        unit = unit_of_scale(of_bits(one["scale_sig_hex"]))
        assert unit == -one["x0"], one["id"]
        assert int_exp(-max(one["x"]), unit, one["n"]) == one["exact_exp_negmax"], one["id"]
        assert shiftgelu(one["x"], unit, one["n"], one["output_bit"]) == one["exact_out"], one["id"]


def test_every_vector_of_layernorm():
    assert known("layernorm")
    for one in known("layernorm"):
        exact = one["exact"]
        assert rounded_mean(one["x"]) == exact["mean"], one["id"]
        assert newton_root(exact["var"]) == exact["std"], one["id"]
        assert exact_root(exact["var"]) == max(exact["isqrt"], 1), one["id"]
        assert ilayernorm(one["x"], published=True) == exact["y_int"], one["id"]


def test_every_vector_of_requant():
    assert known("requant")
    for one in known("requant"):
        for row, due in enumerate(one["exact_out"]):
            for column, expected in enumerate(due):
                channel = column if len(one["m"]) > 1 else 0
                w = one["identity"][row][column] if "identity" in one else 0
                second = (one["m1"], one["e1"]) if "identity" in one else (0, 0)
                found = requant.exact(
                    one["z"][row][column], one["m"][channel], one["e"][channel], w, *second,
                    RESULT_WIDTH=one["bits"],
                )  # fmt: skip
                assert found == expected, one["id"]
        scales = [of_bits(text) for text in one["pre_scale_hex"]]
        ratios = [float(scale) / float(of_bits(one["out_scale_hex"])) for scale in scales]
        assert [dyadic(ratio) for ratio in ratios] == list(
            zip(one["m"], one["e"], strict=True)
        ), one["id"]


@pytest.mark.parametrize("function", [shiftmax, shiftgelu])
def test_every_vector_of_rows_is_simulated_too(function):
    name = function.__name__
    configs = blocks()[name].configs.values()
    simulated = [row for params in configs for row in known_rows(params, name, function)]
    assert all((one["x"], -one["x0"]) in simulated for one in known(name))


def test_a_half_is_rounded_to_even_and_the_mantissa_may_be_a_power_of_two():
    sizes = {"RESULT_WIDTH": 8}
    assert requant.exact(3, 1, 1, 0, 0, 0, **sizes) == 2
    assert requant.exact(5, 1, 1, 0, 0, 0, **sizes) == 2
    assert requant.exact(-5, 1, 1, 0, 0, 0, **sizes) == -2
    assert requant.exact(7, 1 << 31, 31, 0, 0, 0, **sizes) == 7
    assert requant.exact(-(1 << 31), 1 << 31, 0, 0, 0, 0, **sizes) == -128
    assert dyadic(Fraction(2**40 - 1, 2**40)) == (1 << 31, 31)


@pytest.mark.parametrize("unit", [8, 21, 64])
def test_shiftmax_sums_to_at_most_one_and_keeps_the_order(unit):
    rng = np.random.default_rng(unit)
    for _ in range(200):
        x = rng.integers(-128, 128, rng.integers(1, greatest_row(unit) + 1)).tolist()
        found = np.array(shiftmax(x, unit, output_bits=16))
        assert found.sum() <= 1 << 15
        assert (np.diff(found[np.argsort(x)]) >= 0).all()


def test_too_long_a_row_of_shiftmax_sums_to_more_than_one():
    row = [0] * 8192
    assert len(row) > greatest_row(64)
    assert sum(shiftmax(row, 64, output_bits=16)) > 1 << 15


def test_the_element_wise_gelu_has_none_of_the_published_failures():
    unit = unit_of_scale(Fraction(1, 8) * Fraction(1702, 1000))
    far_below = shiftgelu([-128, 127], unit)[0] / 8 / 128
    assert far_below < -7  # about 0 is right
    assert abs(elementwise_shiftgelu(-128, unit)) / 8 / 128 < 0.01
    assert elementwise_shiftgelu(127, unit) == 127 * 127
    for x in range(-128, 128):
        exact = x / 8 / (1 + np.exp(-1.702 * x / 8))
        assert abs(elementwise_shiftgelu(x, unit) / 8 / 128 - exact) < 0.15


def test_the_published_root_is_not_the_root_of_small_numbers():
    assert newton_root(782) == 67 and isqrt(782) == 27
    assert newton_root(0) == 64 and exact_root(0) == 1
    assert newton_root(87819948) == isqrt(87819948)


def test_layer_norm_fits_32_bits():
    rng = np.random.default_rng(0)
    for published in (False, True):
        for _ in range(300):
            x = rng.integers(-(2**15), 2**15, rng.integers(1, 200)).tolist()
            assert all(abs(one) <= FACTOR // 2 + 1 for one in ilayernorm(x, published=published))
