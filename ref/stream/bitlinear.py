# SPDX-License-Identifier: Apache-2.0
"""A ternary linear layer on a row of binary16 codes, with what is fused behind it.

.. math:: y = f(RN(a \\cdot 2^{-s} m \\cdot \\textstyle\\sum_i w_{ij} q_i)), \\quad
          q_i = clamp(RNE(127 x_i / a)), \\quad a = max_i |x_i|

The composition of :func:`tritproof.ref.stream.quantize.quantize`, the exact product
:func:`tritproof.ref.ternary.matvec.matvec`, :func:`tritproof.ref.stream.dequantize.dequantize`, and
an element-wise mode f. The row is one that was normalised before, by gamma too. Source:
arXiv:2510.15926 sections 3.2 to 3.5.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from tritproof.ref.stream.dequantize import dequantize
from tritproof.ref.stream.gates import relu2_gate, residual_add, silu_gate
from tritproof.ref.stream.quantize import activation_scale, quantize
from tritproof.ref.stream.rmsnorm import row_absmax
from tritproof.ref.stream.rope import rope_of_heads
from tritproof.ref.ternary.matvec import accumulator_width, matvec

MODES: dict[str, Callable[..., np.ndarray]] = {
    "none": lambda y, _: y,
    "residual_add": residual_add,
    "silu_gate": silu_gate,
    "relu2_gate": relu2_gate,
    "rope": lambda y, tables: rope_of_heads(y, *tables),
}
"""By name, a function of the dequantised row and of a second operand."""


def bitlinear(x, weights, mantissa: int, shift: int, *, mode: str = "none",
              second=None) -> np.ndarray:
    """Return codes int64[K] of codes ``x`` [N] and trits ``weights`` [N, K], the scale of the
    weights being 127 * mantissa / 2**shift (:func:`tritproof.ref.stream.dequantize.dyadic_scale`).

    ``second`` is, by ``mode``: None for ``none``; codes [K] for ``residual_add``, and for
    ``silu_gate`` and ``relu2_gate``, where they are the up projection and the row is the gate; for
    ``rope`` a pair (cosine, sine) of codes [head_dim / 2], K a multiple of head_dim.

    Raises:
        ValueError: the mode is unknown, ``second`` is missing or not wanted, a shape does not
            match, or a weight is no trit.
    """
    if mode not in MODES:
        raise ValueError(f"no mode {mode!r}: there are {', '.join(MODES)}")
    if (second is None) != (mode == "none"):
        raise ValueError(f"mode {mode!r} takes {'no' if mode == 'none' else 'a'} second operand")
    x = np.asarray(x)
    if x.ndim != 1:
        raise ValueError(f"x has shape {x.shape}: need one row, as each has a scale of its own")
    absmax = row_absmax(x)
    sums = matvec(np.asarray(weights).T, quantize(x, absmax))
    if mode not in ("none", "rope") and np.shape(second) != sums.shape:
        raise ValueError(f"mode {mode!r}: the second operand has shape {np.shape(second)}, the "
                         f"result {sums.shape}: need one and the same")
    scale = int(activation_scale(absmax))
    y = dequantize.numpy(sums, scale, mantissa, shift, ACC_WIDTH=accumulator_width(len(x)))
    return MODES[mode](y.astype(np.int64), second)
