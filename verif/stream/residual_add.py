# SPDX-License-Identifier: Apache-2.0
"""Equivalence of residual_add."""

from typing import Any

from tritproof.ref.stream.gates import residual_add
from tritproof.verif.outcome import Outcome
from tritproof.verif.stream.elementwise import check_elementwise


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare sums of random rows."""
    return check_elementwise(
        simulator, params, vectors, seed, initial_state, "residual", residual_add
    )
