# SPDX-License-Identifier: Apache-2.0
"""Equivalence of bitlinear: layers of every size and what is fused behind them."""

from typing import Any

import numpy as np
from tritproof.ref.stream.bitlinear import MODES
from tritproof.ref.stream.rope import rope
from tritproof.verif.outcome import Outcome
from tritproof.verif.stream.ternary_linear import Layer, check_layers


def fused(mode: str, codes: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the codes int64[outputs] of the operation; of rope, ``second`` has the cosine and the
    sine of each pair."""
    if mode == "rope":
        pairs = codes.reshape(-1, 2)
        return rope(pairs, second[0::2, None], second[1::2, None]).reshape(-1)
    return MODES[mode](codes, second)


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare the numbers of random layers."""

    def operation(codes: np.ndarray, layer: Layer) -> np.ndarray:
        assert layer.second is not None
        return fused(params.mode, codes, layer.second)

    return check_layers(simulator, params, vectors, seed, initial_state, operation)
