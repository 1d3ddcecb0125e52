# SPDX-License-Identifier: Apache-2.0
"""Equivalence of tile_walk: sequences of every length, one after another."""

from typing import Any

import numpy as np
from tritproof.ref.attention.tiles import tile_walk
from tritproof.rtl.attention.tile_walk import STEPS_WIDTH
from tritproof.rtl.stream import whole_bytes
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import as_rows
from tritproof.verif.softmax.score_buffer import row_lengths
from tritproof.verif.stream_cases import Case, check_cases
from tritproof.verif.streams import Beats

LONGEST = 70
"""Most tokens of a random sequence; their number of steps is quadratic in it."""


def walk_beats(params: Any, sequences: list[tuple[int, int, int]]) -> Beats:
    """Return the beats of a walk over (number of tokens, of heads, steps of a tile)."""
    words: list[int] = []
    ends: list[bool] = []
    for tokens, heads, steps in sequences:
        for token, head, ends_tile in tile_walk(tokens - 1, params.rows, steps, heads, 16):
            words.append(int(token) | head << 16)
            ends.append(ends_tile)
    return Beats(as_rows(words, whole_bytes(params.beat_width) // 8), last=np.array(ends, bool))


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare every token, in order, with the specification's."""

    def draw(rng: np.random.Generator) -> Case:
        lengths = [min(n, LONGEST, params.depth) for n in row_lengths(rng, params.depth)]
        heads = rng.choice([1, 2, min(5, 1 << params.head_width)], len(lengths)).tolist()
        steps = rng.choice([0, 0, 1, params.rows, 100], len(lengths)).tolist()
        sequences = list(zip(lengths, heads, steps, strict=True))
        words = [
            tokens - 1 | count << 16 | many - 1 << 16 + STEPS_WIDTH
            for tokens, many, count in sequences
        ]
        return Case(
            {"s_axis": Beats(as_rows(words, whole_bytes(params.sequence_width) // 8))},
            {"m_axis": walk_beats(params, sequences)},
        )

    return check_cases(simulator, vectors, seed, initial_state, draw)
