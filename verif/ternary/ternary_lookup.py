# SPDX-License-Identifier: Apache-2.0
"""Equivalence of ternary_lookup: whole steps filled and read, every lane against one beat."""

from typing import Any

import numpy as np
from tritproof.verif.outcome import Outcome, until
from tritproof.verif.port_values import often, pack_elements
from tritproof.verif.ternary.pipeline import compare_lanes, fill_and_read

ROWS = 1 << 10


def check(
    simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1
) -> Outcome:
    """Compare every lane's total, sign applied, ``1 + levels`` advancing cycles after its code."""
    rng = np.random.default_rng(seed)

    def check_some(left: int) -> Outcome:
        rows = min(ROWS, left + 8 << params.table.index_width)
        return _check_rows(simulator, params, rows, rng, initial_state)

    return until(vectors, check_some)


def _check_rows(
    simulator: Any, params: Any, rows: int, rng: np.random.Generator, initial_state: int
) -> Outcome:
    group, tables, lanes = params.g, params.t, params.q
    plan = fill_and_read(params.table, tables * group, rows, rng)
    rows = len(plan.readable)
    codes = rng.integers(0, 1 << params.table.code_width, (rows, lanes, tables))
    packed = pack_elements(codes.reshape(rows, -1), params.table.code_width)
    inputs = plan.inputs | {
        "advance": often(rng, rows, 0.8),
        "codes": packed,
    }
    return compare_lanes(
        simulator, params, inputs, codes, plan.readable, plan.first_read, initial_state
    )
