# SPDX-License-Identifier: Apache-2.0
"""Equivalence of quantize: rows with their own largest magnitude, or any."""

from typing import Any

import numpy as np
from tritproof.ref.stream.quantize import activation_scale, quantized
from tritproof.verif.float16.operations import random_pairs
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import pack_elements
from tritproof.verif.softmax.score_buffer import ends_of
from tritproof.verif.stream_cases import Case, check_cases
from tritproof.verif.streams import Beats


def random_row(rng: np.random.Generator, count: int) -> tuple[np.ndarray, int]:
    """Return codes int64[count] and a largest magnitude: mostly theirs, else any code."""
    numbers = random_pairs(rng, count)[0]
    if rng.random() < 0.7:
        # Within some binades of each other, as the numbers of a row are.
        exponents = np.clip(rng.integers(0, 31) - (numbers >> 10 & 7), 0, 30)
        numbers = (numbers & 0x83FF) | exponents << 10
    own = int((numbers % 0x8000).max())
    return numbers, own if rng.random() < 0.8 else int(rng.integers(0, 1 << 16))


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare codes and scales of random rows."""

    def draw(rng: np.random.Generator) -> Case:
        lengths = rng.integers(1, 30, rng.integers(1, 6)).tolist()
        rows = [random_row(rng, length * params.lanes) for length in lengths]
        scales = np.array([scale for _, scale in rows])
        codes = [quantized.numpy(numbers, scale, LEAST=params.least) for numbers, scale in rows]
        given = np.concatenate([numbers for numbers, _ in rows]).reshape(-1, params.lanes)
        ends = ends_of(lengths)
        due = np.concatenate(codes).reshape(-1, params.lanes)
        return Case(
            {
                "s_axis_absmax": Beats(pack_elements(scales[:, None], 16)),
                "s_axis": Beats(pack_elements(given, 16), ends),
            },
            {
                "m_axis_scale": Beats(
                    pack_elements(activation_scale.numpy(scales)[:, None], 16)
                ),
                "m_axis": Beats(pack_elements(due, 8), ends),
            },
        )

    return check_cases(simulator, vectors, seed, initial_state, draw)
