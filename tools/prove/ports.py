# SPDX-License-Identifier: Apache-2.0
"""The modules of a Verilog file and their ports, as Yosys reads them."""

import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tritproof.tools import toolchain
from tritproof.tools.errors import UserError


@dataclass(frozen=True)
class VerilogPort:
    """A port of a Verilog module; `direction` is `in` or `out`."""

    name: str
    direction: str
    width: int
    signed: bool = False


def modules_of(path: Path) -> dict[str, tuple[VerilogPort, ...]]:
    """Return every module of a Verilog file with its ports in order.

    Raises:
        UserError: the file cannot be read as Verilog; the message carries Yosys's own words.
    """
    if not path.is_file():
        raise UserError(f"{path} is not a file; give the path of a Verilog file")
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "file.v"
        copy.write_bytes(path.read_bytes())
        done = subprocess.run(
            [*toolchain.yosys(), "-q", "-p", "read_verilog file.v; proc; write_json ports.json"],
            cwd=scratch,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            lines = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
            error = next((line for line in lines if "ERROR" in line), lines[-1])
            error = error.replace("file.v:", "line ").replace("ERROR: ", "").replace("ERROR:", "")
            raise UserError(f"{path} is not Verilog that Yosys reads: {error}")
        modules = json.loads((Path(scratch) / "ports.json").read_text())["modules"]
    return {
        name: tuple(
            VerilogPort(
                port_name,
                {"input": "in", "output": "out"}.get(port["direction"], port["direction"]),
                len(port["bits"]),
                bool(port.get("signed", 0)),
            )
            for port_name, port in module["ports"].items()
        )
        for name, module in modules.items()
    }


def differences(found: tuple[VerilogPort, ...], wanted: tuple[VerilogPort, ...]) -> list[str]:
    """Return one line per port on which two modules disagree (name, direction or width)."""
    ours = {port.name: (port.direction, port.width) for port in wanted}
    theirs = {port.name: (port.direction, port.width) for port in found}
    return [
        f"{name} is {_describe(theirs.get(name))}, must be {_describe(ours.get(name))}"
        for name in sorted(ours.keys() | theirs.keys())
        if ours.get(name) != theirs.get(name)
    ]


def _describe(port: tuple[str, int] | None) -> str:
    return "absent" if port is None else f"{port[0]}put of {port[1]} bits"
