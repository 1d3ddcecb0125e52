# SPDX-License-Identifier: Apache-2.0
"""The golden functions of the I-ViT blocks, each named ``golden_`` and its specification."""

from __future__ import annotations

from tritproof.ref.goldens import Constants, goldens
from tritproof.ref.ivit.requant import limited, rounded_magnitude


@goldens("dyadic_lane")
def dyadic_lane_goldens(constants: Constants) -> list[str]:
    """golden_rounded_magnitude(magnitude, shift)."""
    return [rounded_magnitude.golden()]


@goldens("requant", "requant_add")
def requant_goldens(constants: Constants) -> list[str]:
    """golden_limited(total)."""
    return [limited.golden(RESULT_WIDTH=constants["RESULT_WIDTH"])]
