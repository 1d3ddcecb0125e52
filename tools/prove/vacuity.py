# SPDX-License-Identifier: Apache-2.0
"""Show that a proof was not empty: its assumptions can be met and its guards are reached.

From the very design the proof read, a companion job keeps the assumptions, drops the assertions,
and covers the enable of every one of them (`chformal -coverenable`). On the same model, smtbmc then
looks for one trace as long as the deepest step the proof looked at.
"""

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from tritproof.tools import toolchain
from tritproof.tools.prove import process
from tritproof.tools.prove.engine import Property, SbyRun, environment, run_sby
from tritproof.tools.prove.sbyfile import Task, companion


@dataclass(frozen=True)
class Vacuity:
    """`status` PASS (not vacuous), FAIL (vacuous), UNKNOWN or ERROR; `summary` for the row."""

    status: str
    summary: str
    seconds: float = 0.0


def check(run: SbyRun, task: Task, asserts: list[Property], deadline: float) -> Vacuity:
    """Check the assumptions and guards of a task that passed in `run`, with yices."""
    started = time.monotonic()
    folder = run.folder.parent
    name = f"{run.folder.name}_guards"
    _hand_over(run, folder, name)
    # smtbmc's cover search takes the steps 0 .. depth-1; a clocked assertion reports a step late.
    text = companion(
        {"mode": "cover", "depth": task.guard_depth},
        "smtbmc yices",
        [
            f"read_rtlil {name}.il",
            "chformal -cover -remove",
            "chformal -assert -coverenable",
            # Every assertion has its cover here; later, covers of one and the same enable merge.
            f"select -assert-min {len(asserts)} t:$check r:FLAVOR=cover %i t:$cover %u",
        ],
        [f"{name}.il"],
    )
    guards = run_sby(text, folder, name, deadline)
    if guards.status == "ERROR":
        return Vacuity("ERROR", f"guards not checked: {guards.reason}")
    satisfiable = _assumptions(guards, task, folder, name, deadline)
    if satisfiable.status != "PASS":
        return satisfiable
    if guards.status == "UNKNOWN":
        return Vacuity("UNKNOWN", f"guards not reached: {guards.reason}")
    labels = {found.place: str(found) for found in asserts}
    if guards.unreached:
        names = "; ".join(sorted({labels.get(place, place) for _, place in guards.unreached}))
        depth = task.guard_depth
        return Vacuity("FAIL", f"vacuous: guard not reached within {depth} cycles: {names}")
    if guards.status != "PASS" or not guards.reached:
        return Vacuity("ERROR", f"guards not checked: {guards.reason or 'no guard was covered'}")
    summary = f"{satisfiable.summary}; guards of {len(asserts)} properties reached"
    return Vacuity("PASS", summary, time.monotonic() - started)


def _hand_over(run: SbyRun, folder: Path, name: str) -> None:
    """Give the companion the design the proof read, byte for byte."""
    shutil.copyfile(run.model, folder / f"{name}.il")


def _assumptions(
    guards: SbyRun, task: Task, folder: Path, name: str, deadline: float
) -> Vacuity:
    """Find one trace under the assumptions that is as long as the proof's deepest step."""
    length = task.depth + 1 if task.mode == "prove" else task.depth
    model = guards.folder / "model" / "design_smt2.smt2"
    if not model.is_file():
        return Vacuity("ERROR", f"guards not checked: {guards.reason or 'no model'}")
    options = ("-s", "yices", "--unroll", "--noprogress", "-g", "-t", str(length))
    command = [*toolchain.smtbmc(), *options, str(model)]
    log = folder / f"{name}_assumptions.log"
    try:
        done = process.execute(command, folder, deadline, log, environment(folder))
    except OSError as error:
        return Vacuity("ERROR", f"assumptions not checked: {error}")
    if done.status is None:
        return Vacuity("UNKNOWN", "assumptions: no trace found in time")
    if "Status: PASSED" in done.output:
        return Vacuity("PASS", f"assumptions met for {length} cycles")
    if "No solution found! (unsat)" in done.output:
        return Vacuity("FAIL", f"vacuous: no trace of {length} cycles meets the assumptions")
    last = (done.output.strip().splitlines() or ["no output"])[-1]
    return Vacuity("ERROR", f"assumptions not checked: {last}")
