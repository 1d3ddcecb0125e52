# SPDX-License-Identifier: Apache-2.0
"""The codes of quantize against the exact quotient, on real rows and on ten million numbers."""

import numpy as np
import pytest
from tritproof.ref.float16.rounding import units
from tritproof.rtl.manifest import root
from tritproof.verif.port_values import pack_elements, unpack_elements
from tritproof.verif.streams import Beats

from .equivalence_support import block_simulator

LANES = 16
RANDOM_NUMBERS = 10**7


def exact_codes(rows):
    """RNE(127 x / max |x|) of each row of codes, in integers alone."""
    numbers = units.numpy(rows)
    largest = np.abs(numbers).max(axis=1, keepdims=True)
    dividend, divisor = 127 * np.abs(numbers), np.maximum(largest, 1)
    quotient, rest = np.divmod(dividend, divisor)
    up = (2 * rest > divisor) | ((2 * rest == divisor) & (quotient % 2 == 1))
    return np.sign(numbers) * (quotient + up)


def simulated_codes(rows, folder):
    """The codes that the RTL gives of rows int64[count, numbers], and the cycles it takes."""
    count, length = rows.shape
    ends = np.zeros(count * length // LANES, bool)
    ends[length // LANES - 1 :: length // LANES] = True
    absmax = (rows % 0x8000).max(axis=1)
    result = block_simulator("quantize", "tellme", folder).run(
        {
            "s_axis_absmax": Beats(pack_elements(absmax[:, None], 16)),
            "s_axis": Beats(pack_elements(rows.reshape(-1, LANES), 16), ends),
        }
    )
    return unpack_elements(result.outputs["m_axis"], LANES, 8, signed=True).reshape(rows.shape)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("quantize")


@pytest.mark.parametrize("name", ["up", "down"])
def test_rows_of_real_activations(name, folder):
    with np.load(root() / "verif/data/real/feed_forward_numbers.npz") as stored:
        rows = stored[name].view(np.uint16).astype(np.int64)
    codes = simulated_codes(rows, folder)
    assert np.array_equal(codes, exact_codes(rows))
    assert (np.abs(codes).max(axis=1) == 127).all()


@pytest.mark.parametrize("length", [1536, 2560, 4096, 6912])
def test_ten_million_random_numbers(length, folder):
    rng = np.random.default_rng(length)
    compared, share = 0, RANDOM_NUMBERS // 4
    while compared < share:
        shape = min(100, -(-(share - compared) // length)), length
        size = 2.0 ** rng.uniform(-14, 10, (shape[0], 1))
        numbers = rng.standard_normal(shape) * size * rng.choice([1, 1e-2], shape)
        rows = np.clip(numbers, -65504, 65504).astype(np.float16).view(np.uint16).astype(np.int64)
        assert np.array_equal(simulated_codes(rows, folder), exact_codes(rows))
        compared += rows.size
    assert compared >= share
