# SPDX-License-Identifier: Apache-2.0
"""Equivalence of quantize_lane: numbers near their row's largest magnitude, and any others."""

from typing import Any

import numpy as np
from tritproof.ref.stream.quantize import quantized
from tritproof.rtl.stream.quantize_lane import LATENCY
from tritproof.verif.float16.operations import random_pairs
from tritproof.verif.outcome import Outcome
from tritproof.verif.pipelines import Values, check_pipeline


def check(
    simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1
) -> Outcome:
    """Compare the codes of random numbers, the enable low at random."""

    def draw(rng: np.random.Generator, rows: int) -> Values:
        a, b = random_pairs(rng, rows)
        ordered = rng.random(rows) < 0.7
        swapped = ordered & (a % 0x8000 > b % 0x8000)
        return {"y": np.where(swapped, b, a), "absmax": np.where(swapped, a, b) % 0x8000}

    def expected(inputs: Values) -> Values:
        return {"code": quantized.numpy(inputs["y"], inputs["absmax"], LEAST=params.least)}

    return check_pipeline(simulator, LATENCY, vectors, seed, initial_state, draw, expected)
