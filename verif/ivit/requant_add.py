# SPDX-License-Identifier: Apache-2.0
"""Equivalence of requant_add."""

from typing import Any

from tritproof.verif.ivit import requant
from tritproof.verif.outcome import Outcome

NAMES = ("", "_residual")


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare the known vectors that fit, and random rows, of integers and residuals."""
    return requant.check(simulator, params, vectors, seed, initial_state, NAMES)
