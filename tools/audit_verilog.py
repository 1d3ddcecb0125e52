# SPDX-License-Identifier: Apache-2.0
"""Read one emitted Verilog file with pyverilog's parser: its module, ports and declared signals."""

import contextlib
import dataclasses
import io
import re
import tempfile
from functools import cache
from typing import Any

from tritproof.tools.audit_pyverilog import ParseError, VerilogParser, tree


class Unreadable(Exception):
    """The text is not one Verilog-2001 module; the message says where."""


@dataclasses.dataclass
class Declared:
    """One declared name; ``direction`` is in, out or empty; ``depth`` is 0 unless a memory."""

    name: str
    width: int = 1
    signed: bool = False
    direction: str = ""
    depth: int = 0
    line: int = 0


@dataclasses.dataclass(frozen=True)
class Module:
    """A parsed module: its whole tree, port names in order, and every declaration by name."""

    name: str
    source: tree.Source
    definition: tree.ModuleDef
    ports: tuple[str, ...]
    declared: dict[str, Declared]

    @property
    def instances(self) -> list[tree.Instance]:
        """The instances of child modules."""
        lists = [item for item in self.definition.items if isinstance(item, tree.InstanceList)]
        return [instance for each in lists for instance in each.instances]


def read_module(text: str) -> Module:
    """Parse the text of one module. Raises :class:`Unreadable`."""
    parser = _parser()
    parser.lexer.reset_lineno()
    # The preprocessor would call iverilog; a time scale is the only directive MyHDL writes.
    lines = ["" if line.startswith("`timescale") else line for line in text.split("\n")]
    try:
        source = parser.parse("\n".join(lines))
    except ParseError as error:
        raise Unreadable(f"pyverilog's parser refuses it at {error}") from error
    modules = [item for item in source.description.definitions if isinstance(item, tree.ModuleDef)]
    if len(modules) != 1 or len(source.description.definitions) != 1:
        raise Unreadable(f"it must hold exactly one module, not {len(modules)}")
    definition = modules[0]
    declared: dict[str, Declared] = {}
    ports = []
    for port in definition.portlist.ports:
        if isinstance(port, tree.Ioport):
            _declare(port.first, declared)
            if port.second is not None:
                _declare(port.second, declared)
            ports.append(port.first.name)
        else:
            ports.append(port.name)
    _declare_all(definition, declared)
    return Module(definition.name, source, definition, tuple(ports), declared)


@cache
def _parser() -> VerilogParser:
    """Build the parser's tables, once in a process, without PLY's remarks on its grammar."""
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.redirect_stderr(io.StringIO()),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        return VerilogParser(outputdir=folder, debug=False)


def _declare_all(node: tree.Node, declared: dict[str, Declared]) -> None:
    """Declare what a module and its named blocks declare; MyHDL's names are unique in a module."""
    for child in node.children():
        if isinstance(child, tree.Decl):
            for item in child.list:
                _declare(item, declared)
        elif isinstance(child, tree.Variable):
            _declare(child, declared)
        elif not isinstance(child, tree.InstanceList):
            _declare_all(child, declared)


def _declare(item: Any, declared: dict[str, Declared]) -> None:
    if not isinstance(item, tree.Variable):
        return
    entry = declared.setdefault(item.name, Declared(item.name, line=item.lineno))
    if isinstance(item, tree.Integer):
        entry.width, entry.signed = 32, True
    if item.width is not None:
        high, low = constant(item.width.msb), constant(item.width.lsb)
        if high is None or low is None:
            raise Unreadable(f"line {item.lineno}: the width of {item.name} is not a constant")
        # A port's width is that of its direction, not of the reg or wire declared after it.
        if not entry.direction:
            entry.width = high - low + 1
    entry.signed = entry.signed or bool(item.signed)
    if isinstance(item, tree.Input | tree.Output | tree.Inout):
        entry.direction = type(item).__name__.removesuffix("put").lower()
    if item.dimensions is not None:
        bounds = [(constant(each.msb), constant(each.lsb)) for each in item.dimensions.lengths]
        for high, low in bounds:
            entry.depth = abs((high or 0) - (low or 0)) + 1


@dataclasses.dataclass(frozen=True)
class Literal:
    """An integer literal; ``width`` is 0 when the text gives none (Verilog then takes 32 bits)."""

    value: int
    width: int
    signed: bool


_LITERAL = re.compile(r"(\d*)'([sS]?)([bodhBODH])([0-9a-fA-F_]+)")
_BASES = {"b": 2, "o": 8, "d": 10, "h": 16}


def literal(node: tree.Node) -> Literal | None:
    """Return the integer literal that ``node`` is, else None (x and z digits are no integers)."""
    if not isinstance(node, tree.IntConst):
        return None
    if node.value.isdigit():
        return Literal(int(node.value), 0, True)
    found = _LITERAL.fullmatch(node.value)
    if found is None:
        return None
    width, sign, base, digits = found.groups()
    return Literal(int(digits, _BASES[base.lower()]), int(width or 0), bool(sign))


def constant(node: tree.Node) -> int | None:
    """Return the value of a constant expression of literals, else None."""
    if isinstance(node, tree.IntConst):
        found = literal(node)
        return None if found is None else found.value
    if isinstance(node, tree.Uminus):
        inner = constant(node.right)
        return None if inner is None else -inner
    if isinstance(node, tree.Plus | tree.Minus | tree.Times):
        left, right = constant(node.left), constant(node.right)
        if left is None or right is None:
            return None
        if isinstance(node, tree.Times):
            return left * right
        return left + right if isinstance(node, tree.Plus) else left - right
    return None
