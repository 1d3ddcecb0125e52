# SPDX-License-Identifier: Apache-2.0
"""The report of a run: verdicts, JSON, JUnit, and checks that did not happen."""

import io
import json
import xml.etree.ElementTree as xml
from pathlib import Path

import pytest
from rich.console import Console
from tritproof.tools import report, verify
from tritproof.tools.errors import UserError

PROOF = {
    "block": "tlmm",
    "config": "tiny",
    "task": "prove_exact",
    "method": "induction",
    "status": "PASS",
    "seconds": 1.5,
}
RUN = {
    "prove": [PROOF, {**PROOF, "task": "prove_order", "status": "UNKNOWN", "reason": "time"}],
    "equiv": [{"block": "tlmm", "config": "tiny", "vectors": 10, "mismatches": 2, "seconds": 0.1}],
    "doctor": [{"tool": "z3", "status": "MISSING", "message": "is not installed"}],
}


def quiet() -> Console:
    return Console(file=io.StringIO(), width=120)


@pytest.mark.parametrize(
    ("record", "status"),
    [
        ({"status": "PASS"}, "PASS"),
        ({"status": "UNKNOWN"}, "UNKNOWN"),
        ({"status": "MISSING"}, "ERROR"),
        ({"status": "nonsense"}, "ERROR"),
        ({"mismatches": 0, "vectors": 5}, "PASS"),
        ({"mismatches": 1, "vectors": 5}, "FAIL"),
        ({"mismatches": 0, "vectors": 0}, "ERROR"),
        ({"mismatches": 0, "rows": 0}, "ERROR"),
        ({"killed_by": "survived"}, "FAIL"),
        ({"killed_by": "prove_exact"}, "PASS"),
        ({"lut": 12}, "PASS"),
    ],
)
def test_status(record: dict, status: str):
    assert report.status_of(record) == status


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ({"prove": [PROOF]}, True),
        (RUN, False),
        ({"prove": [PROOF], "equiv": []}, False),
        ({}, False),
    ],
)
def test_passed(run: dict, expected: bool):
    assert report.passed(run) is expected


def test_json_is_a_flat_list(tmp_path: Path):
    path, _ = report.write(RUN, tmp_path / "build")
    records = json.loads(path.read_text())
    assert [record["check"] for record in records] == ["prove", "prove", "equiv", "doctor"]
    assert records[0] == {"check": "prove", **PROOF}
    assert report.read(tmp_path / "build") == records
    assert report.status_of_block(records, "tlmm") == "UNKNOWN"
    assert report.status_of_block(records, "other") == ""


@pytest.mark.parametrize("content", ["", "{", '{"a": 1}'])
def test_an_unreadable_report_is_none(tmp_path: Path, content: str):
    (tmp_path / report.JSON_NAME).write_text(content)
    assert report.read(tmp_path) == []
    assert report.read(tmp_path / "missing") == []


def test_junit(tmp_path: Path):
    _, path = report.write(RUN, tmp_path)
    suites = {suite.get("name"): suite for suite in xml.parse(path).getroot()}
    proofs = suites["prove"]
    assert (proofs.get("tests"), proofs.get("failures"), proofs.get("errors")) == ("2", "1", "0")
    passed, unknown = proofs
    assert (passed.get("classname"), passed.get("name")) == ("tlmm.tiny", "prove_exact")
    assert passed.get("time") == "1.500"
    assert {p.get("name"): p.get("value") for p in passed[0]}["method"] == "induction"
    assert passed.find("failure") is None
    failure = unknown.find("failure")
    assert failure is not None
    assert (failure.get("type"), failure.get("message")) == ("UNKNOWN", "time")
    assert suites["equiv"][0].find("failure").get("type") == "FAIL"
    assert suites["doctor"][0].find("error").get("message") == "is not installed"


def test_a_check_without_records_is_an_error_in_junit():
    suite = xml.fromstring(report.junit({"prove": []}).split("\n", 1)[1])[0]
    assert suite.get("errors") == "1"
    assert suite[0].find("error").get("message") == "prove produced no records"


def test_junit_survives_characters_xml_forbids():
    text = report.junit({"prove": [{**PROOF, "status": "FAIL", "reason": "a\x1b[31m<&b"}]})
    message = xml.fromstring(text.split("\n", 1)[1])[0][0].find("failure").get("message")
    assert message == "a?[31m<&b"


def test_a_place_that_cannot_be_written(tmp_path: Path):
    with pytest.raises(UserError, match="cannot be written: No such file or directory"):
        report.write_json(tmp_path / "missing" / "a.json", [])


def test_verify_runs_all_checks_and_writes_the_report(tmp_path: Path):
    checks = {"doctor": lambda: [{"status": "PASS"}], "prove": lambda: [PROOF]}
    found = verify.run(checks, tmp_path, quiet())
    assert report.passed(found)
    assert len(report.read(tmp_path)) == 2
    assert (tmp_path / report.XML_NAME).is_file()


def test_verify_goes_on_after_a_check_that_raises(tmp_path: Path):
    def raises() -> list:
        raise RuntimeError("no luck")

    found = verify.run({"convert": raises, "prove": lambda: [PROOF]}, tmp_path, quiet())
    assert found["convert"][0]["status"] == "ERROR"
    assert found["convert"][0]["reason"] == "RuntimeError: no luck"
    assert found["prove"] == [PROOF]
    assert not report.passed(found)


def test_verify_ends_when_a_tool_is_missing(tmp_path: Path):
    checks = {"doctor": lambda: [{"status": "MISSING"}], "prove": lambda: [PROOF]}
    assert list(verify.run(checks, tmp_path, quiet())) == ["doctor"]


def test_an_interrupted_verify_leaves_a_report(tmp_path: Path):
    def interrupted() -> list:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verify.run({"convert": lambda: [PROOF], "prove": interrupted}, tmp_path, quiet())
    assert [record["check"] for record in report.read(tmp_path)] == ["convert"]
