# SPDX-License-Identifier: Apache-2.0
"""Equivalence of dequantize: rows of sums with scales of every kind."""

from typing import Any

import numpy as np
from tritproof.ref.float16.rounding import INFINITY
from tritproof.ref.stream.dequantize import MANTISSA_WIDTH, SHIFT_WIDTH, dequantize
from tritproof.rtl.stream.dequantize import SCALE_WIDTH
from tritproof.verif.float16.operations import random_pairs
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import as_rows, pack_elements
from tritproof.verif.softmax.score_buffer import ends_of
from tritproof.verif.stream_cases import Case, check_cases
from tritproof.verif.streams import Beats


def scale_beats(scales: np.ndarray, mantissas: np.ndarray, shifts: np.ndarray) -> Beats:
    """Return the beats of ``s_axis_scale``, one a row."""
    packed = [
        int(scale) | int(mantissa) << 16 | int(shift) << 16 + MANTISSA_WIDTH
        for scale, mantissa, shift in zip(scales, mantissas, shifts, strict=True)
    ]
    return Beats(as_rows(packed, SCALE_WIDTH // 8))


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare the numbers of random rows."""
    half = 1 << (params.acc_width - 1)

    def draw(rng: np.random.Generator) -> Case:
        lengths = rng.integers(1, 20, rng.integers(1, 6)).tolist()
        rows = len(lengths)
        sums = rng.integers(-half, half, (sum(lengths), params.lanes))
        sums >>= rng.integers(0, params.acc_width, sums.shape)
        scales = np.where(rng.random(rows) < 0.1, INFINITY, random_pairs(rng, rows)[0])
        mantissas = rng.integers(0, 1 << MANTISSA_WIDTH, rows) * (rng.random(rows) < 0.9)
        shifts = rng.integers(0, 1 << SHIFT_WIDTH, rows)
        of_row = np.repeat(np.arange(rows), lengths)[:, None]
        due = dequantize.numpy(
            sums, scales[of_row], mantissas[of_row], shifts[of_row], ACC_WIDTH=params.acc_width
        )
        ends = ends_of(lengths)
        return Case(
            {
                "s_axis_scale": scale_beats(scales, mantissas, shifts),
                "s_axis": Beats(pack_elements(sums, params.lane_width), ends),
            },
            {"m_axis": Beats(pack_elements(due, 16), ends)},
        )

    return check_cases(simulator, vectors, seed, initial_state, draw)
