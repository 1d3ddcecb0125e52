# SPDX-License-Identifier: Apache-2.0
"""Equivalence of silu_gate."""

from typing import Any

from tritproof.ref.stream.gates import silu_gate
from tritproof.verif.outcome import Outcome
from tritproof.verif.stream.elementwise import check_elementwise


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare the results of random rows."""
    return check_elementwise(simulator, params, vectors, seed, initial_state, "up", silu_gate)
