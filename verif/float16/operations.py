# SPDX-License-Identifier: Apache-2.0
"""Pairs of binary16 codes in which the hard cases of addition and multiplication are frequent."""

from typing import Any

import numpy as np
from tritproof.ref.spec import Specification
from tritproof.verif.enumeration import Enumeration, check_enumeration
from tritproof.verif.outcome import Outcome
from tritproof.verif.pipelines import Values


def random_pairs(rng: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Return two int64[rows] of codes: a third anything, a third with exponents close to each
    other, a third with few bits set, zeros and infinities among them."""
    a, b = rng.integers(0, 1 << 16, (2, rows))
    near = np.clip((a & 0x7FFF) + rng.integers(-(3 << 10), 3 << 10, rows), 0, 0x7FFF)
    close = near | (b & 0x8000)
    few = [(code >> 10 << 10) | (code & 1) << rng.integers(0, 10, rows) for code in (a, b)]
    kind = rng.integers(0, 3, rows)
    return np.where(kind == 2, few[0], a), np.choose(kind, [b, close, few[1]])


def pairs(latency: int, specification: Specification) -> Enumeration:
    """All inputs of a pipeline that computes a specification of two codes."""

    def expected(inputs: Values) -> Values:
        return {"result": specification.numpy(inputs["a"], inputs["b"])}

    return Enumeration(latency, expected)


def check_pairs(
    enumeration: Enumeration, simulator: Any, vectors: int, seed: int, initial_state: int
) -> Outcome:
    """Compare a pipeline of two operands on random pairs, the enable low at random."""

    def draw(rng: np.random.Generator, rows: int) -> Values:
        return dict(zip("ab", random_pairs(rng, rows), strict=True))

    return check_enumeration(enumeration, simulator, vectors, seed, initial_state, draw)
