# SPDX-License-Identifier: Apache-2.0
"""Which inputs each output of an emitted module depends on, by pyverilog's dataflow analysis.

Dependence is per port, through any number of clock cycles, conditions, addresses and clocks
included. A module is analysed alone: what its child instances do is given by their own results.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy

from tritproof.tools.audit_pyverilog import (
    BindVisitor,
    ModuleVisitor,
    PyvError,
    SignalVisitor,
    flow,
    tree,
)
from tritproof.tools.audit_verilog import Module, Unreadable, constant

Dependencies = dict[str, set[str]]
"""For each output, by name, the inputs it depends on."""

_DEPTH = 1 << 15


def dependencies(module: Module, children: Mapping[str, Dependencies]) -> Dependencies:
    """Return what each output of ``module`` depends on; ``children`` has the child modules' own.

    Raises :class:`Unreadable` for an instance of a module that is not in ``children``, and for
    what pyverilog cannot analyse.
    """
    sources = _instance_sources(module, children)
    try:
        bound = _bound_sources(module)
    except PyvError as error:
        raise Unreadable(f"pyverilog's dataflow analysis refuses it: {error}") from error
    for target, names in bound.items():
        sources[target] |= names
    inputs = {name for name in module.ports if module.declared[name].direction == "in"}
    outputs = [name for name in module.ports if module.declared[name].direction == "out"]
    return {output: _reached(output, sources) & inputs for output in outputs}


def _reached(start: str, sources: Mapping[str, set[str]]) -> set[str]:
    seen = {start}
    waiting = [start]
    while waiting:
        for name in sources.get(waiting.pop(), ()):
            if name not in seen:
                seen.add(name)
                waiting.append(name)
    return seen


def _instance_sources(module: Module, children: Mapping[str, Dependencies]) -> defaultdict:
    """Return, for each net an instance drives, the nets it depends on through that instance."""
    sources: defaultdict[str, set[str]] = defaultdict(set)
    for instance in module.instances:
        if instance.module not in children:
            raise Unreadable(f"instance {instance.name}: no file holds module {instance.module}")
        nets = {
            port.portname: set(_identifiers(port.argname))
            for port in instance.portlist
            if port.argname is not None
        }
        for output, inputs in children[instance.module].items():
            for net in nets.get(output, ()):
                for name in inputs:
                    sources[net] |= nets.get(name, set())
    return sources


def _identifiers(node: tree.Node) -> Iterator[str]:
    if isinstance(node, tree.Identifier):
        yield node.name
    for child in node.children():
        yield from _identifiers(child)


def _bound_sources(module: Module) -> dict[str, set[str]]:
    """Return, for each name assigned in the module itself, every name its assignments read."""
    with _deep_recursion():
        modules = ModuleVisitor()
        modules.visit(_alone(module))
        table = modules.get_moduleinfotable()
        signals = SignalVisitor(table, module.name)
        signals.start_visit()
        binds = BindVisitor(table, module.name, signals.getFrameTable())
        binds.start_visit()
        bound = binds.getDataflows().getBinddict()
        found: dict[str, set[str]] = {}
        for target, assignments in bound.items():
            names = found.setdefault(_plain(target), set())
            for bind in assignments:
                for part in (bind.tree, bind.msb, bind.lsb, bind.ptr):
                    names |= _terminals(part)
                clock = bind.alwaysinfo and bind.alwaysinfo.clock_name
                if clock:
                    names.add(_plain(clock))
    return found


def _terminals(node: flow.DFNode | None) -> set[str]:
    if node is None:
        return set()
    if isinstance(node, flow.DFTerminal):
        return {_plain(node.name)}
    found: set[str] = set()
    for child in node.children():
        found |= _terminals(child)
    return found


def _plain(name) -> str:
    """Return a scoped name without its module: ``top.block.x`` gives ``block.x``."""
    return str(name).split(".", 1)[1]


def _alone(module: Module) -> tree.Source:
    """Return a copy of the module's tree that pyverilog can analyse, with the same dependences.

    Instances are left out. Combinational blocks get ``@(*)``, because pyverilog refuses a list that
    names a reset. A table of constants keeps two entries: its time grows with their cube.
    """
    copy = deepcopy(module.source)
    definition = copy.description.definitions[0]
    definition.items = tuple(i for i in definition.items if not isinstance(i, tree.InstanceList))
    for always in (item for item in definition.items if isinstance(item, tree.Always)):
        if all(one.type == "level" for one in always.sens_list.list):
            always.sens_list.list = (tree.Sens(None, "all"),)
        _shorten_tables(always)
    return copy


def _shorten_tables(node: tree.Node) -> None:
    if isinstance(node, tree.CaseStatement):
        targets = {_table_target(case.statement) for case in node.caselist}
        if len(targets) == 1 and None not in targets:
            node.caselist = (node.caselist[0], node.caselist[-1])
    for child in node.children():
        _shorten_tables(child)


def _table_target(node: tree.Node) -> str | None:
    """Return the name a statement gives a constant to, if that is all it does."""
    if isinstance(node, tree.Substitution) and isinstance(node.left.var, tree.Identifier):
        if constant(node.right.var) is not None:
            return node.left.var.name
    return None


@contextmanager
def _deep_recursion() -> Iterator[None]:
    """A case of many choices becomes as deep a tree of branches."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _DEPTH))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
