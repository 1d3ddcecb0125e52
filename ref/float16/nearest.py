# SPDX-License-Identifier: Apache-2.0
"""The binary16 code nearest to a real number that is given by integers of any size, or enclosed.

Both end in the one rounding of :mod:`tritproof.ref.float16.rounding`. What lies below the leading
bits is told by one bit, whether it is 0 (:func:`tritproof.ref.stream.theorems.sticky_is_enough`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from mpmath.ctx_iv import MPIntervalContext
from tritproof.ref.float16.rounding import round_to_float16

LEADING = 14
"""Bits kept of a longer magnitude: a result has at most 11."""
FEWEST = 12
"""Bits of a magnitude that is followed by digits of which only their being there is known."""
FARTHEST = 200
"""Past this exponent, up or down, every result is infinite or 0."""
SIZES: dict[str, Any] = {
    "WIDTH": LEADING + 1, "LEAST_EXPONENT": -FARTHEST, "GREATEST_EXPONENT": FARTHEST,
}
FIRST_PRECISION = 64
INTERVALS = MPIntervalContext()
"""Where the intervals of :func:`enclosed_digits` are formed, ``INTERVALS.prec`` bits wide."""


class Digits(NamedTuple):
    """(-1)**sign * magnitude * 2**exponent, a number that rounds as the one it stands for."""

    sign: int
    magnitude: int
    exponent: int


def deciding_digits(sign: int, magnitude: int, exponent: int, *, inexact: bool = False) -> Digits:
    """Return 15 bits that round as (-1)**sign * m * 2**exponent does, m being ``magnitude``, or,
    where ``inexact``, any real number between it and the next integer.

    Raises:
        ValueError: ``inexact``, and the magnitude has fewer than 12 bits.
    """
    length = magnitude.bit_length()
    if inexact and length < FEWEST:
        raise ValueError(f"the magnitude {magnitude} has {length} bits: what follows decides the "
                         f"rounding, give at least {FEWEST}")
    cut = max(length - LEADING, 0)
    leading = magnitude >> cut
    jammed = 2 * leading + (inexact or leading << cut != magnitude)
    return Digits(sign, jammed, max(-FARTHEST, min(exponent + cut - 1, FARTHEST)))


def enclosed_digits(enclose: Callable[[], Any]) -> Digits:
    """Return digits that round as a real number of which ``enclose()`` gives an interval, formed in
    ``INTERVALS``; more precision is given until both of its ends have the same digits.

    Does not end for a number of finitely many digits that is not enclosed exactly.
    """
    INTERVALS.prec = FIRST_PRECISION
    while True:
        low, high = (deciding_digits(end[0], int(end[1]), end[2]) for end in enclose()._mpi_)
        if low == high:
            return low
        INTERVALS.prec *= 2


def nearest(digits) -> np.ndarray:
    """Return the codes int64[...] nearest to :class:`Digits` [..., 3]."""
    parts = np.asarray(digits, dtype=np.int64)
    return round_to_float16.numpy(parts[..., 0], parts[..., 1], parts[..., 2], **SIZES)


def nearest_code(sign: int, magnitude: int, exponent: int, *, inexact: bool = False) -> int:
    """Return the code nearest to what :func:`deciding_digits` takes."""
    return round_to_float16.exact(
        *deciding_digits(sign, magnitude, exponent, inexact=inexact), **SIZES
    )
