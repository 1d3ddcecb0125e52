# SPDX-License-Identifier: Apache-2.0
"""MyHDL snippets of the subset the lint allows: they convert right."""

from .lint_snippets import Snippet, branches


def _single_operations(left: str, right: str) -> Snippet:
    """One block with every allowed operation of an 8-bit and another signal, one per output."""
    numbers = [f"a {operator} b" for operator in ("+", "-", "*", "&", "|", "^")]
    numbers += [
        "a + 3",
        "a - 1",
        "a * -3",
        "a & 5",
        "a >> 2",
        "a << 3",
        "-a",
        "a",
        "a[6:2]",
        "a[3]",
    ]
    numbers += ["a[8:].signed()", "concat(a[4:], b[5])", "b - a[4:]", "b + a[8:].signed()"]
    numbers += ["b[4:] - a"]
    truths = [f"a {operator} b" for operator in ("==", "!=", "<", "<=", ">", ">=")]
    truths += ["a < 5", "a > 100", "a[4:] == b", "a[3] and not b[2]", "a < 9 or b == 3", "not a"]
    truths += ["bool(a)", "a[3] & b[2]"]
    outputs = [f"y{k}:s24" for k in range(len(numbers))]
    outputs += [f"y{k}:bit" for k in range(len(numbers), len(numbers) + len(truths))]
    body = "\n".join(
        f"@always_comb\ndef compute{k}():\n    y{k}.next = {text}"
        for k, text in enumerate(numbers + truths)
    )
    name = f"single operations of {left} and {right}"
    return Snippet(name, f"a:{left} b:{right} {' '.join(outputs)}", "", body)


ALLOWED = [
    *(_single_operations(left, right) for left in ("u8", "s8") for right in ("u6", "s8")),
    Snippet("equal width inverse", "a:u8 y:u8", "", "y.next = ~a"),
    Snippet("large constant alone", "a:s8 y:s40", "", branches("a < 0", "1 << 35", "-(1 << 33)")),
    Snippet(
        "loop with computed slices",
        "a:u24 y:u24",
        "",
        "for i in range(3):\n    y.next[8 * i + 8 : 8 * i] = a[24 - 8 * i : 16 - 8 * i]",
    ),
    Snippet(
        "sized variable",
        "a:u8 b:u8 y:u8",
        "",
        "v = intbv(0)[9:]\nv[:] = a + b\ny.next = v[9:1]",
    ),
    Snippet(
        "truth variable",
        "a:u8 y:bit",
        "",
        "v = False\nfor i in range(8):\n    if a[i]:\n        v = not v\ny.next = v",
    ),
    Snippet(
        "table of wide entries",
        "a:u2 y:s48",
        "",
        "T = (1 << 40, -(1 << 40), 7, -1)\n@always_comb\ndef compute():\n    y.next = T[a]",
    ),
    Snippet(
        "match with single values",
        "a:u2 b:u8 y:u8",
        "",
        "match a:\n    case 1:\n        y.next = b\n    case 2:\n        y.next = 7\n"
        "    case _:\n        y.next = 0",
    ),
    Snippet(
        "chain of positive values",
        "a:s4 y:u8",
        "",
        "if a == 3:\n    y.next = 1\nelif a == 2:\n    y.next = 2\nelse:\n    y.next = 3",
    ),
]
