# SPDX-License-Identifier: Apache-2.0
"""Equivalence of row_mean: requests in alternating banks, read while the next ones come."""

from typing import Any

import numpy as np
from tritproof.ref.softmax.exp2 import exp2_neg
from tritproof.verif.attention.requests import mean_of
from tritproof.verif.attention.weighted_lane import PlacedSums
from tritproof.verif.outcome import Outcome, until
from tritproof.verif.port_values import as_signed, compare_rows, corner_biased, often, pack_elements

ROWS = 1 << 12
POWER_LATENCY = 2


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare what is read of sums that are whole with the specification's mean."""
    rng = np.random.default_rng(seed)

    def check_some(left: int) -> Outcome:
        return _check_rows(simulator, params, min(ROWS, 8 * left + 256), rng, initial_state)

    return until(vectors, check_some)


def _beats(params: Any, rng: np.random.Generator, count: int) -> dict[str, np.ndarray]:
    """Return ``count`` beats of requests, one after another: what is given with each."""
    beats, near = params.beats, min(2 << params.frac, 1 << params.distance_width)
    values = -(-count // beats)
    request = np.cumsum(rng.random(values) < 1 / min(6, params.depth)) % 2  # at most depth below
    first = np.diff(request, prepend=-1) != 0
    run = np.arange(values) - np.maximum.accumulate(np.where(first, np.arange(values), 0))
    request = (request + run // params.depth) % 2
    first |= run % params.depth == 0
    distance = np.where(
        rng.random(values) < 0.7,
        rng.integers(0, near, values),
        rng.integers(0, 1 << params.distance_width, values),
    )
    whole = {"bank": request, "first": first.astype(np.int64), "distance": distance}
    found = {name: np.repeat(array, beats)[:count] for name, array in whole.items()}
    found["place"] = np.tile(np.arange(beats), values)[:count]
    found["counts"] = (found["place"] == 0).astype(np.int64)
    found["values"] = corner_biased(rng, (count, params.lanes), -128, 127)
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
    inputs["distance"] = beats["distance"][given]
    inputs["take"][inputs["enable"] == 1] = comes[inputs["enable"] == 1]
    inputs["counts"][comes] = beats["counts"][now[comes]]
    inputs |= {name: beats[name][now] for name in ("first", "bank", "place")}
    values = beats["values"][now]
    inputs["values"] = pack_elements(values, 8)

    power = params.power
    weights = exp2_neg.numpy(
        beats["distance"], Z_WIDTH=power.z_width, F=power.frac, P=power.precision
    )
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
            pending = at, weight * beats["values"][beat], begins
            if beats["counts"][beat]:
                totals.add(beats["bank"][beat], weight, begins)
                for other in range(params.beats):  # not whole until its beats have come
                    if begins:
                        sums.terms[2 * other + beats["bank"][beat]] = 0
    found = simulator.evaluate(inputs, initial_state=initial_state)
    shown = {"result": as_signed(found["result"], params.lane_width), "keep": found["keep"]}
    return compare_rows(
        inputs, {"result": due, "keep": keep}, shown, rows, rows=np.flatnonzero(known)
    )
