# SPDX-License-Identifier: Apache-2.0
"""What a block is: its ports, parameters, configurations and contract, stated once in its own file.

Every module under ``tritproof.rtl`` that ends in ``BLOCK = Block(...)`` is a block; :func:`blocks`
finds them by scanning; the command line, the proofs, the tables and the tests read nothing else.
"""

import dataclasses
import importlib
import inspect
import pkgutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any


@dataclasses.dataclass(frozen=True)
class Port:
    """One Verilog port: ``width`` bits, two's complement if ``signed``; ``direction`` in or out."""

    name: str
    direction: str
    width: int
    signed: bool = False
    doc: str = ""


def stream_ports(
    name: str,
    direction: str,
    tdata_width: int,
    *,
    tlast: bool = False,
    tkeep_width: int = 0,
    doc: str = "",
) -> tuple[Port, ...]:
    """Return the ports of one AXI4-Stream; ``direction`` "in": the block consumes the beats."""
    back = "out" if direction == "in" else "in"
    ports = [
        Port(f"{name}_tdata", direction, tdata_width, doc=doc),
        Port(f"{name}_tvalid", direction, 1, doc="the beat is offered"),
        Port(f"{name}_tready", back, 1, doc="the beat is taken in this cycle when also offered"),
    ]
    if tlast:
        ports.append(Port(f"{name}_tlast", direction, 1, doc="last beat of the packet"))
    if tkeep_width:
        ports.append(Port(f"{name}_tkeep", direction, tkeep_width, doc="bytes that carry a result"))
    return tuple(ports)


class Params:
    """Base of every block's frozen parameter dataclass; validated once, in construction."""

    def constants(self) -> dict[str, Any]:
        """Return the parameters by upper-case name, as properties and specifications use them."""
        return {
            field.name.upper(): getattr(self, field.name)
            for field in dataclasses.fields(self)  # type: ignore[arg-type]
        }

    def repeated(self) -> dict[str, int]:
        """Return how many parts of one kind there are, by upper-case name of the kind.

        A property file defines a macro of that name, for one part by number, and gets all of them
        by `` `EACH_<NAME>``.
        """
        return {}

    def require(self, name: str, low: int, high: int) -> None:
        """Raise ``ValueError`` with parameter, range, value, unless ``low <= value <= high``."""
        value = getattr(self, name)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError(f"{name} must be an integer from {low} to {high}, not {value!r}")

    def require_power_of_two(self, name: str, low: int, high: int) -> None:
        """As ``require``, and raise ``ValueError`` unless the parameter is a power of two."""
        self.require(name, low, high)
        value = getattr(self, name)
        if value & (value - 1):
            raise ValueError(f"{name} must be a power of two, not {value}")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Block:
    """The manifest entry of one block.

    ``ports(params)`` is the declared port table, in order; ``children(params)`` the directly
    instantiated ``(block, params)`` pairs; ``reference`` the dotted name of the specification.
    ``depends(params)`` names, for each output, the inputs it may and must depend on; without it
    every output must depend on some input and every input must reach some output.
    ``macs_per_cycle(params)`` is the peak of ternary multiply-accumulates per clock cycle.
    ``proved_by`` says how: by "properties" (the tasks of its `.sby` file), by "enumeration" (every
    input is tried in the compiled simulator, see tritproof.verif.enumeration), or both.
    ``variants`` is True where one design may hold the block with several parameter sets: as a part
    its module is then named after the configuration, which must exist.
    """

    name: str
    summary: str
    family: str
    rtl: Callable[..., Any]
    params: type
    configs: dict[str, Any]
    ports: Callable[[Any], tuple[Port, ...]]
    latency: str
    throughput: str
    error: str
    source: str
    reference: str
    children: Callable[[Any], tuple[tuple["Block", Any], ...]] = lambda params: ()
    depends: Callable[[Any], dict[str, set[str]]] | None = None
    macs_per_cycle: Callable[[Any], int] | None = None
    proved_by: tuple[str, ...] = ("properties",)
    variants: bool = False

    @property
    def module_name(self) -> str:
        """The Verilog module's name."""
        return f"tritproof_{self.name}"

    def part_name(self, params: Any) -> str:
        """The Verilog module's name where the block is a part of another."""
        if not self.variants:
            return self.module_name
        for config, configured in self.configs.items():
            if configured == params:
                return f"{self.module_name}_{config}"
        raise ValueError(
            f"{self.name} is a part with {params}, which is none of its configurations "
            f"({', '.join(self.configs)}): add it to them"
        )

    @property
    def contract(self) -> str:
        """The block function's docstring: the contract a user reads."""
        return inspect.getdoc(self.rtl) or ""

    def parts(self) -> dict[str, str]:
        """Return the block's files by role, as paths below the project's root."""
        stem = f"{self.family}/{self.name}"
        proofs = {"properties": f"formal/{stem}.sv", "tasks": f"formal/{stem}.sby"}
        return {
            "rtl": f"rtl/{stem}.py",
            **(proofs if "properties" in self.proved_by else {}),
            "equivalence": f"verif/{stem}.py",
        }

    def ports_named(self, params: Any, *beginnings: str) -> tuple[Port, ...]:
        """Return the ports whose names begin with one of these, for a parent that has them too."""
        return tuple(port for port in self.ports(params) if port.name.startswith(beginnings))

    def hierarchy(self, params: Any) -> tuple[tuple["Block", Any], ...]:
        """Return every distinct ``(block, params)`` of the hierarchy, children before parents."""
        return tuple(self.modules(params).values())

    def modules(self, params: Any) -> dict[str, tuple["Block", Any]]:
        """Return the ``(block, params)`` of every Verilog module by its name, children first."""
        found: dict[str, tuple[Block, Any]] = {}
        for child, child_params in self.children(params):
            parts = child.modules(child_params)
            del parts[child.module_name]
            parts[child.part_name(child_params)] = child, child_params
            for name, part in parts.items():
                known = found.setdefault(name, part)
                if known != part:
                    raise ValueError(
                        f"{self.name} instantiates {part[0].name} with two parameter sets, "
                        f"{known[1]} and {part[1]}: let it have variants"
                    )
        return found | {self.module_name: (self, params)}


@cache
def blocks() -> dict[str, Block]:
    """Return every block by name, children before parents where they depend on each other."""
    import tritproof.rtl as package

    found: dict[str, Block] = {}
    for info in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        block = getattr(importlib.import_module(info.name), "BLOCK", None)
        if not isinstance(block, Block):
            continue
        stem = info.name.rsplit(".", 1)[1]
        if block.name != stem:
            raise ValueError(f"{info.name}: the block is named {block.name}, its file {stem}")
        found[block.name] = block
    ordered: dict[str, Block] = {}
    for block in found.values():
        for params in block.configs.values():
            for child, _ in block.hierarchy(params):
                if child is not block:
                    ordered.setdefault(child.name, child)
        ordered.setdefault(block.name, block)
    return _children_first(ordered)


def _children_first(found: dict[str, Block]) -> dict[str, Block]:
    def depth(block: Block) -> int:
        return max(len(block.hierarchy(params)) for params in block.configs.values())

    return {block.name: block for block in sorted(found.values(), key=lambda b: (depth(b), b.name))}


def root() -> Path:
    """Return the folder that holds ``rtl/``."""
    return Path(__file__).parent.parent
