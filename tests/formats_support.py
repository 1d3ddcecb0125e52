# SPDX-License-Identifier: Apache-2.0
"""Matrices for the tests of formats."""

import numpy as np
from tritproof.ref.formats.format import Format
from tritproof.ref.formats.registry import formats

SHAPE = (128, 768)
"""A matrix that every format takes as it is."""


def trits(shape: tuple[int, int] = SHAPE, seed: int = 0) -> np.ndarray:
    """Return random trits int8[outputs, inputs]."""
    return np.random.default_rng(seed).integers(-1, 2, shape, dtype=np.int8)


def named(name: str) -> Format:
    """Return a format of the registry."""
    return formats()[name]
