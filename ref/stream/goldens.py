# SPDX-License-Identifier: Apache-2.0
"""The golden functions of the stream blocks, each named ``golden_`` and its specification."""

from __future__ import annotations

from tritproof.ref.goldens import Constants, goldens
from tritproof.ref.stream.quantize import (
    activation_scale,
    code_of_quotient,
    is_above,
    quotient_dividend,
    quotient_divisor,
)
from tritproof.ref.stream.rmsnorm import is_root


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


@goldens("residual_add", "silu_gate", "relu2_gate", "rope")
def elementwise_goldens(constants: Constants) -> list[str]:
    """None: the parts compute."""
    return []
