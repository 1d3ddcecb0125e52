# SPDX-License-Identifier: Apache-2.0
"""Equivalence of rope."""

from typing import Any

import numpy as np
from tritproof.ref.stream.rope import rope
from tritproof.verif.outcome import Outcome
from tritproof.verif.stream.elementwise import check_elementwise


def rotated(x: np.ndarray, rotation: np.ndarray) -> np.ndarray:
    """Return the rotated pairs of beats, by the cosines and sines in the other stream."""
    return rope(x, rotation[..., 0::2], rotation[..., 1::2])


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare the results of random rows."""
    return check_elementwise(simulator, params, vectors, seed, initial_state, "rotation", rotated)
