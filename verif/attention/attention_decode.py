# SPDX-License-Identifier: Apache-2.0
"""Equivalence of attention_decode: requests of every size, illegal ones among them."""

from typing import Any

import numpy as np
from tritproof.verif.attention.requests import (
    Request,
    command_rows,
    expected_weights,
    random_requests,
    result_beats,
    vector_rows,
)
from tritproof.verif.outcome import Outcome
from tritproof.verif.stream_cases import Case, check_cases
from tritproof.verif.streams import Beats


def request_case(params: Any, requests: list[Request]) -> Case:
    """Return the case of requests, one after another."""
    legal = [one for one in requests if 0 < len(one.keys) <= params.depth]
    weights = [expected_weights(params, one) for one in legal]
    return Case(
        {
            "s_axis_command": Beats(command_rows(params, requests)),
            "s_axis_query": Beats(vector_rows(params, [one.queries for one in legal])),
            "s_axis_key": Beats(vector_rows(params, [one.keys for one in legal])),
            "s_axis_value": Beats(vector_rows(params, [one.values for one in legal])),
        },
        {"m_axis": result_beats(params, weights, [one.values for one in legal])},
        {"refused": len(requests) - len(legal)},
    )


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare every result, in order, with the specification's."""

    def draw(rng: np.random.Generator) -> Case:
        return request_case(params, random_requests(params, rng))

    return check_cases(simulator, vectors, seed, initial_state, draw)
