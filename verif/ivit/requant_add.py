# SPDX-License-Identifier: Apache-2.0
"""Equivalence of requant_add."""

from typing import Any

from tritproof.verif.ivit import requant
from tritproof.verif.outcome import Outcome


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare random rows of integers and residuals."""
    names = ("", "_residual")
    return requant.check(simulator, params, vectors, seed, initial_state, names)
