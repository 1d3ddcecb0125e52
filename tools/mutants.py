# SPDX-License-Identifier: Apache-2.0
"""Mutants of a Verilog module: list them, and write them.

Yosys reads the module with its children, brings it to word-level cells and changes one bit of one
cell's port (stuck at 0 or 1, inverted, or controlled by a neighbour bit). Children stay intact.
"""

import dataclasses
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tritproof.rtl.manifest import Port
from tritproof.tools import toolchain
from tritproof.tools.errors import UserError

PLAIN = "none"
"""The mutation that changes nothing: the module as Yosys writes it."""


@dataclasses.dataclass(frozen=True)
class Original:
    """The files of a module and its children, copied into `folder`, where Yosys runs: the names of
    cells, and so the text of a mutation, contain file names and must not depend on the machine.
    """

    folder: Path
    files: tuple[str, ...]
    top: str
    ports: tuple[Port, ...]


def take(files: Sequence[Path], top: str, ports: Sequence[Port], folder: Path) -> Original:
    """Copy the Verilog `files` of module `top` into `folder`; `ports` are those of `top`."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in files:
        shutil.copyfile(path, folder / path.name)
    names = tuple(path.name for path in files)
    return Original(folder.resolve(), names, top, tuple(ports))


def as_written(original: Original, folder: Path) -> Original:
    """The same with the module as Yosys writes it, which is what a mutation changes: a register
    that Yosys makes narrower has the same bits, and so the same power-up states, as a mutant's.
    """
    write_mutant(original, PLAIN, folder)
    for name in original.files:
        if name != f"{original.top}.v":
            shutil.copyfile(original.folder / name, folder / name)
    return dataclasses.replace(original, folder=folder.resolve())


def list_mutations(original: Original, count: int, seed: int) -> list[str]:
    """At most `count` distinct mutations, chosen by `seed`; each a line of options for Yosys's
    `mutate -mode`. A module with fewer possible mutations gives fewer.
    """
    script = [
        *_prepare(original),
        f"mutate -list {count} -seed {seed} -o mutations.txt {original.top}",
    ]
    run_yosys(script, original, original.folder / "list")
    lines = (original.folder / "mutations.txt").read_text().splitlines()
    texts = [line.removeprefix("mutate -mode ").strip() for line in lines if line.strip()]
    return list(dict.fromkeys(texts))


def write_mutant(original: Original, mutation: str, folder: Path) -> Path:
    """Write the module with one mutation (`PLAIN`: with none) as `<folder>/<top>.v`."""
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{original.top}.v"
    partial = target.with_suffix(f".{os.getpid()}.partial")
    change = [] if mutation == PLAIN else [f"mutate -mode {mutation}"]
    written = [f"select {original.top}", f'write_verilog -noattr -selected "{partial}"']
    run_yosys([*_prepare(original), *change, *written], original, folder / "write")
    os.replace(partial, target)
    return target


def _prepare(original: Original) -> list[str]:
    """Read the design; public names and widths stay, because properties refer to them."""
    top = original.top
    return [
        *(f"read_verilog {name}" for name in original.files),
        f"hierarchy -check -top {top}",
        f"setattr -set keep 1 {top}/w:*",
        f"proc -noopt -norom {top}",
        # A case whose mutated labels overlap would have no defined value.
        f"pmuxtree {top}",
        f"opt_expr {top}",
        f"wreduce {top}",
        f"opt_clean {top}",
    ]


def run_yosys(script: Sequence[str], original: Original, path: Path) -> None:
    """Run a Yosys script, kept as `<path>.ys`, in the original's folder."""
    file = path.with_suffix(".ys")
    file.write_text("\n".join(script) + "\n")
    command = [*toolchain.yosys(), "-ql", str(path.with_suffix(".log")), str(file)]
    done = subprocess.run(command, cwd=original.folder, capture_output=True, text=True)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"status {done.returncode}"]
        raise UserError(f"Yosys fails on a mutant of {original.top}: {lines[-1]}; see {file}")
