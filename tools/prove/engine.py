# SPDX-License-Identifier: Apache-2.0
"""Run one `.sby` job and read what SymbiYosys concluded."""

import os
import re
import shlex
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tritproof.tools import toolchain
from tritproof.tools.prove import process
from tritproof.tools.prove.sbyfile import companion

_VERDICTS = {"PASS": "PASS", "FAIL": "FAIL", "UNKNOWN": "UNKNOWN", "TIMEOUT": "UNKNOWN"}
_PLACE = r"(?: at(?: (\S+))?)?"  # without a file where a macro wrote the property
_FAILED = re.compile(rf"summary:\s+failed assertion (\S+){_PLACE}(?: +step (\d+))?$", re.M)
_TRACE = re.compile(r"summary:\s+counterexample trace(?: \[(\w+)\])?: (\S+)")
_REACHED = re.compile(r"^\s+reached cover statement (\S+)(?: at (\S+))?", re.MULTILINE)
_UNREACHED = re.compile(rf"summary:\s{{3}}(\S+){_PLACE} *$", re.MULTILINE)
_PROPERTY = re.compile(
    r"((?:^ *attribute [^\n]*\n)*)^ *cell \$(assert|assume|cover|check|live|fair) (\S+)$"
    r"((?:\n *(?:parameter|connect) [^\n]*)*)",
    re.MULTILINE,
)
_SOURCE = re.compile(r'attribute \\src "([^"]*)"')
_FLAVOR = re.compile(r'parameter \\FLAVOR "(\w+)"')
_STATE = re.compile(
    r"^ *cell \$(_?dff|_?ff|_?sr|_?dlatch|adff|aldff|sdff|anyinit|mem)", re.M | re.I
)


@dataclass(frozen=True)
class Property:
    """An assertion, assumption or cover statement of the model."""

    kind: str
    name: str
    place: str

    def __str__(self) -> str:
        label = "" if self.name.startswith(("$", "_witness_")) else self.name
        return f"{label} at {self.place}".strip() if self.place else label or self.name


@dataclass(frozen=True)
class SbyRun:
    """One run of SymbiYosys: `status` PASS, FAIL, UNKNOWN or ERROR, its folder and its log."""

    status: str
    reason: str
    folder: Path
    log: str
    seconds: float

    @property
    def model(self) -> Path:
        """The design as the task's script left it, before preparation for the solver."""
        return self.folder / "model" / "design.il"

    @property
    def guide(self) -> list[str]:
        """Script line that keeps a search to the run the proof lays out; empty when it has none.

        A proof module, bound as `proof`, lays out a run by a wire `guided` that is 1 along it. What
        a search finds there is found; a proof must not follow it.
        """
        wire = re.search(r"^ *wire [^\n]*\\proof\.guided$", self.model.read_text(), re.MULTILINE)
        return ["add -assume proof.guided"] if wire else []

    @cached_property
    def prepared(self) -> str:
        """The design as the solver saw it, in RTLIL; empty when preparation failed."""
        path = self.folder / "model" / "design_prep.il"
        return path.read_text() if path.is_file() else ""

    def properties(self, kind: str) -> list[Property]:
        """Return the properties of one kind (`assert`, `assume`, `cover`) in the solver's model."""
        return [found for found in properties_of(self.prepared) if found.kind == kind]

    @property
    def has_state(self) -> bool:
        """True when the model holds a register or memory."""
        return bool(_STATE.search(self.prepared))

    @property
    def violated(self) -> list[str]:
        """The violated assertions, as `label at file:line, step n`, as far as each is known."""
        return [
            _plain(name) + (f" at {place}" if place else "") + (f", step {step}" if step else "")
            for name, place, step in _FAILED.findall(self.log)
        ]

    @cached_property
    def summary(self) -> str:
        """SymbiYosys's summary, whole; its log leaves out what follows the fifth trace."""
        status = self.folder / "status"
        words = status.read_text().split() if status.is_file() else []
        path = self.folder / words[0] if words else status
        return path.read_text() if path.is_file() else ""

    @property
    def reached(self) -> list[tuple[str, str]]:
        """Name and place of each cover statement reached."""
        return [(_plain(name), place) for name, place in _REACHED.findall(self.summary)]

    @property
    def unreached(self) -> list[tuple[str, str]]:
        """Name and place of each cover statement that was not reached."""
        tail = self.log.partition("unreached cover statements:")[2]
        return [(_plain(name), place) for name, place in _UNREACHED.findall(tail)]

    def trace(self, case: str = "") -> Path | None:
        """Return the waveform of a counterexample; `case` "induction" for that of a failed step."""
        for found, path in _TRACE.findall(self.log):
            if (found == "induction") == (case == "induction"):
                return self.folder.parent / path
        return None


def properties_of(design: str) -> list[Property]:
    """Return every formal cell of a design in RTLIL text."""
    found = []
    for match in _PROPERTY.finditer(design):
        attributes, kind, name, parameters = match.groups()
        if kind == "check":
            flavor = _FLAVOR.search(parameters)
            kind = flavor[1] if flavor else kind
        source = _SOURCE.search(attributes)
        found.append(Property(kind, _plain(name), source[1] if source else ""))
    return found


def run_sby(text: str, folder: Path, name: str, deadline: float) -> SbyRun:
    """Run the one-task `.sby` file `text` as `folder/name.sby`; its work is in `folder/name`.

    `[files]` names are relative to `folder`. A program that is missing or crashes is an ERROR, a
    deadline that passes is UNKNOWN; the reason says which.
    """
    (folder / f"{name}.sby").write_text(text)
    work = folder / name
    shutil.rmtree(work, ignore_errors=True)
    log = folder / f"{name}.log"
    try:
        command = [*toolchain.sby(), "-f", f"{name}.sby"]
        done = process.execute(command, folder, deadline, log, environment(folder))
    except (OSError, toolchain.MissingTool) as error:
        return SbyRun("ERROR", f"SymbiYosys does not start: {error}", work, "", 0.0)
    if done.status is None:
        reason = f"no answer within {done.seconds:.0f} s"
        return SbyRun("UNKNOWN", reason, work, done.output, done.seconds)
    try:
        verdict = (work / "status").read_text().split()[0]
    except (OSError, IndexError):
        verdict = "ERROR"
    status = _VERDICTS.get(verdict, "ERROR")
    reason = _reason(done.output) if status == "ERROR" else ""
    return SbyRun(status, reason, work, done.output, done.seconds)


def run_again(
    run: SbyRun,
    suffix: str,
    options: Mapping[str, str | int],
    engine: str,
    script: Sequence[str],
    deadline: float,
) -> SbyRun:
    """Run another job on the design that `run` read, byte for byte, after the lines of `script`."""
    folder = run.folder.parent
    name = f"{run.folder.name}_{suffix}"
    shutil.copyfile(run.model, folder / f"{name}.il")
    text = companion(options, engine, [f"read_rtlil {name}.il", *script], [f"{name}.il"])
    return run_sby(text, folder, name, deadline)


def environment(folder: Path) -> dict[str, str]:
    """The solvers' environment; a `bitwuzla` command is put on its PATH, in `folder/.bin`."""
    result = toolchain.environment()
    programs = folder / ".bin"
    programs.mkdir(exist_ok=True)
    start = programs / "bitwuzla"
    if not start.exists():
        command = shlex.join([*toolchain.bitwuzla()[:-1], "tritproof.tools.prove.bitwuzla_stdin"])
        scratch = programs / f"bitwuzla.{os.getpid()}.{os.urandom(4).hex()}"
        scratch.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        scratch.chmod(0o755)
        os.replace(scratch, start)
    result["PATH"] = os.pathsep.join([str(programs), result["PATH"]])
    return result


def _plain(name: str) -> str:
    return name.replace("\\", "")


def _reason(log: str) -> str:
    """The first line that says what went wrong."""
    if "Assumptions are unsatisfiable" in log:
        return "vacuous: the assumptions contradict each other"
    marks = ("not found in path", "ERROR:", "Unexpected response", "ERROR", "Error", "error:")
    for mark in marks:
        for line in log.splitlines():
            if mark in line and "DONE" not in line:
                return line.split("] ", 1)[-1].strip()
    return (log.strip().splitlines() or ["no output"])[-1]
