# SPDX-License-Identifier: Apache-2.0
"""Mutants of a Verilog module: list them, write them, and prove one equivalent to the original.

Yosys reads the module with its children, brings it to word-level cells and changes one bit of one
cell's port (stuck at 0 or 1, inverted, or controlled by a neighbour bit). Children stay intact.
"""

import dataclasses
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tritproof.rtl.manifest import Port
from tritproof.tools import toolchain
from tritproof.tools.errors import UserError

PLAIN = "none"
"""The mutation that changes nothing: the module as Yosys writes it."""

_REDUCE = "strash; dc2; scorr; dc2; scorr; dc2"


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


def list_mutations(original: Original, count: int, seed: int) -> list[str]:
    """At most `count` distinct mutations, chosen by `seed`; each a line of options for Yosys's
    `mutate -mode`. A module with fewer possible mutations gives fewer.
    """
    script = [
        *_prepare(original),
        f"mutate -list {count} -seed {seed} -o mutations.txt {original.top}",
    ]
    _yosys(script, original, original.folder / "list")
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
    _yosys([*_prepare(original), *change, *written], original, folder / "write")
    os.replace(partial, target)
    return target


def equivalence(original: Original, mutant: Path, folder: Path, timeout: float) -> str:
    """Compare the mutant with the original for all inputs and all time: `equivalent`, `different`
    or `unknown` (no answer within about `timeout` seconds).

    Both start from equal power-up states, once all zeros and once all ones, then take one cycle of
    reset (where the module has one) and the same inputs, `rst` included, for ever. `equivalent` is
    said only if ABC proves from both states that no output ever differs.
    """
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    text = (original.folder / f"{original.top}.v").read_text()
    special = [name for name in ("clk", "rst") if re.search(rf"\binput\s+{name}\b", text)]
    (folder / "compare.v").write_text(_comparison(original.ports, special))
    verdicts = []
    for start in ("zero", "one"):
        verdicts.append(_compare(original, mutant, folder, start, timeout / 2))
        if verdicts[-1] != "equivalent":
            break
    return verdicts[-1]


def _comparison(ports: Sequence[Port], special: Sequence[str]) -> str:
    """Verilog of a module `compare` whose output `differs` tells original and mutant apart."""
    ports = [port for port in ports if port.name not in special]
    inputs = [port for port in ports if port.direction == "in"]
    outputs = [port for port in ports if port.direction == "out"]
    clock = "clk" if "clk" in special else "compare_clk"
    rows = ["output differs", f"input {clock}", *(f"input {n}" for n in special if n != clock)]
    rows += [f"input [{port.width - 1}:0] {port.name}" for port in inputs]
    body = [f"reg compare_first = 1; always @(posedge {clock}) compare_first <= 0;"]
    for side in ("original", "mutant"):
        body += [f"wire [{port.width - 1}:0] {side}_{port.name};" for port in outputs]
        links = [f".{port.name}({port.name})" for port in inputs]
        links += [f".{port.name}({side}_{port.name})" for port in outputs]
        links += [".clk(clk)"] if "clk" in special else []
        links += [".rst(rst | compare_first)"] if "rst" in special else []
        body.append(f"{side} {side}_instance ({', '.join(links)});")
    terms = [f"original_{port.name} != mutant_{port.name}" for port in outputs]
    body.append(f"assign differs = !compare_first && ({' || '.join(terms)});")
    return "\n".join([f"module compare({', '.join(rows)});", *body, "endmodule", ""])


def _compare(original: Original, mutant: Path, folder: Path, start: str, timeout: float) -> str:
    aiger = folder / f"compare_{start}.aig"
    script = [
        *(f"read_verilog {name}" for name in original.files),
        f"rename {original.top} original",
        f'read_verilog "{mutant.resolve()}"',
        f"rename {original.top} mutant",
        f'read_verilog "{folder / "compare.v"}"',
        "prep -flatten -top compare",
        "memory_map; opt -full; async2sync; dffunmap",
        f"setundef -init -{start}",
        "setundef -zero -undriven; opt -full; techmap; opt -fast",
        "simplemap; dffunmap; aigmap; opt_clean",
        f'write_aiger -zinit "{aiger}"',
    ]
    _yosys(script, original, folder / f"compare_{start}")
    reduced = aiger.with_suffix(".reduced.aig")
    _abc(f"read_aiger {aiger.name}; {_REDUCE}; write_aiger {reduced.name}", folder, timeout)
    if not reduced.is_file():
        return "unknown"
    latches, gates, output = _size(reduced)
    if not gates and not latches and output in ("0", "1"):
        return "equivalent" if output == "0" else "different"
    limit = max(1, int(timeout / 2))
    engines = f"bmc3 -T {limit}; pdr -T {limit}" if latches else "iprove"
    said = _abc(f"read_aiger {reduced.name}; strash; {engines}", folder, 2 * timeout)
    if re.search(r"was asserted in frame|^SATISFIABLE", said, re.MULTILINE):
        return "different"
    return "equivalent" if re.search(r"Property proved|UNSATISFIABLE", said) else "unknown"


def _size(path: Path) -> tuple[int, int, str]:
    """Latches, gates and the literal of the only output of a binary AIGER file."""
    lines = path.read_bytes().split(b"\n")
    header = lines[0].split()
    latches, gates = int(header[3]), int(header[5])
    return latches, gates, lines[1 + latches].decode()


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


def _yosys(script: Sequence[str], original: Original, path: Path) -> None:
    """Run a script, kept as `<path>.ys`, in the original's folder."""
    file = path.with_suffix(".ys")
    file.write_text("\n".join(script) + "\n")
    command = [*toolchain.yosys(), "-ql", str(path.with_suffix(".log")), str(file)]
    done = subprocess.run(command, cwd=original.folder, capture_output=True, text=True)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"status {done.returncode}"]
        raise UserError(f"Yosys fails on a mutant of {original.top}: {lines[-1]}; see {file}")


def _abc(script: str, folder: Path, timeout: float) -> str:
    """Run ABC in a folder; what it printed, or nothing when time ran out."""
    try:
        done = subprocess.run(
            [*toolchain.abc(), "-c", script],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout
