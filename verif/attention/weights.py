# SPDX-License-Identifier: Apache-2.0
"""How rows weigh values: distances from the maximum, or what softmax_online gives."""

from typing import Any

import numpy as np
from tritproof.ref.attention.attention import signed_quotient
from tritproof.ref.attention.online import rescaled_total
from tritproof.ref.softmax.exp2 import exp2_neg
from tritproof.rtl.attention.params import OnlineAttentionParams
from tritproof.verif.softmax.score_buffer import expected_distances, random_rows
from tritproof.verif.softmax.softmax_online import expected_row

Weights = dict[str, np.ndarray]
"""Arrays [keys, rows] of each of ``weight_fields``."""


def weights_of(params: Any, scores: np.ndarray) -> Weights:
    """Return how the rows weigh keys with int64[keys, rows] scaled scores."""
    if not isinstance(params, OnlineAttentionParams):
        return {"distance": expected_distances(params.buffer, scores)}
    rows = [expected_row(params.online, scores[:, row]) for row in range(params.rows)]
    return {name: np.stack([row[name] for row in rows], axis=1) for name, _ in params.weight_fields}


def random_online_weights(params: Any, rng: np.random.Generator, keys: int) -> Weights:
    """Return the weights of random scores, which often rise by just tau octaves."""
    near = (params.tau + 2) << params.frac
    return weights_of(
        params, random_rows(rng, params.online.value_width, (keys, params.rows), near)
    )


def packed_weights(params: Any, weights: Weights) -> list[int]:
    """Return what is given with each key: all rows' fields, the first row and field lowest."""
    packed, low = 0, 0
    for row in range(params.rows):
        for name, width in params.weight_fields:
            packed = packed + (weights[name][:, row].astype(object) << low)
            low += width
    return list(packed)


def powers_of(params: Any, weights: Weights) -> np.ndarray:
    """Return int64[keys, rows] of powers."""
    if isinstance(params, OnlineAttentionParams):
        return weights["power"].astype(np.int64)
    power = params.power
    return exp2_neg.numpy(
        weights["distance"], Z_WIDTH=power.z_width, F=power.frac, P=power.precision
    )


def mean_of(params: Any, numerators: Any, divisors: Any) -> Any:
    """Return quotients of sums, numbers or arrays of Python integers, in units of a result."""
    division = params.division
    return signed_quotient.numpy(
        np.asarray(numerators, object) << params.result_frac,
        divisors,
        N=division.dividend_width - 1,
        D=division.divisor_width,
        Q=division.quotient_width,
        ROUNDING=division.rounding,
    )


def expected_means(
    params: Any, weights: Weights, values: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return object[head_dim, rows]: the results of int8 values [keys, head_dim]; and which rows
    have any."""
    if isinstance(params, OnlineAttentionParams):
        powers, rescales = (weights[name].astype(np.int64) for name in ("power", "rescale"))
        sizes = {"N": params.depth, "P": params.precision, "R_WIDTH": params.rescale_width}
        sums = np.zeros((params.head_dim, params.rows), np.int64)
        for j, vector in enumerate(values.astype(np.int64)):
            terms = vector[:, None] * powers[j]
            sums = rescaled_total.numpy(int(j == 0), sums, rescales[j], terms, **sizes)
        totals = weights["sum"][-1].astype(np.int64)
    else:
        powers = powers_of(params, weights)
        sums, totals = values.astype(np.int64).T @ powers, powers.sum(axis=0)
    return mean_of(params, sums, totals), totals > 0
