# SPDX-License-Identifier: Apache-2.0
"""Equivalence of lane_sums: new activations and codes in every cycle, every lane against a beat."""

from typing import Any

import numpy as np
from tritproof.ref.ternary.dot import tlmm_beat
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import compare_rows, pack_elements
from tritproof.verif.ternary.dot import random_activations
from tritproof.verif.ternary.pipeline import lane_totals, source_rows

ROWS = 1 << 10


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare every lane's total, sign applied, ``1 + levels`` advancing cycles after its code."""
    rng = np.random.default_rng(seed)
    outcome = Outcome()
    while outcome.transactions < vectors and not outcome.mismatches:
        rows = min(ROWS, vectors - outcome.transactions + 8 * params.tree.levels)
        outcome += _check_rows(simulator, params, rows, rng, initial_state)
    return outcome


def _check_rows(
    simulator: Any, params: Any, rows: int, rng: np.random.Generator, initial_state: int
) -> Outcome:
    group, count, lanes = params.g, params.t, params.q
    activations = random_activations(rng, rows, count * group)
    codes = rng.integers(0, 1 << params.code_width, (rows, lanes, count))
    inputs = {
        "advance": (rng.random(rows) < 0.8).astype(np.int64),
        "activations": pack_elements(activations, 8),
        "codes": pack_elements(codes.reshape(rows, -1), params.code_width),
    }
    found = simulator.evaluate(inputs, initial_state=initial_state)
    sources = source_rows(inputs["advance"], 1 + params.tree.levels)
    compared = np.flatnonzero(sources >= 0)
    sums = np.zeros((rows, lanes), np.int64)
    sums[compared] = tlmm_beat.numpy(
        codes[sources[compared]],
        activations[sources[compared]][:, None, :],
        G=group,
        T=count,
        CODE_ORDER=params.code_order,
    )
    totals = lane_totals(found, lanes, params.tree.total_width)
    return compare_rows(inputs, {"sums": sums}, {"sums": totals}, rows, rows=compared)
