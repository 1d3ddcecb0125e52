# SPDX-License-Identifier: Apache-2.0
"""Enumeration and equivalence of float16_from_int."""

from typing import Any

from tritproof.ref.float16.arithmetic import float16_from_int
from tritproof.rtl.float16.float16_from_int import LATENCY
from tritproof.verif.enumeration import Enumeration, check_enumeration
from tritproof.verif.outcome import Outcome
from tritproof.verif.pipelines import Values


def enumeration(params: Any) -> Enumeration:
    """Every integer, against the specification."""

    def expected(inputs: Values) -> Values:
        return {"result": float16_from_int.numpy(inputs["value"], WIDTH=params.value_width)}

    return Enumeration(LATENCY, expected)


def check(
    simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1
) -> Outcome:
    """Compare random numbers, the enable low at random."""
    return check_enumeration(enumeration(params), simulator, vectors, seed, initial_state)
