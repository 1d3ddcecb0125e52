# SPDX-License-Identifier: Apache-2.0
"""What follows dequantisation element by element: gates, and the residual sum.

.. math:: RN(RN(silu(g)) \\cdot u), \\quad RN(RN(max(g, 0)^2) \\cdot u), \\quad RN(a + b)

Source: arXiv:2510.15926 section 3.4, whose SiLU is a table of 64 entries
(:mod:`tritproof.ref.stream.published`); here it is the real function, rounded once. The squared
ReLU is that of BitNet b1.58 2B4T.
"""

from __future__ import annotations

import numpy as np
from tritproof.ref.float16.arithmetic import float16_add, float16_mul
from tritproof.ref.float16.functions import float16_silu, table
from tritproof.ref.float16.rounding import CODE, NAN, is_nan, sign_of
from tritproof.ref.spec import select, specification


@specification(inputs=lambda: {"a": CODE}, result=CODE)
def float16_relu(a):
    """max(a, 0): +0 of zeros of both signs and of what is below 0, the one NaN of a NaN."""
    return select(is_nan(a), NAN, select(sign_of(a) == 1, 0, a))


@specification(inputs=lambda: {"gate": CODE, "up": CODE}, result=CODE)
def relu2_product(gate, up):
    """RN(RN(r * r) * up) with r = max(gate, 0)."""
    rectified = float16_relu(gate)
    return float16_mul(float16_mul(rectified, rectified), up)


def relu2_gate(gate, up) -> np.ndarray:
    """Codes int64[...] of RN(RN(r * r) * up), r = max(gate, 0), for codes [...]."""
    return relu2_product.numpy(gate, up)


def silu_gate(gate, up) -> np.ndarray:
    """Codes int64[...] of RN(RN(silu(gate)) * up), for codes [...]."""
    return float16_mul.numpy(table(float16_silu)[np.asarray(gate)], up)


def residual_add(a, b) -> np.ndarray:
    """Codes int64[...] of RN(a + b), for codes [...]."""
    return float16_add.numpy(a, b)
