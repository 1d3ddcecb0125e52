# SPDX-License-Identifier: Apache-2.0
"""Equivalence of rms_scale: sums of every magnitude, next to powers of four, the ends."""

from typing import Any

import numpy as np
from tritproof.ref.stream.rmsnorm import GREATEST_SQUARE, rms_scale
from tritproof.rtl.stream import whole_bytes
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import as_rows
from tritproof.verif.stream_cases import Case, check_cases
from tritproof.verif.streams import Beats

MOST = 40
"""Scales of one case."""


def random_row(params: Any, rng: np.random.Generator) -> tuple[int, int]:
    """Return a sum of squares and a length: of any size, or at an end.

    A fifth of the sums are 0 or the largest; a fifth make the divisor a power of four, times the
    length half of the time, or are next to it.
    """
    length = int(rng.integers(1, params.max_count + 1)) >> int(rng.integers(0, 13))
    length = int(rng.choice([max(length, 1), params.max_count], p=[0.8, 0.2]))
    most, kind = length * GREATEST_SQUARE, rng.random()
    if kind < 0.2:
        return int(rng.integers(0, 2)) * most, length
    if kind < 0.4:
        divisor = (length if rng.random() < 0.5 else 1) << 2 * int(rng.integers(0, 48))
        total = divisor - length * params.eps_units + int(rng.integers(-1, 2))
    else:
        total = int.from_bytes(rng.bytes(12), "little") >> int(rng.integers(0, 97))
    return min(max(total, 0), most), length


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare every scale, in order, with the definition."""
    low = params.total_width
    size = whole_bytes(low + params.length_width) // 8

    def draw(rng: np.random.Generator) -> Case:
        rows = [random_row(params, rng) for _ in range(int(rng.integers(1, MOST + 1)))]
        packed = [total | length << low for total, length in rows]
        due = [rms_scale(total, length, params.eps_units) for total, length in rows]
        return Case({"s_axis": Beats(as_rows(packed, size))}, {"m_axis": Beats(as_rows(due, 2))})

    return check_cases(simulator, vectors, seed, initial_state, draw)
