# SPDX-License-Identifier: Apache-2.0
"""Parameters and the longest sum of weighted vectors."""

import numpy as np
import pytest
from tritproof.ref.attention.weighted_sum import weighted_sum
from tritproof.rtl.attention.weighted_sum import WeightedSumParams
from tritproof.rtl.manifest import blocks
from tritproof.verif.port_values import pack_elements, unpack_elements

from .equivalence_support import block_simulator


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: WeightedSumParams(lanes=129), "lanes must be an integer from 1 to 128, not 129"),
        (lambda: WeightedSumParams(beats=0), "beats must be an integer from 1 to 256, not 0"),
        (
            lambda: WeightedSumParams(precision=29),
            "precision must be an integer from 2 to 28, not 29",
        ),
        (
            lambda: WeightedSumParams(depth=True),
            "depth must be an integer from 1 to 65536, not True",
        ),
    ],
)
def test_bad_parameters(make, message):
    with pytest.raises(ValueError) as caught:
        make()
    assert str(caught.value) == message


def test_widths_at_the_defaults():
    params = WeightedSumParams()
    assert (params.index_width, params.product_width, params.total_width) == (3, 32, 42)
    assert WeightedSumParams(depth=1025).total_width == 43
    assert WeightedSumParams(beats=1).index_width == 1


def test_the_longest_sum_of_the_largest_products(tmp_path):
    params = blocks()["weighted_sum"].configs["tellme"]
    depth, lanes, one = params.depth, params.lanes, 1 << params.precision
    simulator = block_simulator("weighted_sum", "tellme", tmp_path)
    values = np.where(np.arange(lanes) % 2, 127, -128)
    rows = depth + 3
    constant = {"enable": 1, "take": 1, "bank": 1, "index": 5, "read_bank": 1, "read_index": 5}
    inputs = {name: np.full(rows, value) for name, value in constant.items()}
    inputs["power"] = np.full(rows, one)
    inputs["values"] = pack_elements(np.tile(values, (rows, 1)), 8)
    inputs["first"] = np.zeros(rows, np.int64)
    inputs["first"][[0, depth]] = 1
    found = simulator.evaluate(inputs)["total"]
    totals = unpack_elements(found, lanes, params.total_width, signed=True)
    longest = [
        weighted_sum.exact(
            (one,) * depth, (int(value),) * depth, N=depth, PRECISION=params.precision
        )
        for value in values[:2]
    ]
    assert longest == [-(1 << 41), 127 << 34]
    assert totals[2].tolist() == (values * one).tolist()
    assert totals[depth + 1, :2].tolist() == longest
    assert totals[depth + 1].tolist() == (values * one * depth).tolist()
    assert totals[depth + 2].tolist() == (values * one).tolist()
