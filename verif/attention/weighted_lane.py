# SPDX-License-Identifier: Apache-2.0
"""Equivalence of weighted_lane: sums at every place, with pauses and new starts."""

from typing import Any

import numpy as np
from tritproof.ref.attention.weighted_sum import weighted_value
from tritproof.verif.outcome import Outcome, until
from tritproof.verif.port_values import as_signed, compare_rows, corner_biased, often

ROWS = 1 << 14


class PlacedSums:
    """Sums of weighted values by place; which are known and at most ``depth`` values long."""

    def __init__(self, places: int, shape: tuple[int, ...], depth: int) -> None:
        self.sums, self.terms = np.zeros((places, *shape), np.int64), [0] * places
        self.depth = depth

    def add(self, place: int, product: Any, begins: bool, rescale: int = 0) -> None:
        """Add a product, which may begin the sum, to what is left of the sum shifted down."""
        self.sums[place] = product + (0 if begins else self.sums[place] >> rescale)
        self.terms[place] = 1 if begins else self.terms[place] + (self.terms[place] > 0)

    def known(self, place: int) -> bool:
        """True when the specification says what the sum is."""
        return 0 < self.terms[place] <= self.depth


def random_rescales(params: Any, rng: np.random.Generator, rows: int) -> dict[str, np.ndarray]:
    """Return the input that rescales, mostly 0, if the parameters have one."""
    if not params.rescale_width:
        return {}
    most = (1 << params.rescale_width) - 1
    drawn = np.where(
        rng.random(rows) < 0.7, rng.integers(0, 4, rows), rng.integers(0, most + 1, rows)
    )
    return {"rescale": drawn * often(rng, rows, 0.4)}


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare what is read with the sum over the place's writes since the first, in every cycle."""
    rng = np.random.default_rng(seed)

    def check_some(left: int) -> Outcome:
        return _check_rows(simulator, params, min(ROWS, 4 * left + 32), rng, initial_state)

    return until(vectors, check_some)


def _check_rows(
    simulator: Any, params: Any, rows: int, rng: np.random.Generator, initial_state: int
) -> Outcome:
    places = 2 << params.index_width
    inputs = {
        "enable": often(rng, rows, 0.8),
        "power": corner_biased(rng, (rows,), 0, 1 << params.precision),
        "value": corner_biased(rng, (rows,), -128, 127),
        "write": often(rng, rows, 0.8),
        "restart": often(rng, rows, 0.1),
        "address": rng.integers(0, places, rows),
        "read_address": rng.integers(0, places, rows),
    } | random_rescales(params, rng, rows)
    rescales = inputs.get("rescale", np.zeros(rows, np.int64))
    products = weighted_value.numpy(inputs["power"], inputs["value"], PRECISION=params.precision)
    placed = PlacedSums(places, (), params.depth)
    due, known = np.zeros(rows, np.int64), np.zeros(rows, bool)
    product = None
    for row in range(rows):
        read, place = inputs["read_address"][row], inputs["address"][row]
        due[row], known[row] = placed.sums[read], placed.known(read)
        if inputs["write"][row]:
            if product is None:
                placed.terms[place] = 0
            else:
                placed.add(place, product, bool(inputs["restart"][row]), rescales[row])
        if inputs["enable"][row]:
            product = products[row]
    found = dict(simulator.evaluate(inputs, initial_state=initial_state))
    found["total"] = as_signed(found["total"], params.total_width)
    return compare_rows(inputs, {"total": due}, found, rows, rows=np.flatnonzero(known))
