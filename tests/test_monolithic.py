# SPDX-License-Identifier: Apache-2.0
"""The query over several tables at once: proved, refuted, or honestly without an answer."""

import io
from pathlib import Path

import pytest
from rich.console import Console
from tritproof.tools import cli, monolithic
from tritproof.tools.errors import UserError
from tritproof.tools.prove.assemble import sources_of, with_user_file


def run(folder: Path, tables, limit, **options):
    console = Console(file=io.StringIO(), width=120)
    records = monolithic.run("tiny", tables, limit, build=folder, console=console, **options)
    return records, console.file.getvalue()


def test_one_small_table_is_proved_by_every_solver(tmp_path):
    records, text = run(tmp_path, [1], 120.0)
    assert [(one["tables"], one["activations"], one["solver"]) for one in records] == [
        (1, 2, solver) for solver in monolithic.SOLVERS
    ]
    assert all(one["status"] == "PASS" and 0 < one["seconds"] < 120 for one in records), records
    assert text.count(f"{records[0]['seconds']:.1f}") >= 1


def test_every_solver_refutes_a_wrong_table(tmp_path):
    def broken(*given):
        sources = sources_of(*given)
        module = sources.top
        text = sources.verilog[module].read_text()
        right = "result = opposite;"
        assert text.count(right) == 1
        file = tmp_path / "broken.v"
        file.write_text(text.replace(right, "result = entry;"))
        return with_user_file(sources, file)

    records, text = run(tmp_path, [1, 2], 120.0, sources=broken)
    assert [(one["tables"], one["status"]) for one in records] == [(1, "FAIL")] * 3
    assert all("exact" in one["reason"] for one in records)
    assert text.count("FAIL") == 3


def test_a_solver_without_an_answer_is_not_asked_again(tmp_path, monkeypatch):
    def answer(task, folder, solver, limit):
        late = solver == "z3" or folder.name == "2_tables"
        return ("UNKNOWN", "no answer", limit) if late else ("PASS", "", 1.0)

    monkeypatch.setattr(monolithic, "_answer", answer)
    records, text = run(tmp_path, [3, 2, 1], 7.0)
    assert [(one["tables"], one["solver"], one["status"]) for one in records] == [
        (1, "yices", "PASS"),
        (1, "z3", "UNKNOWN"),
        (1, "bitwuzla", "PASS"),
        (2, "yices", "UNKNOWN"),
        (2, "bitwuzla", "UNKNOWN"),
    ]
    assert text.count("no answer in 7 s") == 3
    assert text.count("not asked") == 1


def test_a_time_limit_is_kept(tmp_path):
    records, _ = run(tmp_path, [1], 0.01)
    assert [one["status"] for one in records] == ["UNKNOWN"] * 3
    assert all("no answer within" in one["reason"] for one in records)


@pytest.mark.parametrize("tables, limit", [([1, 0], 1.0), ([1], 0.0)])
def test_numbers_must_be_positive(tmp_path, tables, limit):
    with pytest.raises(UserError, match="^numbers of tables and the time limit must be positive$"):
        run(tmp_path, tables, limit)


@pytest.mark.parametrize("status, exit_status", [("UNKNOWN", 0), ("FAIL", 1), ("ERROR", 1)])
def test_no_answer_is_no_failure(monkeypatch, status, exit_status):
    records = [{"tables": 1, "status": "PASS"}, {"tables": 2, "status": status}]
    monkeypatch.setattr(monolithic, "run", lambda *given, **options: records)
    assert cli.main(["monolithic"]) == exit_status
