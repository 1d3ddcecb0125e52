# SPDX-License-Identifier: Apache-2.0
"""Equivalence of the integer root: radicands of every size, squares and their neighbours."""

from math import isqrt
from typing import Any

import numpy as np
from tritproof.rtl.stream import whole_bytes
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import as_rows
from tritproof.verif.stream_cases import Case, check_cases
from tritproof.verif.streams import Beats

MOST = 200
"""Roots of one case."""


def random_radicands(width: int, rng: np.random.Generator, count: int) -> np.ndarray:
    """Return int64[count] radicands of roots of ``width`` bits; half are at or next to squares."""
    roots = rng.integers(0, 1 << width, count) >> rng.integers(0, width + 1, count)
    near = roots**2 + rng.integers(-1, 2, count)
    free = rng.integers(0, 1 << 2 * width, count) >> rng.integers(0, 2 * width + 1, count)
    chosen = np.where(rng.random(count) < 0.5, near, free)
    return np.clip(chosen, 0, (1 << 2 * width) - 1)


def expected(radicand: int, width: int) -> int:
    """Return the flag of a square that is less, above the root."""
    root = isqrt(radicand)
    return root | (root * root != radicand) << width


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare every root, in order, with the definition."""
    width = params.root_width

    def draw(rng: np.random.Generator) -> Case:
        count = int(rng.integers(1, min(MOST, vectors) + 1))
        radicands = [int(one) for one in random_radicands(width, rng, count)]
        due = [expected(one, width) for one in radicands]
        return Case(
            {"s_axis": Beats(as_rows(radicands, whole_bytes(2 * width) // 8))},
            {"m_axis": Beats(as_rows(due, whole_bytes(width + 1) // 8))},
        )

    return check_cases(simulator, vectors, seed, initial_state, draw)
