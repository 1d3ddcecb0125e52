# SPDX-License-Identifier: Apache-2.0
"""Read off a netlist that a block is a pipeline: its outputs depend on one input alone.

A block whose inputs are enumerated one after the other is shown right for these inputs in this
order. It is right for every order if each path from an input to an output crosses the same number
of registers, if all of them advance under one `enable` at one edge of `clk`, and if nothing else
holds a state: then an output is a function of the one input taken that many enabled cycles before.
"""

import json
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tritproof.tools import toolchain

SCRIPT = (
    "read_verilog {files}; hierarchy -check -top {top}; proc; flatten; memory_collect; "
    "opt -full -nosdff; opt_dff -nosdff; opt_clean; check -assert; write_json netlist.json"
)
REGISTER = "$dffe"
CONTROLS = ("clk", "enable")

Bit = int | str
"""A net's number; a string is a constant."""


class NotPipelineError(ValueError):
    """The outputs may depend on more than one input; the message says where."""


def depth(files: Iterable[Path], top: str) -> int:
    """Return the number of registers between inputs and outputs of a module.

    Raises:
        NotPipelineError: there is no such number, another state, or a register with another clock,
            edge or enable.
        OSError: Yosys does not read the files.
    """
    module = _netlist(files, top)
    ports = module["ports"]
    clock, enable = (ports[name]["bits"][0] if name in ports else None for name in CONTROLS)
    reached: dict[Bit, int] = {}
    for name, port in ports.items():
        if port["direction"] == "input" and name not in CONTROLS:
            reached.update(dict.fromkeys(port["bits"], 0))
    steps = []
    for name, cell in module["cells"].items():
        if cell["connections"]:
            steps += _Cell(name, cell).steps(clock, enable)
    _spread(steps, reached, {clock, enable})
    outputs = {
        reached[bit]
        for port in ports.values()
        if port["direction"] == "output"
        for bit in port["bits"]
        if bit in reached
    }
    if len(outputs) != 1:
        counts = ", ".join(map(str, sorted(outputs))) or "none"
        raise NotPipelineError(f"registers between inputs and outputs: {counts}, not one number")
    return outputs.pop()


@dataclass(frozen=True)
class _Step:
    """From nets to nets: a function of the inputs, or one bit of a register."""

    name: str
    inputs: tuple[Bit, ...]
    outputs: tuple[Bit, ...]
    registers: int


class _Cell:
    def __init__(self, name: str, cell: Mapping[str, Any]):
        self.name, self.kind = f"{cell['type']} {name}", cell["type"]
        self.parameters = cell["parameters"]
        self.connections: Mapping[str, Sequence[Bit]] = cell["connections"]
        self.directions: Mapping[str, str] = cell["port_directions"]

    def steps(self, clock: Bit | None, enable: Bit | None) -> list[_Step]:
        """Return what the cell does, a register bit by bit.

        Raises:
            NotPipelineError: it holds a state, unless it is a register of the pipeline.
        """
        if self.kind == REGISTER:
            self._require_control("CLK", clock)
            self._require_control("EN", enable)
            pairs = zip(self.connections["D"], self.connections["Q"], strict=True)
            return [_Step(self.name, _nets([data]), _nets([kept]), 1) for data, kept in pairs]
        if self._holds_state():
            raise NotPipelineError(f"{self.name} holds a state that is no register of a pipeline")
        nets = {"input": [], "output": []}
        for port, way in self.directions.items():
            nets[way] += self.connections[port]
        return [_Step(self.name, _nets(nets["input"]), _nets(nets["output"]), 0)]

    def _holds_state(self) -> bool:
        """Whether the cell is, or may be, more than a function of its inputs."""
        if self.kind == "$mem_v2":
            writes, clocked = self.parameters["WR_PORTS"], self.parameters["RD_CLK_ENABLE"]
            return int(writes, 2) > 0 or "1" in clocked
        return not _is_function(self.kind)

    def _require_control(self, port: str, wanted: Bit | None) -> None:
        """Refuse a register whose clock or enable is another signal, or active low."""
        [bit] = self.connections[port]
        if bit != wanted or int(self.parameters[f"{port}_POLARITY"], 2) != 1:
            raise NotPipelineError(f"{self.name} has another {port} than the pipeline")


def _nets(bits: Iterable[Bit]) -> tuple[Bit, ...]:
    return tuple(bit for bit in bits if isinstance(bit, int))


def _is_function(kind: str) -> bool:
    states = ("ff", "latch", "$sr", "$mem", "$fsm", "$any", "$initstate", "$all")
    return kind.startswith("$") and not any(word in kind for word in states)


def _spread(steps: list[_Step], reached: dict[Bit, int], controls: set[Bit | None]) -> None:
    """Give every net the number of registers between it and the inputs."""
    waiting = steps
    while waiting:
        left = []
        for step in waiting:
            if controls.intersection(step.inputs):
                raise NotPipelineError(f"{step.name} computes with the clock or the enable")
            if not all(bit in reached for bit in step.inputs):
                left.append(step)
                continue
            numbers = {reached[bit] for bit in step.inputs}
            if len(numbers) != 1:
                raise NotPipelineError(f"{step.name} combines inputs of different cycles, or none")
            number = numbers.pop() + step.registers
            reached.update(dict.fromkeys(step.outputs, number))
        if len(left) == len(waiting):
            raise NotPipelineError(f"{left[0].name} depends on its own output")
        waiting = left


def _netlist(files: Iterable[Path], top: str) -> Mapping[str, Any]:
    with tempfile.TemporaryDirectory() as scratch:
        names = []
        for number, path in enumerate(files):
            names.append(f"file_{number}.v")
            (Path(scratch) / names[-1]).write_bytes(Path(path).read_bytes())
        script = SCRIPT.format(files=" ".join(names), top=top)
        done = subprocess.run(
            [*toolchain.yosys(), "-q", "-p", script],
            cwd=scratch, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise OSError(f"Yosys does not read {top}: {(done.stderr or done.stdout).strip()}")
        return json.loads((Path(scratch) / "netlist.json").read_text())["modules"][top]
