# SPDX-License-Identifier: Apache-2.0
"""Rows of beats of weights, some of them with illegal words, and what is due for them."""

from collections.abc import Callable
from typing import Any

import numpy as np
from tritproof.verif.outcome import Outcome
from tritproof.verif.softmax.score_buffer import ends_of
from tritproof.verif.stream_cases import Case, check_cases
from tritproof.verif.streams import Beats


def rows_case(lengths: list[int], given: np.ndarray, made: np.ndarray, illegal: np.ndarray) -> Case:
    """Return the case of rows of ``lengths`` beats, uint8[beats, bytes], with ``made`` of each,
    uint8[beats, bytes], and whether it is ``illegal``, bool[beats]."""
    ends, wrong = ends_of(lengths), np.flatnonzero(illegal)
    inputs, outputs = {"s_axis": Beats(given, ends)}, {"m_axis": Beats(made, ends)}
    if not len(wrong):
        return Case(inputs, outputs, {"error": 0})
    return Case(inputs, outputs, rising={"error": ("m_axis", int(wrong[0]))})


def check_rows(
    simulator: Any,
    vectors: int,
    seed: int,
    initial_state: int,
    draw: Callable[[np.random.Generator, int, float], tuple[np.ndarray, np.ndarray, np.ndarray]],
) -> Outcome:
    """Compare random rows; ``draw(rng, beats, share)`` gives beats, what is due for them, and
    whether each is illegal, with that share of words at random."""

    def draw_case(rng: np.random.Generator) -> Case:
        lengths = rng.integers(1, 30, rng.integers(1, 6)).tolist()
        share = float(rng.choice([0, 0.001, 1]))
        return rows_case(lengths, *draw(rng, sum(lengths), share))

    return check_cases(simulator, vectors, seed, initial_state, draw_case)
