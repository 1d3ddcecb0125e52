# SPDX-License-Identifier: Apache-2.0
"""I-ViT's specifications: every published vector, and what the published forms get wrong."""

import struct
from decimal import ROUND_FLOOR, Decimal, localcontext
from fractions import Fraction
from math import isqrt

import numpy as np
import pytest
from tritproof.ref.ivit.exponential import (
    FACTOR,
    elementwise_shiftgelu,
    gelu,
    greatest_row,
    int_exp,
    published_unit_of_scale,
    shiftgelu,
    shiftmax,
    unit_of_scale,
)
from tritproof.ref.ivit.layernorm import (
    exact_root,
    ilayernorm,
    integer_bias,
    newton_root,
    rounded_mean,
)
from tritproof.ref.ivit.requant import dyadic, requant
from tritproof.rtl.manifest import blocks
from tritproof.verif.ivit import ilayernorm as vectors_of_layernorm
from tritproof.verif.ivit import requant as requant_rows
from tritproof.verif.ivit import requant_add
from tritproof.verif.ivit.rows import known_rows
from tritproof.verif.ivit.vectors import known, known_bias


def of_bits(text):
    return Fraction(struct.unpack("<f", struct.pack("<I", int(text, 16)))[0])


def require_units(one, scale):
    assert published_unit_of_scale(scale) == -one["x0"], one["id"]
    assert unit_of_scale(scale) == -one.get("x0_fp64", one["x0"]), one["id"]


def test_every_vector_of_shiftmax():
    assert known("shiftmax")
    for one in known("shiftmax"):
        unit = -one["x0"]
        require_units(one, of_bits(one["scale_hex"]))
        largest = max(one["x"])
        powers = [int_exp(x - largest, unit, one["n"]) for x in one["x"]]
        assert (powers, sum(powers)) == (one["exact_exp"], one["exact_sum"]), one["id"]
        assert shiftmax(one["x"], unit, one["n"], one["output_bit"]) == one["exact_out"], one["id"]


def test_every_vector_of_shiftgelu():
    assert known("shiftgelu")
    for one in known("shiftgelu"):
        unit = -one["x0"]
        require_units(one, of_bits(one["scale_sig_hex"]))
        assert int_exp(-max(one["x"]), unit, one["n"]) == one["exact_exp_negmax"], one["id"]
        assert shiftgelu(one["x"], unit, one["n"], one["output_bit"]) == one["exact_out"], one["id"]


def test_every_vector_of_layernorm():
    assert known("layernorm")
    for one in known("layernorm"):
        exact = one["exact"]
        assert rounded_mean(one["x"]) == exact["mean"], one["id"]
        assert newton_root(exact["var"]) == exact["std"], one["id"]
        assert exact_root(exact["var"]) == max(exact["isqrt"], 1), one["id"]
        given = None, known_bias(one)  # whether the results are with biases is not said
        assert exact["y_int"] in [ilayernorm(one["x"], bias, published=True) for bias in given]
        require_biases(one)


def require_biases(one):
    """A published bias is the exact one but for what its three roundings lose."""
    if one["weight_hex"] is None or one["bias_hex"] is None:
        return
    for name, bits in (("bias_int_fp64", 53), ("bias_int_fp32", 24)):
        for gamma, beta, found in zip(one["weight_hex"], one["bias_hex"], one[name], strict=True):
            exact = integer_bias(of_bits(beta), of_bits(gamma), one["C"])
            assert abs(found - exact) <= 1 + abs(exact) * Fraction(4, 1 << bits), one["id"]


@pytest.mark.parametrize("form", ["without", "with"])
def test_a_vector_of_layernorm_may_have_biases(form, monkeypatch):
    hexes = [struct.pack(">f", value).hex() for value in (-0.75, 0.3, 2.0, 1e-3)]
    one = {**next(one for one in known("layernorm") if one["C"] == 4), "weight_hex": hexes}
    exact = [integer_bias(of_bits(beta), of_bits(gamma), 4)
             for beta, gamma in zip(reversed(hexes), hexes, strict=True)]  # fmt: skip
    one |= {"bias_hex": hexes[::-1], "bias_int_fp64": exact,
            "bias_int_fp32": [float(np.float32(each)) for each in exact]}  # fmt: skip
    if form == "with":
        one["exact"] = one["exact"] | {
            "y_int": [y + bias for y, bias in zip(one["exact"]["y_int"], exact, strict=True)]
        }
    for space in (globals(), vars(vectors_of_layernorm)):
        monkeypatch.setitem(space, "known", lambda name: [one])
    test_every_vector_of_layernorm()
    published = blocks()["ilayernorm"].configs["vit_published"]
    assert vectors_of_layernorm.known_rows(published) == [(one["x"], exact)]


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


def test_every_vector_of_requant_is_simulated_too():
    simulated = set()
    for name, streams in (("requant", ("",)), ("requant_add", requant_add.NAMES)):
        for params in blocks()[name].configs.values():
            given = requant_rows.known_vectors(params, streams)
            assert (requant_rows.known_case(params, streams) is None) == (not given)
            simulated |= {one["id"] for one in given}
    left = {one["id"]: one["bits"] for one in known("requant") if one["id"] not in simulated}
    assert not left, "no configuration has results of these bits"


@pytest.mark.parametrize("name", ["requant", "requant_add"])
@pytest.mark.parametrize("bits", [4, 8, 16, 32])
def test_results_of_every_published_width_have_a_configuration(name, bits, monkeypatch):
    streams = {"requant": ("",), "requant_add": requant_add.NAMES}[name]
    lowest = -(1 << bits - 1)
    one = {"id": "made", "bits": bits, "z": [[-(1 << 31), 5]], "m": [1 << 31], "e": [31],
           "exact_out": [[lowest, 5]]}  # fmt: skip
    if name == "requant_add":
        one |= {"identity": [[-(1 << 31), 0]], "m1": 1 << 31, "e1": 31}
    monkeypatch.setattr(requant_rows, "known", lambda name: [one])
    configs = blocks()[name].configs.values()
    cases = [(params, requant_rows.known_case(params, streams)) for params in configs]
    fitting = [params.result_width for params, case in cases if case is not None]
    assert fitting and set(fitting) == {bits}


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


def test_a_binary32_quotient_may_be_rounded_to_a_whole_number():
    scale = Fraction(float(np.float32(0.04)))  # just below 1/25
    assert (unit_of_scale(scale), published_unit_of_scale(scale)) == (26, 25)
    for exponent in range(-20, 3):
        units = unit_of_scale(2.0**exponent), published_unit_of_scale(2.0**exponent)
        assert units == (max(1, 1 << max(-exponent, 0)),) * 2


def test_an_integer_bias_is_exact():
    rng = np.random.default_rng(4)
    with localcontext() as context:
        context.prec = 120
        for number in range(2000):
            beta, gamma = (Fraction(int(one), 1 << int(rng.integers(0, 40)))
                           for one in rng.integers(-(1 << 30), 1 << 30, 2))  # fmt: skip
            count = int(rng.integers(1, 4097)) if number % 4 else int(rng.integers(1, 65)) ** 2
            gamma = gamma or Fraction(1)
            ratio = Decimal((beta / gamma).numerator) / Decimal((beta / gamma).denominator)
            real = ratio * (1 << 30) / Decimal(count).sqrt()
            due = int(real.to_integral_value(ROUND_FLOOR))
            if abs(real - real.to_integral_value()) > Decimal("1e-60"):
                assert integer_bias(beta, gamma, count) == due
    assert integer_bias(Fraction(-1, 3), Fraction(1, 9), 9) == -(1 << 30)
    assert integer_bias(0.0, -2.0, 7) == 0
    assert integer_bias(1, -1, 4) == -(1 << 29)
    assert integer_bias(1, 1, 2) + integer_bias(-1, 1, 2) == -1


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: unit_of_scale(0), "the scale 0 is not a positive number: take one above 0"),
        (
            lambda: published_unit_of_scale(0.1),
            "the scale 0.1 is no positive normal binary32 number: round it",
        ),
        (
            lambda: published_unit_of_scale(2.0**-127),
            f"the scale {2.0**-127} is no positive normal binary32 number: round it",
        ),
        (lambda: shiftmax([], 1), "an empty row has no largest number: give at least one number"),
        (lambda: shiftgelu([], 1), "an empty row has no largest number: give at least one number"),
        *(
            (call, "unit must be at least 1, not 0: take unit_of_scale of the scale")
            for call in (
                lambda: shiftmax([1], 0),
                lambda: shiftgelu([1], 0),
                lambda: elementwise_shiftgelu(1, 0),
                lambda: gelu(1, 1, 0, 15, 8),
                lambda: greatest_row(0),
            )
        ),
        *(
            (call, f"n must be from 1 to 31, not {n}: the published ones are 15 and 23")
            for n in (0, 32)
            for call in (
                lambda n=n: shiftmax([1], 1, n),
                lambda n=n: shiftgelu([1], 1, n),
                lambda n=n: elementwise_shiftgelu(1, 1, n),
                lambda n=n: greatest_row(1, n),
            )
        ),
        *(
            (
                call,
                f"output_bits must be from 2 to 32, not {bits}: the published ones are 8 and 16",
            )
            for bits in (1, 33)
            for call in (
                lambda bits=bits: shiftmax([1], 1, output_bits=bits),
                lambda bits=bits: shiftgelu([1], 1, output_bits=bits),
                lambda bits=bits: elementwise_shiftgelu(1, 1, output_bits=bits),
            )
        ),
        (lambda: rounded_mean([]), "an empty row has no mean: give at least one number"),
        (lambda: ilayernorm([]), "an empty row has no mean: give at least one number"),
        (lambda: ilayernorm([1, 2], []), "0 biases of 2 numbers: give one for each, or None"),
        (lambda: ilayernorm([1, 2], [3]), "1 biases of 2 numbers: give one for each, or None"),
        (lambda: newton_root(-1), "the variance -1 is negative: give a sum of squares"),
        (lambda: newton_root(0, 4, 4), "step 4 of 4 from 4 divides by 0: start from at least 8"),
        (lambda: newton_root(0, 0, 1), "step 1 of 1 from 0 divides by 0: start from at least 1"),
        (
            lambda: integer_bias(1, 0, 4),
            "gamma is 0: its channel is beta everywhere, leave it out of the row",
        ),
        (
            lambda: integer_bias(1, 1, 0),
            "count must be at least 1, not 0: it is the length of the row",
        ),
    ],
)
def test_what_is_not_defined_is_refused(call, message):
    with pytest.raises(ValueError) as raised:
        call()
    assert str(raised.value) == message


def test_the_ends_of_what_is_defined():
    for n in (1, 31):
        for bits in (2, 32):
            assert len(shiftmax([-128, 127], 1, n, bits)) == 2
            assert sum(shiftmax([-128, 127], 1, 1, bits)) <= (1 << bits - 1) - 1
            assert elementwise_shiftgelu(-128, 1, n, bits) <= 0
    assert newton_root(0, 8, 4) == 0


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
