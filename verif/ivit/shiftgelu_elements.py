# SPDX-License-Identifier: Apache-2.0
"""Equivalence of shiftgelu_elements: rows with units of their own."""

from typing import Any

import numpy as np
from tritproof.rtl.stream import whole_bytes
from tritproof.verif.ivit.gelu import gelu
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import pack_elements
from tritproof.verif.softmax.score_buffer import ends_of
from tritproof.verif.stream_cases import Case, check_cases
from tritproof.verif.streams import Beats


def rows_case(params: Any, lengths: list[int], units: np.ndarray, x: np.ndarray) -> Case:
    """Return the case of rows of ``lengths`` beats, int64[beats, lanes], and their units."""
    each = np.broadcast_to(np.repeat(units, lengths)[:, None], x.shape)
    due = gelu(x, np.maximum(x, 0), each, params)
    ends = ends_of(lengths)
    unit_beats = Beats(pack_elements(units[:, None], whole_bytes(params.unit_width)))
    return Case(
        {"s_axis_unit": unit_beats, "s_axis": Beats(pack_elements(x, 8), ends)},
        {"m_axis": Beats(pack_elements(due, params.beat_width), ends)},
    )


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare random rows."""

    def draw(rng: np.random.Generator) -> Case:
        lengths = rng.integers(1, 30, rng.integers(1, 6)).tolist()
        units = rng.integers(0, 1 << params.unit_width, len(lengths))
        x = rng.integers(-128, 128, (sum(lengths), params.lanes))
        return rows_case(params, lengths, units, x)

    return check_cases(simulator, vectors, seed, initial_state, draw)
