# SPDX-License-Identifier: Apache-2.0
"""What is expected of the lanes of ShiftGELU, of many inputs at once."""

from typing import Any

import numpy as np
from tritproof.ref.ivit.exponential import FACTOR
from tritproof.rtl.ivit.row_gelu_lane import OCTAVES
from tritproof.rtl.ivit.shift_exp import DISTANCE_WIDTH
from tritproof.verif.ivit.shift_exp import table


def normalised(e: np.ndarray, total: np.ndarray, output_bits: int) -> np.ndarray:
    """Return :func:`tritproof.ref.ivit.exponential.normalised` of int64 arrays."""
    return e * (FACTOR // np.minimum(total, FACTOR)) >> 32 - output_bits


def gelu(x: np.ndarray, largest: np.ndarray, unit: np.ndarray, params: Any) -> np.ndarray:
    """Return :func:`tritproof.ref.ivit.exponential.gelu` of int64 arrays; the unit 0 counts as 1.

    An exponential is looked up, with so much headroom that what it is cut to is beyond what a sum
    counts.
    """
    half = 1 << (DISTANCE_WIDTH - 1)
    known = table(params.n, params.unit_width)
    known_zero = table(params.n, params.unit_width, OCTAVES + 1 - params.n)
    e = known[unit, np.maximum(largest - x, 0) + half]
    return x * normalised(e, e + known_zero[unit, largest + half], params.output_bits)
