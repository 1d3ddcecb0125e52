# SPDX-License-Identifier: Apache-2.0
"""Equivalence of weight_buffer: matrices of every shape, some of them refused."""

from typing import Any

import numpy as np
from tritproof.verif.buffer.matrices import case_of, fits, random_matrix
from tritproof.verif.outcome import Outcome
from tritproof.verif.stream_cases import Case, check_cases

MOST = 8
"""Matrices of one case."""
MOST_WORDS = 1 << 15
"""Most words of a matrix that is not small: bounds the memory of a case."""


def random_sizes(rng: np.random.Generator, params: Any) -> tuple[int, int, int]:
    """Return steps, beats and reads: of a small matrix, one near a limit, or one refused."""
    groups, row_beats = params.groups, params.row_beats
    limits = [(groups, row_beats), (params.most_steps, row_beats), (groups, params.most_beats)]
    steps, beats = limits[rng.integers(3)]
    if rng.random() < 0.1:
        steps, beats = steps + int(rng.integers(-1, 2)), beats + int(rng.integers(-1, 2))
    elif rng.random() < 0.5:
        steps, beats = int(rng.integers(1, steps + 1)), int(rng.integers(1, beats + 1))
    reads = int(rng.choice([0, 1, 1, 1, 2, 3]))
    while fits(params, steps, beats, reads) and steps * beats * params.q > MOST_WORDS:
        steps = (steps + 1) // 2
    return steps, beats, reads


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare all beats that go out with the specification's."""

    def draw(rng: np.random.Generator) -> Case:
        count = int(rng.integers(1, MOST + 1))
        matrices = [random_matrix(rng, params, *random_sizes(rng, params)) for _ in range(count)]
        return case_of(params, matrices, rng)

    return check_cases(simulator, vectors, seed, initial_state, draw)
