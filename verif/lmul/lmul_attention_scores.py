# SPDX-License-Identifier: Apache-2.0
"""Equivalence of lmul_attention_scores: queries and keys of every length, some too long."""

from typing import Any

import numpy as np
from tritproof.rtl.stream import whole_bytes
from tritproof.verif.lmul.lmul_dot import random_row, sum_word
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import as_rows, pack_elements
from tritproof.verif.softmax.score_buffer import ends_of
from tritproof.verif.stream_cases import Case, check_cases
from tritproof.verif.streams import Beats


def requests_case(
    params: Any, queries: list[np.ndarray], keys: list[list[np.ndarray]]
) -> Case:
    """Return the case of queries, int64[beats, lanes], and of the keys of those that fit."""
    kept = [query for query in queries if len(query) <= params.depth]
    words = [
        sum_word(params, key, query[: len(key)])
        for query, own in zip(kept, keys, strict=True)
        for key in own
    ]
    every = [key for own in keys for key in own]
    packed, given = (
        pack_elements(np.concatenate(codes), params.width) for codes in (queries, every)
    )
    width = whole_bytes(params.total_width + 1) // 8
    return Case(
        {
            "s_axis_query": Beats(packed, ends_of([len(query) for query in queries])),
            "s_axis": Beats(given, ends_of([sum(len(key) for key in own) for own in keys])),
        },
        {"m_axis": Beats(as_rows(words, width), ends_of([len(own) for own in keys]))},
        {"refused": len(queries) - len(kept)},
    )


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare the scores of random queries and keys, the last key of some cut short."""

    def draw(rng: np.random.Generator) -> Case:
        lengths = rng.integers(1, params.depth + 2, rng.integers(1, 6)).tolist()
        lengths[0] = min(lengths[0], params.depth)
        queries = [random_row(params, rng, n) for n in lengths]
        keys = []
        for length in lengths:
            if length > params.depth:
                continue
            own = [random_row(params, rng, length) for _ in range(rng.integers(1, 9))]
            own[-1] = own[-1][: rng.integers(1, length + 1)]
            keys.append(own)
        return requests_case(params, queries, keys)

    return check_cases(simulator, vectors, seed, initial_state, draw)
