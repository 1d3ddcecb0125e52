# SPDX-License-Identifier: Apache-2.0
"""Equivalence of weight_bank: random writes and reads of a few lines, the last ones included."""

from typing import Any

import numpy as np
from tritproof.verif.outcome import Outcome, until
from tritproof.verif.port_values import as_byte_rows, compare_rows, often

LINES = 4
"""Lines used at each end: few, so that a read finds what was written."""
ROWS = 1 << 13


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare both words in every cycle in which they have been written before they were read."""
    rng = np.random.default_rng(seed)

    def check_some(left: int) -> Outcome:
        return _check_rows(simulator, params, min(ROWS, left + 64), rng, initial_state)

    return until(vectors, check_some)


def _check_rows(
    simulator: Any, params: Any, rows: int, rng: np.random.Generator, initial_state: int
) -> Outcome:
    size, lines = -(-params.word_width // 8), params.depth // 2
    used = np.unique([*range(min(LINES, lines)), *range(max(0, lines - LINES), lines)])
    words = rng.integers(0, 256, (rows, size), np.uint8)
    words[:, -1] &= (1 << (params.word_width - 1) % 8 + 1) - 1
    inputs = {
        "write": often(rng, rows, 0.5),
        "write_address": 2 * rng.choice(used, rows) + rng.integers(0, 2, rows),
        "word": words,
        "move": often(rng, rows, 0.7),
        "line": rng.choice(used, rows),
    }
    found = simulator.evaluate(inputs, initial_state=initial_state)
    kept: dict[int, np.ndarray] = {}
    outcome = Outcome()
    seen = {name: as_byte_rows(found[name], params.word_width) for name in ("even", "odd")}
    due = {name: np.zeros((rows, size), np.uint8) for name in seen}
    known = {name: np.zeros(rows, bool) for name in seen}
    now: dict[str, np.ndarray | None] = dict.fromkeys(seen)
    for row in range(rows):
        for name, word in now.items():
            if word is not None:
                due[name][row], known[name][row] = word, True
        line = 2 * int(inputs["line"][row])
        if inputs["move"][row]:
            now["odd"] = kept.get(line + 1)
            if not inputs["write"][row]:
                now["even"] = kept.get(line)
        if inputs["write"][row]:
            kept[int(inputs["write_address"][row])] = words[row]
    for name in seen:
        compared = np.flatnonzero(known[name])
        outcome += compare_rows(inputs, {name: due[name]}, seen, rows, rows=compared)
    return outcome
