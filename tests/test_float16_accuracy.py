# SPDX-License-Identifier: Apache-2.0
"""Errors in units in the last place: what a unit is, what is measured, and what fails."""

import io
import json
from fractions import Fraction

import numpy as np
import pytest
from rich.console import Console
from tritproof.ref.float16.functions import FUNCTIONS
from tritproof.ref.float16.rounding import INFINITY, NAN, units
from tritproof.tools import accuracy, cli, float16_accuracy, ivit_accuracy, lmul_accuracy
from tritproof.verif.float16 import accuracy as measure

ONE, MINUS_ZERO, GREATEST = 0x3C00, 0x8000, 0x7BFF


@pytest.fixture
def fewer(monkeypatch):
    """Measure few of the inputs, both zeros and the smallest and greatest numbers among them."""
    positive = np.append(np.arange(0, INFINITY, 37), (1, ONE, GREATEST))
    monkeypatch.setattr(measure, "FINITE", np.append(positive, positive + MINUS_ZERO))
    monkeypatch.setattr(measure, "PAIRS", 1 << 14)
    monkeypatch.setattr(measure, "ROWS", 16)


def found_by(text):
    """The records and what is printed above them."""
    console = Console(file=io.StringIO(), width=160)
    records = float16_accuracy.run(console)
    assert text in console.file.getvalue()
    return {(one["operation"], one["measure"]): one for one in records}


@pytest.mark.parametrize(
    "high, low, exponent",
    [
        (1.0, 0.0, -10),
        (1.0, -(2.0**-70), -11),
        (1.0, 2.0**-70, -10),
        (-1.0, 2.0**-70, -11),
        (1.999, 0.0, -10),
        (65504.0, 0.0, 5),
        (2.0**-14, 0.0, -24),
        (2.0**-13, 0.0, -23),
        (2.0**-14, -(2.0**-90), -24),
        (2.0**-40, 0.0, -24),
        (0.0, 0.0, -24),
    ],
)
def test_a_unit_in_the_last_place(high, low, exponent):
    assert measure.ulp(np.array([high]), np.array([low])).tolist() == [2.0**exponent]


def test_a_tie_is_off_by_half_a_unit():
    for code, exact in ((ONE, 1 + 2.0**-11), (0, 2.0**-25), (GREATEST, 65520.0)):
        assert measure.errors([code], np.array([exact])) == [0.5]
    assert measure.errors([ONE], np.array([1 + 2.0**-11]), np.array([2.0**-60])) > 0.5 - 2.0**-50


def test_an_infinity_is_a_power_of_two():
    def error(code, exact):
        return measure.errors([code], np.array([exact])).tolist()

    assert error(INFINITY, 65520.0) == [0.5]
    assert error(INFINITY, 65519.0) == [17 / 32]
    assert error(INFINITY, 2.0**30) == error(INFINITY, np.inf) == [0.0]
    assert error(INFINITY + MINUS_ZERO, -(2.0**30)) == [0.0]
    assert error(GREATEST, 2.0**30) == [32 / 64]
    assert np.isnan(error(NAN, 1.0)).all()


def test_errors_are_those_of_fractions():
    codes = measure.operands("recip")[::1237]
    results = measure.results("recip", codes)
    found = measure.errors(results, *measure.exact(measure.REAL["recip"], codes))
    for code, result, error in zip(codes.tolist(), results.tolist(), found, strict=True):
        if result % MINUS_ZERO < INFINITY:
            exact = Fraction(1 << 24, units.exact(code))
            unit = Fraction(1, 1 << 24)
            while unit * 2048 <= abs(exact):
                unit *= 2
            expected = abs(Fraction(units.exact(result), 1 << 24) - exact) / unit
            assert error == pytest.approx(float(expected), abs=1e-12)


def test_reals_are_exact_to_80_bits():
    # The value of the smallest number is above half of it, and rounds up to it.
    [high], [low] = measure.exact(measure.REAL["silu"], np.array([1]))
    assert Fraction(high) + Fraction(low) > Fraction(1, 1 << 25) + Fraction(1, 1 << 51)
    assert measure.errors([1], np.array([high]), np.array([low])) < 0.5
    [high], [low] = measure.exact(measure.REAL["exp2"], np.array([0xCE40]))  # of -25: a tie
    assert (high, low) == (2.0**-25, 0.0)


def test_functions_are_measured_where_they_are_real():
    assert len(measure.FINITE) == 63488
    sizes = {name: len(measure.operands(name)) for name in FUNCTIONS}
    assert sizes == {"recip": 63486, "rsqrt": 31743} | dict.fromkeys(
        ("exp2", "sigmoid", "silu"), 63488
    )


def test_every_operation_is_within_half_a_unit(fewer):
    records = found_by("float16: largest errors, in units in the last place")
    assert {one["status"] for one in records.values()} == {"PASS"}
    ulps = {name: one for (name, quantity), one in records.items() if quantity == "ulp"}
    assert set(ulps) == {f"float16_{name}" for name in ("add", "mul", "from_int", *FUNCTIONS)} | {
        "127 / max"
    }
    for one in ulps.values():
        assert 0.45 < one["value"] <= 0.5
    assert ulps["float16_add"]["inputs"] > 15000
    assert ulps["float16_from_int"]["inputs"] == 2 * 65519 + 1


def test_the_published_design_is_measured_beside(fewer):
    records = found_by("float16: the published design, reproduced from its description")
    published = {key: one["published"] for key, one in records.items() if one["published"]}
    silu = published["float16_silu", "value of 0"]
    assert silu == pytest.approx(0.0675, abs=5e-5)
    assert published["float16_silu", "ulp"] >= silu * 2**24
    assert published["float16_silu", "value of 65504"] == pytest.approx(7.996, abs=5e-4)
    assert published["float16_silu", "largest error for |a| <= 8"] > 0.13
    assert published["127 / max", "ulp"] > 2
    share = published["quantize", "share of int8 codes not nearest"]
    assert share == pytest.approx(0.0116, abs=0.003)
    values = {key: records[key]["value"] for key in published}
    assert values["float16_silu", "value of 0"] == 0
    assert values["float16_silu", "value of 65504"] == 65504
    assert values["quantize", "share of int8 codes not nearest"] == 0


def test_a_result_that_is_not_the_nearest_fails(fewer, monkeypatch):
    wrong = {(code, name) for code, name in ((ONE, "exp2"), (0x4900, "silu"))}
    right = measure.result
    monkeypatch.setattr(measure, "result", lambda name, code: right(name, code)
                        + ((code, name) in wrong))  # fmt: skip
    monkeypatch.setattr(measure, "FINITE", np.append(measure.FINITE, 0x4900))
    monkeypatch.setattr(measure, "quantize", measure.published_quantize)
    records = found_by("FAIL")
    failed = {key for key, one in records.items() if one["status"] != "PASS"}
    assert failed == {
        ("float16_exp2", "ulp"),
        ("float16_silu", "ulp"),
        ("quantize", "share of int8 codes not nearest"),
    }


def test_the_command_gives_all_kinds_of_records(monkeypatch, tmp_path):
    kinds = {
        accuracy: [{"rows": 1, "status": "PASS"}],
        float16_accuracy: [{"status": "FAIL"}],
        lmul_accuracy: [{"format": "e4m3", "status": "PASS"}],
        ivit_accuracy: [{"function": "shiftmax", "status": "PASS"}],
    }
    for module, records in kinds.items():
        monkeypatch.setattr(module, "run", lambda console, records=records: records)
    path = tmp_path / "records.json"
    assert cli.main(["accuracy", "--json", str(path)]) == 1
    assert json.loads(path.read_text()) == [one for records in kinds.values() for one in records]


def test_a_nan_fails(monkeypatch):
    monkeypatch.setattr(measure, "FINITE", np.array([ONE]))
    monkeypatch.setattr(measure, "result", lambda name, code: NAN)
    recip = list(measure.measurements())[3]
    [one] = recip()
    assert (one.operation, one.within) == ("float16_recip", False)
