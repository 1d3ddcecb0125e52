# SPDX-License-Identifier: Apache-2.0
"""The parts of the proof runner: `.sby` files, assembly, stubs, waveforms."""

import ast
import subprocess
from dataclasses import replace
from types import SimpleNamespace

import pytest
from tritproof.tools import toolchain
from tritproof.tools.errors import UserError
from tritproof.tools.prove.assemble import assemble
from tritproof.tools.prove.engine import properties_of
from tritproof.tools.prove.ports import VerilogPort, modules_of
from tritproof.tools.prove.sbyfile import companion, read_tasks, with_engine
from tritproof.tools.prove.stubs import stub
from tritproof.tools.prove.witness import literal, read_waveform

from .prove_support import COUNTER, DATA, sources

PARTS = "parameters.svh\nparts.v\nparts_stub.v"


def test_tasks_are_read_as_symbiyosys_reads_them():
    prove, cover, small = read_tasks(DATA / f"{COUNTER}.sby")
    assert (prove.name, prove.mode, prove.depth) == ("prove_range", "prove", 2)
    assert prove.solver == "yices"
    assert prove.second_solvers == ("z3",)
    assert prove.guard_depth == 11
    assert (cover.method, cover.second_solvers) == ("cover", ())
    assert (small.kind, small.method) == ("small", "monolithic bounded(6)")
    assert prove.files == [f"{COUNTER}.v", f"{COUNTER}.sv", "parameters.svh"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("prove_range", "check_range", "a task must be named one of prove_*, cover_*, small_*"),
        ("prove_range: mode prove", "prove_range: mode bmc", "mode is 'bmc', must be prove"),
        ("smtbmc yices", "smtbmc yices\nabc pdr", "2 engine lines, must be exactly one"),
        ("smtbmc yices", "smtbmc --nopresat yices", "--nopresat hides contradictory assumptions"),
        ("smtbmc yices", "# confirm: boolector\nsmtbmc yices", "is none of z3, yices, bitwuzla"),
        ("smtbmc yices", "# confirm: yices\nsmtbmc yices", "yices cannot confirm itself"),
        ("smtbmc yices", "# guards: many\nsmtbmc yices", "guards: must be a number of cycles"),
        ("smtbmc yices", "# primary: word-level\nsmtbmc yices", "word-level, in a lemma_* task"),
        ("[tasks]\nprove_range\ncover_full\nsmall_range\n", "", "declares no tasks"),
        ("[engines]", "[engine]", "must be exactly one"),
        ("\n\n[files]", "\nadd -assume proof.guided\n\n[files]", "would restrict the proof"),
    ],
)
def test_a_task_without_meaning_is_refused(tmp_path, old, new, message):
    path = tmp_path / "job.sby"
    text = (DATA / f"{COUNTER}.sby").read_text()
    if "tasks]" in old:
        text = "\n".join(line.split(": ")[-1] for line in text.splitlines())
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(UserError) as caught:
        read_tasks(path)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)


def test_companion_files(tmp_path):
    text = companion({"mode": "bmc", "depth": 3}, "smtbmc z3", ["read_rtlil a.il"], ["a.il"])
    assert text == (
        "[options]\nmode bmc\ndepth 3\n\n[engines]\nsmtbmc z3\n\n"
        "[script]\nread_rtlil a.il\n\n[files]\na.il\n"
    )
    task = read_tasks(DATA / f"{COUNTER}.sby")[0]
    changed = with_engine(task, "none", make_model="prep")
    assert "[engines]\nnone\n[script]" in changed
    assert "[options]\nmake_model prep\nmode prove\n" in changed


def test_the_folder_is_self_contained_and_fresh(tmp_path):
    given = sources(tmp_path / "given")
    (tmp_path / "formal").mkdir()
    (tmp_path / "formal" / "old.v").write_text("module old; endmodule")
    work = assemble(given, tmp_path / "formal")
    assert sorted(path.name for path in work.folder.iterdir()) == [
        "parameters.svh",
        f"{COUNTER}.sby",
        f"{COUNTER}.sv",
        f"{COUNTER}.v",
    ]
    assert (work.folder / "parameters.svh").read_text() == "`define LIMIT 100\n"
    done = subprocess.run(
        [*toolchain.sby(), "-f", f"{COUNTER}.sby", "small_range"],
        cwd=work.folder,
        env=toolchain.environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-2000:]


def test_golden_stubs_and_wide_parameters_are_generated(tmp_path):
    given = sources(tmp_path / "given")
    extra = f"golden.sv\n{COUNTER}_stub.v\nparameters.svh"
    text = given.sby.read_text()
    given.sby.write_text(text.replace("parameters.svh", extra))
    changed = given.__class__(
        **{
            **given.__dict__,
            "golden": lambda: "// traced\n",
            "constants": {"LOW": -3, "ORDER": 1 << 70, "FLAG": True, "NAME": "base3"},
            "repeated": {"PART": 3},
            "ports": {COUNTER: modules_of(given.verilog[COUNTER])[COUNTER]},
        }
    )
    work = assemble(changed, tmp_path / "formal")
    each = "`define EACH_PART `PART(0) `PART(1) `PART(2)\n"
    assert each in (work.folder / "parameters.svh").read_text()
    assert (work.folder / "golden.sv").read_text() == "// traced\n"
    assert "`define LOW (-3)\n`define ORDER 71'" in (work.folder / "parameters.svh").read_text()
    assert "`define FLAG 1\n" in (work.folder / "parameters.svh").read_text()
    assert "NAME" not in (work.folder / "parameters.svh").read_text()
    stubbed = work.folder / f"{COUNTER}_stub.v"
    assert modules_of(stubbed) == modules_of(given.verilog[COUNTER])
    assert "assign" not in stubbed.read_text()


def test_all_parts_are_given_whole_or_as_stubs(tmp_path):
    given = sources(tmp_path / "given", changes={".sby": ("parameters.svh", PARTS)})
    parts = {}
    for name in ("first", "second"):
        parts[name] = tmp_path / f"{name}.v"
        parts[name].write_text(f"module {name} (input a, output b);\nassign b = a;\nendmodule\n")
    changed = replace(
        given,
        verilog={**parts, **given.verilog},
        ports={name: modules_of(path)[name] for name, path in parts.items()},
    )
    work = assemble(changed, tmp_path / "formal")
    whole, stubs = ((work.folder / name).read_text() for name in ("parts.v", "parts_stub.v"))
    assert whole == parts["first"].read_text() + parts["second"].read_text()
    assert modules_of(work.folder / "parts_stub.v") == modules_of(work.folder / "parts.v")
    assert "assign" not in stubs


def test_a_file_nobody_provides_is_named(tmp_path):
    given = sources(tmp_path / "given", changes={".sby": ("parameters.svh", "other.svh")})
    with pytest.raises(UserError, match=r"\[files\] names other.svh, which is neither a module"):
        assemble(given, tmp_path / "formal")
    assert not list(tmp_path.glob("formal*"))


def test_a_stub_has_the_ports_and_nothing_else():
    ports = [
        SimpleNamespace(name="clk", direction="in", width=1, signed=False),
        SimpleNamespace(name="total", direction="out", width=12, signed=True),
    ]
    assert stub(ports, "part") == (
        "module part (clk, total);\n"
        "  input clk;\n"
        "  output signed [11:0] total;\n"
        "endmodule\n"
    )


def test_ports_are_read_as_yosys_reads_them():
    ports = modules_of(DATA / f"{COUNTER}.v")[COUNTER]
    assert ports[3:] == (VerilogPort("amount", "in", 3), VerilogPort("level", "out", 7))


WAVEFORM = """$timescale 1ns $end
$var integer 32 t smt_step $end
$scope module top $end
$var wire 1 n0 clk $end
$scope module part $end
$var wire 4 n1 a $end
$var wire 4 n2 y $end
$upscope $end
$var wire 4 n3 a $end
$upscope $end
$enddefinitions $end
#0
b1 n0
b0011 n1
b0x1z n2
b1111 n3
#5
b0 n0
#10
b1 n0
b0100 n1
#15
b0 n0
#20
b1 n0
"""


def test_a_waveform_is_read_from_the_outermost_scope_that_has_the_ports(tmp_path):
    path = tmp_path / "trace.vcd"
    path.write_text(WAVEFORM)
    cycles = read_waveform(path, ["a", "y"])
    assert cycles == [{"a": 3, "y": 2}, {"a": 4, "y": 2}]
    assert read_waveform(path, ["a"]) == [{"a": 15}, {"a": 15}]
    assert ast.literal_eval(literal(cycles, ["a"])) == [{"a": 3}, {"a": 4}]
    with pytest.raises(ValueError, match="trace.vcd has no scope with the ports a, b"):
        read_waveform(path, ["a", "b"])


def test_formal_cells_are_counted_by_kind():
    design = """
  attribute \\src "a.sv:1.2-3.4"
  cell $assert \\contract.exact
    connect \\A 1'1
    connect \\EN 1'1
  end
  cell $check $auto$7
    parameter \\TRG_ENABLE 1
    parameter \\FLAVOR "cover"
    connect \\A 1'1
  end
  cell $add $9
  end
"""
    found = properties_of(design)
    assert [(each.kind, str(each)) for each in found] == [
        ("assert", "contract.exact at a.sv:1.2-3.4"),
        ("cover", "$auto$7"),
    ]
