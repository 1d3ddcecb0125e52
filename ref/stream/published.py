# SPDX-License-Identifier: Apache-2.0
"""Two float16 steps of the published TeLLMe design, reproduced from its description, not its code.

The quantiser is described as x * (127 * recip(max)) in float16, then rounded half to even and
limited to +-127. Assumed are three roundings, in this order:

.. math:: q = clamp(RNE(RN(x \\cdot RN(127 \\cdot RN(1 / max)))))

SiLU is described as the nearest of 64 entries over [-8, 8], limited at both ends. Of what could be
measured on it, SiLU(0) = 0.0675, SiLU(x) = 7.996 for every x > 8 and a largest error of 0.143 for
|x| <= 8, the first two ask for entries RN(silu(-8 + 16 i / 63)): both ends are entries, and 0 is
nearest to 8 / 63. With an exact index the error would be 0.139; it is 0.143 if the distance of the
entries is rounded to float16, to 65 / 256, before x + 8 is divided by it.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache, partial

import numpy as np
from tritproof.ref.float16.arithmetic import float16_mul, float16_to_int8
from tritproof.ref.float16.functions import float16_recip
from tritproof.ref.float16.nearest import INTERVALS, enclosed_digits, nearest
from tritproof.ref.float16.rounding import INFINITY, NAN, SIGN, UNIT, units

CODE_OF_127 = 0x57F0
ENTRIES = 64
LIMIT = 8
STEP = Fraction(65, 256)
"""16 / 63 rounded to float16."""


def published_quantize(x, absmax: int) -> np.ndarray:
    """Return int8 codes [...] of binary16 codes ``x`` [...], ``absmax`` the largest magnitude.

    The reciprocal of 0 is infinite, 0 times it the NaN, whose conversion the published design
    leaves open: here it is 0, so a row of zeros has codes 0. For ``absmax`` below about
    127 / 65,520 the scale is infinite, and the code of all that is not 0 is 127 or -127.
    """
    scale = float16_mul.exact(CODE_OF_127, float16_recip(absmax))
    return float16_to_int8.numpy(float16_mul.numpy(x, scale), LEAST=-127).astype(np.int8)


@cache
def published_silu_entries() -> np.ndarray:
    """Return the codes int64[64] of silu(-8 + 16 i / 63), rounded once, not writable."""
    points = [Fraction(2 * LIMIT * i, ENTRIES - 1) - LIMIT for i in range(ENTRIES)]
    entries = nearest([enclosed_digits(partial(_silu, point)) for point in points])
    entries.setflags(write=False)
    return entries


def published_silu(x) -> np.ndarray:
    """Return codes int64[...] of codes ``x`` [...]: the entry whose index is nearest to
    (x + 8) / STEP, limited to 0 .. 63; a NaN, of which the description says nothing, is kept."""
    x = np.asarray(x)
    magnitude = x % SIGN
    limit = LIMIT << -UNIT
    # In units of 2**-24; the infinities are past the limits as any number above 8 is.
    value = np.clip(units.numpy(x), -limit, limit)
    numerator = (value + limit) * STEP.denominator
    denominator = STEP.numerator << -UNIT
    index = (2 * numerator + denominator) // (2 * denominator)
    chosen = published_silu_entries()[np.clip(index, 0, ENTRIES - 1)]
    return np.where(magnitude > INFINITY, NAN, chosen)


def _silu(point: Fraction):
    x = INTERVALS.mpf(point.numerator) / point.denominator
    return x / (1 + INTERVALS.exp(-x))
