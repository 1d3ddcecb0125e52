# SPDX-License-Identifier: Apache-2.0
"""The lint reads what it should, tells integers from signals, and finds nothing in the library."""

import textwrap

import pytest
from tritproof.rtl.manifest import root
from tritproof.tools.lint import lint_folder, lint_source
from tritproof.tools.lint_rules import RULES

from .lint_snippets import FORBIDDEN


def rules(elaboration: str, body: str, signature: str = "a, b, y", module: str = "") -> set[str]:
    """Return the rules broken by one always_comb body in a block."""
    text = f"{module}\n@block\ndef unit({signature}):\n{textwrap.indent(elaboration, '    ')}\n"
    text += f"    @always_comb\n    def compute():\n{textwrap.indent(body, '        ')}\n"
    return {finding.rule for finding in lint_source(text + "    return compute\n")}


def test_library_is_clean():
    assert lint_folder(root() / "rtl") == []


def test_every_rule_has_a_construct_that_converts_wrongly():
    assert {snippet.rule for snippet in FORBIDDEN} == set(RULES)


def test_finding_names_place_construct_reason_and_remedy(tmp_path):
    path = tmp_path / "unit.py"
    path.write_text(
        "@block\ndef unit(a, b, y):\n    @always_comb\n    def compute():\n"
        "        y.next = (a + b) >> 1\n    return compute\n"
    )
    assert [str(finding) for finding in lint_source(path)] == [
        f"{path}:5: nested-arithmetic: an arithmetic operation inside a larger expression (a + b): "
        "Verilog computes it at the width of its surroundings and drops the carry; assign it to a "
        "declared signal wide enough for the exact result, and use that"
    ]


def test_elaboration_code_is_free():
    assert rules("x = (7 // 2) ** 3 % 5 if a else max(3, 4)\nx += 1", "y.next = a") == set()


@pytest.mark.parametrize("decorator", ["always(clk.posedge)", "always_seq(clk.posedge, reset=rst)"])
def test_clocked_generators_are_checked(decorator):
    text = f"""
@block
def unit(clk, rst, a, y):
    @{decorator}
    def compute():
        if a:
            y.next = a // 2
        else:
            for i in range(4):
                y.next[i] = a[i] % 2
    return compute
"""
    assert [finding.rule for finding in lint_source(text)] == ["division", "division"]


@pytest.mark.parametrize(
    "signature, elaboration",
    [
        ("a, b, y, width: int", ""),
        ("a, b, y, params: TableParams", "width = params.table.index_width"),
        ("a, b, y", "width = len(a)"),
        ("a, b, y", "width = 8"),
        ("a, b, y", "width: int = measure(a)"),
        ("a, b, y, params: TableParams", "width, depth = params.width, params.depth"),
    ],
)
def test_elaboration_integers_may_be_computed_with(signature, elaboration):
    assert rules(elaboration, "y.next = a[2 * width + 1 : width]", signature) == set()


def test_unknown_names_count_as_signals():
    assert rules("width = measure(a)", "y.next = a[width + 1 :]") == {"nested-arithmetic"}
    assert rules("", "y.next = a[b + 1]") == {"nested-arithmetic"}


def test_imported_constants_are_integers():
    assert rules("", "y.next = a[WIDTH + 1 :]", module="from shapes import WIDTH") == set()


def test_constants_are_evaluated():
    assert rules("limit = (1 << 30) - 1", "y.next = a > limit") == set()
    assert rules("limit = -(1 << 30)", "y.next = a < limit") == {"large-constant"}


def test_tables_are_known_by_annotation():
    signature = "a, b, y, table: tuple[int, ...]"
    assert rules("", "y.next = table[a]", signature) == set()
    assert rules("", "y.next = table[a] == b", signature) == {"table-in-expression"}


def test_always_comb_that_reads_only_its_target_reads_nothing():
    assert rules("", "y.next[3:] = 5") == {"no-signal-read"}


def test_block_with_a_finding(tmp_path):
    path = tmp_path / "lint_example.py"
    path.write_text(
        "from myhdl import always_comb, block\n\n@block\ndef good(a, y):\n    @always_comb\n"
        "    def compute():\n        y.next = a\n    return compute\n\n@block\ndef bad(a, y):\n"
        "    @always_comb\n    def compute():\n        y.next = a % 3\n    return compute\n"
    )
    assert [(finding.line, finding.rule) for finding in lint_source(path)] == [(14, "division")]
