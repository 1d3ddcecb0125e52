# SPDX-License-Identifier: Apache-2.0
"""Pipelines with an enable: which row of inputs a row of outputs belongs to, and if it does."""

from collections.abc import Callable
from typing import Any

import numpy as np
from tritproof.verif.outcome import Outcome, until
from tritproof.verif.port_values import compare_rows, often

ROWS = 1 << 16
Values = dict[str, np.ndarray]


def source_rows(enable: np.ndarray, latency: int) -> np.ndarray:
    """Return, for each row (clock cycle), the row whose inputs the outputs show; -1 for none.

    The pipeline moves at the end of each row with ``enable`` 1 and is ``latency`` moves long.
    """
    moved = np.flatnonzero(enable)
    before = np.cumsum(enable) - enable
    numbers = before - latency
    sources = np.full(len(enable), -1, np.int64)
    known = numbers >= 0
    sources[known] = moved[numbers[known]]
    return sources


def check_pipeline(
    simulator: Any,
    latency: int,
    vectors: int,
    seed: int,
    initial_state: int,
    draw: Callable[[np.random.Generator, int], Values],
    expected: Callable[[Values], Values],
) -> Outcome:
    """Compare at least ``vectors`` rows of outputs with those ``expected`` of the inputs before.

    ``draw(rng, rows)`` makes int64[rows] of every input but ``enable``, which is low in a fifth of
    the rows.
    """
    rng = np.random.default_rng(seed)

    def check_some(left: int) -> Outcome:
        rows = min(ROWS, 2 * left + 2 * latency + 4)
        inputs = {"enable": often(rng, rows, 0.8), **draw(rng, rows)}
        found = simulator.evaluate(inputs, initial_state=initial_state)
        sources = source_rows(inputs["enable"], latency)
        compared = np.flatnonzero(sources >= 0)
        due = expected({name: values[sources] for name, values in inputs.items()})
        return compare_rows(inputs, due, found, rows, rows=compared)

    return until(vectors, check_some)
