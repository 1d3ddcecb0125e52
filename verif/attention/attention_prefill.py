# SPDX-License-Identifier: Apache-2.0
"""Equivalence of attention_prefill: prompts of every length, against a decode at every position."""

import dataclasses
from typing import Any

import numpy as np
from tritproof.ref.attention.tiles import tile_begins
from tritproof.rtl.stream import whole_bytes
from tritproof.verif.attention.requests import (
    Request,
    expected_weights,
    random_request,
    vector_rows,
)
from tritproof.verif.attention.tile_walk import walk_beats
from tritproof.verif.attention.weights import expected_means
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import as_rows, pack_elements
from tritproof.verif.softmax.score_buffer import ends_of, row_lengths
from tritproof.verif.stream_cases import Case, check_cases
from tritproof.verif.streams import Beats

LONGEST = 24
"""Most tokens of a random prompt; the work is quadratic in it."""


@dataclasses.dataclass(frozen=True)
class Head:
    """int8 ``queries``, ``keys`` and ``values`` [n, head_dim]; ``mantissa`` and ``shift``."""

    queries: np.ndarray
    keys: np.ndarray
    values: np.ndarray
    mantissa: int
    shift: int

    def decode(self, position: int) -> Request:
        """Return the request of a decode at a position, of one query."""
        return Request(
            self.queries[position : position + 1],
            self.keys[: position + 1],
            self.values[: position + 1],
            np.array([self.mantissa]),
            np.array([self.shift]),
        )


@dataclasses.dataclass(frozen=True)
class Prompt:
    """All heads of a prompt of ``tokens`` tokens."""

    tokens: int
    heads: tuple[Head, ...]


def random_prompt(params: Any, rng: np.random.Generator, tokens: int, heads: int = 1) -> Prompt:
    """Return a prompt of as many tokens and heads."""

    def head() -> Head:
        request, other = (random_request(params.row, rng, tokens) for _ in range(2))
        mantissa, shift = int(request.mantissas[0]), int(request.shifts[0])
        return Head(other.keys, request.keys, request.values, mantissa, shift)

    return Prompt(tokens, tuple(head() for _ in range(heads)))


def decoded(params: Any, head: Head) -> np.ndarray:
    """Return int64[tokens, head_dim]: what a decode gives at each position."""
    one = params.row
    requests = [head.decode(position) for position in range(len(head.keys))]
    means = [expected_means(one, expected_weights(one, r), r.values)[0] for r in requests]
    return np.array(means).reshape(len(requests), params.head_dim).astype(np.int64)


def result_beats(params: Any, prompts: list[Prompt]) -> Beats:
    """Return the results, tile by tile, row r of a tile the decode at its first token less r."""
    size, rows = params.lane_width // 8, params.rows
    words, keeps = [np.zeros((0, rows * size), np.uint8)], []
    for prompt in prompts:
        means = [decoded(params, head) for head in prompt.heads]
        for begin in tile_begins(prompt.tokens - 1, rows):
            present = min(rows, begin + 1)
            for mean in means:
                beats = np.zeros((params.head_dim, rows), np.int64)
                beats[:, :present] = mean[begin - np.arange(present)].T
                words.append(pack_elements(beats, params.lane_width))
                keeps += [(1 << (size * present)) - 1] * params.head_dim
    ends = ends_of([params.head_dim] * (len(words) - 1))
    return Beats(np.concatenate(words), last=ends, keep=as_rows(keeps, -(-rows * size // 8)))


def prompt_case(params: Any, prompts: list[Prompt]) -> Case:
    """Return the case of prompts, one after another; those too long or empty are refused."""
    legal = [one for one in prompts if 0 < one.tokens <= params.depth]
    commands = [one.tokens | len(one.heads) - 1 << 16 for one in prompts]
    multipliers, queries, keys, values = [], [], [], []
    for one in legal:
        for begin in tile_begins(one.tokens - 1, params.rows):
            for head in one.heads:
                multipliers.append(head.mantissa | head.shift << params.mantissa_width)
                queries.append(head.queries[np.maximum(begin - np.arange(params.rows), 0)])
                keys.append(head.keys[begin::-1])
                values.append(head.values[begin::-1])

    def fetches(steps: int) -> Beats:
        return walk_beats(params.walk, [(one.tokens, len(one.heads), steps) for one in legal])

    return Case(
        {
            "s_axis_command": Beats(as_rows(commands, whole_bytes(params.request_width) // 8)),
            "s_axis_multiplier": Beats(
                as_rows(multipliers, whole_bytes(params.multiplier_width) // 8)
            ),
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
            if rng.random() < 0.15:
                tokens = int(rng.choice([0, params.depth + 1, 65535]))
                prompts.append(Prompt(tokens, random_prompt(params, rng, 1).heads))
            else:
                tokens = min(length, LONGEST, params.depth)
                prompts.append(random_prompt(params, rng, tokens, int(rng.integers(1, 3))))
        return prompt_case(params, prompts)

    return check_cases(simulator, vectors, seed, initial_state, draw)
