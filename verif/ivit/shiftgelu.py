# SPDX-License-Identifier: Apache-2.0
"""Equivalence of shiftgelu: the known vectors, and rows of every length, some too long."""

from typing import Any

from tritproof.ref.ivit.exponential import shiftgelu
from tritproof.verif.ivit.rows import check_rows
from tritproof.verif.outcome import Outcome


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare the known vectors and random rows."""
    return check_rows(
        simulator, params, vectors, seed, initial_state, "shiftgelu", shiftgelu, params.beat_width
    )
