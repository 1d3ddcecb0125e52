# SPDX-License-Identifier: Apache-2.0
"""Equivalence of signed_sum_tree with the flat sum, a new set of terms in every enabled cycle."""

from typing import Any

import numpy as np
from tritproof.ref.ternary.dot import signed_sum
from tritproof.verif.outcome import Outcome, until
from tritproof.verif.pipelines import source_rows
from tritproof.verif.port_values import CHUNK, compare_rows, corner_biased, often, pack_elements

ROWS = CHUNK // 32


def check(
    simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1
) -> Outcome:
    """Compare the total, its sign applied, ``levels`` enabled cycles after its terms."""
    rng = np.random.default_rng(seed)

    def check_some(left: int) -> Outcome:
        rows = min(ROWS, left + 4 * params.levels + 16)
        return _check_rows(simulator, params, rows, rng, initial_state)

    return until(vectors, check_some)


def _check_rows(
    simulator: Any, params: Any, rows: int, rng: np.random.Generator, initial_state: int
) -> Outcome:
    terms, width = params.terms, params.term_width
    values = corner_biased(rng, (rows, terms), -params.bound, params.bound)
    extreme = rng.random(rows) < 0.1
    values[extreme] = np.where(rng.random((extreme.sum(), 1)) < 0.5, params.bound, -params.bound)
    negates = rng.integers(0, 2, (rows, terms))
    negates[rng.random(rows) < 0.2] = 0
    inputs = {
        "enable": often(rng, rows, 0.8),
        "negates": pack_elements(negates, 1),
        "values": pack_elements(values, width),
    }
    found = simulator.evaluate(inputs, initial_state=initial_state)
    sources = source_rows(inputs["enable"], params.levels)
    compared = np.flatnonzero(sources >= 0)
    total = np.zeros(rows, np.int64)
    total[compared] = signed_sum.numpy(negates, values, T=terms, WIDTH=width)[sources[compared]]
    signed_total = np.where(found["negate"] == 1, -found["total"], found["total"])
    return compare_rows(inputs, {"total": total}, {"total": signed_total}, rows, rows=compared)
