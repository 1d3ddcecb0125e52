# SPDX-License-Identifier: Apache-2.0
"""Equivalence of attention_values: requests of every size, weights large and small."""

from typing import Any

import numpy as np
from tritproof.rtl.attention.params import OnlineAttentionParams
from tritproof.rtl.stream import whole_bytes
from tritproof.verif.attention.requests import result_beats, vector_rows
from tritproof.verif.attention.weights import Weights, packed_weights, random_online_weights
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import as_rows, corner_biased
from tritproof.verif.softmax.score_buffer import ends_of, row_lengths
from tritproof.verif.stream_cases import Case, check_cases
from tritproof.verif.streams import Beats


def random_weights(params: Any, rng: np.random.Generator, keys: int) -> Weights:
    """Return weights: distances, one of them 0 in most rows, and some rows far off, or those of
    random scores."""
    if isinstance(params, OnlineAttentionParams):
        return random_online_weights(params, rng, keys)
    most = (1 << params.distance_width) - 1
    near = rng.integers(0, 4 << params.frac, (keys, params.rows))
    free = rng.integers(0, most + 1, (keys, params.rows))
    found = np.minimum(np.where(rng.random((keys, params.rows)) < 0.6, near, free), most)
    found[rng.integers(0, keys, params.rows), np.arange(params.rows)] = 0
    found[:, rng.random(params.rows) < 0.1] = most
    return {"distance": found}


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare every result, in order, with the specification's."""
    weights = params.weights_width

    def draw(rng: np.random.Generator) -> Case:
        lengths = [min(n, params.depth) for n in row_lengths(rng, params.depth)]
        given = [random_weights(params, rng, n) for n in lengths]
        values = [corner_biased(rng, (n, params.head_dim), -128, 127) for n in lengths]
        words: list[int] = []
        for one in given:
            beats = packed_weights(params, one)
            beats[0] |= 1 << weights
            words += beats
        return Case(
            {
                "s_axis_weight": Beats(
                    as_rows(words, whole_bytes(weights + 2) // 8), last=ends_of(lengths)
                ),
                "s_axis_value": Beats(vector_rows(params, values)),
            },
            {"m_axis": result_beats(params, given, values)},
        )

    return check_cases(simulator, vectors, seed, initial_state, draw)
