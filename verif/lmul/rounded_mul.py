# SPDX-License-Identifier: Apache-2.0
"""Equivalence of rounded_mul: every pair of codes of 8 bits, else codes of every kind."""

from typing import Any

import numpy as np
from tritproof.ref.lmul.rounded import rounded_mul
from tritproof.rtl.lmul.rounded_mul import LATENCY
from tritproof.verif.enumeration import Enumeration
from tritproof.verif.lmul.lmul import check_pairs, format_of
from tritproof.verif.outcome import Outcome
from tritproof.verif.pipelines import Values


def enumeration(params: Any) -> Enumeration:
    """Every pair of codes, against the specification."""

    def due(inputs: Values) -> Values:
        shape = format_of(params).shape
        code = rounded_mul.numpy(inputs["a"], inputs["b"], SATURATE=int(params.saturate), **shape)
        return {"result": np.asarray(code)}

    return Enumeration(LATENCY, due)


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare products, the enable low at random; of codes of 8 bits every pair besides."""
    return check_pairs(enumeration(params), simulator, params, vectors, seed, initial_state)
