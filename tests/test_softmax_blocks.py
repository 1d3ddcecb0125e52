# SPDX-License-Identifier: Apache-2.0
"""Parameters, timing and corner cases of the softmax blocks."""

import numpy as np
import pytest
from tritproof.rtl.manifest import blocks
from tritproof.rtl.softmax.division import DivideParams
from tritproof.rtl.softmax.exp2_neg import Exp2Params
from tritproof.rtl.softmax.row_max import RowMaxParams
from tritproof.verif.port_values import as_integers, as_rows

from .equivalence_support import block_simulator


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: Exp2Params(frac=0), "frac must be an integer from 1 to 12, not 0"),
        (lambda: Exp2Params(precision=29), "precision must be an integer from 2 to 28, not 29"),
        (lambda: Exp2Params(z_width=10), "z_width must be an integer from 11 to 32, not 10"),
        (lambda: DivideParams(50, 49), "divisor_width must be an integer from 1 to 48, not 49"),
        (lambda: DivideParams(52, 35), "dividend_width must be an integer from 17 to 51, not 52"),
        (lambda: DivideParams(rounding="up"), "rounding must be floor or half_even, not 'up'"),
        (lambda: RowMaxParams(True), "width must be an integer from 2 to 64, not True"),
    ],
)
def test_bad_parameters(make, message):
    with pytest.raises(ValueError) as caught:
        make()
    assert str(caught.value) == message


def divisions(params, pairs):
    packed = [n | d << params.dividend_width for n, d in pairs]
    return as_rows(packed, -(-(params.dividend_width + params.divisor_width) // 8))


def test_divisions_and_when_they_come(tmp_path):
    params = blocks()["divide"].configs["tellme"]
    simulator = block_simulator("divide", "tellme", tmp_path)
    pairs = [(7, 2), (5, 2), (5, 0), ((1 << 50) - 1, 1), (0, 9), ((1 << 50) - 1, (1 << 35) - 1)]
    result = simulator.run({"s_axis": divisions(params, pairs)}, expected_beats={"m_axis": 6})
    ones = (2 << params.result_width) - 1
    assert as_integers(result.outputs["m_axis"]) == [4, 2, ones, ones, 0, 1 << 15]
    taken, delivered = result.beat_cycles["s_axis"], result.beat_cycles["m_axis"]
    assert (delivered - taken == params.quotient_width + 1).all()
    assert (np.diff(taken) == params.quotient_width + 2).all()


def test_a_pipelined_division_comes_a_cycle_after_the_other(tmp_path):
    params = blocks()["divide_pipelined"].configs["tellme"]
    simulator = block_simulator("divide_pipelined", "tellme", tmp_path)
    latency = params.quotient_width + 1
    rows = latency + 4
    dividends = np.arange(rows) + 5
    inputs = {"enable": np.ones(rows), "dividend": dividends, "divisor": np.full(rows, 2)}
    inputs = {name: values.astype(np.int64) for name, values in inputs.items()}
    found = simulator.evaluate(inputs)
    assert found["quotient"][latency:].tolist() == [2, 3, 4, 4]
    assert not found["overflow"][latency:].any()


def test_no_row_enters_the_maximum_of_the_next(tmp_path):
    simulator = block_simulator("row_max", "tellme", tmp_path)
    values = np.array([9, 5, -17, -16, -18, -40])
    first = np.array([1, 0, 1, 0, 0, 1])
    inputs = {"take": np.ones(6, np.int64), "first": first, "value": values}
    assert simulator.evaluate(inputs)["largest"][1:].tolist() == [9, 9, -17, -16, -16]
