# SPDX-License-Identifier: Apache-2.0
"""The golden functions of the float16 blocks, each named ``golden_`` and its specification."""

from __future__ import annotations

from tritproof.ref.float16.arithmetic import (
    float16_compare,
    float16_from_int,
    float16_max,
    float16_significand,
    product_code,
    product_exponent,
)
from tritproof.ref.float16.rounding import (
    deciding_bits,
    length_of,
    round_to_float16,
    rounded_of_length,
)
from tritproof.ref.goldens import Constants, goldens


@goldens("float16_round")
def round_goldens(constants: Constants) -> list[str]:
    """golden_round_to_float16(sign, magnitude, exponent), and its parts:
    golden_length_of(magnitude), golden_rounded_of_length(sign, magnitude, exponent, length),
    golden_deciding_bits(magnitude, exponent, length): the place, and above it the bits kept."""
    half = 1 << (constants["EXPONENT_WIDTH"] - 1)
    sizes = {"WIDTH": constants["WIDTH"], "LEAST_EXPONENT": -half, "GREATEST_EXPONENT": half - 1}
    parts = (round_to_float16, rounded_of_length, deciding_bits)
    return [length_of.golden(WIDTH=sizes["WIDTH"]), *(part.golden(**sizes) for part in parts)]


@goldens("float16_mul")
def mul_goldens(constants: Constants) -> list[str]:
    """golden_float16_significand(a), golden_product_exponent(a, b), golden_product_code(a, b,
    product), which make up float16_mul; and those of the rounding."""
    parts = [float16_significand, product_exponent, product_code]
    return [*(part.golden() for part in parts), *round_goldens(constants)]


@goldens("float16_from_int")
def from_int_goldens(constants: Constants) -> list[str]:
    """golden_float16_from_int(value), and those of the rounding."""
    return [float16_from_int.golden(WIDTH=constants["VALUE_WIDTH"]), *round_goldens(constants)]


@goldens("float16_compare")
def compare_goldens(constants: Constants) -> list[str]:
    """golden_float16_compare(a, b), golden_float16_max(a, b)."""
    return [float16_compare.golden(), float16_max.golden()]
