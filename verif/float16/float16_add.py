# SPDX-License-Identifier: Apache-2.0
"""Enumeration and equivalence of float16_add."""

from typing import Any

from tritproof.ref.float16.arithmetic import float16_add
from tritproof.rtl.float16.float16_add import LATENCY
from tritproof.verif.enumeration import Enumeration
from tritproof.verif.float16.operations import check_pairs, pairs
from tritproof.verif.outcome import Outcome


def enumeration(params: Any) -> Enumeration:
    """Every pair of codes, against the specification."""
    return pairs(LATENCY, float16_add)


def check(
    simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1
) -> Outcome:
    """Compare sums of random numbers, the enable low at random."""
    return check_pairs(enumeration(params), simulator, vectors, seed, initial_state)
