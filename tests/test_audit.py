# SPDX-License-Identifier: Apache-2.0
"""Every check of the audit lets a right file pass and catches a file tampered with to break it."""

from pathlib import Path

import pytest
from tritproof.rtl.manifest import Port
from tritproof.tools.audit import audit_file
from tritproof.tools.audit_tools import audit_lint, audit_synthesis
from tritproof.tools.audit_waivers import WAIVERS, Waiver

PORTS = (
    Port("clk", "in", 1),
    Port("rst", "in", 1),
    Port("a", "in", 8, signed=True),
    Port("b", "in", 8),
    Port("choose", "in", 2),
    Port("total", "out", 10, signed=True),
    Port("picked", "out", 8),
)
GOOD = """\
module tritproof_example (
    clk,
    rst,
    a,
    b,
    choose,
    total,
    picked
);

input clk;
input rst;
input signed [7:0] a;
input [7:0] b;
input [1:0] choose;
output signed [9:0] total;
reg signed [9:0] total;
output [7:0] picked;
reg [7:0] picked;

wire signed [9:0] sum;
reg [7:0] memory [0:4-1];
reg [7:0] word;

assign sum = (a + $signed({1'b0, b}));

always @(posedge clk) begin: accumulate
    if ((rst == 1)) begin
        total <= 0;
    end
    else begin
        total <= sum;
    end
end

always @(posedge clk) begin: store
    memory[choose] <= b;
end

always @(choose) begin: table_read
    case (choose)
        0: word = 4;
        1: word = 9;
        2: word = 0;
        default: word = 1;
    endcase
end

always @(rst, choose, word, memory[0], memory[1], memory[2], memory[3]) begin: pick
    if ((rst == 1)) begin
        picked = 0;
    end
    else if ((word > 3)) begin
        picked = memory[choose];
    end
    else begin
        picked = word;
    end
end

endmodule
"""
DEPENDS = {"total": {"a", "b"}, "picked": {"b", "choose"}}


@pytest.fixture
def check(tmp_path):
    """Return a function that audits a text with pyverilog: the set of rules and the messages."""

    def run(text, depends=None, known=None):
        path = tmp_path / "tritproof_example.v"
        path.write_text(text)
        found = audit_file(path, "tritproof_example", PORTS, known if known else {}, depends)
        return {each.rule for each in found}, [each.message for each in found]

    return run


def tampered(old: str, new: str) -> str:
    assert GOOD.count(old) >= 1, old
    return GOOD.replace(old, new, 1)


def test_right_file_passes(check):
    assert check(GOOD) == (set(), [])
    assert check(GOOD, DEPENDS) == (set(), [])


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("input [7:0] b;", "input [6:0] b;", "b: its width is 7, in the manifest 8"),
        ("input signed [7:0] a;", "input [7:0] a;", "a: its sign is unsigned, in the manifest sig"),
        ("input rst;", "output rst;", "rst: its direction is out, in the manifest in"),
        (
            "    rst,\n    a,",
            "    a,\n    rst,",
            "the ports are not those of the manifest: another order",
        ),
        (
            "    picked\n);",
            "    picked,\n    spare\n);\ninput spare;",
            "the ports are not those of the manifest: missing [], not declared ['spare']",
        ),
        (
            "    picked\n);",
            "    chosen\n);\noutput [7:0] chosen;",
            "the ports are not those of the manifest: missing ['picked'], not declared ['chosen']",
        ),
    ],
)
def test_ports(check, old, new, message):
    rules, messages = check(tampered(old, new))
    assert "ports" in rules
    assert any(each.startswith(message) for each in messages)


def test_module_name(check):
    assert check(tampered("tritproof_example", "tritproof_other"))[0] == {"module"}


@pytest.mark.parametrize("text", ["", "module a; endmodule\nmodule b; endmodule\n", "modul x;"])
def test_file_that_is_not_one_module(check, text):
    assert check(text)[0] == {"module"}


@pytest.mark.parametrize(
    "old, new, rule",
    [
        ("reg [7:0] word;", "reg [7:0] word;\ninitial word = 0;", "initial-block"),
        (
            "reg [7:0] word;",
            "reg [7:0] word;\nfunction integer f;\ninput x;\nf = x;\nendfunction",
            "function",
        ),
        ("(a + $signed({1'b0, b}))", "(a + b)", "mixed-signs"),
        ("(a + $signed({1'b0, b}))", "(a + 32'h40000000) + b", "mixed-signs"),
        ("(a + $signed({1'b0, b}))", "$signed({1'b0, (b > 40'h4000000000)}) + a", ""),
        ("(a + $signed({1'b0, b}))", "$signed({1'b0, (a > 40'h4000000000)}) + b", "mixed-signs"),
        ("(word > 3)", "(b > (-3))", "mixed-signs"),
        ("(word > 3)", "((word + 1) > b)", "unsized-constant"),
        ("(word > 3)", "((word + b) > 8'd3)", "wrapped-operation"),
        ("(word > 3)", "((~word) > 3)", "inverted-operand"),
        ("(word > 3)", "(word > 5000000000)", "unsized-constant"),
        ("(word > 3)", "(word > 8'bxxxxxxxx)", "undefined-constant"),
        ("$signed({1'b0, b})", "$signed({0, b})", "unsized-constant"),
        ("memory[choose];", "memory[choose + 1];", "unsized-constant"),
        ("= word;", "= (word + b) >>> 1;", "wrapped-operation"),
        ("= word;", "= (word / 3);", "division"),
        ("= word;", "= $random;", "simulation-only"),
        ("        1: word", "        'h1 | 'h2: word", "case-label"),
    ],
)
def test_expressions(check, old, new, rule):
    rules, messages = check(tampered(old, new))
    assert rule in rules if rule else not rules - {"depends"}, messages


def test_signal_named_by_a_reserved_word(check):
    rules, messages = check(GOOD.replace("sum", "small"))
    assert rules == {"keyword-name"}
    assert messages == ["small is a reserved word of SystemVerilog; rename the signal"]


def test_signed_case_labels(check):
    text = tampered("case (choose)", "case (a)").replace("always @(choose)", "always @(a)")
    assert "mixed-signs" not in check(text)[0]
    assert "mixed-signs" in check(text.replace("        1: word", "        (-'h1): word"))[0]
    assert "mixed-signs" in check(text.replace("        1: word", "        'hff: word"))[0]


def test_loop_variables_may_be_computed_with(check):
    loop = """\
        for (i=0; i<4; i=i+1) begin
            picked[(2 * i)] = word[((7 - i) - 1)];
            picked[((2 * i) + 1)] = word[i];
        end
"""
    text = tampered("        picked = word;\n", loop)
    text = text.replace("begin: pick\n", "begin: pick\n    integer i;\n")
    assert check(text) == (set(), [])


@pytest.mark.parametrize(
    "old, new, depends, messages",
    [
        ("picked = word;", "picked = 1;", None, []),
        ("<= sum;", "<= 1;", None, ["total depends on no input", "no output depends on a"]),
        (
            "(a + $signed({1'b0, b}))",
            "$signed({1'b0, b})",
            DEPENDS,
            ["total does not depend on a, as it is declared to"],
        ),
        (
            "<= sum;",
            "<= sum + $signed({1'b0, choose});",
            DEPENDS,
            ["total depends on choose, which is not declared"],
        ),
        ("memory[choose] <= b", "memory[choose] <= 0", None, []),
        (
            "memory[choose] <= b",
            "memory[choose] <= 0",
            DEPENDS,
            ["picked does not depend on b, as it is declared to"],
        ),
    ],
)
def test_dependences(check, old, new, depends, messages):
    rules, found = check(tampered(old, new), depends)
    assert rules == ({"depends"} if messages else set())
    assert found == messages


CHILD = """\
wire [7:0] from_child;
tritproof_child u_child (
    .left(b),
    .right(choose),
    .result(from_child)
);

endmodule
"""


def with_child(result: str) -> str:
    return tampered("picked = word;", "picked = from_child;").replace("endmodule\n", CHILD)


def test_dependences_pass_through_instances(check):
    text = with_child("b").replace("memory[choose] <= b", "memory[choose] <= 0")
    full = {"tritproof_child": {"result": {"left", "right"}}}
    assert check(text, DEPENDS, full) == (set(), [])
    partial = {"tritproof_child": {"result": {"right"}}}
    assert check(text, DEPENDS, partial)[1] == ["picked does not depend on b, as it is declared to"]


def test_instance_of_an_unknown_module(check):
    assert check(with_child("b"))[1] == ["instance u_child: no file holds module tritproof_child"]


@pytest.fixture
def synthesise(tmp_path):
    """Return a function that gives the rules and messages of Yosys or Verilator on one text."""

    def run(text, checker, **options):
        path = tmp_path / "tritproof_example.v"
        path.write_text(text)
        found = checker([path], "tritproof_example", **options)
        assert all(Path(each.path) == path for each in found)
        return [(each.rule, each.message) for each in found]

    return run


@pytest.mark.parametrize("checker", [audit_synthesis, audit_lint])
def test_right_file_passes_the_tools(synthesise, checker):
    assert synthesise(GOOD, checker) == []


@pytest.mark.parametrize(
    "old, new, rule",
    [
        ("        default: word = 1;\n", "        3: begin end\n", "latch"),
        ("    else begin\n        picked = word;\n    end\n", "", "latch"),
        ("assign sum =", "assign sum = 3;\nassign sum =", "yosys"),
        ("wire signed [9:0] sum;", "wire signed [9:0] sum;\nassign undone = a;", "yosys"),
        ("(a + $signed({1'b0, b}))", "sum + a", "yosys"),
        ("endmodule", "endmodul", "yosys"),
        ("endmodule", "other u_other (.a(a));\nendmodule", "yosys"),
    ],
)
def test_synthesis(synthesise, old, new, rule):
    assert rule in {each for each, _ in synthesise(tampered(old, new), audit_synthesis)}


@pytest.mark.parametrize(
    "old, new, rule",
    [
        ("wire signed [9:0] sum;", "wire signed [9:0] sum;\nwire idle;", "verilator-UNUSEDSIGNAL"),
        ("assign sum = (a", "assign sum = (12'd5 + a", "verilator-WIDTHTRUNC"),
        ("<= sum;", "<= ~a;", "verilator-WIDTHEXPAND"),
        ("total <= sum", "total = sum", "verilator-BLKSEQ"),
        ("(word > 3)", "(word < 0)", "verilator-UNSIGNED"),
        ("endmodule", "endmodul", "verilator-ERROR"),
    ],
)
def test_lint(synthesise, old, new, rule):
    assert rule in {each for each, _ in synthesise(tampered(old, new), audit_lint)}


def test_only_a_named_warning_is_waived(synthesise):
    text = tampered("wire signed [9:0] sum;", "wire signed [9:0] sum;\nwire idle;")
    fitting = Waiver("tritproof_example", "UNUSEDSIGNAL", "'idle'", "reserved")
    others = [
        Waiver("tritproof_other", "UNUSEDSIGNAL", "'idle'", "another module"),
        Waiver("tritproof_example", "UNDRIVEN", "'idle'", "another rule"),
        Waiver("tritproof_example", "UNUSEDSIGNAL", "'busy'", "another signal"),
    ]
    widening = [each for each in WAIVERS if each.rule == "WIDTHEXPAND"]
    assert len(synthesise(text, audit_lint, waivers=[*others, *widening])) == 1
    assert synthesise(text, audit_lint, waivers=[fitting, *widening]) == []
