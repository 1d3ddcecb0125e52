# SPDX-License-Identifier: Apache-2.0
"""Equivalence of dot_int8: vectors of every number of beats, with pauses and new starts."""

from typing import Any

import numpy as np
from tritproof.ref.attention.dot import dot
from tritproof.verif.outcome import Outcome, until
from tritproof.verif.pipelines import source_rows
from tritproof.verif.port_values import compare_rows, corner_biased, often, pack_elements

ROWS = 1 << 14
LATENCY = 3


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare the output with the sum over the beats taken since the first, after every cycle."""
    rng = np.random.default_rng(seed)

    def check_some(left: int) -> Outcome:
        rows = min(ROWS, 4 * left + 32)
        return _check_rows(simulator, params, rows, rng, initial_state)

    return until(vectors, check_some)


def _check_rows(
    simulator: Any, params: Any, rows: int, rng: np.random.Generator, initial_state: int
) -> Outcome:
    a, b = (corner_biased(rng, (rows, params.lanes), -128, 127) for _ in range(2))
    enable = often(rng, rows, 0.8)
    take = often(rng, rows, 0.8)
    first = often(rng, rows, 0.3)
    sums = dot.numpy(a, b, N=params.lanes)
    after, known = np.zeros(rows, np.int64), np.zeros(rows, bool)
    total, beats = 0, 0
    for row in range(rows):
        if enable[row] and take[row]:
            forced = beats == params.beats or not beats and first[row]
            first[row] |= int(forced)
            if first[row] or beats:
                beats = 1 if first[row] else beats + 1
                total = int(sums[row]) + (0 if first[row] else total)
        after[row], known[row] = total, beats > 0
    inputs = {
        "enable": enable,
        "take": take,
        "first": first,
        "a": pack_elements(a, 8),
        "b": pack_elements(b, 8),
    }
    found = simulator.evaluate(inputs, initial_state=initial_state)
    sources = source_rows(enable, LATENCY)
    compared = np.flatnonzero((sources >= 0) & known[sources])
    return compare_rows(inputs, {"score": after[sources]}, found, rows, rows=compared)
