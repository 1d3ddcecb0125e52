# SPDX-License-Identifier: Apache-2.0
"""Equivalence of dequantize_lane: sums and factors of every length, near ties among them."""

from typing import Any

import numpy as np
from tritproof.ref.stream.dequantize import (
    FACTOR_WIDTH,
    GREATEST_EXPONENT,
    LEAST_EXPONENT,
    dequantized_product,
)
from tritproof.rtl.stream.dequantize_lane import LATENCY
from tritproof.verif.outcome import Outcome
from tritproof.verif.pipelines import Values, check_pipeline


def check(
    simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1
) -> Outcome:
    """Compare the codes of random sums, the enable low at random."""
    half = 1 << (params.acc_width - 1)

    def draw(rng: np.random.Generator, rows: int) -> Values:
        acc = rng.integers(-half, half, rows) >> rng.integers(0, params.acc_width, rows)
        factor = rng.integers(0, 1 << FACTOR_WIDTH, rows) >> rng.integers(0, FACTOR_WIDTH, rows)
        # A power of two as the factor makes the sum's own digits decide, ties among them.
        power = np.int64(1) << rng.integers(0, FACTOR_WIDTH, rows)
        flags = {name: (rng.random(rows) < 0.1).astype(np.int64) for name in ("nan", "infinite")}
        return {
            "acc": acc,
            "factor": np.where(rng.random(rows) < 0.5, factor, power),
            "exponent": rng.integers(LEAST_EXPONENT, GREATEST_EXPONENT, rows, endpoint=True),
            "negative": rng.integers(0, 2, rows),
            "nothing": (rng.random(rows) < 0.2).astype(np.int64),
            **flags,
        }

    def expected(inputs: Values) -> Values:
        product = np.abs(inputs["acc"]) * inputs["factor"]
        given = [inputs[name] for name in ("exponent", "negative", "nan", "infinite", "nothing")]
        code = dequantized_product.numpy(
            inputs["acc"], product, *given, ACC_WIDTH=params.acc_width
        )
        return {"code": code}

    return check_pipeline(simulator, LATENCY, vectors, seed, initial_state, draw, expected)
