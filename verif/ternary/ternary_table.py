# SPDX-License-Identifier: Apache-2.0
"""Equivalence of ternary_table: fills with pauses in one bank, random reads of the other."""

from typing import Any

import numpy as np
from tritproof.ref.ternary.dot import ternary_dot
from tritproof.verif.outcome import Outcome, until
from tritproof.verif.pipelines import source_rows
from tritproof.verif.port_values import (
    as_byte_rows,
    compare_rows,
    often,
    pack_elements,
    unpack_elements,
)
from tritproof.verif.ternary.pipeline import fill_and_read

ROWS = 1 << 14


def check(
    simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1
) -> Outcome:
    """Compare every port's entry, its sign applied, one enabled cycle after its code."""
    rng = np.random.default_rng(seed)

    def check_some(left: int) -> Outcome:
        rows = min(ROWS, left + 8 << params.index_width)
        return _check_rows(simulator, params, rows, rng, initial_state)

    return until(vectors, check_some)


def _check_rows(
    simulator: Any, params: Any, rows: int, rng: np.random.Generator, initial_state: int
) -> Outcome:
    group, ports, width = params.g, params.q, params.code_width
    plan = fill_and_read(params, group, rows, rng)
    rows = len(plan.readable)
    codes = rng.integers(0, 1 << width, (rows, ports))
    inputs = plan.inputs | {
        "read": often(rng, rows, 0.8),
        "codes": pack_elements(codes, width),
    }
    found = simulator.evaluate(inputs, initial_state=initial_state)
    sources = source_rows(inputs["read"], 1)
    compared = np.flatnonzero(sources >= plan.first_read)
    dots = np.zeros((rows, ports), np.int64)
    dots[compared] = ternary_dot.numpy(
        codes[sources[compared]],
        plan.readable[sources[compared]][:, None, :],
        G=group,
        CODE_ORDER=params.code_order,
    )
    entries = unpack_elements(
        as_byte_rows(found["entries"], ports * params.entry_width),
        ports,
        params.entry_width,
        signed=True,
    )
    negates = unpack_elements(as_byte_rows(found["negates"], ports), ports, 1, signed=False)
    signed_entries = np.where(negates == 1, -entries, entries)
    return compare_rows(inputs, {"dots": dots}, {"dots": signed_entries}, rows, rows=compared)
