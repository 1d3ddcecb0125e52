# SPDX-License-Identifier: Apache-2.0
"""Equivalence of newton_root: radicands of every size, squares and their neighbours."""

from typing import Any

import numpy as np
from tritproof.ref.ivit.layernorm import newton_root
from tritproof.rtl.stream import whole_bytes
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import as_rows
from tritproof.verif.stream.integer_root import random_radicands
from tritproof.verif.stream_cases import Case, check_cases
from tritproof.verif.streams import Beats

MOST = 40
"""Roots of one case."""


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare every root, in order, with the definition."""
    width = params.radicand_width

    def draw(rng: np.random.Generator) -> Case:
        count = int(rng.integers(1, min(MOST, vectors) + 1))
        drawn = random_radicands((width + 1) // 2, rng, count)
        radicands = [min(int(one), params.greatest) for one in drawn]
        due = [newton_root(one, 1 << params.first, params.steps) for one in radicands]
        return Case(
            {"s_axis": Beats(as_rows(radicands, whole_bytes(width) // 8))},
            {"m_axis": Beats(as_rows(due, whole_bytes(params.root_width) // 8))},
        )

    return check_cases(simulator, vectors, seed, initial_state, draw)
