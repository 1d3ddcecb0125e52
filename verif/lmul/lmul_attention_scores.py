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


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare the scores of random queries and keys, the last key of some cut short."""

    def draw(rng: np.random.Generator) -> Case:
        lengths = rng.integers(1, params.depth + 2, rng.integers(1, 6)).tolist()
        lengths[0] = min(lengths[0], params.depth)
        queries = [random_row(params, rng, n) for n in lengths]
        beats, ends, words, last = [], [], [], []
        for query in queries:
            if len(query) > params.depth:
                continue
            keys = [random_row(params, rng, len(query)) for _ in range(rng.integers(1, 9))]
            keys[-1] = keys[-1][: rng.integers(1, len(query) + 1)]
            words += [sum_word(params, key, query[: len(key)]) for key in keys]
            beats += keys
            ends.append(sum(len(key) for key in keys))
            last.append(len(keys))
        width = whole_bytes(params.total_width + 1) // 8
        packed, given = (
            pack_elements(np.concatenate(codes), params.width) for codes in (queries, beats)
        )
        return Case(
            {
                "s_axis_query": Beats(packed, ends_of(lengths)),
                "s_axis": Beats(given, ends_of(ends)),
            },
            {"m_axis": Beats(as_rows(words, width), ends_of(last))},
            {"refused": sum(n > params.depth for n in lengths)},
        )

    return check_cases(simulator, vectors, seed, initial_state, draw)
