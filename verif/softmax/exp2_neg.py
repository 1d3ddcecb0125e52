# SPDX-License-Identifier: Apache-2.0
"""Equivalence of exp2_neg: random powers, the enable low at random."""

from typing import Any

import numpy as np
from tritproof.ref.softmax.exp2 import exp2_neg
from tritproof.verif.outcome import Outcome
from tritproof.verif.pipelines import check_pipeline

LATENCY = 2


def random_powers(params: Any, rng: np.random.Generator, rows: int) -> np.ndarray:
    """Return int64[rows] values of z; half have an integer part that leaves something."""
    whole = params.z_width - params.frac
    near = min(params.precision + 3, 1 << whole) << params.frac
    return np.where(
        rng.random(rows) < 0.5,
        rng.integers(0, near, rows),
        rng.integers(0, 1 << params.z_width, rows),
    )


def check(
    simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1
) -> Outcome:
    """Compare the value with the specification's of the z two enabled cycles before."""

    def draw(rng: np.random.Generator, rows: int) -> dict[str, np.ndarray]:
        return {"z": random_powers(params, rng, rows)}

    def expected(inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        widths = {"Z_WIDTH": params.z_width, "F": params.frac, "P": params.precision}
        return {"value": exp2_neg.numpy(inputs["z"], **widths)}

    return check_pipeline(simulator, LATENCY, vectors, seed, initial_state, draw, expected)
