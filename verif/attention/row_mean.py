# SPDX-License-Identifier: Apache-2.0
"""Equivalence of row_mean: requests in alternating banks, read while the next ones come."""

from typing import Any

import numpy as np
from tritproof.rtl.attention.params import OnlineAttentionParams
from tritproof.verif.attention.weighted_lane import PlacedSums
from tritproof.verif.attention.weights import (
    Weights,
    mean_of,
    packed_weights,
    powers_of,
    random_online_weights,
)
from tritproof.verif.outcome import Outcome, until
from tritproof.verif.port_values import (
    as_rows,
    as_signed,
    compare_rows,
    corner_biased,
    often,
    pack_elements,
)

ROWS = 1 << 12
POWER_LATENCY = 2


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare what is read of sums that are whole with the specification's mean."""
    rng = np.random.default_rng(seed)

    def check_some(left: int) -> Outcome:
        return _check_rows(simulator, params, min(ROWS, 8 * left + 256), rng, initial_state)

    return until(vectors, check_some)


def _weights(params: Any, rng: np.random.Generator, first: np.ndarray) -> Weights:
    """Return weights [values, 1] of requests that begin where ``first`` is set."""
    count = len(first)
    if isinstance(params, OnlineAttentionParams):
        ends = [*np.flatnonzero(first)[1:].tolist(), count]
        sizes = np.diff(ends, prepend=0).tolist()
        parts = [random_online_weights(params, rng, size) for size in sizes]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    near = min(2 << params.frac, 1 << params.distance_width)
    distance = np.where(
        rng.random(count) < 0.7,
        rng.integers(0, near, count),
        rng.integers(0, 1 << params.distance_width, count),
    )
    return {"distance": distance[:, None]}


def _beats(params: Any, rng: np.random.Generator, count: int) -> dict[str, np.ndarray]:
    """Return ``count`` beats of requests, one after another: what is given with each."""
    beats = params.beats
    values = -(-count // beats)
    request = np.cumsum(rng.random(values) < 1 / min(6, params.depth)) % 2  # at most depth below
    first = np.diff(request, prepend=-1) != 0
    run = np.arange(values) - np.maximum.accumulate(np.where(first, np.arange(values), 0))
    request = (request + run // params.depth) % 2
    first |= run % params.depth == 0
    whole = {"bank": request, "first": first.astype(np.int64)} | _weights(params, rng, first)
    found = {name: np.repeat(array, beats, axis=0)[:count] for name, array in whole.items()}
    found["place"] = np.tile(np.arange(beats), values)[:count]
    found["counts"] = (found["place"] == 0).astype(np.int64)
    found["values"] = corner_biased(rng, (count, params.lanes), -128, 127)
    if "sum" in found:  # the one given with a value's first beat counts
        other = rng.integers(0, 1 << params.sum_width, (count, 1)).astype(object)
        found["sum"] = np.where(found["counts"][:, None], found["sum"], other)
    size = -(-params.weight_width // 8)
    found["weight"] = as_rows(packed_weights(params, found), size)
    found["powers"] = powers_of(params, found)[:, 0]
    return found


def _check_rows(
    simulator: Any, params: Any, rows: int, rng: np.random.Generator, initial_state: int
) -> Outcome:
    beats = _beats(params, rng, rows)
    inputs = {
        "enable": often(rng, rows, 0.8),
        "take": often(rng, rows, 0.5),
        "counts": np.zeros(rows, np.int64),
        "move": often(rng, rows, 0.8),
        "read_bank": rng.integers(0, 2, rows),
        "read_place": rng.integers(0, params.beats, rows),
        "element": rng.integers(0, params.lanes, rows),
    }
    given = np.cumsum(inputs["enable"]) - inputs["enable"]  # beats whose distance came before
    now = np.maximum(given - POWER_LATENCY, 0)  # the beat that comes, in an enabled cycle
    comes = (inputs["enable"] == 1) & (given >= POWER_LATENCY)
    inputs["weight"] = beats["weight"][given]
    inputs["take"][inputs["enable"] == 1] = comes[inputs["enable"] == 1]
    inputs["counts"][comes] = beats["counts"][now[comes]]
    inputs |= {name: beats[name][now] for name in ("first", "bank", "place")}
    values = beats["values"][now]
    inputs["values"] = pack_elements(values, 8)

    weights = beats["powers"]
    sums = PlacedSums(2 * params.beats, (params.lanes,), params.depth)
    totals = PlacedSums(2, (), params.depth)
    latency = params.division.quotient_width + 2
    due, keep = np.zeros(rows, np.int64), np.zeros(rows, np.int64)
    known = np.zeros(rows, bool)
    moved: list[tuple[int, int] | None] = []
    pending = None
    ones = (1 << (params.lane_width // 8)) - 1
    for row in range(rows):
        if len(moved) >= latency and (told := moved[-latency]) is not None:
            known[row], due[row] = True, told[0]
            keep[row] = ones if told[1] else 0
        bank = inputs["read_bank"][row]
        place = 2 * inputs["read_place"][row] + bank
        if inputs["move"][row]:
            whole = totals.known(bank) and sums.terms[place] == totals.terms[bank]
            numerator = int(sums.sums[place][inputs["element"][row]])
            divisor = int(totals.sums[bank])
            result = mean_of(params, numerator, divisor)
            moved.append((int(result), divisor) if whole else None)
        if inputs["enable"][row]:
            if pending is not None:
                sums.add(*pending)
            pending = None
        if comes[row]:
            beat = now[row]
            begins, weight = bool(beats["first"][beat]), weights[beat]
            at = 2 * beats["place"][beat] + beats["bank"][beat]
            rescale = int(beats["rescale"][beat, 0]) if "rescale" in beats else 0
            pending = at, weight * beats["values"][beat], begins, rescale
            if beats["counts"][beat]:
                totals.add(beats["bank"][beat], weight, begins, rescale)
                for other in range(params.beats):  # not whole until its beats have come
                    if begins:
                        sums.terms[2 * other + beats["bank"][beat]] = 0
    found = simulator.evaluate(inputs, initial_state=initial_state)
    shown = {"result": as_signed(found["result"], params.lane_width), "keep": found["keep"]}
    return compare_rows(
        inputs, {"result": due, "keep": keep}, shown, rows, rows=np.flatnonzero(known)
    )
