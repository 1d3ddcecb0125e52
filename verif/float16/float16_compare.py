# SPDX-License-Identifier: Apache-2.0
"""Enumeration and equivalence of float16_compare."""

from typing import Any

from tritproof.ref.float16.arithmetic import float16_compare, float16_max
from tritproof.rtl.float16.float16_compare import LATENCY
from tritproof.verif.enumeration import Enumeration
from tritproof.verif.float16.operations import check_pairs
from tritproof.verif.outcome import Outcome
from tritproof.verif.pipelines import Values


def enumeration(params: Any) -> Enumeration:
    """Every pair of codes, against the specifications of both outputs."""

    def expected(inputs: Values) -> Values:
        a, b = inputs["a"], inputs["b"]
        return {"relation": float16_compare.numpy(a, b), "result": float16_max.numpy(a, b)}

    return Enumeration(LATENCY, expected)


def check(
    simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1
) -> Outcome:
    """Compare random pairs, the enable low at random."""
    return check_pairs(enumeration(params), simulator, vectors, seed, initial_state)
