# SPDX-License-Identifier: Apache-2.0
"""Equivalence of shiftmax: the known vectors, and rows of every length, some too long."""

from typing import Any

from tritproof.ref.ivit.exponential import shiftmax
from tritproof.rtl.stream import whole_bytes
from tritproof.verif.ivit.rows import check_rows
from tritproof.verif.outcome import Outcome


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare the known vectors and random rows."""
    width = whole_bytes(params.output_bits)
    return check_rows(
        simulator, params, vectors, seed, initial_state, "shiftmax", shiftmax, width
    )
