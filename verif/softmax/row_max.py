# SPDX-License-Identifier: Apache-2.0
"""Equivalence of row_max: rows of random length, with pauses, of values near each other or not."""

from typing import Any

import numpy as np
from tritproof.ref.spec import maximum
from tritproof.verif.outcome import Outcome, until
from tritproof.verif.port_values import compare_rows, corner_biased, often

ROWS = 1 << 14


def check(
    simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1
) -> Outcome:
    """Compare the output after every cycle with the maximum of the row's values until then."""
    rng = np.random.default_rng(seed)

    def check_some(left: int) -> Outcome:
        rows = min(ROWS, left + 32)
        return _check_rows(simulator, params, rows, rng, initial_state)

    return until(vectors, check_some)


def _check_rows(
    simulator: Any, params: Any, rows: int, rng: np.random.Generator, initial_state: int
) -> Outcome:
    half = 1 << (params.width - 1)
    near = int(rng.integers(-half, half)) + rng.integers(-2, 3, rows)
    far = corner_biased(rng, (rows,), -half, half - 1)
    inputs = {
        "take": often(rng, rows, 0.8),
        "first": often(rng, rows, 0.2),
        "value": np.where(rng.random(rows) < 0.5, np.clip(near, -half, half - 1), far),
    }
    found = simulator.evaluate(inputs, initial_state=initial_state)
    due, compared = np.zeros(rows, np.int64), np.zeros(rows, bool)
    largest = None
    for row in range(rows):
        if largest is not None:
            due[row], compared[row] = largest, True
        value = int(inputs["value"][row])
        if inputs["take"][row] and inputs["first"][row]:
            largest = value
        elif inputs["take"][row] and largest is not None:
            largest = maximum(largest, value)
    return compare_rows(inputs, {"largest": due}, found, rows, rows=np.flatnonzero(compared))
