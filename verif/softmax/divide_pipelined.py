# SPDX-License-Identifier: Apache-2.0
"""Equivalence of the pipelined divider: random divisions, the enable low at random."""

from typing import Any

import numpy as np
from tritproof.verif.outcome import Outcome
from tritproof.verif.pipelines import check_pipeline
from tritproof.verif.softmax.divide import expected, random_divisions


def check(
    simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1
) -> Outcome:
    """Compare quotient and overflow with the division quotient_width + 1 enabled cycles before."""

    def draw(rng: np.random.Generator, rows: int) -> dict[str, np.ndarray]:
        dividends, divisors = random_divisions(params, rng, rows)
        return {"dividend": dividends, "divisor": divisors}

    def due(inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        both = expected(params, inputs["dividend"], inputs["divisor"])
        width = params.result_width
        return {"quotient": both & ((1 << width) - 1), "overflow": both >> width}

    latency = params.quotient_width + 1
    return check_pipeline(simulator, latency, vectors, seed, initial_state, draw, due)
