# SPDX-License-Identifier: Apache-2.0
"""Prove one task, and accept a PASS only when nothing about it is empty, stale or unsure."""

import shutil
import time
from pathlib import Path

from tritproof.tools.prove import process, vacuity, wordlevel
from tritproof.tools.prove.assemble import Assembled
from tritproof.tools.prove.engine import SbyRun, run_again, run_sby
from tritproof.tools.prove.evidence import Evidence
from tritproof.tools.prove.ports import modules_of
from tritproof.tools.prove.replay import compare, replay
from tritproof.tools.prove.sbyfile import Task, engine_line, with_engine, with_options
from tritproof.tools.prove.witness import literal, read_waveform
from tritproof.verif.toolchain import BuildError


def prove_task(
    work: Assembled, task: Task, timeout: float, simulator_cache: Path | None = None
) -> Evidence:
    """Return the evidence row of one task; all its solver runs share `timeout` seconds.

    With `simulator_cache` (a folder for compiled run-time objects) a counterexample is replayed in
    the simulator.

    Raises:
        process.Interrupted: the run was cancelled.
    """
    sources = work.sources
    row = Evidence(sources.block, sources.config, task.name, task.method, digest=sources.digest)
    started = time.monotonic()
    try:
        _prove(work, task, row, started + timeout, simulator_cache)
        _check_fresh(work, task, row)
    except process.Interrupted:
        raise
    except (OSError, ValueError, KeyError, BuildError) as error:
        row.conclude("ERROR", f"{type(error).__name__}: {error}")
    row.seconds = round(time.monotonic() - started, 2)
    return row


def _name(work: Assembled, task: Task) -> str:
    return f"{work.sources.sby.stem}_{task.name}"


def _prove(
    work: Assembled, task: Task, row: Evidence, deadline: float, simulator_cache: Path | None
) -> None:
    name = _name(work, task)
    if task.word_level:
        text = with_engine(task, "none", make_model="prep")
        run = run_sby(text, work.folder, name, deadline)
        if not run.prepared:
            row.conclude("ERROR", run.reason or "the design was not prepared")
            return
    else:
        # To write the waveforms of covers takes as long as to find some; stock `sby` writes them.
        text = with_options(task, vcd="off") if task.mode == "cover" else task.text
        run = run_sby(text, work.folder, name, deadline)
        row.log = str(work.folder / f"{name}.log")
        row.conclude(run.status, run.reason)
        row.add_engine(task.solver, run.seconds)
        if run.status != "PASS":
            _explain(work, task, row, run, deadline, simulator_cache)
            return
    if task.mode == "cover":
        _accept_cover(row, run)
        return
    asserts = run.properties("assert")
    row.properties = len(asserts)
    if not asserts:
        row.conclude("ERROR", "no properties: the design holds no assertion")
        return
    if task.kind == "lemma" and run.has_state:
        row.conclude("ERROR", "a lemma must be combinational: the design holds registers")
        return
    steps = [
        lambda: _not_vacuous(task, row, run, deadline),
        lambda: _confirm(work, task, row, run, deadline, simulator_cache),
    ]
    # Without a first verdict of SymbiYosys there is nothing yet that could be vacuous.
    for step in reversed(steps) if task.word_level else steps:
        if not step():
            return
    row.conclude("PASS")


def _not_vacuous(task: Task, row: Evidence, run: SbyRun, deadline: float) -> bool:
    """Check assumptions and guards; False, with the row concluded, unless they hold."""
    found = vacuity.check(run, task, run.properties("assert"), deadline)
    row.vacuity = found.summary
    if found.status != "PASS":
        row.conclude(found.status, found.summary)
    return found.status == "PASS"


def _accept_cover(row: Evidence, run: SbyRun) -> None:
    row.properties, row.covers = len(run.properties("cover")), len(run.reached)
    if not row.properties:
        row.conclude("ERROR", "no properties: the design holds no cover statement")
    elif row.covers < row.properties:
        row.conclude("ERROR", f"{row.covers} covers reached of {row.properties}")
    else:
        row.vacuity = "covers reached under the assumptions"


def _confirm(
    work: Assembled,
    task: Task,
    row: Evidence,
    run: SbyRun,
    deadline: float,
    simulator_cache: Path | None,
) -> bool:
    """Ask the second solvers; False, with the row concluded, unless all of them agree."""
    for solver in task.second_solvers:
        if task.kind == "lemma":
            answer = wordlevel.prove(run, solver, deadline)
            status, reason, seconds = answer.status, answer.reason, answer.seconds
            solver = f"{solver} (word level)"
        else:
            suffix = solver.replace(" ", "_")
            again = run_again(run, suffix, task.options, engine_line(solver), [], deadline)
            status, reason, seconds = again.status, again.reason, again.seconds
        row.add_engine(solver, seconds)
        if status == "FAIL" and task.word_level:
            row.violated = reason
            row.conclude("FAIL", f"violated: {reason}")
            trace = run_sby(task.text, work.folder, _name(work, task), deadline)
            if trace.status == "FAIL":
                _explain(work, task, row, trace, deadline, simulator_cache)
            return False
        if status == "FAIL":
            row.conclude("ERROR", f"the solvers disagree: {task.solver} PASS, {solver} FAIL")
            return False
        if status != "PASS":
            row.conclude(status, f"not confirmed by {solver}: {reason or 'no conclusion'}")
            return False
    return True


def _check_fresh(work: Assembled, task: Task, row: Evidence) -> None:
    """Refuse a conclusion that is not about the files converted for this run."""
    if row.status not in ("PASS", "FAIL"):
        return
    stale = [f"{name}.v" for name in work.sources.stale()]
    read = work.folder / _name(work, task) / "src"
    for name, data in work.of_task(task).items():
        if not (read / name).is_file() or (read / name).read_bytes() != data:
            stale.append(name)
    if stale:
        names = ", ".join(dict.fromkeys(stale))
        row.conclude("ERROR", f"stale: {names} changed after the conversion; run again")


def _explain(
    work: Assembled,
    task: Task,
    row: Evidence,
    run: SbyRun,
    deadline: float,
    simulator_cache: Path | None,
) -> None:
    """Add to the row what is known of a failure: property, waveform, inputs, replay."""
    if task.mode == "cover" and run.status == "FAIL":
        places = "; ".join(" at ".join(filter(None, found)) for found in run.unreached)
        row.properties, row.covers = len(run.properties("cover")), len(run.reached)
        row.conclude("FAIL", f"cover not reached within {task.depth} cycles: {places}")
        return
    row.properties = len(run.properties("assert"))
    row.violated = "; ".join(dict.fromkeys(run.violated))
    induction = run.status == "UNKNOWN"
    trace = run.trace("induction" if induction else "")
    if trace is None or not trace.is_file():
        if induction and not row.reason:
            row.reason = "the solver came to no conclusion"
        return
    kept = work.folder.parent / "counterexamples" / f"{task.name}.vcd"
    kept.parent.mkdir(exist_ok=True)
    shutil.copyfile(trace, kept)
    row.waveform = str(kept)
    if induction:
        row.reason = f"the induction step fails at depth {task.depth}: {row.violated}"
        _search(work, task, row, run, deadline, simulator_cache)
        return
    row.reason = f"violated: {row.violated}"
    _replay(work, row, kept, simulator_cache)


def _search(
    work: Assembled,
    task: Task,
    row: Evidence,
    run: SbyRun,
    deadline: float,
    simulator_cache: Path | None,
) -> None:
    """Look for a violation from reset behind a failed induction step, as deep as the covers go."""
    options = {"mode": "bmc", "depth": task.guard_depth}
    for guide in [run.guide, []] if run.guide else [[]]:
        again = run_again(run, "search", options, engine_line("yices"), guide, deadline)
        if again.status == "FAIL":
            row.conclude("FAIL")
            row.add_engine("yices", again.seconds)
            _explain(work, task, row, again, deadline, simulator_cache)
            return


def _replay(work: Assembled, row: Evidence, waveform: Path, cache: Path | None) -> None:
    """Extract the inputs of a counterexample and run them through the simulator."""
    sources = work.sources
    ports = modules_of(sources.verilog[sources.top])[sources.top]
    inputs = [port.name for port in ports if port.direction == "in" and port.name != "clk"]
    try:
        cycles = read_waveform(waveform, [port.name for port in ports if port.name != "clk"])
    except ValueError as error:
        row.replay = f"not replayed: {error}"
        return
    row.counterexample = literal(cycles, inputs)
    if cache is None:
        return
    try:
        simulated = replay(sources.verilog, sources.top, cycles, cache)
    except (BuildError, OSError) as error:
        row.replay = f"not replayed: {error}"
        return
    row.replay = compare(cycles, simulated, any(port.name == "clk" for port in ports))
