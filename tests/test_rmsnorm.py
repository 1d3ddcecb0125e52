# SPDX-License-Identifier: Apache-2.0
"""Parameters, timing and corner cases of the blocks of the root-mean-square normalisation."""

from math import isqrt

import numpy as np
import pytest
from tritproof.ref.float16.rounding import INFINITY, SIGN
from tritproof.ref.stream.rmsnorm import (
    GREATEST_SQUARE,
    RmsSizes,
    is_ratio,
    rms_scale,
    rms_scale_in_steps,
    square_units,
    sum_of_squares,
)
from tritproof.rtl.manifest import blocks
from tritproof.rtl.stream.integer_root import RootParams
from tritproof.rtl.stream.ratio import RatioParams
from tritproof.rtl.stream.rms_scale import ROOT_WIDTH, ROUNDING, RmsScaleParams
from tritproof.rtl.stream.row_squares import LATENCY, RowSquaresParams
from tritproof.verif.port_values import as_byte_rows, as_integers, as_rows, pack_elements

from .equivalence_support import block_simulator


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: RootParams(root_width=1), "root_width must be an integer from 2 to 24, not 1"),
        (lambda: RootParams(25), "root_width must be an integer from 2 to 24, not 25"),
        (lambda: RatioParams(1), "dividend_width must be an integer from 2 to 32, not 1"),
        (lambda: RatioParams(14, 16), "divisor_width must be an integer from 17 to 96, not 16"),
        (lambda: RatioParams(14, 97), "divisor_width must be an integer from 17 to 96, not 97"),
        (
            lambda: RatioParams(quotient_width=2),
            "quotient_width must be an integer from 3 to 32, not 2",
        ),
        (lambda: RmsScaleParams(0), "max_count must be an integer from 1 to 32768, not 0"),
        (lambda: RmsScaleParams(32769), "max_count must be an integer from 1 to 32768, not 32769"),
        (
            lambda: RmsScaleParams(eps_units=0),
            "eps_units must be an integer from 1 to 281474976710655, not 0",
        ),
        (lambda: RowSquaresParams(lanes=3), "lanes must be even, not 3"),
        (lambda: RowSquaresParams(depth=0), "depth must be an integer from 1 to 4096, not 0"),
        (
            lambda: RowSquaresParams(16, 2049),
            "2049 beats of 16 numbers are 32784: need at most 32768",
        ),
    ],
)
def test_bad_parameters(make, message):
    with pytest.raises(ValueError) as caught:
        make()
    assert str(caught.value) == message


@pytest.mark.parametrize("max_count", [1, 2, 3, 8, 4096, 6912, 32768])
def test_the_widths_are_those_of_the_steps(max_count):
    params, sizes = RmsScaleParams(max_count), RmsSizes(max_count)
    division, rounding = params.division, ROUNDING[1]
    assert (division.dividend_width, division.divisor_width, division.quotient_width) == (
        sizes.count_width, sizes.divisor_width, sizes.quotient_width,
    )  # fmt: skip
    assert division.scale == 2 * sizes.fraction and ROOT_WIDTH == sizes.root_bits + 1
    assert params.middle_exponent == sizes.middle_exponent
    assert rounding.width == sizes.root_bits + 2
    assert rounding.least_exponent <= sizes.least_exponent
    assert sizes.greatest_exponent <= rounding.greatest_exponent


@pytest.mark.parametrize("max_count", [1, 8, 4096, 6912])
def test_steps_scale_every_length(max_count):
    rng, sizes = np.random.default_rng(max_count), RmsSizes(max_count)
    lengths = range(1, max_count + 1) if max_count <= 8 else rng.integers(1, max_count + 1, 500)
    for count in map(int, lengths):
        most = count * GREATEST_SQUARE
        drawn = int.from_bytes(rng.bytes(12), "little") >> int(rng.integers(0, 97))
        for total in (0, 1, min(drawn, most), most):
            assert rms_scale_in_steps(total, count, sizes) == rms_scale(total, count)


def test_a_ratio_is_a_relation():
    widths = {"DIVIDEND_WIDTH": 2, "DIVISOR_WIDTH": 6, "QUOTIENT_WIDTH": 4}
    results = np.arange(32)
    for dividend in range(4):
        for divisor in range(16, 64):
            quotient, rest = divmod(dividend << 6, divisor)
            told = is_ratio.numpy(results, dividend, divisor, **widths)
            assert np.flatnonzero(told).tolist() == [quotient + 16 * (rest != 0)]


def beats_of(name, tmp_path, values):
    """Run a block on one beat for each value; return what comes, and the cycles of both sides."""
    params = blocks()[name].configs["tellme"]
    port = next(p for p in blocks()[name].ports(params) if p.name == "s_axis_tdata")
    simulator = block_simulator(name, "tellme", tmp_path)
    found = simulator.run(
        {"s_axis": as_rows(values, port.width // 8)}, expected_beats={"m_axis": len(values)}
    )
    return as_integers(found.outputs["m_axis"]), found.beat_cycles["s_axis"], (
        found.beat_cycles["m_axis"]
    )


def test_roots_and_when_they_come(tmp_path):
    width = blocks()["integer_root"].configs["tellme"].root_width
    radicands = [0, 1, 2, 3, 4, 99**2 - 1, 99**2, (1 << 2 * width) - 1]
    found, taken, delivered = beats_of("integer_root", tmp_path, radicands)
    roots = [isqrt(one) for one in radicands]
    less = [root * root < one for root, one in zip(roots, radicands, strict=True)]
    assert found == [root | flag << width for root, flag in zip(roots, less, strict=True)]
    assert (delivered - taken == width + 1).all()
    assert (np.diff(taken) == width + 2).all()


def test_ratios_and_when_they_come(tmp_path):
    params = blocks()["ratio"].configs["tellme"]
    top, ones = 1 << (params.divisor_width - 1), (1 << params.divisor_width) - 1
    most = (1 << params.dividend_width) - 1
    pairs = [(most, top // 2), (1, top), (3, top + 1), (0, ones), (most, ones)]
    packed = [dividend | divisor << params.dividend_width for dividend, divisor in pairs]
    found, taken, delivered = beats_of("ratio", tmp_path, packed)
    for (dividend, divisor), one in zip(pairs, found, strict=True):
        quotient, rest = divmod(dividend << params.scale, divisor)
        assert one == quotient | (rest != 0) << params.quotient_width
    assert (delivered - taken == params.quotient_width + 1).all()
    assert (np.diff(taken) == params.quotient_width + 2).all()


def test_scales_and_when_they_come(tmp_path):
    params = blocks()["rms_scale"].configs["tellme"]
    lengths = [4096, 1024, 1, 4096, 1, 3, 1536]
    totals = [4096 * GREATEST_SQUARE, 1024 * GREATEST_SQUARE, 0, 0, GREATEST_SQUARE, 1 << 60, 1]
    packed = [total | n << params.total_width for total, n in zip(totals, lengths, strict=True)]
    found, taken, delivered = beats_of("rms_scale", tmp_path, packed)
    assert found == [rms_scale(*row) for row in zip(totals, lengths, strict=True)]
    moves = []
    for total, length in zip(totals, lengths, strict=True):
        divisor = total + length * params.eps_units
        pairs = (params.divisor_width - divisor.bit_length()) // 2
        moves.append(max(pairs, (params.count_width - length.bit_length()) // 2))
    assert moves[0] == 0 and moves[1] == 1
    assert (delivered - taken).tolist() == [49 + moved for moved in moves]
    assert (taken[1:] == delivered[:-1] + 1).all()


def test_squares_are_those_of_the_values():
    rng = np.random.default_rng(0)
    for code in map(int, rng.integers(0, 1 << 16, 2000)):
        finite = code % SIGN < INFINITY
        assert square_units.exact(code) == (sum_of_squares([code]) if finite else 0)


def test_totals_and_when_they_come(tmp_path):
    params = blocks()["row_squares"].configs["tiny"]
    simulator = block_simulator("row_squares", "tiny", tmp_path)
    codes = np.array([[0x7BFF, 1], [0x3C00, 0x0400], [0x7C00, 2], [3, 0x7E00], [4, 5]])
    rows = np.concatenate([codes, np.zeros((LATENCY + 1, 2), np.int64)])
    flags = {"take": [1, 1, 1, 0, 1], "first": [1, 0, 0, 0, 1]}
    inputs = {name: np.array(bits + [0] * (LATENCY + 1)) for name, bits in flags.items()}
    inputs |= {"enable": np.ones(len(rows), np.int64), "magnitudes": pack_elements(rows, 15)}
    found = simulator.evaluate(inputs)
    totals = as_integers(as_byte_rows(found["total"], params.total_width))
    row = [sum_of_squares(codes[0]), sum_of_squares(codes[:2]), sum_of_squares(codes[:2]) + 4]
    assert totals[LATENCY : LATENCY + 5] == [*row, row[2], 16 + 25]
    assert found["broken"][LATENCY : LATENCY + 5].tolist() == [0, 0, 1, 1, 0]
