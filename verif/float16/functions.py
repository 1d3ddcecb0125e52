# SPDX-License-Identifier: Apache-2.0
"""Enumeration and equivalence of the float16 functions: the adapter of every one of them."""

from typing import Any

from tritproof.ref.float16.functions import FUNCTIONS, table
from tritproof.rtl.float16.functions import LATENCY, FunctionParams
from tritproof.verif.enumeration import Enumeration, check_enumeration
from tritproof.verif.outcome import Outcome
from tritproof.verif.pipelines import Values


def enumeration(params: FunctionParams) -> Enumeration:
    """Every code, against the exact value of the function, rounded once."""

    def expected(inputs: Values) -> Values:
        return {"result": table(FUNCTIONS[params.function])[inputs["a"]]}

    return Enumeration(LATENCY, expected)


def check(
    simulator: Any, params: FunctionParams, vectors: int, seed: int, initial_state: int = 1
) -> Outcome:
    """Compare results of random codes, the enable low at random."""
    return check_enumeration(enumeration(params), simulator, vectors, seed, initial_state)
