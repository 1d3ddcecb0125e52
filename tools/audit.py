# SPDX-License-Identifier: Apache-2.0
"""Audit emitted Verilog: each file is what the manifest declares, and nothing in it an accident.

The parser and dataflow analysis are pyverilog's; Yosys finds latches, loops and drivers; Verilator
lints. The rules, by name: *module*, *ports* (names, order, direction, width, sign),
*keyword-name*, *initial-block*, *function*, *latch*, *yosys*, *verilator-...*, *depends* (every
output depends on the inputs it should), and those of :mod:`tritproof.tools.audit_expressions`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from tritproof.rtl.manifest import Port
from tritproof.tools.audit_dataflow import Dependencies, dependencies
from tritproof.tools.audit_expressions import audit_expressions
from tritproof.tools.audit_pyverilog import tree
from tritproof.tools.audit_tools import audit_lint, audit_synthesis
from tritproof.tools.audit_verilog import Module, Unreadable, read_module
from tritproof.tools.convert import Converted
from tritproof.tools.finding import Finding
from tritproof.tools.lint_keywords import KEYWORDS

TIMING = frozenset({"clk", "rst"})
"""Inputs that say when, not what: no output is required, nor forbidden, to depend on them."""

_FORBIDDEN = (
    (tree.Initial, "initial-block", "an initial block has no hardware; use a reset"),
    (tree.Function, "function", "MyHDL's functions are 32 bits wide; make it a block or inline it"),
    (tree.Task, "function", "a task hides assignments; make it a block or inline it"),
)


def audit(converted: Converted) -> list[Finding]:
    """Return everything wrong with the files of one converted configuration."""
    found: list[Finding] = []
    known: dict[str, Dependencies] = {}
    modules = converted.block.modules(converted.params)
    for path, (name, (block, params)) in zip(converted.files, modules.items(), strict=True):
        declared = None if block.depends is None else block.depends(params)
        found += audit_file(path, name, block.ports(params), known, declared)
    found += audit_synthesis(converted.files, converted.top)
    found += audit_lint(converted.files, converted.top)
    return sorted(set(found))


def audit_file(
    path: Path,
    name: str,
    ports: Sequence[Port],
    known: dict[str, Dependencies],
    declared: Mapping[str, set[str]] | None = None,
) -> list[Finding]:
    """Return what pyverilog finds wrong in one file, which should hold module ``name``.

    ``known`` has the dependences of the modules it may instantiate, and gets its own. ``declared``
    are the inputs each output must depend on, and may; without it each output must depend on some
    input, and each input must reach some output (:data:`TIMING` apart).
    """
    found: list[Finding] = []

    def report(line: int, rule: str, message: str) -> None:
        found.append(Finding(str(path), line, rule, message))

    # Child results must exist for the parent even when this file cannot be read.
    known[name] = _all_on_all(ports)
    try:
        module = read_module(path.read_text())
        if module.name != name:
            report(module.definition.lineno, "module", f"it holds {module.name}, not {name}")
            return found
        _audit_ports(module, ports, report)
        _audit_names(module, report)
        _audit_structure(module.definition, report)
        audit_expressions(module, report)
        known[name] = dependencies(module, known)
        _audit_dependencies(known[name], ports, declared, report)
    except Unreadable as error:
        report(0, "module", str(error))
    return found


def _all_on_all(ports: Sequence[Port]) -> Dependencies:
    inputs = {port.name for port in ports if port.direction == "in"}
    return {port.name: set(inputs) for port in ports if port.direction == "out"}


def _audit_ports(module: Module, ports: Sequence[Port], report) -> None:
    line = module.definition.lineno
    expected = [port.name for port in ports]
    if list(module.ports) != expected:
        missing = [name for name in expected if name not in module.ports]
        extra = [name for name in module.ports if name not in expected]
        odd = f"missing {missing}, not declared {extra}" if missing or extra else "another order"
        report(line, "ports", f"the ports are not those of the manifest: {odd}")
    for port in ports:
        if port.name not in module.ports:
            continue
        emitted = module.declared[port.name]
        for what, is_, should in (
            ("direction", emitted.direction, port.direction),
            ("width", emitted.width, port.width),
            ("sign", _sign(emitted.signed), _sign(port.signed)),
        ):
            if is_ != should:
                report(
                    emitted.line,
                    "ports",
                    f"{port.name}: its {what} is {is_}, in the manifest {should}",
                )


def _sign(signed: bool) -> str:
    return "signed" if signed else "unsigned"


def _audit_names(module: Module, report) -> None:
    for entry in module.declared.values():
        if entry.name in KEYWORDS:
            message = f"{entry.name} is a reserved word of SystemVerilog; rename the signal"
            report(entry.line, "keyword-name", message)


def _audit_structure(node: tree.Node, report) -> None:
    for kind, rule, message in _FORBIDDEN:
        if isinstance(node, kind):
            report(node.lineno, rule, message)
    for child in node.children():
        _audit_structure(child, report)


def _audit_dependencies(
    actual: Dependencies,
    ports: Sequence[Port],
    declared: Mapping[str, set[str]] | None,
    report,
) -> None:
    inputs = {port.name for port in ports if port.direction == "in"} - TIMING
    if declared is not None:
        for output, names in actual.items():
            should = set(declared.get(output, set())) - TIMING
            for name in sorted(should - names):
                report(0, "depends", f"{output} does not depend on {name}, as it is declared to")
            for name in sorted((names - TIMING) - should):
                report(0, "depends", f"{output} depends on {name}, which is not declared")
        return
    for output, names in actual.items():
        if inputs and not names & inputs:
            report(0, "depends", f"{output} depends on no input")
    for name in sorted(inputs - set().union(*actual.values())):
        report(0, "depends", f"no output depends on {name}")
