# SPDX-License-Identifier: Apache-2.0
"""Show that a proof was not empty: its assumptions can be met and its guards are reached.

From the very design the proof read, a companion job keeps the assumptions, drops the assertions,
and covers the enable of every one of them (`chformal -coverenable`). On that model smtbmc looks for
one trace as long as the deepest step the proof looked at, and for a trace to every guard.

A proof may lay out the run to look along (`SbyRun.guide`).
"""

import re
import time
from dataclasses import dataclass
from pathlib import Path

from tritproof.tools import toolchain
from tritproof.tools.prove import process
from tritproof.tools.prove.engine import Property, SbyRun, environment, run_again
from tritproof.tools.prove.sbyfile import Task

_UNREACHED = re.compile(r"Unreached cover statement at [^:\s]+: (\S+)")


@dataclass(frozen=True)
class Vacuity:
    """`status` PASS (not vacuous), FAIL (vacuous), UNKNOWN or ERROR; `summary` for the row."""

    status: str
    summary: str
    seconds: float = 0.0


def check(run: SbyRun, task: Task, asserts: list[Property], deadline: float) -> Vacuity:
    """Check the assumptions and guards of a task that passed in `run`, with yices."""
    started = time.monotonic()
    prepared = run_again(
        run,
        "guards",
        {"mode": "cover", "make_model": "smt2"},
        "none",
        [
            "chformal -cover -remove",
            "chformal -assert -coverenable",
            # Every assertion has its cover here; later, covers of one and the same enable merge.
            f"select -assert-min {len(asserts)} t:$check r:FLAVOR=cover %i t:$cover %u",
            *run.guide,
            # No trace shows their names, and smtbmc would define every one in every cycle.
            "opt_clean -purge",
        ],
        deadline,
    )
    model = prepared.folder / "model" / "design_smt2.smt2"
    if not model.is_file():
        return Vacuity("ERROR", f"guards not checked: {prepared.reason or 'no model'}")
    for question in (_assumptions, _guards):
        answer = question(model, task, asserts, deadline)
        if answer.status != "PASS":
            return answer
    length = _length(task)
    summary = f"assumptions met for {length} cycles; guards of {len(asserts)} properties reached"
    return Vacuity("PASS", summary, time.monotonic() - started)


def _length(task: Task) -> int:
    """Cycles of the deepest step the proof looked at."""
    return task.depth + 1 if task.mode == "prove" else task.depth


def _assumptions(model: Path, task: Task, asserts: list[Property], deadline: float) -> Vacuity:
    """Find one trace under the assumptions that is as long as the proof's deepest step."""
    length = _length(task)
    output = _ask(model, "assumptions", ["-g", "-t", str(length)], deadline)
    if output is None:
        return Vacuity("UNKNOWN", "assumptions: no trace found in time")
    if "Status: PASSED" in output:
        return Vacuity("PASS", "")
    if "No solution found! (unsat)" in output:
        return Vacuity("FAIL", f"vacuous: no trace of {length} cycles meets the assumptions")
    return Vacuity("ERROR", f"assumptions not checked: {_last(output)}")


def _guards(model: Path, task: Task, asserts: list[Property], deadline: float) -> Vacuity:
    """Find, for every assertion, a trace that reaches its guard.

    smtbmc's cover search takes the steps 0 .. depth-1; a clocked assertion reports a step late.
    No trace is written: that takes far longer than to find it.
    """
    depth = task.guard_depth
    output = _ask(model, "reached", ["--presat", "-c", "-t", str(depth)], deadline)
    if output is None:
        return Vacuity("UNKNOWN", "guards not reached in time")
    if unreached := set(_UNREACHED.findall(output)):
        labels = {found.place: str(found) for found in asserts}
        names = "; ".join(sorted({labels.get(place, place) for place in unreached}))
        return Vacuity("FAIL", f"vacuous: guard not reached within {depth} cycles: {names}")
    if "Status: PASSED" in output and "Reached cover statement" in output:
        return Vacuity("PASS", "")
    return Vacuity("ERROR", f"guards not checked: {_last(output)}")


def _ask(model: Path, name: str, options: list[str], deadline: float) -> str | None:
    """Run smtbmc on a model; return what it printed, or None when the deadline passed."""
    folder = model.parent.parent.parent
    log = folder / f"{model.parent.parent.name}_{name}.log"
    words = ("-s", "yices", "--unroll", "--noprogress", *options)
    command = [*toolchain.smtbmc(), *words, str(model)]
    try:
        done = process.execute(command, folder, deadline, log, environment(folder))
    except OSError as error:
        return str(error)
    return None if done.status is None else done.output


def _last(output: str) -> str:
    return (output.strip().splitlines() or ["no output"])[-1]
