# SPDX-License-Identifier: Apache-2.0
"""Enumeration and equivalence of shift_exp."""

from functools import cache
from typing import Any

import numpy as np
from tritproof.ref.ivit.exponential import int_exp, unit_taken
from tritproof.rtl.ivit.shift_exp import DISTANCE_WIDTH
from tritproof.verif.enumeration import Enumeration, check_enumeration
from tritproof.verif.outcome import Outcome
from tritproof.verif.pipelines import Values


@cache
def table(n: int, unit_width: int, headroom: int = 0, powers_of_two: bool = False) -> np.ndarray:
    """int_exp of -z for every unit, and every z from -2**8 in two's complement, int64[units, z]."""
    half = 1 << (DISTANCE_WIDTH - 1)
    units = [unit_taken(unit, powers_of_two) for unit in range(1 << unit_width)]
    return np.array(
        [[int_exp(-z, unit, n, headroom) for z in range(-half, half)] for unit in units]
    )


def enumeration(params: Any) -> Enumeration:
    """Every distance and unit, against the specification."""
    half = 1 << (DISTANCE_WIDTH - 1)

    def due(inputs: Values) -> Values:
        known = table(params.n, params.unit_width, params.headroom, params.powers_of_two)
        return {"value": known[inputs["unit"], inputs["z"] + half]}

    return Enumeration(params.latency, due)


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare random distances and units, the enable low at random."""
    return check_enumeration(enumeration(params), simulator, vectors, seed, initial_state)
