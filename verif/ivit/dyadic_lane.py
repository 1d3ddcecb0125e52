# SPDX-License-Identifier: Apache-2.0
"""Equivalence of dyadic_lane: products of every length, ties and near ties among them."""

from typing import Any

import numpy as np
from tritproof.ref.ivit.requant import GREATEST_MANTISSA, rounded_magnitude
from tritproof.rtl.ivit.dyadic_lane import LATENCY
from tritproof.verif.outcome import Outcome
from tritproof.verif.pipelines import Values, check_pipeline


def random_dyadics(rng: np.random.Generator, rows: int) -> Values:
    """Return values, mantissas (many of them powers of two, which make ties) and shifts."""
    half = 1 << 31
    value = rng.integers(-half, half, rows) >> rng.integers(0, 32, rows)
    mantissa = rng.integers(0, GREATEST_MANTISSA, rows, endpoint=True) >> rng.integers(0, 32, rows)
    power = np.int64(1) << rng.integers(0, 32, rows)
    return {
        "value": value,
        "mantissa": np.where(rng.random(rows) < 0.4, power, mantissa),
        "shift": rng.integers(0, 64, rows),
    }


def rounded(value: np.ndarray, mantissa: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """Return the rounded products int64."""
    magnitude = rounded_magnitude.numpy(np.abs(value) * mantissa, shift).astype(np.int64)
    return np.where(value < 0, -magnitude, magnitude)


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare random products, the enable low at random."""

    def due(inputs: Values) -> Values:
        return {"rounded": rounded(inputs["value"], inputs["mantissa"], inputs["shift"])}

    return check_pipeline(
        simulator, LATENCY, vectors, seed, initial_state, random_dyadics, due
    )
