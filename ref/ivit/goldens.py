# SPDX-License-Identifier: Apache-2.0
"""The golden functions of the I-ViT blocks, each named ``golden_`` and its specification."""

from __future__ import annotations

from tritproof.ref.goldens import Constants, goldens
from tritproof.ref.ivit.layernorm import newton_step, tabled_newton_root
from tritproof.ref.ivit.requant import limited, rounded_magnitude
from tritproof.ref.softmax.divide import rounded_quotient


@goldens("dyadic_lane")
def dyadic_lane_goldens(constants: Constants) -> list[str]:
    """golden_rounded_magnitude(magnitude, shift)."""
    return [rounded_magnitude.golden()]


@goldens("requant", "requant_add")
def requant_goldens(constants: Constants) -> list[str]:
    """golden_limited(total)."""
    return [limited.golden(RESULT_WIDTH=constants["RESULT_WIDTH"])]


TABLED = 8
"""Bits of the widest radicand whose roots are tabled."""


@goldens("newton_root")
def newton_goldens(constants: Constants) -> list[str]:
    """golden_newton_step(k, quotient), and of few bits golden_tabled_newton_root(radicand)."""
    sizes = {name: constants[name] for name in ("ROOT_WIDTH", "QUOTIENT_WIDTH")}
    found = [newton_step.golden(**sizes)]
    if constants["RADICAND_WIDTH"] <= TABLED:
        names = ("RADICAND_WIDTH", "FIRST", "STEPS")
        found.append(tabled_newton_root.golden(**{name: constants[name] for name in names}))
    return found


@goldens("layernorm_factor")
def layernorm_factor_goldens(constants: Constants) -> list[str]:
    """golden_rounded_quotient(quotient, remainder, length)."""
    sizes = {"D": constants["LENGTH_WIDTH"], "Q": constants["NUMBER_WIDTH"]}
    return [rounded_quotient.golden(ROUNDING="half_even", **sizes)]
