# SPDX-License-Identifier: Apache-2.0
"""The specifications of the float16 streams: against fractions, real numbers and NumPy's float16.

NumPy rounds a sum or a product of float16 once, as it goes through float32, which has more than
twice the bits: so it is the eager evaluation that a chain is compared with.
"""

import math
import re
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tritproof.ref.float16.nearest import nearest_code
from tritproof.ref.float16.rounding import INFINITY, NAN, units
from tritproof.ref.spec import SpecificationError
from tritproof.ref.stream import theorems
from tritproof.ref.stream.bitlinear import MODES, bitlinear
from tritproof.ref.stream.dequantize import dequantize, dyadic_scale
from tritproof.ref.stream.gates import relu2_gate, relu2_product, residual_add, silu_gate
from tritproof.ref.stream.published import (
    published_quantize,
    published_silu,
    published_silu_entries,
)
from tritproof.ref.stream.quantize import (
    activation_scale,
    code_of_quotient,
    is_quantized,
    quantize,
    quantized,
    quotient_dividend,
    quotient_divisor,
)
from tritproof.ref.stream.rmsnorm import (
    EPS_UNITS,
    GREATEST_SQUARE,
    RmsSizes,
    is_root,
    rms_scale,
    rms_scale_in_steps,
    rmsnorm_absmax,
    row_absmax,
    sum_of_squares,
)
from tritproof.ref.stream.rope import (
    interleave,
    rope,
    rope_half_split,
    rope_of_heads,
    rotated_pair,
    sine_cosine_table,
)
from tritproof.ref.theorem import NotProvedError

CODES = st.integers(0, 0xFFFF)
FINITE = CODES.filter(lambda code: code % 0x8000 < INFINITY)
MAGNITUDES = st.integers(1, INFINITY - 1)
ONE, TWO = 0x3C00, 0x4000
SPECIAL = [0, 0x8000, 1, 0x3FF, 0x400, ONE, 0x7BFF, 0xFBFF, INFINITY, 0xFC00, NAN, 0xFE01]


def value(code):
    """The exact value of a finite code."""
    return Fraction(units.exact(int(code)), 1 << 24)


def code_of(exact, sign=0):
    """The code nearest to a fraction, by Python's own rounding to even; ``sign`` is that of 0."""
    if exact == 0:
        return sign << 15
    magnitude = abs(exact)
    exponent = magnitude.numerator.bit_length() - magnitude.denominator.bit_length()
    exponent -= magnitude < Fraction(2) ** exponent
    unit = Fraction(2) ** max(exponent - 10, -24)
    rounded = round(magnitude / unit) * unit
    code = INFINITY if rounded >= 1 << 16 else int(np.float16(float(rounded)).view(np.uint16))
    return code + ((exact < 0) << 15)


def halves(codes):
    return np.asarray(codes).astype(np.uint16).view(np.float16)


def codes_of(halves_):
    """Codes of float16 numbers, every NaN the one NaN."""
    codes = np.asarray(halves_, np.float16).view(np.uint16).astype(np.int64)
    return np.where(codes % 0x8000 > INFINITY, NAN, codes)


def eager(function, *operands):
    """A chain on float16 as NumPy evaluates it."""
    with np.errstate(all="ignore"):
        return codes_of(function(*(halves(codes) for codes in operands)))


def random_codes(rng, shape, deviation=1.0):
    return codes_of(rng.normal(0, deviation, shape).astype(np.float16))


def any_codes(rng, shape):
    """Codes of every kind, the special ones among them."""
    codes = rng.integers(0, 1 << 16, shape)
    return np.where(rng.random(shape) < 0.2, rng.choice(SPECIAL, shape), codes)


def test_every_theorem_is_proved():
    proved = theorems.prove_all()
    assert len({theorem.name for theorem in proved}) == len(proved) >= 30


def refused(message):
    return pytest.raises(NotProvedError, match=f"^{re.escape(message)}")


def test_false_theorems_are_refused(monkeypatch):
    exact, array = quantized.exact, quantized.numpy
    monkeypatch.setattr(theorems.quantized, "numpy", lambda y, a, LEAST: array(y, a, LEAST=LEAST)
                        + ((y == 1500) & (a == 1700 + (4 << 10))))
    with refused("the significands 1500 and 1700, 4 binades apart"):
        theorems.quotients_are_rounded_once(4)
    monkeypatch.setattr(theorems, "FARTHEST", 8)
    with refused("8 binades below, a quotient is 259969/262144"):
        theorems.far_below_the_largest_is_zero()
    monkeypatch.setattr(theorems, "FARTHEST", 10)
    with refused("9 binades below, the largest code is 0"):
        theorems.far_below_the_largest_is_zero()
    assert exact(2047, 9 << 10, LEAST=-127) == 1
    monkeypatch.setattr(theorems, "interleave", lambda d: np.roll(interleave(d), 1))
    with refused("interleave(8) is not t + k h at 2 t + k"):
        theorems.interleaving_keeps_every_score(8)


def test_false_theorems_about_numbers_are_refused(monkeypatch):
    # With the quotient a bit short the root has 11 bits only.
    monkeypatch.setattr(theorems.RmsSizes, "fraction", property(lambda sizes: 51))
    with refused("4096 codes: the quotient is from 4194304 to 67104768"):
        theorems.normalised_root_has_its_bits(4096, 13)
    monkeypatch.setattr(theorems, "dyadic_scale", lambda scale: tuple(
        a + b for a, b in zip(dyadic_scale(scale), (1, 0), strict=True)))
    with refused("33554430 / 4 / 2**1: off by 1/16777215"):
        theorems.dyadic_scale_is_near()
    rounding = theorems.round_to_float16.numpy
    monkeypatch.setattr(theorems.round_to_float16, "numpy", lambda sign, m, exponent, **sizes:
                        rounding(sign, m - m % 2, exponent, **sizes))
    with refused("1024 and 2 / 4, times 2**-35"):
        theorems.sticky_is_enough_by_running(11)


@given(sign=st.integers(0, 1), magnitude=st.integers(0, 1 << 200), exponent=st.integers(-260, 60))
@example(sign=0, magnitude=(1 << 100) + (1 << 89), exponent=-100)
@example(sign=0, magnitude=(1 << 100) + (1 << 89) + 1, exponent=-100)
@settings(deadline=None)
def test_long_numbers_are_rounded_once(sign, magnitude, exponent):
    exact = (-1) ** sign * magnitude * Fraction(2) ** exponent
    assert nearest_code(sign, magnitude, exponent) == code_of(exact, sign)


def test_a_short_number_with_more_to_follow_is_refused():
    with pytest.raises(ValueError, match=r"^the magnitude 2047 has 11 bits: .* give at least 12$"):
        nearest_code(0, 2047, 0, inexact=True)
    assert nearest_code(0, 2049, 0) == 0x6800
    assert nearest_code(0, 2049, 0, inexact=True) == 0x6801


def neighbours(code):
    """The middles between a magnitude and the codes below and above it."""
    below = value(code - 1) if code else -value(1)
    above = value(code + 1) if code + 1 < INFINITY else Fraction(1 << 16)
    return (below + value(code)) / 2, (value(code) + above) / 2


COUNT = st.sampled_from((1, 3, 1536, 4096)) | st.integers(1, 6912)


@given(count=COUNT, bits=st.integers(0, 92), data=st.data())
@settings(max_examples=200, deadline=None)
def test_scales_are_those_of_real_numbers(count, bits, data):
    total = data.draw(st.integers(0, min(1 << bits, count * GREATEST_SQUARE)))
    eps_units = data.draw(st.sampled_from((65569, EPS_UNITS, 1 << 40)))
    code = rms_scale(total, count, eps_units)
    square = (Fraction(total, count) + eps_units) / (1 << 48)
    low, high = neighbours(code)
    assert low * low <= 1 / square <= high * high
    assert code % 2 == 0 or low * low < 1 / square < high * high
    more = data.draw(st.integers(0, 8000))
    for root_bits in (12, 13, 20):
        sizes = RmsSizes(count + more, eps_units, root_bits)
        assert rms_scale_in_steps(total, count, sizes) == code


def test_a_scale_that_is_a_tie():
    # 2049**2 codes make the scale 2049 / 2048, midway between 1 and the next code.
    count = 2049**2
    total = (1 << 70) - count * EPS_UNITS
    for off, code in ((-1, ONE + 1), (0, ONE), (1, ONE)):
        assert rms_scale(total + off, count) == code
        assert rms_scale_in_steps(total + off, count, RmsSizes(count)) == code


def test_scales_at_the_ends():
    assert rms_scale(0, 1, 1) == rms_scale_in_steps(0, 1, RmsSizes(1, 1)) == INFINITY
    assert rms_scale(0, 1, 65568) == INFINITY and rms_scale(0, 1, 65569) == 0x7BFF
    largest = 4096 * GREATEST_SQUARE
    assert rms_scale(largest, 4096) == rms_scale_in_steps(largest, 4096, RmsSizes(4096)) == 0x100
    assert EPS_UNITS == round(Fraction("1e-5") * (1 << 48))


def test_bad_sums_are_refused():
    message = "total=-1, count=1, eps_units=1: the first must be at least 0, the others at least 1"
    with pytest.raises(ValueError, match=f"^{message}$"):
        rms_scale(-1, 1, 1)
    with pytest.raises(ValueError, match=r"^root_bits=11: a result of 11 bits is rounded from at "):
        RmsSizes(1536, root_bits=11)
    with pytest.raises(ValueError, match=r"is not that of 1 finite codes$"):
        rms_scale_in_steps(GREATEST_SQUARE + 1, 1, RmsSizes(8))
    with pytest.raises(ValueError, match=r"^9 codes are more than the 8 of these sizes$"):
        rms_scale_in_steps(0, 9, RmsSizes(8))


def test_a_root_is_a_relation():
    roots, radicands = np.arange(32), np.arange(1024)[:, np.newaxis]
    told = is_root.numpy(roots, radicands, ROOT_WIDTH=5)
    assert np.array_equal(told, roots == np.sqrt(radicands).astype(int))


@pytest.mark.parametrize("deviation", [1e-6, 1.0, 3000.0])
def test_rows_are_normalised_as_an_eager_chain_does(deviation):
    rng = np.random.default_rng(1)
    x, gamma = random_codes(rng, 96, deviation), random_codes(rng, 96)
    y, absmax, scale = rmsnorm_absmax(x, gamma)
    assert np.array_equal(y, eager(lambda x, g, s: g * (x * s), x, gamma, scale))
    assert absmax == eager(lambda y: np.max(np.abs(y)), y)
    mean = math.fsum(halves(x).astype(float) ** 2) / 96
    assert scale == codes_of(np.float16(1 / math.sqrt(mean + 1e-5)))
    order = rng.permutation(96)
    found, *rest = rmsnorm_absmax(x[order], gamma[order])
    assert np.array_equal(found, y[order]) and rest == [absmax, scale]


def test_rows_that_are_not_numbers():
    ones = [ONE] * 3
    for broken in (INFINITY, 0xFC00, NAN, 0xFE01):
        y, absmax, scale = rmsnorm_absmax([ONE, broken, 0], ones)
        assert y.tolist() == [NAN] * 3 and absmax == scale == NAN
    assert rmsnorm_absmax(ones, [ONE, NAN, ONE])[1] == NAN
    y, absmax, scale = rmsnorm_absmax([ONE, 0, 0x8000], [0x7BFF] * 3)
    assert y.tolist() == [INFINITY, 0, 0x8000] and absmax == INFINITY and scale < INFINITY
    y, absmax, scale = rmsnorm_absmax([0, 0x8000, 0], ones)
    assert y.tolist() == [0, 0x8000, 0] and absmax == 0 and scale == 0x5CF1
    # An epsilon so small that the scale is infinite: 0 times it is no number.
    y, absmax, scale = rmsnorm_absmax([1, 0], [ONE, ONE], eps_units=1)
    assert scale == INFINITY and y.tolist() == [INFINITY, NAN] and absmax == NAN


def test_bad_rows_are_refused():
    with pytest.raises(ValueError, match=r"^x of shape \(2,\) and gamma of shape \(3,\): need "):
        rmsnorm_absmax([0, 0], [0, 0, 0])
    with pytest.raises(ValueError, match=r"^an empty row has no largest magnitude$"):
        rmsnorm_absmax([], [])
    assert sum_of_squares([1, 0x8002, 0x400]) == 1 + 4 + (1 << 20)


def reference_code(y, absmax, least):
    if value(absmax) == 0:
        return 0
    return max(least, min(round(127 * value(y) / value(absmax % 0x8000)), 127))


@given(y=FINITE, absmax=MAGNITUDES)
@example(y=0x3800, absmax=ONE)
@example(y=0x8002, absmax=4)
@settings(max_examples=1000, deadline=None)
def test_int8_codes_are_those_of_fractions(y, absmax):
    assert quantized.exact(y, absmax, LEAST=-127) == reference_code(y, absmax, -127)
    code = quantized.exact(y, absmax, LEAST=-128)
    if code != reference_code(y, absmax, -128):
        # Only for what is no element of the row: a higher binade, not yet half a step further.
        assert code == -128 and absmax < y % 0x8000
        assert 2 * 127 * abs(value(y)) < 255 * value(absmax)


@given(data=st.data(), least=st.sampled_from((-127, -128)))
@settings(max_examples=200, deadline=None)
def test_one_int8_code_is_told_without_a_division(data, least):
    absmax = data.draw(CODES)
    near = st.integers(max(absmax - 4000, 0), min(absmax + 1100, 0xFFFF))
    y = data.draw(CODES | near | st.sampled_from(SPECIAL))
    codes = np.arange(least, 128)
    told = codes[is_quantized.numpy(codes, y, absmax, LEAST=least) == 1]
    assert told.tolist() == [quantized.exact(y, absmax, LEAST=least)]


def test_what_solvers_read_has_no_division():
    for spec, parameters in (
        (quotient_dividend, {}), (quotient_divisor, {}), (code_of_quotient, {"LEAST": -127}),
        (is_quantized, {"LEAST": -128}), (activation_scale, {}), (dequantize, {"ACC_WIDTH": 20}),
        (rotated_pair, {}), (relu2_product, {}), (is_root, {"ROOT_WIDTH": 14}),
    ):
        assert f" golden_{spec.name}(" in spec.golden(**parameters)
    with pytest.raises(SpecificationError, match="divi"):
        quantized.golden(LEAST=-127)


def test_rows_of_every_binade_are_quantised():
    rng = np.random.default_rng(2)
    for top in range(31):
        row = rng.integers(0, (top + 1) << 10, 200) | rng.choice([0, 0x8000], 200)
        absmax = row_absmax(row)
        codes = quantize(row, absmax)
        assert codes.dtype == np.int8 and abs(codes).max() == 127
        assert codes.tolist() == [reference_code(y, absmax, -128) for y in row]
        assert np.array_equal(codes, quantize(row, absmax, LEAST=-128))


def test_rows_without_a_scale():
    row = [0, 0x8000, ONE, 0xFBFF, INFINITY, NAN]
    for absmax, scale in ((0, 0), (0x8000, 0), (INFINITY, NAN), (0xFC00, NAN), (NAN, NAN),
                          (0x7C01, NAN), (ONE, ONE), (0xBC00, ONE)):
        assert activation_scale.exact(absmax) == scale
        if scale != ONE:
            assert not quantize(row, absmax).any()
    # Beyond the largest magnitude, infinities and NaNs included, is the limit of the sign.
    row = [TWO, 0xC000, INFINITY, 0xFC00, NAN, 0xFE00]
    assert quantize(row, ONE).tolist() == [127, -127] * 3
    assert quantize(row, ONE, LEAST=-128).tolist() == [127, -128] * 3


ACCS = st.integers(-1 << 20, (1 << 20) - 1)
MANTISSAS, SHIFTS = st.integers(0, (1 << 24) - 1), st.integers(0, 63)


@given(acc=ACCS | st.integers(-3, 3), absmax=FINITE, mantissa=MANTISSAS, shift=SHIFTS)
@settings(max_examples=500, deadline=None)
def test_dequantisation_rounds_one_product_once(acc, absmax, mantissa, shift):
    exact = acc * value(absmax) * mantissa / (1 << shift)
    sign = (acc < 0) ^ (absmax >> 15)
    assert dequantize.exact(acc, absmax, mantissa, shift) == code_of(exact, sign)
    array = dequantize.numpy(np.array([acc, 0]), absmax, mantissa, shift)
    assert array.tolist() == [code_of(exact, sign), absmax & 0x8000]


def test_dequantisation_of_what_is_no_number():
    cases = ((5, INFINITY, INFINITY), (-5, INFINITY, 0xFC00), (0, INFINITY, NAN), (0, NAN, NAN),
             (-5, 0xFE01, NAN), (5, 0xFC00, 0xFC00))
    for acc, absmax, result in cases:
        assert dequantize.exact(acc, absmax, 1 << 23, 0) == result
    assert dequantize.exact(5, INFINITY, 0, 0) == NAN
    assert dequantize.exact(-5, 0, 1 << 23, 0) == 0x8000
    assert dequantize.exact(-7, ONE, 1 << 23, 23, ACC_WIDTH=4) == codes_of(np.float16(-7))


@given(scale=st.floats(2.0**-30, 2.0**20))
def test_dyadic_scales_are_the_nearest(scale):
    exact = Fraction(scale) / 127
    mantissa, shift = dyadic_scale(scale)
    assert 1 << 23 <= mantissa < 1 << 24
    off = abs(mantissa - exact * 2**shift)
    assert off <= Fraction(1, 2) and off <= exact * 2**shift / 2**24
    assert dyadic_scale(Fraction(scale)) == (mantissa, shift)


def test_dyadic_scales_at_the_ends():
    assert dyadic_scale(np.float32(127)) == dyadic_scale(Fraction(127)) == (1 << 23, 23)
    assert dyadic_scale(np.float16(0.5)) == dyadic_scale(0.5)
    assert dyadic_scale(127 * 2.0**-40) == (1 << 23, 63)
    assert dyadic_scale(127 * Fraction((1 << 24) - 1)) == ((1 << 24) - 1, 0)
    assert dyadic_scale(127 * (2 - Fraction(1, 1 << 30))) == (1 << 23, 22)
    for shift, scale in ((64, 126.9 * 2.0**-40), (-1, 127 * 2.0**24)):
        with pytest.raises(ValueError, match=rf"^the weight scale .* needs a shift of {shift}, "):
            dyadic_scale(scale)
    for bad in (0.0, -1.0, math.inf, math.nan, Fraction(0), np.float32("nan")):
        with pytest.raises(ValueError, match=r"^the weight scale .* is not a positive number$"):
            dyadic_scale(bad)


def eager_rope(first, second, cosine, sine):
    return np.stack([first * cosine - second * sine, first * sine + second * cosine], axis=-1)


@pytest.mark.parametrize("draw", [random_codes, any_codes])
def test_pairs_are_turned_as_an_eager_chain_does(draw):
    rng = np.random.default_rng(3)
    x, cosine, sine = draw(rng, (500, 8)), draw(rng, (500, 4)), draw(rng, (500, 4))
    found = rope(x, cosine, sine)
    assert np.array_equal(found, eager(eager_rope, x[:, ::2], x[:, 1::2], cosine, sine).reshape(
        x.shape))


@pytest.mark.parametrize("head_dim", [2, 96, 128])
def test_permuted_weights_give_the_same_scores(head_dim):
    rng = np.random.default_rng(4)
    order = interleave(head_dim)
    assert sorted(order) == list(range(head_dim)) and order[1] == head_dim // 2
    x = any_codes(rng, (50, head_dim))
    table = sine_cosine_table([0, 1, 7, 1023], head_dim)
    for cosine, sine in zip(*table, strict=True):
        split = rope_half_split(x, cosine, sine)
        assert np.array_equal(rope(x[:, order], cosine, sine), split[:, order])
        heads = rope_of_heads(x[:2, order].reshape(-1), cosine, sine)
        assert np.array_equal(heads, split[:2, order].reshape(-1))


def test_sines_and_cosines_are_those_of_real_numbers():
    positions, head_dim = [0, 1, 2, 100, 1023, 32767], 16
    table = sine_cosine_table(positions, head_dim)
    with mpmath.workdps(60):
        for name, function in (("cosine", mpmath.cos), ("sine", mpmath.sin)):
            found = getattr(table, name)
            for place in np.ndindex(found.shape):
                angle = positions[place[0]] * mpmath.mpf(10000) ** (mpmath.mpf(-place[1]) / 8)
                sign, magnitude, exponent, _ = function(angle)._mpf_
                exact = (-1) ** sign * int(magnitude) * Fraction(2) ** exponent
                assert found[place] == code_of(exact), (name, place)
    assert table.cosine[0].tolist() == [ONE] * 8 and not table.sine[0].any()


def test_odd_heads_are_refused():
    with pytest.raises(ValueError, match=r"^7 elements are not pairs: the head dimension must be "):
        interleave(7)
    with pytest.raises(ValueError, match=r"^a row of shape \(6,\) is not made of heads of 4, "):
        rope_of_heads([0] * 6, [ONE, ONE], [0, 0])


def test_gates_are_eager_chains():
    rng = np.random.default_rng(5)
    gate, up = any_codes(rng, 3000), any_codes(rng, 3000)
    rectified = np.where(gate % 0x8000 > INFINITY, NAN, np.where(gate >= 0x8000, 0, gate))
    assert np.array_equal(relu2_gate(gate, up), eager(lambda r, u: r * r * u, rectified, up))
    assert np.array_equal(residual_add(gate, up), eager(np.add, gate, up))
    assert relu2_gate([0x8000, 0xBC00, 0xFE01], [0xBC00, ONE, ONE]).tolist() == [0x8000, 0, NAN]


def test_the_gate_of_silu_rounds_twice():
    rng = np.random.default_rng(6)
    gate, up = random_codes(rng, 200, 3.0), random_codes(rng, 200)
    reals = halves(gate).astype(float)
    inner = codes_of((reals / (1 + np.exp(-reals))).astype(np.float16))
    assert np.array_equal(silu_gate(gate, up), eager(np.multiply, inner, up))
    assert silu_gate([[0x8000, INFINITY], [NAN, 0]], [[ONE, ONE], [ONE, ONE]]).tolist() == [
        [0x8000, INFINITY], [NAN, 0]]


def layer(rng, inputs=24, outputs=16):
    x, weights = random_codes(rng, inputs), rng.integers(-1, 2, (inputs, outputs))
    return x, weights, dyadic_scale(Fraction(3, 4))


def test_a_ternary_layer_is_its_formula():
    x, weights, (mantissa, shift) = layer(np.random.default_rng(7))
    absmax = max(abs(value(code)) for code in x)
    codes = [round(127 * value(code) / absmax) for code in x]
    sums = [sum(int(w) * q for w, q in zip(column, codes, strict=True)) for column in weights.T]
    scale = Fraction(mantissa, 1 << shift)
    expected = [code_of(acc * absmax * scale) for acc in sums]
    assert bitlinear(x, weights, mantissa, shift).tolist() == expected
    # Near the layer of real numbers: half a step for each input.
    real = halves(x).astype(float) @ weights * 0.75
    error = np.abs(halves(expected).astype(float) - real)
    assert error.max() < 0.75 * float(absmax) / 254 * len(x) + 2.0**-9 * np.abs(real).max()


def test_every_mode_follows_the_layer():
    rng = np.random.default_rng(8)
    x, weights, scale = layer(rng)
    plain, other = bitlinear(x, weights, *scale), random_codes(rng, 16)
    cosine, sine = random_codes(rng, 4), random_codes(rng, 4)
    expected = {"residual_add": residual_add(plain, other), "silu_gate": silu_gate(plain, other),
                "relu2_gate": relu2_gate(plain, other),
                "rope": rope(plain.reshape(2, 8), cosine, sine).reshape(-1)}
    assert set(expected) == set(MODES) - {"none"}
    for mode, result in expected.items():
        second = (cosine, sine) if mode == "rope" else other
        found = bitlinear(x, weights, *scale, mode=mode, second=second)
        assert np.array_equal(found, result), mode


def test_layers_of_rows_without_a_scale():
    x, weights, scale = layer(np.random.default_rng(9))
    other = np.full(16, ONE)
    assert not bitlinear(0 * x, weights, *scale).any()
    added = bitlinear(0 * x, weights, *scale, mode="residual_add", second=other)
    assert np.array_equal(added, other)
    for broken in (INFINITY, NAN):
        x[3] = broken
        assert (bitlinear(x, weights, *scale) == NAN).all()
        assert (bitlinear(x, weights, *scale, mode="residual_add", second=other) == NAN).all()


def test_bad_layers_are_refused():
    x, weights, scale = layer(np.random.default_rng(10))
    for given_, message in (
        ({"mode": "gelu"}, "no mode 'gelu': there are none, residual_add, silu_gate, "),
        ({"mode": "rope"}, "mode 'rope' takes a second operand"),
        ({"second": x}, "mode 'none' takes no second operand"),
        ({"mode": "silu_gate", "second": x}, "mode 'silu_gate': the second operand has shape "),
    ):
        with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
            bitlinear(x, weights, *scale, **given_)
    with pytest.raises(ValueError, match=r"^x has shape \(1, 24\): need one row, "):
        bitlinear(x[np.newaxis], weights, *scale)
    with pytest.raises(ValueError, match=r"need \(outputs, inputs\)"):
        bitlinear(x, weights.T, *scale)


def test_the_published_silu_has_the_errors_measured():
    codes = np.arange(1 << 16)
    codes = codes[codes % 0x8000 <= INFINITY]
    x = halves(codes).astype(float)
    y = halves(published_silu(codes)).astype(float)
    assert y[codes == 0] == pytest.approx(0.0675, abs=5e-5)
    assert set(y[x > 8]) == {float(np.float16(7.996))}
    assert set(y[x < -8]) == {y[codes == 0xC800][0]}
    inside = np.abs(x) <= 8
    error = np.abs(y[inside] - x[inside] / (1 + np.exp(-x[inside]))).max()
    assert error == pytest.approx(0.143, abs=5e-4)
    assert len(published_silu_entries()) == 64
    assert published_silu([NAN, 0xFE01]).tolist() == [NAN, NAN]


def gaussian_row(rng):
    x = rng.normal(0, 1, 1536)
    return codes_of((x / np.sqrt(np.mean(x**2))).astype(np.float16))


def test_the_published_quantiser_differs_as_often_as_measured():
    rng = np.random.default_rng(11)
    different = 0
    for _ in range(40):
        x = gaussian_row(rng)
        absmax = row_absmax(x)
        exact, published = quantize(x, absmax), published_quantize(x, absmax)
        off = np.abs(exact.astype(int) - published)
        assert off.max() <= 1 and np.abs(published).max() == 127
        different += np.count_nonzero(off)
    assert different / (40 * 1536) == pytest.approx(0.0116, abs=0.003)


def test_the_published_quantiser_of_special_rows():
    assert published_quantize([0, 0x8000], 0).tolist() == [0, 0]
    # The reciprocal of 0.0019 times 127 is past the greatest number, that of 0.002 is not.
    small, larger = (int(codes_of(np.float16(x))) for x in (0.0019, 0.002))
    assert published_quantize([small, 1, 0x8001, 0], small).tolist() == [127, 127, -127, 0]
    assert published_quantize([larger, 1, 0x8001, 0], larger).tolist() == [127, 0, 0, 0]
    assert quantize([small, 1, 0x8001, 0], small).tolist() == [127, 0, 0, 0]
