# SPDX-License-Identifier: Apache-2.0
"""The golden functions of the L-Mul blocks, each named ``golden_`` and its specification."""

from __future__ import annotations

from tritproof.ref.goldens import Constants, goldens
from tritproof.ref.lmul.lmul import fixed_point, is_no_number, lmul
from tritproof.ref.lmul.rounded import normal_significand, rounded_product

SHAPE = ("EXPONENT_BITS", "MANTISSA_BITS", "BIAS", "INFINITIES")
SIZES = (*SHAPE, "OFFSET", "SATURATE")


@goldens("lmul")
def lmul_goldens(constants: Constants) -> list[str]:
    """golden_lmul(a, b)."""
    return [lmul.golden(**{name: int(constants[name]) for name in SIZES})]


@goldens("lmul_dot", "lmul_attention_scores")
def lmul_dot_goldens(constants: Constants) -> list[str]:
    """golden_fixed_point(code), golden_is_no_number(code)."""
    sizes = {name: int(constants[name]) for name in SHAPE}
    return [part.golden(**sizes) for part in (fixed_point, is_no_number)]


@goldens("rounded_mul")
def rounded_mul_goldens(constants: Constants) -> list[str]:
    """golden_normal_significand(a), golden_rounded_product(a, b, product), which make up
    rounded_mul."""
    sizes = {name: int(constants[name]) for name in (*SHAPE, "SATURATE")}
    shape = {name: sizes[name] for name in SHAPE}
    return [normal_significand.golden(**shape), rounded_product.golden(**sizes)]
