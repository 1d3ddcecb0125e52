# SPDX-License-Identifier: Apache-2.0
"""Equivalence of score_row: rows written to one bank while the other is read, with pauses."""

from typing import Any

import numpy as np
from tritproof.ref.softmax.softmax import distance
from tritproof.verif.outcome import Outcome, until
from tritproof.verif.port_values import compare_rows, often
from tritproof.verif.softmax.score_buffer import random_row

LATENCY = 2
ROWS = 1 << 13


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare every distance of a written place with the specification."""
    rng = np.random.default_rng(seed)

    def check_some(left: int) -> Outcome:
        rows = min(ROWS, 4 * left + 64)
        return _check_rows(simulator, params, rows, rng, initial_state)

    return until(vectors, check_some)


def _check_rows(
    simulator: Any, params: Any, rows: int, rng: np.random.Generator, initial_state: int
) -> Outcome:
    near = 2 << params.distance_width
    inputs = {
        "take": often(rng, rows, 0.8),
        "first": often(rng, rows, 0.1),
        "keep": often(rng, rows, 0.9),
        "bank": rng.integers(0, 2, rows),
        "place": rng.integers(0, min(params.depth, 8), rows),
        "value": random_row(rng, params.value_width, rows, near),
        "move": often(rng, rows, 0.8),
        "read_bank": rng.integers(0, 2, rows),
        "read_place": rng.integers(0, min(params.depth, 8), rows),
        "early": often(rng, rows, 0.1),
    }
    found = simulator.evaluate(inputs, initial_state=initial_state)
    due, known = np.zeros(rows, np.int64), np.zeros(rows, bool)
    ones = (1 << params.distance_width) - 1
    widths = {"WIDTH": params.value_width, "Z_WIDTH": params.distance_width}
    kept: list[dict[int, int]] = [{}, {}]
    largest: list[int | None] = [None, None]
    moved: list[int | None] = []  # what the moves so far have read, None for nothing known
    for row in range(rows):
        if len(moved) >= LATENCY and moved[-LATENCY] is not None:
            due[row], known[row] = moved[-LATENCY], True
        get = {name: int(values[row]) for name, values in inputs.items()}
        if get["move"]:
            side, top = get["read_bank"], largest[get["read_bank"]]
            score = kept[side].get(get["read_place"])
            if get["early"]:
                moved.append(ones)
            elif top is None or score is None:
                moved.append(None)
            else:
                moved.append(distance(top, score, **widths))
        if get["take"]:
            side, top = get["bank"], largest[get["bank"]]
            if get["first"]:
                kept[side], top = {}, None
            if get["first"] or top is not None:
                largest[side] = get["value"] if top is None else max(top, get["value"])
                if get["keep"]:
                    kept[side][get["place"]] = get["value"]
    return compare_rows(inputs, {"distance": due}, found, rows, rows=np.flatnonzero(known))
