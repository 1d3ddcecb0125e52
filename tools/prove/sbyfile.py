# SPDX-License-Identifier: Apache-2.0
"""Read a `.sby` file as SymbiYosys does, and derive companion files from it.

SymbiYosys itself expands the tasks (`--dumpcfg`), so that this module can never read a line
differently from the program that proves. A task's name says what it is (`prove_*`, `cover_*`,
`small_*`, `lemma_*`); three comments, which SymbiYosys ignores, tell the runner more:

- `# confirm: z3 | yices | bitwuzla | abc pdr`  the second solver of `prove_*` and `lemma_*` tasks
  (default: z3, or yices after z3; for a lemma z3 and bitwuzla both, on one word-level query per
  assertion); `cover_*` and `small_*` tasks have none;
- `# guards: N`  depth within which every assertion's guard must be reached (default: the deepest
  cover task of the file, at least the task's own depth);
- `# primary: word-level`  for a `lemma_*` task that smtbmc does not close: the two word-level
  solvers replace it.
"""

import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from tritproof.tools import toolchain
from tritproof.tools.errors import UserError

KINDS = ("prove", "cover", "small", "lemma")
SOLVERS = ("z3", "yices", "bitwuzla", "abc pdr")
_DIRECTIVE = re.compile(r"#\s*(confirm|guards|primary)\s*:\s*(.*?)\s*$")
_HEADER = re.compile(r"\s*\[(.*)\]\s*$")


@dataclass(frozen=True)
class Task:
    """One task of a `.sby` file: `text` is a complete `.sby` file for it alone."""

    name: str
    text: str
    file_depth: int = 0
    """Depth of the deepest cover task of the file; 0 when there is none."""

    @property
    def kind(self) -> str:
        """`prove`, `cover`, `small` or `lemma`."""
        return self.name.partition("_")[0]

    @cached_property
    def sections(self) -> dict[str, list[str]]:
        """Lines of each section without comments and blank lines, by section header."""
        found: dict[str, list[str]] = {}
        current: list[str] = []
        for line in self.text.splitlines():
            if header := _HEADER.match(line):
                current = found.setdefault(header[1].strip(), [])
            elif line.strip() and not line.lstrip().startswith("#"):
                current.append(re.sub(r"\s#.*", "", line).strip())
        return found

    @cached_property
    def options(self) -> dict[str, str]:
        """The `[options]` section."""
        pairs = (line.split(maxsplit=1) for line in self.sections.get("options", ()))
        return {name: value for name, value in pairs}

    @property
    def mode(self) -> str:
        """`prove`, `bmc` or `cover`."""
        return self.options.get("mode", "")

    @property
    def depth(self) -> int:
        """Cycles of a bounded check, or k of an induction."""
        return int(self.options.get("depth", 20))

    @property
    def engine(self) -> list[str]:
        """The words of the one engine line."""
        return self.sections["engines"][0].split()

    @property
    def files(self) -> list[str]:
        """Names in the `[files]` section."""
        return [line.split()[-1] for line in self.sections.get("files", ())]

    @cached_property
    def directives(self) -> dict[str, str]:
        """The comments addressed to the runner."""
        found = {}
        for line in self.text.splitlines():
            if match := _DIRECTIVE.match(line.strip()):
                found[match[1]] = match[2]
        return found

    @property
    def solver(self) -> str:
        """The solver of the engine line: `yices`, `z3`, `bitwuzla` or `abc pdr`."""
        words = [word for word in self.engine if not word.startswith("-")]
        return " ".join(words[:2]) if words[0] == "abc" else (words[1:2] or ["yices"])[0]

    @property
    def word_level(self) -> bool:
        """True when the word-level solvers take the place of SymbiYosys."""
        return self.directives.get("primary") == "word-level"

    @property
    def second_solvers(self) -> tuple[str, ...]:
        """The solvers that confirm a PASS, all of them: those declared, or the usual ones."""
        if self.kind not in ("prove", "lemma"):
            return ()
        if "confirm" in self.directives:
            return (self.directives["confirm"],)
        if self.kind == "lemma":
            return ("z3", "bitwuzla")
        return ("yices" if self.solver == "z3" else "z3",)

    @property
    def guard_depth(self) -> int:
        """Cycles within which every guard must be reached; assertions report one cycle late."""
        if "guards" in self.directives:
            return int(self.directives["guards"])
        return max(self.depth, self.file_depth) + 1

    @property
    def method(self) -> str:
        """How a PASS was reached, e.g. `induction(3)`."""
        if self.kind == "lemma":
            return "combinational"
        if self.mode == "cover":
            return "cover"
        if self.mode == "bmc":
            how = f"bounded({self.depth})"
        else:
            how = "pdr" if self.engine[0] == "abc" else f"induction({self.depth})"
        return f"monolithic {how}" if self.kind == "small" else how

    def check(self, source: str) -> None:
        """Raise `UserError` naming `source` when the runner cannot give this task a meaning."""
        where = f"{source}, task {self.name}"
        if self.kind not in KINDS or "_" not in self.name:
            names = ", ".join(f"{kind}_*" for kind in KINDS)
            raise UserError(f"{where}: a task must be named one of {names}")
        modes = {"cover": ("cover",), "prove": ("prove",)}.get(self.kind, ("bmc", "prove"))
        if self.mode not in modes:
            raise UserError(f"{where}: mode is {self.mode!r}, must be {' or '.join(modes)}")
        engines = self.sections.get("engines", [])
        if len(engines) != 1:
            raise UserError(f"{where}: {len(engines)} engine lines, must be exactly one")
        if "--nopresat" in self.engine:
            raise UserError(f"{where}: --nopresat hides contradictory assumptions; remove it")
        guides = [line for line in self.sections.get("script", ()) if "-assume" in line.split()]
        if guides and self.kind in ("prove", "lemma"):
            raise UserError(f"{where}: {guides[0]!r} would restrict the proof; remove it")
        if self.options.get("multiclock", "off") != "off":
            raise UserError(f"{where}: multiclock is not supported; every block has one clock")
        if self.kind in ("prove", "lemma") and "confirm" in self.directives:
            self._check_confirm(where, self.directives["confirm"])
        if not self.directives.get("guards", "1").isdigit():
            raise UserError(f"{where}: guards: must be a number of cycles")
        if "primary" in self.directives and (not self.word_level or self.kind != "lemma"):
            raise UserError(f"{where}: primary: must be word-level, in a lemma_* task")

    def _check_confirm(self, where: str, confirm: str) -> None:
        if confirm not in SOLVERS:
            raise UserError(f"{where}: confirm: {confirm!r} is none of {', '.join(SOLVERS)}")
        if confirm == self.solver:
            raise UserError(f"{where}: {confirm} cannot confirm itself; name another solver")
        if confirm == "abc pdr" and self.mode != "prove":
            raise UserError(f"{where}: abc pdr confirms unbounded proofs only; name an SMT solver")
        if self.kind == "lemma" and confirm not in ("z3", "bitwuzla"):
            raise UserError(f"{where}: a lemma is confirmed at word level, by z3 or bitwuzla")
        if self.word_level:
            raise UserError(f"{where}: primary: word-level uses z3 and bitwuzla; drop confirm:")


def companion(
    options: Mapping[str, str | int], engine: str, script: Sequence[str], files: Sequence[str]
) -> str:
    """Return the text of a `.sby` file with one task."""
    parts = {
        "options": [f"{name} {value}" for name, value in options.items()],
        "engines": [engine],
        "script": script,
        "files": files,
    }
    return "\n".join(f"[{name}]\n" + "\n".join(lines) + "\n" for name, lines in parts.items())


def with_options(task: Task, **options: str) -> str:
    """Return the task's text with further options."""
    return with_engine(task, task.sections["engines"][0], **options)


def with_engine(task: Task, engine: str, **options: str) -> str:
    """Return the task's text with another engine and further options, otherwise as it stands."""
    lines: list[str] = []
    section = ""
    for line in task.text.splitlines():
        if header := _HEADER.match(line):
            section = header[1].strip()
            lines.append(line)
            if section == "engines":
                lines.append(engine)
            if section == "options":
                lines += [f"{name} {value}" for name, value in options.items()]
        elif section != "engines":
            lines.append(line)
    return "\n".join(lines) + "\n"


def engine_line(solver: str) -> str:
    """Return the `[engines]` line for a second solver."""
    if solver == "abc pdr":
        return "abc pdr"
    return "smtbmc bitwuzla -- --noincr" if solver == "bitwuzla" else f"smtbmc {solver}"


def read_tasks(path: Path) -> list[Task]:
    """Return the tasks of a `.sby` file, in its order.

    Raises:
        UserError: no tasks, or one the runner cannot give a meaning; the message names it.
        toolchain.MissingTool: SymbiYosys is not installed.
    """
    return list(_read(path, path.read_text()))


@cache
def _read(path: Path, text: str) -> tuple[Task, ...]:
    """The tasks; `text`, the file's content, only tells one version of it from another."""
    names = _sby(path, "--dumptasks").split()
    if not names:
        raise UserError(f"{path} declares no tasks; add a [tasks] section with prove_*, cover_*")
    tasks = [Task(name, _sby(path, "--dumpcfg", name)) for name in names]
    for task in tasks:
        task.check(str(path))
    deepest = max((task.depth for task in tasks if task.kind == "cover"), default=0)
    return tuple(Task(task.name, task.text, deepest) for task in tasks)


def _sby(path: Path, *options: str) -> str:
    done = subprocess.run(
        [*toolchain.sby(), options[0], str(path), *options[1:]],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
        raise UserError(f"{path} cannot be read by SymbiYosys: {lines[-1]}")
    return done.stdout
