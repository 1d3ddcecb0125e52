# SPDX-License-Identifier: Apache-2.0
"""Equivalence of weighted_sum: sums at every place of both banks, with pauses and new starts."""

from typing import Any

import numpy as np
from tritproof.ref.attention.weighted_sum import weighted_value
from tritproof.verif.attention.weighted_lane import PlacedSums, random_rescales
from tritproof.verif.outcome import Outcome, until
from tritproof.verif.pipelines import source_rows
from tritproof.verif.port_values import (
    as_byte_rows,
    compare_rows,
    corner_biased,
    often,
    pack_elements,
    unpack_elements,
)

ROWS = 1 << 14
LATENCY = 2


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare what is read with the sum over the place's beats since the first, in every cycle."""
    rng = np.random.default_rng(seed)

    def check_some(left: int) -> Outcome:
        rows = min(ROWS, 4 * left + 32)
        return _check_rows(simulator, params, rows, rng, initial_state)

    return until(vectors, check_some)


def _check_rows(
    simulator: Any, params: Any, rows: int, rng: np.random.Generator, initial_state: int
) -> Outcome:
    powers = corner_biased(rng, (rows,), 0, 1 << params.precision)
    values = corner_biased(rng, (rows, params.lanes), -128, 127)
    enable, take = (often(rng, rows, 0.8) for _ in range(2))
    first = often(rng, rows, 0.1)
    bank, read_bank = often(rng, (2, rows), 0.5)
    index, read_index = rng.integers(0, params.beats, (2, rows))
    places = 2 * index + bank
    rescaling = random_rescales(params, rng, rows)
    rescales = rescaling.get("rescale", np.zeros(rows, np.int64))
    products = weighted_value.numpy(powers[:, None], values, PRECISION=params.precision)
    placed = PlacedSums(2 * params.beats, (params.lanes,), params.depth)
    sources, watched = source_rows(enable, LATENCY), 2 * read_index + read_bank
    due, known = np.zeros((rows, params.lanes), np.int64), np.zeros(rows, bool)
    done = -1
    for row in range(rows):
        if sources[row] > done:
            done = sources[row]
            if take[done]:
                placed.add(places[done], products[done], bool(first[done]), rescales[done])
        due[row], known[row] = placed.sums[watched[row]], placed.known(watched[row])
    inputs = {
        "enable": enable,
        "take": take,
        "first": first,
        "bank": bank,
        "index": index,
        "power": powers,
        "values": pack_elements(values, 8),
        "read_bank": read_bank,
        "read_index": read_index,
    } | rescaling
    found = simulator.evaluate(inputs, initial_state=initial_state)["total"]
    found = as_byte_rows(found, params.lanes * params.total_width)
    shown = unpack_elements(found, params.lanes, params.total_width, signed=True)
    return compare_rows(inputs, {"total": due}, {"total": shown}, rows, rows=np.flatnonzero(known))
