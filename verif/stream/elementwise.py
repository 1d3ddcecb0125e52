# SPDX-License-Identifier: Apache-2.0
"""Cases of element-wise streams: rows of any length, codes of every kind, in step or not."""

from collections.abc import Callable
from typing import Any

import numpy as np
from tritproof.verif.float16.operations import random_pairs
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import pack_elements
from tritproof.verif.softmax.score_buffer import ends_of
from tritproof.verif.stream_cases import Case, check_cases
from tritproof.verif.streams import Beats

CODE_WIDTH = 16
Operation = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""From codes int64[beats, lanes] of both streams to those of the result."""


def check_elementwise(
    simulator: Any, params: Any, vectors: int, seed: int, initial_state: int, second: str,
    operation: Operation,
) -> Outcome:  # fmt: skip
    """Compare the results of ``operation`` on ``s_axis`` and ``s_axis_<second>``, in order."""

    def draw(rng: np.random.Generator) -> Case:
        lengths = rng.integers(1, 40, rng.integers(1, 6))
        shape = int(lengths.sum()), params.lanes
        a, b = (codes.reshape(shape) for codes in random_pairs(rng, shape[0] * shape[1]))
        ends = ends_of(lengths.tolist())
        return Case(
            {
                "s_axis": Beats(pack_elements(a, CODE_WIDTH), ends),
                f"s_axis_{second}": Beats(pack_elements(b, CODE_WIDTH)),
            },
            {"m_axis": Beats(pack_elements(operation(a, b), CODE_WIDTH), ends)},
        )

    return check_cases(simulator, vectors, seed, initial_state, draw)
