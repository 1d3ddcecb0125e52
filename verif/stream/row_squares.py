# SPDX-License-Identifier: Apache-2.0
"""Equivalence of row_squares: rows of codes of every kind, pauses, the enable low at random."""

from typing import Any

import numpy as np
from tritproof.ref.float16.rounding import INFINITY, SIGN
from tritproof.ref.stream.rmsnorm import square_units
from tritproof.verif.float16.operations import random_pairs
from tritproof.verif.outcome import Outcome, until
from tritproof.verif.port_values import as_byte_rows, as_integers, often, pack_elements

MAGNITUDE_WIDTH = 15
MOST = 1 << 12
"""Clock cycles of one run."""


def row_starts(take: np.ndarray, depth: int, rng: np.random.Generator) -> np.ndarray:
    """Return flags int64: the first beat begins a row, and no row has more than ``depth``."""
    first, length = np.zeros(len(take), np.int64), depth
    for cycle in np.flatnonzero(take):
        if length == depth or rng.random() < 0.2:
            first[cycle], length = 1, 0
        length += 1
    return first


def totals(codes: np.ndarray, moved: np.ndarray, first: np.ndarray) -> list[tuple[int, int]]:
    """Return the total and whether it is broken, after each of the beats that are ``moved``."""
    squares = square_units.numpy(codes)
    total, broken, found = 0, 0, []
    for cycle in moved:
        if first[cycle]:
            total, broken = 0, 0
        total += sum(int(one) for one in squares[cycle])
        broken |= int((codes[cycle] >= INFINITY).any())
        found.append((total, broken))
    return found


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare the total of every beat, four enabled cycles later."""
    rng = np.random.default_rng(seed)

    def check_some(left: int) -> Outcome:
        rows = min(MOST, 2 * left + 20)
        codes = random_pairs(rng, rows * params.lanes)[0].reshape(rows, params.lanes)
        finite = codes % SIGN < INFINITY
        codes = np.where(finite | often(rng, codes.shape, 0.05).astype(bool), codes, 0x7BFF) % SIGN
        enable, take = often(rng, rows, 0.8), often(rng, rows, 0.8)
        moved = np.flatnonzero(enable & take)
        first = row_starts(enable & take, params.depth, rng)
        inputs = {
            "enable": enable, "take": take, "first": first,
            "magnitudes": pack_elements(codes, MAGNITUDE_WIDTH),
        }  # fmt: skip
        found = simulator.evaluate(inputs, initial_state=initial_state)
        found_totals = as_integers(as_byte_rows(found["total"], params.total_width))
        steps, failure, compared = np.flatnonzero(enable), None, 0
        place = {int(cycle): number for number, cycle in enumerate(steps)}
        for cycle, due in zip(moved, totals(codes, moved, first), strict=True):
            if place[int(cycle)] + 3 >= len(steps) or steps[place[int(cycle)] + 3] + 1 >= rows:
                break
            seen = int(steps[place[int(cycle)] + 3]) + 1
            compared += 1
            if (found_totals[seen], int(found["broken"][seen])) != due and failure is None:
                failure = f"cycle {seen}: expected {due}, found {found_totals[seen]:#x}"
        return Outcome(compared, int(failure is not None), rows, failure=failure)

    return until(vectors, check_some)
