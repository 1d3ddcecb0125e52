# SPDX-License-Identifier: Apache-2.0
"""Equivalence of silu_gate."""

from typing import Any

import numpy as np
from tritproof.ref.float16.arithmetic import float16_mul
from tritproof.ref.float16.functions import float16_silu, table
from tritproof.verif.outcome import Outcome
from tritproof.verif.stream.elementwise import check_elementwise


def gated(gate: np.ndarray, up: np.ndarray) -> np.ndarray:
    """Return the codes of RN(RN(silu(gate)) * up)."""
    return float16_mul.numpy(table(float16_silu)[gate], up)


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare the results of random rows."""
    return check_elementwise(simulator, params, vectors, seed, initial_state, "up", gated)
