# SPDX-License-Identifier: Apache-2.0
"""Equivalence of attention_scores: requests of every size, illegal ones among them."""

from typing import Any

import numpy as np
from tritproof.rtl.stream import whole_bytes
from tritproof.verif.attention.requests import (
    command_rows,
    expected_scores,
    random_requests,
    vector_rows,
)
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import as_rows, pack_integers
from tritproof.verif.softmax.score_buffer import ends_of
from tritproof.verif.stream_cases import Case, check_cases
from tritproof.verif.streams import Beats


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare every score, in order, with the specification's."""

    def draw(rng: np.random.Generator) -> Case:
        requests = random_requests(params, rng)
        legal = [one for one in requests if 0 < len(one.keys) <= params.depth]
        width = params.scale.value_width
        words = [w for one in legal for w in pack_integers(expected_scores(params, one), width)]
        owed = as_rows(words, whole_bytes(params.scores_width) // 8)
        return Case(
            {
                "s_axis_command": Beats(command_rows(params, requests)),
                "s_axis_query": Beats(vector_rows(params, [one.queries for one in legal])),
                "s_axis_key": Beats(vector_rows(params, [one.keys for one in legal])),
            },
            {"m_axis": Beats(owed, last=ends_of([len(one.keys) for one in legal]))},
            {"refused": len(requests) - len(legal)},
        )

    return check_cases(simulator, vectors, seed, initial_state, draw)
