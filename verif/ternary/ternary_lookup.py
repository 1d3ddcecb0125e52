# SPDX-License-Identifier: Apache-2.0
"""Equivalence of ternary_lookup: whole steps filled and read, every lane against one beat."""

from typing import Any

import numpy as np
from tritproof.ref.ternary.dot import tlmm_beat
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import compare_rows, pack_elements
from tritproof.verif.ternary.pipeline import fill_and_read, lane_totals, source_rows

ROWS = 1 << 10


def check(
    simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1
) -> Outcome:
    """Compare every lane's total, sign applied, ``1 + levels`` advancing cycles after its code."""
    rng = np.random.default_rng(seed)
    outcome = Outcome()
    while outcome.transactions < vectors and not outcome.mismatches:
        rows = min(ROWS, vectors - outcome.transactions + 8 << params.table.index_width)
        outcome += _check_rows(simulator, params, rows, rng, initial_state)
    return outcome


def _check_rows(
    simulator: Any, params: Any, rows: int, rng: np.random.Generator, initial_state: int
) -> Outcome:
    group, tables, lanes = params.g, params.t, params.q
    plan = fill_and_read(params.table, tables * group, rows, rng)
    rows = len(plan.readable)
    codes = rng.integers(0, 1 << params.table.code_width, (rows, lanes, tables))
    packed = pack_elements(codes.reshape(rows, -1), params.table.code_width)
    inputs = plan.inputs | {
        "advance": (rng.random(rows) < 0.8).astype(np.int64),
        "codes": packed,
    }
    found = simulator.evaluate(inputs, initial_state=initial_state)
    sources = source_rows(inputs["advance"], 1 + params.tree.levels)
    compared = np.flatnonzero(sources >= plan.first_read)
    sums = np.zeros((rows, lanes), np.int64)
    sums[compared] = tlmm_beat.numpy(
        codes[sources[compared]],
        plan.readable[sources[compared]][:, None, :],
        G=group,
        T=tables,
        CODE_ORDER=params.code_order,
    )
    totals = lane_totals(found, lanes, params.tree.total_width)
    return compare_rows(inputs, {"sums": sums}, {"sums": totals}, rows, rows=compared)
