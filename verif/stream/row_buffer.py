# SPDX-License-Identifier: Apache-2.0
"""Equivalence of row_buffer: rows of every length, some longer than the buffer."""

from typing import Any

import numpy as np
from tritproof.ref.stream.rmsnorm import kept_rows
from tritproof.verif.outcome import Outcome
from tritproof.verif.softmax.score_buffer import ends_of, row_lengths
from tritproof.verif.stream_cases import Case, check_cases
from tritproof.verif.streams import Beats


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare the beats that go out with those of the rows that fit."""

    def draw(rng: np.random.Generator) -> Case:
        lengths = row_lengths(rng, params.depth)
        rows = [rng.integers(0, 256, (count, params.width // 8), np.uint8) for count in lengths]
        kept = kept_rows(rows, params.depth)
        due = np.concatenate([np.empty((0, params.width // 8), np.uint8), *kept])
        return Case(
            {"s_axis": Beats(np.concatenate(rows), ends_of(lengths))},
            {"m_axis": Beats(due, ends_of([len(row) for row in kept]))},
            {"refused": len(rows) - len(kept)},
        )

    return check_cases(simulator, vectors, seed, initial_state, draw)
