# SPDX-License-Identifier: Apache-2.0
"""The pipeline of a block: how data flows between its ports and its parts, read from its Verilog.

Yosys elaborates the converted files; what is here follows buses, wider than one bit, from each
input of a part, or output of the block, back to what drives it. Multiplexers, arithmetic and
memories are passed through, registers are counted; handshakes and other single bits are left out.
"""

import json
import re
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tritproof.tools import toolchain
from tritproof.tools.convert import Converted
from tritproof.tools.errors import UserError

PREFIX = "tritproof_"
_DATA = {
    **dict.fromkeys(["$mux", "$pmux"], ("A", "B")),
    **dict.fromkeys(["$mem_v2"], ("WR_DATA",)),
}
"""The inputs of cells that carry data, where not all of them do."""


@dataclass(frozen=True)
class Part:
    """A box: ``name`` of a block or a port; ``count`` of equal ones side by side; ``kind`` is
    ``in``, ``out`` or ``part``."""

    name: str
    kind: str
    count: int = 1


@dataclass(frozen=True)
class Flow:
    """Data from one part to another, by the names of their boxes, through at least ``registers``
    registers of the block itself."""

    source: str
    target: str
    registers: int


@dataclass(frozen=True)
class Pipeline:
    """Boxes, sources before targets where there is no loop, and the flows between them."""

    title: str
    parts: tuple[Part, ...]
    flows: tuple[Flow, ...]


def pipeline_of(converted: Converted) -> Pipeline:
    """Return the pipeline of a converted block.

    Raises:
        UserError: Yosys does not read the files.
    """
    module = _elaborated(converted.files, converted.top)
    return _Netlist(module).pipeline(converted.block.name)


def _elaborated(files: Iterable[Path], top: str) -> Mapping[str, Any]:
    reads = "; ".join(f"read_verilog {json.dumps(str(path.resolve()))}" for path in files)
    script = f"{reads}; hierarchy -top {top}; proc; opt_clean; memory_collect; write_json n.json"
    with tempfile.TemporaryDirectory() as folder:
        command = [*toolchain.yosys(), "-q", "-p", script]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            lines = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
            raise UserError(f"{top} has no picture: {lines[-1]}")
        return json.loads((Path(folder) / "n.json").read_text())["modules"][top]


class _Netlist:
    """What drives each bit of a module."""

    def __init__(self, module: Mapping[str, Any]) -> None:
        self._cells, self._ports = module["cells"], module["ports"]
        self._boxes = _boxes(self._cells, self._ports)
        self._drivers: dict[Any, tuple[str, str]] = {}
        for name, port in self._ports.items():
            if port["direction"] == "input":
                self._drivers |= {bit: ("", name) for bit in port["bits"]}
        for name, cell in self._cells.items():
            for port, bits in cell["connections"].items():
                if cell["port_directions"][port] == "output":
                    self._drivers |= {bit: (name, port) for bit in bits}

    def pipeline(self, title: str) -> Pipeline:
        """Return the boxes and flows."""
        fewest: dict[tuple[str, str], int] = {}
        for target, bits in self._sinks():
            for source, registers in self._sources(bits):
                key = source, target
                fewest[key] = min(registers, fewest.get(key, registers))
        flows = [Flow(*pair, registers) for pair, registers in sorted(fewest.items())]
        used = {name for flow in flows for name in (flow.source, flow.target)}
        counts: dict[Part, int] = defaultdict(int)
        for part in self._boxes.values():
            counts[part] += 1
        parts = [
            Part(part.name, part.kind, count if part.kind == "part" else 1)
            for part, count in counts.items()
            if part.name in used
        ]
        return Pipeline(title, tuple(_ordered(parts, flows)), tuple(flows))

    def _sinks(self) -> Iterator[tuple[str, list]]:
        for name, port in self._ports.items():
            if port["direction"] == "output" and len(port["bits"]) > 1:
                yield self._boxes[name].name, port["bits"]
        for name, cell in self._cells.items():
            if not cell["type"].startswith(PREFIX):
                continue
            for port, bits in cell["connections"].items():
                if cell["port_directions"][port] == "input" and len(bits) > 1:
                    yield self._boxes[name].name, bits

    def _sources(self, bits: list) -> Iterator[tuple[str, int]]:
        """Yield (box, registers on the way) of everything that the bits carry data of."""
        waiting: list[tuple[Any, int]] = [(bit, 0) for bit in bits]
        fewest: dict[Any, int] = {}
        while waiting:
            bit, registers = waiting.pop()
            if bit not in self._drivers:
                continue
            cell, port = self._drivers[bit]
            here = bit if cell and "dff" in self._cells[cell]["type"] else (cell, port)
            if fewest.get(here, registers + 1) <= registers:
                continue
            fewest[here] = registers
            if cell and not self._cells[cell]["type"].startswith(PREFIX):
                waiting += [(b, registers + step) for b, step in self._behind(cell, port, bit)]
            elif len(self._of(cell, port)) > 1:
                yield self._boxes[cell or port].name, registers

    def _of(self, cell: str, port: str) -> list:
        return self._cells[cell]["connections"][port] if cell else self._ports[port]["bits"]

    def _behind(self, cell: str, port: str, bit: int) -> Iterator[tuple[int, int]]:
        """Yield the bits that a cell's output bit carries data of, and registers between."""
        kind = self._cells[cell]["type"]
        if "dff" in kind:
            place = self._of(cell, port).index(bit)
            behind = [self._of(cell, "D")[place]]
        elif kind == "$mem_v2":
            behind = self._of(cell, "WR_DATA")
        elif len(self._of(cell, port)) == 1:
            behind = []
        else:
            inputs = _DATA.get(kind) or [
                name
                for name, direction in self._cells[cell]["port_directions"].items()
                if direction == "input"
            ]
            behind = [b for name in inputs for b in self._of(cell, name)]
        step = int("dff" in kind or kind == "$mem_v2")
        yield from ((b, step) for b in behind)


def _boxes(cells: Mapping[str, Any], ports: Mapping[str, Any]) -> dict[str, Part]:
    """Return the box of each part and port: a stream is one box, equal parts share one."""
    boxes = {}
    for name, port in ports.items():
        stream = re.sub(r"^[sm]_axis_?|_?t(data|valid|ready|last|keep)$", "", name)
        given = name.startswith("s_axis") or (port["direction"] == "input" and "m_axis" not in name)
        kind = "in" if given else "out"
        boxes[name] = Part(stream or {"in": "input", "out": "output"}[kind], kind)
    for name, cell in cells.items():
        if cell["type"].startswith(PREFIX):
            label = re.sub(r"_\d+$", "", name.removeprefix("u_"))
            block = cell["type"].removeprefix(PREFIX)
            boxes[name] = Part(block if label in block else f"{block} ({label})", "part")
    return boxes


def _ordered(parts: Iterable[Part], flows: Iterable[Flow]) -> list[Part]:
    """Return the parts, each after everything it takes data from, except around loops."""
    left = {part.name: part for part in parts}
    behind = {name: {f.source for f in flows if f.target == name} - {name} for name in left}
    order: list[Part] = []
    while left:
        free = [name for name in left if not behind[name] & left.keys()] or [next(iter(left))]
        order += [left.pop(name) for name in free]
    return order
