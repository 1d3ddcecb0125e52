# SPDX-License-Identifier: Apache-2.0
"""Equivalence of lane_sums: new activations and codes in every cycle, every lane against a beat."""

from typing import Any

import numpy as np
from tritproof.verif.outcome import Outcome, until
from tritproof.verif.port_values import often, pack_elements
from tritproof.verif.ternary.dot import random_activations
from tritproof.verif.ternary.pipeline import compare_lanes

ROWS = 1 << 10


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare every lane's total, sign applied, ``1 + levels`` advancing cycles after its code."""
    rng = np.random.default_rng(seed)

    def check_some(left: int) -> Outcome:
        rows = min(ROWS, left + 8 * params.tree.levels)
        return _check_rows(simulator, params, rows, rng, initial_state)

    return until(vectors, check_some)


def _check_rows(
    simulator: Any, params: Any, rows: int, rng: np.random.Generator, initial_state: int
) -> Outcome:
    group, count, lanes = params.g, params.t, params.q
    activations = random_activations(rng, rows, count * group)
    codes = rng.integers(0, 1 << params.code_width, (rows, lanes, count))
    inputs = {
        "advance": often(rng, rows, 0.8),
        "activations": pack_elements(activations, 8),
        "codes": pack_elements(codes.reshape(rows, -1), params.code_width),
    }
    return compare_lanes(simulator, params, inputs, codes, activations, 0, initial_state)
