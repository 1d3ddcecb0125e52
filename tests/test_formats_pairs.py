# SPDX-License-Identifier: Apache-2.0
"""From every format to every other, bit by bit, on random and on real matrices."""

from functools import cache
from itertools import product

import numpy as np
import pytest
from tritproof.ref.formats.registry import formats
from tritproof.tools.importers import load_weights
from tritproof.tools.matvec import real_matrices

PAIRS = list(product(formats(), formats()))


@cache
def matrices() -> dict[str, np.ndarray]:
    """Random ones, the real ones, and their transposes: not every format takes every width."""
    random = np.random.default_rng(5)
    found = {
        "random": random.integers(-1, 2, (128, 768), dtype=np.int8),
        "sparse": (random.random((128, 1536)) < 0.02).astype(np.int8),
    }
    for name, (weights, _) in real_matrices().items():
        found[name] = load_weights(weights)
        found[name + " transposed"] = np.ascontiguousarray(found[name].T)
    return found


@cache
def stored(matrix: str, name: str) -> np.ndarray | None:
    """The bytes of a matrix in a format, None if it does not take its shape."""
    try:
        return formats()[name].encode(matrices()[matrix])
    except ValueError:
        return None


def test_every_real_matrix_fits_every_format_one_way():
    for name, real in product(formats(), real_matrices()):
        taken = [stored(real + way, name) is not None for way in ("", " transposed")]
        assert any(taken), (name, real)


@cache
def decoded(matrix: str, name: str) -> np.ndarray | None:
    begin = stored(matrix, name)
    return None if begin is None else formats()[name].decode(begin, matrices()[matrix].shape)[0]


@pytest.mark.parametrize("matrix", matrices())
def test_every_pair(matrix):
    """Each ordered pair is taken, so each way back too."""
    tried = 0
    for first, second in PAIRS:
        there, end = decoded(matrix, first), stored(matrix, second)
        if there is None or end is None:
            continue
        np.testing.assert_array_equal(there, matrices()[matrix])
        np.testing.assert_array_equal(formats()[second].encode(there), end)
        tried += 1
    assert tried >= len(PAIRS) / 2
