# SPDX-License-Identifier: Apache-2.0
"""Stand-ins for proved children: a module with the child's ports whose outputs are free.

The parent's property file constrains them by the child's contract, which the child's own proof
asserts from the same text.
"""

from collections.abc import Iterable
from typing import Protocol


class PortLike(Protocol):
    """What a stub needs to know of a port."""

    name: str
    direction: str
    width: int
    signed: bool


def stub(ports: Iterable[PortLike], module_name: str) -> str:
    """Return Verilog for `module_name` with `ports`, `clk` and `rst` included if listed.

    Outputs are declared as wires and never driven: the solver chooses them anew in every cycle.
    """
    ports = list(ports)
    names = ", ".join(port.name for port in ports)
    lines = [f"module {module_name} ({names});"]
    for port in ports:
        kind = "input" if port.direction == "in" else "output"
        sign = " signed" if port.signed else ""
        span = f" [{port.width - 1}:0]" if port.width > 1 else ""
        lines.append(f"  {kind}{sign}{span} {port.name};")
    return "\n".join([*lines, "endmodule", ""])
