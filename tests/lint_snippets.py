# SPDX-License-Identifier: Apache-2.0
"""MyHDL snippets that convert wrongly, each beside what to write instead."""

import dataclasses
import random
import re
import textwrap

DIFFERS = "the Verilog computes something else"
REFUSED = "MyHDL does not convert it"
UNREADABLE = "Yosys does not read the Verilog"
VECTORS = 24


@dataclasses.dataclass(frozen=True)
class Snippet:
    """A block's body, its ports ("u8", "s8" or "bit" by name) and fate; outputs begin with y."""

    name: str
    ports: str
    wrong: str
    right: str = ""
    rule: str = ""
    outcome: str = DIFFERS
    module: str = ""

    @property
    def types(self) -> dict[str, str]:
        return dict(port.split(":") for port in self.ports.split())

    def source(self, body: str) -> str:
        arguments = ", ".join(self.types)
        body = textwrap.dedent(body).strip()
        if "def " not in body:
            body = f"@always_comb\ndef compute():\n{textwrap.indent(body, '    ')}"
        name = re.findall(r"@(?:always|instance).*\ndef (\w+)", body)
        lines = textwrap.indent(f"{body}\nreturn {', '.join(name)}", "    ")
        return f"from myhdl import *\n{self.module}\n@block\ndef unit({arguments}):\n{lines}\n"

    def vectors(self) -> list[dict[str, int]]:
        source = random.Random(self.name)
        return [
            {name: _draw(source, kind) for name, kind in self.types.items() if name[0] != "y"}
            for _ in range(VECTORS)
        ]


def width_of(kind: str) -> int:
    return 1 if kind == "bit" else int(kind[1:])


def _draw(source: random.Random, kind: str) -> int:
    width = width_of(kind)
    corners = [0, (1 << width) - 1, 1 << (width - 1), (1 << (width - 1)) - 1]
    bits = source.choice([source.getrandbits(width), source.getrandbits(width), *corners])
    return bits - (1 << width) if kind[0] == "s" and bits >> (width - 1) else bits


def _two_steps(width: str, first: str, second: str) -> str:
    """The remedy for most constructs: one operation per declared signal."""
    sign, bits = width[0], int(width[1:])
    declared = f"intbv(0)[{bits}:]"
    if sign == "s":
        declared = f"intbv(0, min=-(1 << {bits - 1}), max=1 << {bits - 1})"
    return f"""
        t = Signal({declared})
        @always_comb
        def one():
            t.next = {first}
        @always_comb
        def two():
            y.next = {second}
        """


def branches(test: str, yes: str, no: str) -> str:
    return f"if {test}:\n    y.next = {yes}\nelse:\n    y.next = {no}"


FORBIDDEN = [
    Snippet(
        "shift of a sum",
        "a:u8 b:u8 y:u8",
        "y.next = (a + b) >> 1",
        _two_steps("u9", "a + b", "t >> 1"),
        "nested-arithmetic",
    ),
    Snippet(
        "shift of a wide sum with a constant",
        "a:u40 y:u40",
        "y.next = (a + 8) >> 4",
        _two_steps("u41", "a + 8", "t >> 4"),
        "nested-arithmetic",
    ),
    Snippet(
        "comparison of a product",
        "a:u8 b:u8 c:u8 y:bit",
        "y.next = (a * b) > c",
        _two_steps("u16", "a * b", "t > c"),
        "nested-arithmetic",
    ),
    Snippet(
        "comparison of a negation",
        "a:u8 b:u8 y:bit",
        "y.next = -a < b",
        _two_steps("s9", "-a", "t < b"),
        "nested-arithmetic",
    ),
    Snippet(
        "shift by a sum",
        "a:u8 b:u2 c:u2 y:u8",
        "y.next = a >> (b + c)",
        _two_steps("u3", "b + c", "a >> t"),
        "nested-arithmetic",
    ),
    Snippet(
        "condition on a sum",
        "a:u8 b:u8 c:u8 y:bit",
        branches("a + b > c", "1", "0"),
        _two_steps("u9", "a + b", "t > c"),
        "nested-arithmetic",
    ),
    Snippet(
        "bits of a sum selected",
        "a:u8 b:u8 c:s8 y:s20",
        "y.next = (a + b) & c",
        _two_steps("s10", "a + b", "t & c"),
        "nested-arithmetic",
    ),
    Snippet(
        "comparison of a bitwise result",
        "a:s8 b:u8 c:u8 y:bit",
        "y.next = (a ^ c) < b",
        _two_steps("s9", "a ^ c", "t < b"),
        "nested-arithmetic",
    ),
    Snippet(
        "sum with a truth value",
        "a:s8 b:u8 c:u8 y:s20",
        "y.next = a + (b == c)",
        _two_steps("u1", "b == c", "a + t"),
        "nested-arithmetic",
    ),
    Snippet(
        "left shift undone",
        "a:u8 n:u3 y:u8",
        "y.next = (a << n) >> 7",
        _two_steps("u15", "a << n", "t >> 7"),
        "shift-left-then-right",
    ),
    Snippet(
        "signed slice plus unsigned",
        "a:u8 b:u8 y:s20",
        "y.next = a[8:].signed() + b",
        _two_steps("s8", "a[8:].signed()", "t + b"),
        "lost-sign",
    ),
    Snippet(
        "signed slice or unsigned",
        "a:u8 b:u8 y:s20",
        "y.next = a[8:].signed() | b",
        _two_steps("s8", "a[8:].signed()", "t | b"),
        "lost-sign",
    ),
    Snippet(
        "element plus unsigned",
        "a:s8 b:u8 i:bit y:s20",
        """
        m = [Signal(intbv(0, min=-128, max=128)) for _ in range(2)]
        @always_comb
        def one():
            m[0].next = a
        @always_comb
        def two():
            m[1].next = a
        @always_comb
        def three():
            y.next = m[i] + b
        """,
        """
        m = [Signal(intbv(0, min=-128, max=128)) for _ in range(2)]
        t = Signal(intbv(0, min=-128, max=128))
        @always_comb
        def one():
            m[0].next = a
        @always_comb
        def two():
            m[1].next = a
        @always_comb
        def three():
            t.next = m[i]
        @always_comb
        def four():
            y.next = t + b
        """,
        "lost-sign",
    ),
    Snippet(
        "value of a signal plus unsigned",
        "a:s8 b:u8 y:s20",
        "y.next = a.val + b",
        "y.next = a + b",
        "lost-sign",
    ),
    Snippet(
        "comparison of an inverse",
        "a:u8 y:bit",
        "y.next = ~a < 100",
        _two_steps("u8", "~a", "t < 100"),
        "inverted-operand",
    ),
    Snippet(
        "sum with an inverse",
        "a:u8 b:u8 y:u9",
        "y.next = ~a + b",
        _two_steps("u8", "~a", "t + b"),
        "inverted-operand",
    ),
    Snippet("quotient", "a:s8 y:s8", "y.next = a // 4", "y.next = a >> 2", "division"),
    Snippet("remainder", "a:s8 y:s8", "y.next = a % 4", "y.next = a[2:]", "division"),
    Snippet(
        "match with alternatives",
        "a:u2 b:u8 y:u8",
        "match a:\n    case 1 | 2:\n        y.next = b\n    case _:\n        y.next = 0",
        branches("a == 1 or a == 2", "b", "0"),
        "match-alternatives",
    ),
    Snippet(
        "chain of negative values",
        "a:s3 y:u2",
        "if a == -3:\n    y.next = 1\nelif a == 2:\n    y.next = 2\nelse:\n    y.next = 3",
        """
        low = Signal(bool(0))
        @always_comb
        def one():
            low.next = a == -3
        @always_comb
        def two():
            if low:
                y.next = 1
            elif a == 2:
                y.next = 2
            else:
                y.next = 3
        """,
        "negative-choice",
    ),
    Snippet(
        "match with a negative value",
        "a:s3 y:u2",
        "match a:\n    case -3:\n        y.next = 1\n    case _:\n        y.next = 0",
        branches("a == -3", "1", "0"),
        "negative-choice",
        REFUSED,
    ),
    Snippet(
        "conditional expression in a sum",
        "a:u8 b:u8 c:bit y:u9",
        "y.next = (a if c else b) + 1",
        branches("c", "a + 1", "b + 1"),
        "conditional-expression",
        REFUSED,
    ),
    Snippet(
        "helper function over 32 bits",
        "a:u20 b:u20 y:u40",
        "y.next = product(a, b)",
        "y.next = a * b",
        "function-call",
        UNREADABLE,
        module="def product(x, z):\n    return x * z\n",
    ),
    Snippet(
        "table in a sum",
        "a:u2 y:u8",
        "T = (3, 5, 7, 9)\n@always_comb\ndef compute():\n    y.next = T[a] + 1",
        "T = (3, 5, 7, 9)\n" + textwrap.dedent(_two_steps("u8", "T[a]", "t + 1")),
        "table-in-expression",
        UNREADABLE,
    ),
    Snippet(
        "comparison with a large constant",
        "a:s40 y:bit",
        "LIMIT = 1 << 30\n@always_comb\ndef compute():\n    y.next = a > LIMIT",
        _two_steps("s10", "a >> 30", "t >= 1"),
        "large-constant",
    ),
    Snippet(
        "sum with a large constant",
        "a:s33 y:s40",
        "y.next = a + 0x40000000",
        """
        half = 0x20000000
        t = Signal(intbv(0, min=-(1 << 39), max=1 << 39))
        @always_comb
        def one():
            t.next = a + half
        @always_comb
        def two():
            y.next = t + half
        """,
        "large-constant",
    ),
    Snippet(
        "integer accumulator",
        "a:u40 b:u40 y:u41",
        "total = 0\ntotal = total + a\ntotal = total + b\ny.next = total",
        "y.next = a + b",
        "integer-variable",
    ),
    Snippet(
        "slice of an expression",
        "a:u8 b:u8 y:u4",
        "y.next = (a | b)[4:]",
        _two_steps("u8", "a | b", "t[4:]"),
        "slice-of-expression",
        UNREADABLE,
    ),
    Snippet(
        "generator named output",
        "a:u8 b:u8 c:bit y:u8",
        "@always_comb\ndef output():\n    if c:\n        y.next = a\n    else:\n        y.next = b",
        branches("c", "a", "b"),
        "keyword-name",
        UNREADABLE,
    ),
    Snippet(
        "no signal read",
        "a:u8 y:u8",
        "y.next = 5",
        branches("a == 0", "5", "5"),
        "no-signal-read",
        REFUSED,
    ),
    Snippet(
        "augmented assignment",
        "a:u8 b:u8 y:u9",
        "y.next = a\ny.next += b",
        "y.next = a + b",
        "augmented-assignment",
        REFUSED,
    ),
    Snippet(
        "instance of two cycles",
        "clk:bit a:u8 y:u8",
        """
        @instance
        def compute():
            while True:
                yield clk.posedge
                yield clk.posedge
                y.next = a
        """,
        "@always(clk.posedge)\ndef compute():\n    y.next = a",
        "instance-decorator",
        UNREADABLE,
    ),
    Snippet(
        "chained comparison",
        "a:u8 b:u8 c:u8 y:bit",
        "y.next = a < b < c",
        "y.next = a < b and b < c",
        "chained-comparison",
        REFUSED,
    ),
]
