# SPDX-License-Identifier: Apache-2.0
"""Find expressions of emitted Verilog that Verilog reads otherwise than MyHDL meant them.

Its main rules. *Mixed signs*: one unsigned operand makes Verilog read a signed one as unsigned; a
constant of 2^30 or more is emitted unsigned. *Unsized constants*: one in an expression whose width
decides its value (below a comparison, a right shift, an index, a concatenation, a cast or a
condition) makes that expression 32 bits wide. *Wrapped operations*: without one, the operation
there loses its carry. *Inverted operand*: an operand that is extended, then inverted. Everything
else assumes only that an operand keeps its value when it is extended by its own sign.
"""

import dataclasses
from collections.abc import Callable

from tritproof.tools.audit_pyverilog import tree
from tritproof.tools.audit_verilog import Module, constant, literal

_WRAPPING = (tree.Plus, tree.Minus, tree.Times, tree.Sll, tree.Power)
_BITWISE = (tree.And, tree.Or, tree.Xor, tree.Xnor)
_COMPARISONS = (
    *(tree.Eq, tree.NotEq, tree.Eql, tree.NotEql),
    *(tree.LessThan, tree.LessEq, tree.GreaterThan, tree.GreaterEq),
)
_RIGHT_SHIFTS = (tree.Srl, tree.Sra)
_LARGEST_UNSIZED = (1 << 31) - 1

Report = Callable[[int, str, str], None]
"""Takes the line, the rule and the message of one finding."""


@dataclasses.dataclass(frozen=True)
class Kind:
    """Sign of an expression; ``value`` if constant; whether an unsized literal is part of it."""

    signed: bool
    value: int | None = None
    unsized: bool = False


def audit_expressions(module: Module, report: Report) -> None:
    """Report every expression in ``module`` that breaks a rule of this file."""
    _Walk(module, report).statement(module.definition)


class _Walk:
    def __init__(self, module: Module, report: Report):
        self.module = module
        self.report = report
        self.line = 0

    def statement(self, node: tree.Node) -> None:
        """Walk through declarations and statements to the expressions in them."""
        self.line = node.lineno or self.line
        match node:
            case tree.Decl() | tree.Ioport() | tree.Portlist() | tree.SensList():
                return
            case tree.Assign() | tree.Substitution():
                self._target(node.left.var)
                self.kind(node.right.var)
            case tree.IfStatement():
                self._fixed(node.cond)
                self._statements(node.true_statement, node.false_statement)
            case tree.CaseStatement():
                self._case(node)
            case tree.InstanceList():
                for instance in node.instances:
                    for port in instance.portlist:
                        if port.argname is not None:
                            self._fixed(port.argname)
            case tree.ForStatement():
                self._statements(node.statement)
            case _:
                self._statements(*node.children())

    def _statements(self, *nodes: tree.Node | None) -> None:
        for node in nodes:
            if node is not None:
                self.statement(node)

    def _target(self, node: tree.Node) -> None:
        if isinstance(node, tree.Pointer):
            self._target(node.var)
            self._fixed(node.ptr)
        elif isinstance(node, tree.LConcat):
            for part in node.list:
                self._target(part)

    def _case(self, node: tree.CaseStatement) -> None:
        subject = self._fixed(node.comp)
        declared = self.module.declared.get(getattr(node.comp, "name", ""))
        top = 1 << (declared.width - 1) if declared else 0
        for case in node.caselist:
            for label in case.cond or ():
                value = constant(label)
                self.line = label.lineno or self.line
                if value is None:
                    self._say("case-label", f"{_text(label)} is not a constant, so not a label")
                # A value that needs no sign is the same number however it is extended.
                elif not 0 <= value < top:
                    self._agree(subject, self.kind(label), f"case label {_text(label)}", self.line)
            self._statements(case.statement)

    def kind(self, node: tree.Node) -> Kind:
        """Return the kind of an expression whose width its surroundings may still extend."""
        self.line = node.lineno or self.line
        match node:
            case tree.IntConst():
                return self._literal(node)
            case tree.Identifier():
                declared = self.module.declared.get(node.name)
                return Kind(bool(declared and declared.signed))
            case tree.Pointer():
                self._fixed(node.ptr)
                declared = self.module.declared.get(getattr(node.var, "name", ""))
                return Kind(bool(declared and declared.depth and declared.signed))
            case tree.Partselect():
                return Kind(False)
            case tree.Concat():
                for part in node.list:
                    self._sized(part)
                return Kind(False)
            case tree.Repeat():
                self._sized(node.value)
                return Kind(False)
            case tree.SystemCall():
                return self._call(node)
            case tree.Cond():
                self._fixed(node.cond)
                left, right = self.kind(node.true_value), self.kind(node.false_value)
                return self._agree(left, right, _text(node), node.lineno)
            case tree.Uminus():
                inner = self.kind(node.right)
                value = None if inner.value is None else -inner.value
                return dataclasses.replace(inner, value=value)
            case tree.Unot() | tree.Uplus():
                return dataclasses.replace(self.kind(node.right), value=None)
            case tree.UnaryOperator():
                self._fixed(node.right)
                return Kind(False)
        return self._binary(node)

    def _binary(self, node: tree.Node) -> Kind:
        if isinstance(node, tree.Land | tree.Lor):
            self._fixed(node.left)
            self._fixed(node.right)
            return Kind(False)
        if isinstance(node, _COMPARISONS):
            self._not_inverted(node)
            left, right = self._fixed(node.left), self._fixed(node.right)
            self._agree(left, right, _text(node), node.lineno)
            return Kind(False)
        if isinstance(node, _RIGHT_SHIFTS):
            left = self._fixed(node.left)
            self._fixed(node.right)
            return dataclasses.replace(left, value=None)
        if isinstance(node, tree.Sll):
            left = self.kind(node.left)
            self._fixed(node.right)
            return dataclasses.replace(left, value=None)
        if isinstance(node, tree.Divide | tree.Mod | tree.Power):
            self._say(
                "division", f"{_text(node)}: Verilog rounds towards zero where MyHDL rounds down"
            )
            return Kind(False)
        if isinstance(node, (*_WRAPPING, *_BITWISE)):
            if isinstance(node, _WRAPPING):
                self._not_inverted(node)
            left, right = self.kind(node.left), self.kind(node.right)
            return self._agree(left, right, _text(node), node.lineno)
        for child in node.children():
            self.kind(child)
        return Kind(False)

    def _not_inverted(self, node: tree.Node) -> None:
        for side in (node.left, node.right):
            if isinstance(side, tree.Unot):
                self._say(
                    "inverted-operand",
                    f"{_text(node)}: Verilog extends {_text(side.right)} before it inverts it; "
                    "assign the inverted value to a declared signal first",
                )

    def _literal(self, node: tree.IntConst) -> Kind:
        found = literal(node)
        if found is None:
            self._say("undefined-constant", f"{node.value} has bits that are neither 0 nor 1")
            return Kind(False)
        if not found.width and found.value > _LARGEST_UNSIZED:
            self._say("unsized-constant", f"{node.value} does not fit the 32 bits Verilog gives it")
        return Kind(found.signed, found.value, not found.width)

    def _call(self, node: tree.SystemCall) -> Kind:
        if node.syscall not in ("signed", "unsigned"):
            self._say("simulation-only", f"${node.syscall} has no hardware")
            return Kind(False)
        for argument in node.args:
            self._fixed(argument)
        return Kind(node.syscall == "signed")

    def _sized(self, node: tree.Node) -> None:
        if self._fixed(node).unsized:
            self._say(
                "unsized-constant", f"{_text(node)} in a concatenation has no width of its own"
            )

    def _fixed(self, node: tree.Node) -> Kind:
        """Check an expression whose width its surroundings do not extend to hold the result."""
        found = self.kind(node)
        if constant(node) is None:
            self._operations(node)
        return found

    def _operations(self, node: tree.Node) -> None:
        """Report the arithmetic whose result is cut to the operands' width at this place."""
        if isinstance(node, (*_WRAPPING, tree.Uminus)) and not self._counts_only(node):
            if any(self._is_unsized(each) for each in _leaves(node)):
                self._say(
                    "unsized-constant",
                    f"{_text(node)} has the 32 bits of its unsized constant here, not those of its "
                    "result; assign it to a declared signal first",
                )
            else:
                self._say(
                    "wrapped-operation",
                    f"{_text(node)} loses its carry here; assign it to a declared signal first",
                )
        elif isinstance(node, (*_BITWISE, tree.Unot, tree.Cond)):
            for child in node.children():
                self._operations(child)

    def _counts_only(self, node: tree.Node) -> bool:
        """Say whether all operands are literals and loop variables."""
        return all(self._is_unsized(leaf) or self._is_integer(leaf) for leaf in _leaves(node))

    def _is_unsized(self, node: tree.Node) -> bool:
        found = literal(node)
        return found is not None and not found.width

    def _is_integer(self, node: tree.Node) -> bool:
        declared = self.module.declared.get(getattr(node, "name", ""))
        return declared is not None and declared.width == 32 and declared.signed

    def _agree(self, left: Kind, right: Kind, text: str, line: int) -> Kind:
        """Combine two operands; report them unless each is extended by its own sign."""
        self.line = line or self.line
        signed = left.signed and right.signed
        unsized = left.unsized or right.unsized
        if left.signed != right.signed:
            one, other = (left, right) if left.signed else (right, left)
            if one.value is None or one.value < 0:
                why = (
                    f"{other.value} is emitted as an unsigned constant"
                    if other.value is not None
                    else "one operand is signed, the other is not"
                )
                self._say("mixed-signs", f"{text}: {why}, so Verilog reads both as unsigned")
        return Kind(signed, None, unsized)

    def _say(self, rule: str, message: str) -> None:
        self.report(self.line, rule, message)


def _leaves(node: tree.Node) -> list[tree.Node]:
    children = [child for child in node.children() if isinstance(child, tree.Node)]
    return [leaf for child in children for leaf in _leaves(child)] if children else [node]


_SIGNS = {
    **{tree.Plus: "+", tree.Minus: "-", tree.Times: "*", tree.Divide: "/", tree.Mod: "%"},
    **{tree.Power: "**", tree.Sll: "<<", tree.Srl: ">>", tree.Sra: ">>>", tree.And: "&"},
    **{tree.Or: "|", tree.Xor: "^", tree.Xnor: "~^", tree.Eq: "==", tree.NotEq: "!="},
    **{tree.LessThan: "<", tree.LessEq: "<=", tree.GreaterThan: ">", tree.GreaterEq: ">="},
    **{tree.Land: "&&", tree.Lor: "||", tree.Eql: "===", tree.NotEql: "!=="},
}


def _text(node: tree.Node) -> str:
    """Return an expression as Verilog, as far as a message needs it."""
    match node:
        case tree.Identifier():
            return node.name
        case tree.Constant():
            return node.value
        case tree.Uminus():
            return f"-{_text(node.right)}"
        case tree.Unot():
            return f"~{_text(node.right)}"
        case tree.Concat():
            return f"{{{', '.join(map(_text, node.list))}}}"
        case tree.Pointer():
            return f"{_text(node.var)}[{_text(node.ptr)}]"
        case tree.Partselect():
            return f"{_text(node.var)}[...]"
        case tree.SystemCall():
            return f"${node.syscall}({', '.join(map(_text, node.args))})"
    if type(node) in _SIGNS:
        return f"({_text(node.left)} {_SIGNS[type(node)]} {_text(node.right)})"
    return type(node).__name__
