# SPDX-License-Identifier: Apache-2.0
"""Random requests of attention engines, and what the steps of one make of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from tritproof.ref.attention.dot import dot
from tritproof.ref.softmax.scale import scaled_score
from tritproof.rtl.stream import whole_bytes
from tritproof.verif.attention.weights import Weights, expected_means, weights_of
from tritproof.verif.port_values import as_rows, corner_biased, pack_integers
from tritproof.verif.softmax.score_buffer import ends_of, row_lengths
from tritproof.verif.streams import Beats


@dataclass(frozen=True)
class Request:
    """int8 ``queries`` [rows, head_dim], ``keys`` and ``values`` [n, head_dim]; for each row a
    ``mantissa`` and a ``shift``."""

    queries: np.ndarray
    keys: np.ndarray
    values: np.ndarray
    mantissas: np.ndarray
    shifts: np.ndarray

    def command(self, params: Any) -> int:
        """Return the command's bits."""
        word = len(self.keys)
        for row in range(params.rows):
            multiplier = int(self.mantissas[row]) | int(self.shifts[row]) << params.mantissa_width
            word |= multiplier << (16 + row * params.multiplier_width)
        return word


def random_request(params: Any, rng: np.random.Generator, keys: int) -> Request:
    """Return a request of as many keys; elements are corners or small, so that weights differ."""
    most = int(rng.choice([3, 20, 127]))

    def vectors(count: int) -> np.ndarray:
        shape = (count, params.head_dim)
        if rng.random() < 0.2:
            return corner_biased(rng, shape, -128, 127)
        return rng.integers(-most - 1, most + 1, shape)

    return Request(
        vectors(params.rows),
        vectors(keys),
        corner_biased(rng, (keys, params.head_dim), -128, 127),
        rng.integers(0, 1 << params.mantissa_width, params.rows),
        rng.integers(0, 1 << params.shift_width, params.rows),
    )


def random_requests(params: Any, rng: np.random.Generator) -> list[Request]:
    """Return requests of all sizes, zero and above ``depth`` among them."""
    sizes = row_lengths(rng, params.depth)
    sizes = [0 if rng.random() < 0.1 else size for size in sizes]
    return [random_request(params, rng, size) for size in sizes]


def command_rows(params: Any, requests: list[Request]) -> np.ndarray:
    """Return the beats of the requests' commands."""
    words = [request.command(params) for request in requests]
    return as_rows(words, whole_bytes(params.command_width) // 8)


def vector_rows(params: Any, vectors: list[np.ndarray]) -> np.ndarray:
    """Return uint8[beats, lanes] of all vectors, one after another."""
    beats = [vector.reshape(-1, params.lanes) for vector in vectors]
    none = np.zeros((0, params.lanes), np.int8)
    return np.concatenate([none, *beats]).astype(np.int8).view(np.uint8)


def expected_scores(params: Any, request: Request) -> np.ndarray:
    """Return int64[keys, rows] of scaled scores."""
    scale = params.scale
    sums = dot.numpy(request.queries[None, :, :], request.keys[:, None, :], N=params.head_dim)
    return scaled_score.numpy(
        sums,
        request.mantissas,
        request.shifts,
        SCORE_WIDTH=scale.score_width,
        MANTISSA_WIDTH=scale.mantissa_width,
        LEAST_SHIFT=scale.least_shift,
        SHIFT_WIDTH=scale.shift_width,
    )


def expected_weights(params: Any, request: Request) -> Weights:
    """Return how the request's rows weigh its keys, by the specification."""
    return weights_of(params, expected_scores(params, request))


def result_beats(params: Any, weights_of: list[Weights], values: list[np.ndarray]) -> Beats:
    """Return the results of requests, each its weights and values, with tlast and tkeep."""
    words: list[int] = []
    keeps: list[int] = []
    size = params.lane_width // 8
    for weights, vectors in zip(weights_of, values, strict=True):
        means, weighed = expected_means(params, weights, vectors)
        words += pack_integers(means, params.lane_width)
        kept = sum(((1 << size) - 1) << (size * row) for row in np.flatnonzero(weighed).tolist())
        keeps += [kept] * params.head_dim
    ends = ends_of([params.head_dim] * len(values))
    keep_bytes = -(-params.rows * size // 8)
    return Beats(as_rows(words, params.rows * size), last=ends, keep=as_rows(keeps, keep_bytes))
