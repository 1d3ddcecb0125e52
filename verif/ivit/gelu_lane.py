# SPDX-License-Identifier: Apache-2.0
"""Enumeration and equivalence of gelu_lane."""

from typing import Any

import numpy as np
from tritproof.verif.enumeration import Enumeration, check_enumeration
from tritproof.verif.ivit.gelu import gelu
from tritproof.verif.outcome import Outcome
from tritproof.verif.pipelines import Values


def enumeration(params: Any) -> Enumeration:
    """Every number and unit."""

    def due(inputs: Values) -> Values:
        x = inputs["x"]
        return {"value": gelu(x, np.maximum(x, 0), inputs["unit"], params)}

    return Enumeration(params.latency, due)


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare random inputs, the enable low at random."""
    return check_enumeration(enumeration(params), simulator, vectors, seed, initial_state)
