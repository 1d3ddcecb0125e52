# SPDX-License-Identifier: Apache-2.0
"""Equivalence of score_scale: random scores and multipliers, the enable low at random."""

from typing import Any

import numpy as np
from tritproof.ref.softmax.scale import scaled_score
from tritproof.verif.outcome import Outcome
from tritproof.verif.pipelines import check_pipeline
from tritproof.verif.port_values import corner_biased

LATENCY = 2


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare the value with the specification's of the score two enabled cycles before."""
    half = 1 << (params.score_width - 1)

    def draw(rng: np.random.Generator, rows: int) -> dict[str, np.ndarray]:
        return {
            "score": corner_biased(rng, (rows,), -half, half - 1),
            "mantissa": corner_biased(rng, (rows,), 0, (1 << params.mantissa_width) - 1),
            "shift": rng.integers(0, 1 << params.shift_width, rows),
        }

    def expected(inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        widths = {
            "SCORE_WIDTH": params.score_width,
            "MANTISSA_WIDTH": params.mantissa_width,
            "LEAST_SHIFT": params.least_shift,
            "SHIFT_WIDTH": params.shift_width,
        }
        given = (inputs[name] for name in ("score", "mantissa", "shift"))
        return {"value": scaled_score.numpy(*given, **widths)}

    return check_pipeline(simulator, LATENCY, vectors, seed, initial_state, draw, expected)
