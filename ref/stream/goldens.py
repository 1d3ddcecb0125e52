# SPDX-License-Identifier: Apache-2.0
"""The golden functions of the stream blocks, each named ``golden_`` and its specification."""

from __future__ import annotations

from tritproof.ref.float16.arithmetic import float16_significand
from tritproof.ref.float16.goldens import round_goldens
from tritproof.ref.goldens import Constants, goldens
from tritproof.ref.stream.dequantize import product_sign, rounded_or_special, row_exponent
from tritproof.ref.stream.quantize import (
    activation_scale,
    code_of_quotient,
    is_above,
    quotient_dividend,
    quotient_divisor,
)
from tritproof.ref.stream.rmsnorm import is_ratio, is_root, scaled_square, squared_significand


@goldens("quantize_lane")
def quantize_lane_goldens(constants: Constants) -> list[str]:
    """golden_quotient_dividend(y), golden_quotient_divisor(y, absmax), golden_is_above(y, absmax),
    golden_code_of_quotient(quotient, y, absmax)."""
    return [
        quotient_dividend.golden(),
        quotient_divisor.golden(),
        is_above.golden(),
        code_of_quotient.golden(LEAST=constants["LEAST"]),
    ]


@goldens("integer_root")
def root_goldens(constants: Constants) -> list[str]:
    """golden_is_root(root, radicand)."""
    return [is_root.golden(ROOT_WIDTH=constants["ROOT_WIDTH"])]


@goldens("quantize")
def scale_goldens(constants: Constants) -> list[str]:
    """golden_activation_scale(absmax)."""
    return [activation_scale.golden()]


@goldens("dequantize_lane")
def dequantize_lane_goldens(constants: Constants) -> list[str]:
    """golden_product_sign(acc, negative), golden_rounded_or_special(rounded, acc, negative, nan,
    infinite, nothing), and those of the rounding."""
    parts = (product_sign, rounded_or_special)
    sizes = {"ACC_WIDTH": constants["ACC_WIDTH"]}
    return [*(part.golden(**sizes) for part in parts), *round_goldens(constants)]


@goldens("dequantize")
def dequantize_goldens(constants: Constants) -> list[str]:
    """golden_row_exponent(absmax, shift), golden_float16_significand(absmax)."""
    return [row_exponent.golden(), float16_significand.golden()]


@goldens("residual_add", "silu_gate", "relu2_gate", "rope")
def elementwise_goldens(constants: Constants) -> list[str]:
    """None: the parts compute."""
    return []


@goldens("ratio")
def ratio_goldens(constants: Constants) -> list[str]:
    """golden_is_ratio(result, dividend, divisor)."""
    names = ("DIVIDEND_WIDTH", "DIVISOR_WIDTH", "QUOTIENT_WIDTH")
    return [is_ratio.golden(**{name: constants[name] for name in names})]


@goldens("rms_scale")
def rms_scale_goldens(constants: Constants) -> list[str]:
    """Those of the rounding."""
    return [*round_goldens(constants)]


@goldens("row_squares")
def row_squares_goldens(constants: Constants) -> list[str]:
    """golden_squared_significand(code), golden_scaled_square(code, square), which make up
    square_units."""
    return [squared_significand.golden(), scaled_square.golden()]
