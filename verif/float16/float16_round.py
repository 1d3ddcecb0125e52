# SPDX-License-Identifier: Apache-2.0
"""Equivalence of float16_round: magnitudes of every length, ties and near ties among them."""

from typing import Any

import numpy as np
from tritproof.ref.float16.rounding import round_to_float16
from tritproof.rtl.float16.float16_round import LATENCY
from tritproof.verif.outcome import Outcome
from tritproof.verif.pipelines import Values, check_pipeline


def random_numbers(params: Any, rng: np.random.Generator, rows: int) -> Values:
    """Return signs, magnitudes and exponents; half of the magnitudes are close to ties."""
    half = 1 << (params.exponent_width - 1)
    length = rng.integers(0, params.width + 1, rows)
    magnitude = rng.integers(0, 1 << 63, rows) >> (63 - np.minimum(length, 63))
    cleared = rng.integers(0, params.width, rows)
    near_tie = (magnitude >> cleared << cleared) + rng.integers(-1, 2, rows)
    near_tie = np.clip(near_tie, 0, (1 << min(params.width, 62)) - 1)
    return {
        "sign": rng.integers(0, 2, rows),
        "magnitude": np.where(rng.random(rows) < 0.5, magnitude, near_tie),
        "exponent": rng.integers(-half, half, rows),
    }


def check(
    simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1
) -> Outcome:
    """Compare the code with the specification's of the number three enabled cycles before."""

    def draw(rng: np.random.Generator, rows: int) -> Values:
        return random_numbers(params, rng, rows)

    half = 1 << (params.exponent_width - 1)

    def expected(inputs: Values) -> Values:
        code = round_to_float16.numpy(
            inputs["sign"], inputs["magnitude"], inputs["exponent"],
            WIDTH=params.width, LEAST_EXPONENT=-half, GREATEST_EXPONENT=half - 1,
        )  # fmt: skip
        return {"code": code}

    return check_pipeline(simulator, LATENCY, vectors, seed, initial_state, draw, expected)
