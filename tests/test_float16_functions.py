# SPDX-License-Identifier: Apache-2.0
"""The float16 functions in hardware: every code, the tables, and how these are found."""

import io

import numpy as np
import pytest
from rich.console import Console
from tritproof.ref.float16.rounding import NAN
from tritproof.rtl.float16.function_table import FOLDER, FunctionTable, Row, read_table
from tritproof.rtl.float16.functions import FUNCTIONS, LATENCY, FunctionParams
from tritproof.rtl.manifest import blocks
from tritproof.tools import make_float16_tables as maker
from tritproof.verif.enumeration import compare_numbered
from tritproof.verif.equivalence import adapter

from .equivalence_support import block_simulator


def test_bad_parameters():
    with pytest.raises(ValueError) as caught:
        FunctionParams("cube")
    names = "recip, rsqrt, exp2, sigmoid, silu"
    assert str(caught.value) == f"function must be one of {names}, not 'cube'"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_code(function, tmp_path):
    block = blocks()[f"float16_{function}"]
    simulator = block_simulator(block.name, "tiny", tmp_path)
    enumeration = adapter(block).enumeration(block.configs["tiny"])
    outcome = compare_numbered(enumeration, simulator, np.arange(1 << 16))
    assert (outcome.transactions, outcome.failure) == (1 << 16, None)
    assert block.latency == f"{LATENCY} enabled cycles"
    codes = np.full(LATENCY + 1, 0x7FFF)
    found = simulator.evaluate({"enable": np.ones_like(codes), "a": codes})
    assert found["result"][LATENCY] == NAN


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_table_is_whole(function):
    found = read_table(function)
    assert [row.first for row in found.rows] == sorted({row.first for row in found.rows})
    assert len(found.magnitudes) == 1 << found.key_width
    assert min(found.magnitudes) >= 0
    for row, width in zip(found.rows, found.widths, strict=True):
        assert row.first % (1 << width) == 0


@pytest.mark.parametrize("function", ["recip", "rsqrt"])
def test_the_tables_are_those_the_program_makes(function, tmp_path):
    made = maker.make(function, Console(file=io.StringIO()))
    maker.write_table(made, tmp_path / "made.csv")
    assert (tmp_path / "made.csv").read_bytes() == (FOLDER / f"{function}.csv").read_bytes()


def test_a_directory_finds_segments_of_several_widths():
    rows = (Row(0, 0, 1, 0, 0), Row(1024, 0, 2, 0, 0), Row(1536, 0, 3, 0, 0))
    found = FunctionTable(11, rows)
    assert (found.widths, found.uniform) == ((10, 9, 9), False)
    assert found.directory_widths == (2, 1, 10)
    assert found.directory == (0 << 11 | 1 << 10 | 0x3FF, 1 << 11 | 0 << 10 | 0x1FF)


def test_the_bits_of_a_row():
    found = FunctionTable(10, (Row(0, -3, 6, -4, 1), Row(512, 0, 0, 3, -1)))
    assert found.field_widths == (3, 3, 3, 2)
    assert [found.column(name) for name in ("exponent", "c0", "c1", "c2")] == [
        (5, 0), (6, 0), (4, 3), (1, 3),
    ]  # fmt: skip


def test_a_polynomial_keeps_to_what_is_allowed():
    position = np.arange(16)
    values = 700 + 13 * position - 2 * position**2
    assert maker.polynomial(values, values) == (700, 13, -2)
    assert maker.polynomial(values - 40, values + 40)[2] == -1
    values[7] += 1
    assert maker.polynomial(values, values) is None
    assert maker.polynomial(values + 1, values) is None


def test_what_is_allowed_are_the_numbers_that_round_right():
    # In units of a quarter of 2**-24, around the code 3 = 3 * 2**-24 and the even code 2.
    codes = np.array([3, 2])
    cases = maker.Cases(np.array([0, 1]), np.zeros(2, np.int64), codes)
    lowest, highest = maker.allowed(cases, -26, 2)
    assert (lowest.tolist(), highest.tolist()) == ([11, 6], [13, 10])


def test_a_wrong_table_is_refused():
    made = read_table("recip")
    cases = maker.by_significand(maker.table(maker.FUNCTIONS["recip"]))
    rows = (*made.rows[:-1], Row(992, made.rows[-1].exponent, 1, 0, 0))
    with pytest.raises(SystemExit, match="^recip: [0-9]+ of 31743 results are wrong$"):
        maker.check(FunctionTable(10, rows), cases, "recip")
