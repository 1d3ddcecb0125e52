# SPDX-License-Identifier: Apache-2.0
"""Equivalence of softmax_online: rows in every order of sizes, up to the longest."""

from typing import Any

import numpy as np
from tritproof.ref.softmax.exp2 import exp2_neg
from tritproof.ref.softmax.online import online_distance, online_sum, rescaling, running_maximum
from tritproof.rtl.stream import whole_bytes
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import as_rows
from tritproof.verif.softmax.score_buffer import ends_of, random_row, row_lengths
from tritproof.verif.stream_cases import Case, check_cases
from tritproof.verif.streams import Beats


def expected_row(params: Any, values: np.ndarray) -> dict[str, np.ndarray]:
    """Return int64[values] of every field of the row's beats, by the specification's steps."""
    widths = {"WIDTH": params.value_width, "F": params.frac}
    z_width, r_width = params.distance_width, params.rescale_width
    values = np.asarray(values, np.int64)
    first = (np.arange(len(values)) == 0).astype(np.int64)
    highest = [0]
    for j, value in enumerate(values.tolist()):
        highest.append(running_maximum(int(j == 0), highest[-1], value, **widths, TAU=params.tau))
    before, after = np.array(highest[:-1]), np.array(highest[1:])
    rescales = rescaling.numpy(first, before, after, **widths, R_WIDTH=r_width)
    below = online_distance.numpy(after, values, **widths, TAU=params.tau, Z_WIDTH=z_width)
    powers = exp2_neg.numpy(below, Z_WIDTH=z_width, F=params.frac, P=params.precision)
    sizes = {"SUM_WIDTH": params.sum_width, "R_WIDTH": r_width, "P": params.precision}
    totals = [0]
    for step in zip(first.tolist(), rescales.tolist(), powers.tolist(), strict=True):
        totals.append(online_sum(step[0], totals[-1], step[1], step[2], **sizes))
    columns = totals[1:], powers, rescales, first, np.zeros_like(first)
    return {
        name: np.array(column, object)
        for (name, _), column in zip(params.fields, columns, strict=True)
    }


def packed(params: Any, fields: dict[str, np.ndarray]) -> list[int]:
    """Return the beats that hold the fields."""
    beats, low = 0, 0
    for name, width in params.fields:
        beats = beats + (fields[name] << low)
        low += width
    return list(beats)


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare every beat, in order, with the specification; no row is longer than the depth."""
    near = (params.tau + 2) << params.frac

    def draw(rng: np.random.Generator) -> Case:
        lengths = [min(n, params.depth) for n in row_lengths(rng, params.depth)]
        rows = [random_row(rng, params.value_width, n, near) for n in lengths]
        due = [beat for row in rows for beat in packed(params, expected_row(params, row))]
        given = (np.concatenate(rows) & ((1 << params.value_width) - 1)).tolist()
        ends = ends_of(lengths)
        return Case(
            {"s_axis": Beats(as_rows(given, whole_bytes(params.value_width) // 8), ends)},
            {"m_axis": Beats(as_rows(due, whole_bytes(params.beat_width) // 8), ends)},
        )

    return check_cases(simulator, vectors, seed, initial_state, draw)
