# SPDX-License-Identifier: Apache-2.0
"""Equivalence of transcode: groups of trits, some of them with numbers that are none."""

from typing import Any

import numpy as np
from tritproof.ref.ternary.codes import encode
from tritproof.verif.formats.rows import check_rows
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import pack_elements


def transcoded(params: Any, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What is due for numbers -2 to 1, int64[beats, groups, g], as uint8[beats, bytes], and whether
    each beat is illegal, bool[beats]."""
    illegal = (numbers == -2).any(axis=2)
    codes = encode(params.code_order, np.where(illegal[:, :, None], 0, numbers))
    return pack_elements(codes, params.code_width, params.width // 8), illegal.any(axis=1)


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare random rows, what stands behind the trits of a beat at random too."""

    def draw(rng: np.random.Generator, beats: int, share: float):
        groups = params.groups
        numbers = rng.integers(-1, 2, (beats, groups, params.g))
        spoiled = rng.random(numbers.shape) < share
        numbers[spoiled] = rng.integers(-2, 2, int(spoiled.sum()))
        given = pack_elements(numbers.reshape(beats, -1), 2, params.in_width // 8)
        given[:, -1] |= (rng.integers(0, 256, beats) << (2 * groups * params.g - 1) % 8 + 1).astype(
            np.uint8)
        return given, *transcoded(params, numbers)

    return check_rows(simulator, vectors, seed, initial_state, draw)
