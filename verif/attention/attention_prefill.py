# SPDX-License-Identifier: Apache-2.0
"""Equivalence of attention_prefill: prompts of every length, against a decode at every position."""

import dataclasses
from typing import Any

import numpy as np
from tritproof.ref.attention.tiles import tile_begins
from tritproof.rtl.stream import whole_bytes
from tritproof.verif.attention.requests import (
    Request,
    expected_distances,
    expected_means,
    random_request,
    vector_rows,
)
from tritproof.verif.attention.tile_walk import walk_beats
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import as_rows, pack_elements
from tritproof.verif.softmax.score_buffer import ends_of, row_lengths
from tritproof.verif.stream_cases import Case, check_cases
from tritproof.verif.streams import Beats

LONGEST = 24
"""Most tokens of a random prompt; the work is quadratic in it."""


@dataclasses.dataclass(frozen=True)
class Prompt:
    """int8 ``queries``, ``keys`` and ``values`` [n, head_dim] of one head; ``mantissa``, ``shift``
    and ``tag``."""

    queries: np.ndarray
    keys: np.ndarray
    values: np.ndarray
    mantissa: int
    shift: int
    tag: int

    def decode(self, params: Any, position: int) -> Request:
        """Return the request of a decode at a position, whose queries are one."""
        return Request(
            self.queries[position : position + 1],
            self.keys[: position + 1],
            self.values[: position + 1],
            np.array([self.mantissa]),
            np.array([self.shift]),
        )


def random_prompt(params: Any, rng: np.random.Generator, tokens: int) -> Prompt:
    """Return a prompt of as many tokens."""
    many = dataclasses.replace(params.engine, rows=1, staggered=False)
    request = random_request(many, rng, tokens)
    queries = random_request(many, rng, tokens).keys
    return Prompt(
        queries, request.keys, request.values, int(request.mantissas[0]), int(request.shifts[0]),
        int(rng.integers(1 << params.tag_width)),
    )  # fmt: skip


def decoded(params: Any, prompt: Prompt) -> np.ndarray:
    """Return object[tokens, head_dim]: what a decode gives at each position."""
    single = dataclasses.replace(params.engine, rows=1, staggered=False)
    requests = [prompt.decode(params, position) for position in range(len(prompt.keys))]
    means = [
        expected_means(single, expected_distances(single, one), one.values) for one in requests
    ]
    return np.array(means, object).reshape(len(requests), params.head_dim)


def result_beats(params: Any, prompts: list[Prompt]) -> Beats:
    """Return the results, tile by tile, row r of a tile the decode at its first token less r."""
    size, rows = params.lane_width // 8, params.rows
    words, keeps = [], []
    for prompt in prompts:
        means = decoded(params, prompt)
        for begin in tile_begins(len(prompt.keys) - 1, rows):
            present = min(rows, begin + 1)
            beats = np.zeros((params.head_dim, rows), object)
            beats[:, :present] = means[begin - np.arange(present)].T
            words.append(pack_elements(beats.astype(np.int64), params.lane_width))
            keeps += [(1 << (size * present)) - 1] * params.head_dim
    ends = ends_of([params.head_dim] * len(words))
    none = np.zeros((0, rows * size), np.uint8)
    keep_bytes = -(-rows * size // 8)
    return Beats(np.concatenate([none, *words]), last=ends, keep=as_rows(keeps, keep_bytes))


def prompt_case(params: Any, prompts: list[Prompt]) -> Case:
    """Return the case of prompts, one after another; those too long or empty are refused."""
    legal = [one for one in prompts if 0 < len(one.keys) <= params.depth]
    high = 16 + params.mantissa_width
    words = [
        len(one.keys) | one.mantissa << 16 | one.shift << high
        | one.tag << 16 + params.multiplier_width
        for one in prompts
    ]  # fmt: skip
    queries, keys, values = [], [], []
    for one in legal:
        for begin in tile_begins(len(one.keys) - 1, params.rows):
            queries.append(one.queries[np.maximum(begin - np.arange(params.rows), 0)])
            keys.append(one.keys[begin::-1])
            values.append(one.values[begin::-1])

    def fetches(steps: int) -> Beats:
        return walk_beats(params.walk, [(len(one.keys), one.tag, steps) for one in legal])

    return Case(
        {
            "s_axis_command": Beats(as_rows(words, whole_bytes(params.request_width) // 8)),
            "s_axis_query": Beats(vector_rows(params, queries)),
            "s_axis_key": Beats(vector_rows(params, keys)),
            "s_axis_value": Beats(vector_rows(params, values)),
        },
        {
            "m_axis": result_beats(params, legal),
            "m_axis_query_fetch": fetches(params.rows),
            "m_axis_key_fetch": fetches(0),
            "m_axis_value_fetch": fetches(0),
        },
        {"refused": len(prompts) - len(legal)},
    )


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare every result and every fetch, in order, with the specification's."""

    def draw(rng: np.random.Generator) -> Case:
        prompts = []
        for length in row_lengths(rng, params.depth):
            kind = rng.random()
            if length > params.depth or kind < 0.1:
                length = 0 if kind < 0.5 else params.depth + 1
                length = length if rng.random() < 0.5 else 0
            else:
                length = min(length, LONGEST)
            prompts.append(random_prompt(params, rng, length))
        return prompt_case(params, prompts)

    return check_cases(simulator, vectors, seed, initial_state, draw)
