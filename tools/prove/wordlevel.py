# SPDX-License-Identifier: Apache-2.0
"""The second path for combinational lemmas: one word-level query per assertion, no unrolling.

smtbmc's encoding (a function of an abstract state per net, incremental) hides sums from a solver's
normaliser. Here the very design that SymbiYosys prepared is written as SMT-LIB once more, its one
state is removed (the design has no registers), and each assertion is asked about alone.

Run as a program, `python -m tritproof.tools.prove.wordlevel SOLVER FILE`, it prints one line per
query, `<answer> <seconds> <label>`, so that a deadline can end it.
"""

import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tritproof.tools import toolchain
from tritproof.tools.prove import process
from tritproof.tools.prove.engine import SbyRun

SOLVERS = ("z3", "bitwuzla")
_DECLARE = re.compile(r"^\(declare-fun (\|[^|]*\|) \(\|[^|]*_s\|\) (.*)\)(\s*;.*)?$")
_DEFINE = re.compile(r"^\(define-fun (\|[^|]*\|) \(\(state \|[^|]*_s\|\)\) ")
_CALL = re.compile(r"\((\|[^|]*\|) state\)")
_ASSERT = re.compile(r"^; yosys-smt2-assert (\d+) (.*)$", re.M)
_TOP = re.compile(r"^; yosys-smt2-topmod (\S+)$", re.M)


@dataclass(frozen=True)
class Answer:
    """What one solver said of all assertions: `status`, a reason or the assertion it refuted."""

    status: str
    reason: str
    seconds: float
    asserts: int = 0


class NotCombinational(ValueError):
    """The design holds state, so one query does not speak for all time."""


def queries(smt2: str) -> tuple[str, list[tuple[str, str]]]:
    """Return the common part of the problem, and for each assertion its label and its question.

    `smt2` is a flattened, register-free design as Yosys's `write_smt2 -wires` prints it. The
    assertion holds for all inputs that meet the assumptions iff its question is unsatisfiable.

    Raises:
        NotCombinational: the design has a transition relation or initial values.
    """
    top = _TOP.search(smt2)
    if not top:
        raise ValueError("not a design written by write_smt2")
    name = top[1]
    for function in (f"{name}_t", f"{name}_i"):
        if not re.search(rf"^\(define-fun \|{re.escape(function)}\| .*Bool true\)", smt2, re.M):
            raise NotCombinational(f"{name} has registers; a lemma must be combinational")
    lines = []
    for line in smt2.splitlines():
        if line.startswith((";", "(declare-sort ", f"(define-fun |{name}_t| ")) or not line.strip():
            continue
        if declared := _DECLARE.match(line):
            lines.append(f"(declare-const {declared[1]} {declared[2]})")
        else:
            lines.append(_CALL.sub(r"\1", _DEFINE.sub(r"(define-fun \1 () ", line)))
    body = "\n".join(lines)
    common = f"{body}\n(assert |{name}_u|)\n(assert |{name}_h|)\n"
    asked = [
        (label, f"(assert (not |{name}_a {number}|))\n(check-sat)\n")
        for number, label in _ASSERT.findall(smt2)
    ]
    return common, asked


def prove(run: SbyRun, solver: str, deadline: float) -> Answer:
    """Ask `solver` (`z3` or `bitwuzla`) about every assertion of the design SymbiYosys prepared."""
    started = time.monotonic()
    folder = run.folder
    problem = folder / "model" / "word_level.smt2"
    script = (
        "read_rtlil model/design_prep.il; flatten; delete */t:$print; delete */t:$cover; opt_clean;"
        " formalff -assume; write_smt2 -wires model/word_level.smt2"
    )
    log = folder / f"word_level_{solver}.log"
    try:
        if not problem.is_file():
            command = [*toolchain.yosys(), "-q", "-p", script]
            done = process.execute(command, folder, deadline, log)
            if done.status:
                last = (done.output.strip().splitlines() or ["no output"])[-1]
                return Answer("ERROR", f"no word-level problem: {last}", done.seconds)
        module = "tritproof.tools.prove.wordlevel"
        command = [sys.executable, "-P", "-m", module, solver, str(problem)]
        done = process.execute(command, folder, deadline, log)
    except (OSError, toolchain.MissingTool) as error:
        return Answer("ERROR", str(error), time.monotonic() - started)
    seconds = time.monotonic() - started
    if done.status is None:
        return Answer("UNKNOWN", f"{solver} gave no answer within {seconds:.0f} s", seconds)
    rows = [line.split(" ", 2) for line in done.output.splitlines() if line.strip()]
    if done.status or any(row[0] not in ("sat", "unsat", "unknown") for row in rows):
        last = (done.output.strip().splitlines() or ["no output"])[-1]
        return Answer("ERROR", f"{solver}: {last}", seconds)
    for answer, status in (("sat", "FAIL"), ("unknown", "UNKNOWN")):
        if found := [row[2] for row in rows if row[0] == answer]:
            return Answer(status, "; ".join(found), seconds, len(rows))
    return Answer("PASS", "", seconds, len(rows))


def main(arguments: list[str]) -> int:
    """Answer every query of a problem file with one solver; return the exit status."""
    solver, path = arguments
    common, asked = queries(Path(path).read_text())
    ask = {"z3": _ask_z3, "bitwuzla": _ask_bitwuzla}[solver]
    for label, question in asked:
        started = time.monotonic()
        answer = ask("(set-logic QF_ABV)\n" + common + question)
        print(answer, f"{time.monotonic() - started:.2f}", label, flush=True)
    return 0


def _ask_z3(text: str) -> str:
    command = [*toolchain.z3(), "-smt2", "-in"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    return done.stdout.strip() or done.stderr.strip()


def _ask_bitwuzla(text: str) -> str:
    import bitwuzla

    parser = bitwuzla.Parser(bitwuzla.TermManager(), bitwuzla.Options())
    parser.parse(text, True, False)
    result = parser.bitwuzla().check_sat()
    return str(result).rpartition(".")[2].lower()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
