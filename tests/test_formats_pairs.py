# SPDX-License-Identifier: Apache-2.0
"""From every format to every other and back, bit by bit, on random and on real matrices."""

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
        "random": random.integers(-1, 2, (384, 768), dtype=np.int8),
        "sparse": (random.random((384, 1536)) < 0.02).astype(np.int8),
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


@pytest.mark.parametrize("matrix", matrices())
def test_every_pair(matrix):
    trits, tried = matrices()[matrix], 0
    for first, second in PAIRS:
        begin, end = stored(matrix, first), stored(matrix, second)
        if begin is None or end is None:
            continue
        there, _ = formats()[first].decode(begin, trits.shape)
        np.testing.assert_array_equal(formats()[second].encode(there), end)
        back, _ = formats()[second].decode(end, trits.shape)
        np.testing.assert_array_equal(formats()[first].encode(back), begin)
        np.testing.assert_array_equal(back, trits)
        tried += 1
    assert tried >= len(PAIRS) / 2
