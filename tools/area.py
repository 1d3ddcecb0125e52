# SPDX-License-Identifier: Apache-2.0
"""`tritproof area`: FPGA resources of a block, by Yosys's Xilinx UltraScale+ synthesis.

The flow is fixed so that figures compare: `synth_xilinx -family xcup -flatten` without I/O buffers.
(Module by module, the engine at `tellme` takes 5 % more LUTs and a fifth of the time.) The count is
conservative: no two small functions share a LUT, and every inverter Yosys leaves is a LUT, because
nothing promises that it is absorbed.
"""

import contextlib
import hashlib
import json
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from tritproof.rtl.manifest import Block
from tritproof.tools import toolchain
from tritproof.tools.errors import UserError

FAMILY = "xcup"

LUT_CELLS = {f"LUT{inputs}": 1 for inputs in range(1, 7)} | {"LUT6_2": 1, "INV": 1}
"""LUTs per cell that computes a function."""

MEMORY_CELLS = {
    **{"RAM32X1S": 1, "RAM32X1D": 2, "RAM64X1S": 1, "RAM64X1D": 2},
    **{"RAM128X1S": 2, "RAM128X1D": 4, "RAM256X1S": 4, "RAM256X1D": 8, "RAM512X1S": 8},
    **{"RAM32M": 4, "RAM64M": 4, "RAM32M16": 8, "RAM64M8": 8, "RAM32X16DR8": 8, "RAM64X8SW": 8},
    **{"SRL16E": 1, "SRLC16E": 1, "SRLC32E": 1},
}
"""LUTs per cell that uses LUTs as memory (AMD UG574, tables of distributed RAM primitives)."""

COLUMN_CELLS: dict[str, dict[str, float]] = {
    "ff": {"FDRE": 1, "FDSE": 1, "FDCE": 1, "FDPE": 1, "LDCE": 1, "LDPE": 1},
    "bram": {"RAMB18E2": 0.5, "RAMB36E2": 1, "FIFO18E2": 0.5, "FIFO36E2": 1},
    "uram": {"URAM288": 1, "URAM288_BASE": 1},
    "dsp": {"DSP48E2": 1},
}
"""What the other columns count, in units of RAMB36, URAM288 and DSP48E2."""

FREE_CELLS = {"CARRY4", "CARRY8", "MUXF7", "MUXF8", "MUXF9", "BUFG", "IBUF", "OBUF", "GND", "VCC"}
FREE_CELLS |= {"$scopeinfo"}
"""Cells beside the LUTs that no column counts."""


def run(
    targets: Iterable[tuple[Block, str]],
    build: Path = Path("build"),
    console: Console | None = None,
    synthesise: Callable[[Block, str, Path], dict[str, float]] | None = None,
    dsp: bool = True,
) -> list[dict[str, Any]]:
    """Synthesise every (block, configuration), print the table, and return one record each.

    Record: block, config, lut, lutram, ff, bram, uram, dsp, macs (ternary multiply-accumulates per
    cycle, 0 where the block declares none), lut_per_mac (0 then), cells (count by primitive).
    `lut` is every LUT, those used as memory (`lutram`) included. Without `dsp` products are made of
    LUTs.
    """
    console = console or Console()
    synthesise = synthesise or partial(synthesise_cells, dsp=dsp)
    records = []
    for block, config in targets:
        with console.status(f"synthesising {block.name} {config}"):
            cells = synthesise(block, config, Path(build))
        macs = block.macs_per_cycle(block.configs[config]) if block.macs_per_cycle else 0
        counts = count(cells)
        ratio = round(counts["lut"] / macs, 2) if macs else 0
        record = {"block": block.name, "config": config, **counts}
        records.append({**record, "macs": macs, "lut_per_mac": ratio, "cells": cells})
    console.print(_table(records))
    return records


def synthesise_cells(block: Block, config: str, build: Path, dsp: bool = True) -> dict[str, float]:
    """Convert and synthesise one configuration; the number of cells by primitive.

    Writes `<build>/<block>/<config>/area/`: the netlist's statistics and Yosys's log.
    """
    from tritproof.tools.convert import convert

    folder = build / block.name / config
    converted = convert(block, config, folder / "rtl")
    return synthesise_files(converted.files, converted.top, folder / "area", dsp)


def synthesise_files(
    files: Sequence[Path], top: str, folder: Path, dsp: bool = True
) -> dict[str, float]:
    """Synthesise module `top` of Verilog `files` in `folder`; the number of cells by primitive.

    They are kept there, and read again if files, flow and tools are the same.

    Raises:
        UserError: Yosys refuses the files; the message ends with its own.
    """
    folder.mkdir(parents=True, exist_ok=True)
    script = [
        *(f"read_verilog {json.dumps(str(Path(file).resolve()))}" for file in files),
        f"synth_xilinx -family {FAMILY} -uram -top {top} -noiopad -noclkbuf -flatten"
        + ("" if dsp else " -nodsp"),
        "tee -q -o stat.json stat -json",
    ]
    kept, key = folder / "cells.json", _key(files, script[-2:])
    with contextlib.suppress(OSError, ValueError, KeyError):
        found = json.loads(kept.read_text())
        if found["key"] == key:
            return found["cells"]
    (folder / "area.ys").write_text("\n".join(script) + "\n")
    command = [*toolchain.yosys(), "-ql", "area.log", "area.ys"]
    done = subprocess.run(
        command, cwd=folder, env=toolchain.environment(), capture_output=True, text=True
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"status {done.returncode}"]
        raise UserError(f"{top} cannot be synthesised: {lines[-1]}; see {folder / 'area.log'}")
    report = json.loads((folder / "stat.json").read_text())
    modules = {name.removeprefix("\\") for name in report["modules"]}
    cells = report["design"]["num_cells_by_type"]
    cells = {name: number for name, number in cells.items() if name not in modules}
    kept.write_text(json.dumps({"key": key, "cells": cells}))
    return cells


def _key(files: Sequence[Path], flow: Sequence[str]) -> str:
    """Stands for everything that the number of cells depends on."""
    parts = [*(hashlib.sha256(Path(file).read_bytes()).hexdigest() for file in files), *flow]
    return hashlib.sha256(json.dumps([parts, toolchain.versions()]).encode()).hexdigest()


def count(cells: Mapping[str, float]) -> dict[str, float]:
    """Resources of a netlist given as cells by primitive: lut, lutram, ff, bram, uram, dsp.

    Raises:
        UserError: a primitive that none of the tables above knows: nothing is left out silently.
    """
    known: dict[str, float] = {**LUT_CELLS, **MEMORY_CELLS}
    for table in COLUMN_CELLS.values():
        known |= table
    unknown = sorted(set(cells) - set(known) - FREE_CELLS)
    if unknown:
        raise UserError(f"no resource count is known for {', '.join(unknown)}: add it to area.py")

    def total(table: Mapping[str, float]) -> float:
        number = sum(table[name] * cells[name] for name in cells if name in table)
        return int(number) if number == int(number) else number

    lutram = total(MEMORY_CELLS)
    columns = {name: total(table) for name, table in COLUMN_CELLS.items()}
    return {"lut": total(LUT_CELLS) + lutram, "lutram": lutram, **columns}


def _table(records: list[dict[str, Any]]) -> Table:
    table = Table(title=f"area: Yosys synth_xilinx -family {FAMILY} -flatten")
    for column in ("block", "config"):
        table.add_column(column)
    for column in (
        "LUT",
        "of them memory",
        "FF",
        "BRAM",
        "URAM",
        "DSP",
        "MAC/cycle",
        "LUT per MAC",
    ):
        table.add_column(column, justify="right")
    for record in records:
        names = ("block", "config", "lut", "lutram", "ff", "bram", "uram", "dsp")
        per_mac = [f"{record['macs']:,}", f"{record['lut_per_mac']:.2f}"] if record["macs"] else []
        cells = [record[name] for name in names]
        table.add_row(*(f"{c:,}" if not isinstance(c, str) else c for c in cells), *per_mac)
    return table
