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
    r_width = params.rescale_width
    found: dict[str, list[int]] = {name: [] for name, _ in params.fields}
    highest = total = 0
    for j, value in enumerate(values.tolist()):
        first = int(j == 0)
        after = running_maximum(first, highest, value, **widths, TAU=params.tau)
        rescale = rescaling(first, highest, after, **widths, R_WIDTH=r_width)
        below = online_distance(
            after, value, **widths, TAU=params.tau, Z_WIDTH=params.distance_width
        )
        power = exp2_neg(below, Z_WIDTH=params.distance_width, F=params.frac, P=params.precision)
        total = online_sum(
            first, total, rescale, power,
            SUM_WIDTH=params.sum_width, R_WIDTH=r_width, P=params.precision,
        )  # fmt: skip
        beat = (total, power, rescale, first, 0)
        for name, number in zip(found, beat, strict=True):
            found[name].append(number)
        highest = after
    return {name: np.array(numbers, object) for name, numbers in found.items()}


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
