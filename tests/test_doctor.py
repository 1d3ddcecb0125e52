# SPDX-License-Identifier: Apache-2.0
"""The doctor passes on a whole installation, and names the remedy for anything missing."""

import io
from pathlib import Path

import pytest
from rich.console import Console
from tritproof.tools import doctor, toolchain
from tritproof.tools.doctor import Check
from tritproof.tools.toolchain import MissingTool

FIELDS = ["tool", "version", "path", "status", "seconds", "task", "message", "remedy"]


def check(**changes) -> Check:
    whole = {
        "name": "tool",
        "task": "does a job",
        "locate": lambda: "/somewhere/tool",
        "version": lambda: "1.2",
        "job": lambda folder: None,
        "remedy": lambda: "reinstall tool",
    }
    return Check(**{**whole, **changes})


def missing() -> str:
    raise MissingTool("tool", "pip install tool==1.2")


def fails(folder: Path) -> None:
    raise RuntimeError("long story\nwrong answer")


def run(*checks: Check) -> tuple[list[dict], str]:
    out = io.StringIO()
    records = doctor.run(checks, Console(file=out, width=200))
    return records, out.getvalue()


def test_a_whole_tool_passes():
    (record,), text = run(check())
    assert list(record) == FIELDS
    assert (record["status"], record["version"], record["path"]) == (
        "PASS",
        "1.2",
        "/somewhere/tool",
    )
    assert (record["message"], record["remedy"]) == ("", "")
    assert "install it" not in text


def test_a_missing_tool_names_its_remedy_and_the_rest_still_runs():
    records, text = run(check(locate=missing), check(name="other"))
    assert [record["status"] for record in records] == ["MISSING", "PASS"]
    assert records[0]["remedy"] == "pip install tool==1.2"
    assert "tool: is not installed; install it with: pip install tool==1.2" in text


def test_a_tool_that_cannot_do_its_job_fails():
    (record,), text = run(check(job=fails))
    assert record["status"] == "FAIL"
    assert record["message"] == "cannot do its job (does a job): wrong answer"
    assert "install it with: reinstall tool" in text


def test_a_missing_compiler_is_found_out(monkeypatch: pytest.MonkeyPatch):
    from tritproof.verif.toolchain import compiler

    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.delenv("CXX", raising=False)
    compiler.cache_clear()
    names = ("verilator", "C++ compiler")
    records, text = run(*(check for check in doctor.default_checks() if check.name in names))
    remedy = toolchain.compiler_remedy()
    assert [record["status"] for record in records] == ["MISSING", "MISSING"]
    assert [record["remedy"] for record in records] == [remedy, remedy]
    assert records[0]["message"] == "cannot do its job: a C++ compiler is not installed"
    assert f"C++ compiler: is not installed; install it with: {remedy}" in text


def test_a_misspelt_compiler_is_found_out(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CXX", "g+++")
    (check,) = (check for check in doctor.default_checks() if check.name == "C++ compiler")
    (record,), _ = run(check)
    assert record["status"] == "FAIL"
    assert "CXX names the C++ compiler 'g+++', which is no program" in record["message"]


def test_the_installation_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    records, text = run(*doctor.default_checks())
    assert [record["tool"] for record in records if record["status"] != "PASS"] == [], text
    named = {record["tool"] for record in records}
    assert named >= {"myhdl", "numpy", "sympy", "pyverilog", "hypothesis", "cocotb", "bitwuzla"}
    assert named >= {"yosys", "abc", "sby", "smtbmc", "yices", "z3", "verilator", "C++ compiler"}
    assert all(record["version"] and record["path"] for record in records)
