# SPDX-License-Identifier: Apache-2.0
"""Equivalence of swar_table with the thirteen sums; 2^24 vectors or more try every input."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from tritproof.ref.ternary.swar import GROUP, SUM_WIDTH, swar_sums
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import check_combinational, pack_elements
from tritproof.verif.ternary.dot import activations_of, random_activations


def check(
    simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1
) -> Outcome:
    """Compare every lane of ``sums``."""

    def random_inputs(rng: np.random.Generator, rows: int) -> dict[str, np.ndarray]:
        return {"activations": pack_elements(random_activations(rng, rows, GROUP), 8)}

    def expected(inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        sums = swar_sums.numpy(activations_of(inputs["activations"], GROUP))
        return {"sums": pack_elements(sums, SUM_WIDTH)}

    rng = np.random.default_rng(seed)
    return check_combinational(simulator, vectors, rng, random_inputs, expected, initial_state)
