# SPDX-License-Identifier: Apache-2.0
"""The golden functions of the L-Mul blocks, each named ``golden_`` and its specification."""

from __future__ import annotations

from tritproof.ref.goldens import Constants, goldens
from tritproof.ref.lmul.lmul import lmul

SIZES = ("EXPONENT_BITS", "MANTISSA_BITS", "INFINITIES", "OFFSET", "SATURATE")


@goldens("lmul")
def lmul_goldens(constants: Constants) -> list[str]:
    """golden_lmul(a, b)."""
    return [lmul.golden(**{name: int(constants[name]) for name in SIZES})]
