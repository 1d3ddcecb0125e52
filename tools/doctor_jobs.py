# SPDX-License-Identifier: Apache-2.0
"""The tiny jobs of `tritproof doctor`: each runs one tool in a folder or raises."""

import subprocess
import sys
from pathlib import Path

from tritproof.tools import toolchain

COUNTER = """\
module counter(input clk);
  reg [3:0] count = 0;
  always @(posedge clk) count <= count == 9 ? 0 : count + 1;
  always @* assert (count < {bound});
endmodule
"""

PACKAGE_JOBS = {
    "myhdl": (
        "slices a bit vector",
        "from myhdl import intbv\nassert intbv(0b1010)[4:1] == 0b101",
    ),
    "numpy": (
        "multiplies integer matrices",
        "import numpy as n\nassert (n.eye(3, dtype=int) @ n.arange(3)).tolist() == [0, 1, 2]",
    ),
    "sympy": (
        "proves an identity",
        "from sympy import symbols, expand\na, b = symbols('a b')\n"
        "assert expand((a + b) * (a - b)) == a**2 - b**2",
    ),
    "pyverilog": (
        "parses a module",
        "from pyverilog.vparser.parser import VerilogParser\n"
        "text = 'module m(input a, output y); assign y = ~a; endmodule'\n"
        "tree = VerilogParser(outputdir='.', debug=False).parse(text)\n"
        "assert tree.description.definitions[0].name == 'm'",
    ),
    "hypothesis": (
        "finds the smallest example",
        "from hypothesis import find, strategies\n"
        "assert find(strategies.integers(), lambda n: n >= 7) == 7",
    ),
    "cocotb": (
        "finds its Verilator library",
        "from pathlib import Path\nimport cocotb_tools.config as config\n"
        "path = config.lib_name_path('vpi', 'verilator')\n"
        "assert Path(path).is_file(), f'{path} is not there'",
    ),
    "gguf": (
        "knows the ternary formats",
        "from gguf import GGMLQuantizationType as q\nassert q.TQ1_0 and q.TQ2_0",
    ),
    "safetensors": (
        "packs and unpacks a tensor",
        "import numpy as n\nfrom safetensors.numpy import load, save\n"
        "assert load(save({'w': n.arange(3)}))['w'].tolist() == [0, 1, 2]",
    ),
}
"""For each package: what the job is, and the job as a program that fails when it goes wrong."""


def python(folder: Path, code: str) -> None:
    """Run a Python program in an interpreter of its own."""
    _run([sys.executable, "-P", "-c", code], folder)


def yosys(folder: Path) -> None:
    """Elaborate a module and count its cells."""
    (folder / "inverter.v").write_text("module m(input a, output y); assign y = ~a; endmodule\n")
    script = "read_verilog inverter.v; prep -top m; select -assert-count 1 t:$not"
    _run([*toolchain.yosys(), "-q", "-p", script], folder)


def abc(folder: Path) -> None:
    """Minimise y = a & (b | ~b) to one input."""
    (folder / "a.blif").write_text(
        ".model m\n.inputs a b\n.outputs y\n.names b n\n0 1\n.names b n o\n1- 1\n-1 1\n"
        ".names a o y\n11 1\n.end\n"
    )
    script = "read_blif a.blif; strash; dc2; write_aiger a.aig"
    _run([*toolchain.abc(), "-c", script], folder)
    header = (folder / "a.aig").read_bytes().split(b"\n")[0].decode()
    if header != "aig 2 2 0 1 0":
        raise RuntimeError(f"expected two inputs, one output and no gate, got: {header}")


def prove(folder: Path, solver: str) -> None:
    """Let SymbiYosys prove a counter's bound by induction with an SMT solver."""
    _sby(folder, f"smtbmc {solver}", bound=10, expected=0)


def refute(folder: Path) -> None:
    """Let SymbiYosys find the counterexample of a false bound: it must not say PASS."""
    _sby(folder, "smtbmc yices", bound=9, expected=2)


def smtbmc(folder: Path) -> None:
    """Let smtbmc check a model that Yosys wrote, for twelve cycles."""
    (folder / "counter.v").write_text(COUNTER.format(bound=10))
    script = "read_verilog -formal counter.v; prep -top counter; async2sync; dffunmap; "
    script += "write_smt2 -wires counter.smt2"
    _run([*toolchain.yosys(), "-q", "-p", script], folder)
    out = _run([*toolchain.smtbmc(), "-s", "yices", "-t", "12", "counter.smt2"], folder)
    if "Status: PASSED" not in out:
        raise RuntimeError(out.strip().splitlines()[-1])


def bitwuzla(folder: Path) -> None:
    """Solve 3 a = 7 modulo 256."""
    problem = (
        "(set-logic QF_BV)\n(declare-const a (_ BitVec 8))\n(assert (= (bvmul a #x03) #x07))\n"
        "(check-sat)\n(get-value (a))\n"
    )
    out = _run(toolchain.bitwuzla(), folder, problem)
    if out.split() != ["sat", "((a", "#b10101101))"]:
        raise RuntimeError(f"expected sat with a = 173, got: {out.strip()}")


def compiler(folder: Path) -> None:
    """Compile a C++20 program and run it."""
    (folder / "a.cpp").write_text(
        "#include <bit>\nint main() { return std::popcount(7u) == 3 ? 0 : 1; }\n"
    )
    _run([*toolchain.cxx(), "-std=c++20", "a.cpp", "-o", "a.out"], folder)
    _run([str(folder / "a.out")], folder)


def verilator(folder: Path) -> None:
    """Translate a module to C++, compile it and evaluate it once."""
    from tritproof.verif import toolchain as simulation
    from tritproof.verif.compile import CACHE_DIRECTORY

    compiler = toolchain.cxx()
    (folder / "adder.v").write_text(
        "module adder(input [7:0] a, output [7:0] y); assign y = a + 8'd1; endmodule\n"
    )
    model = simulation.verilate([folder / "adder.v"], "adder", folder / "model")
    (folder / "main.cpp").write_text(
        "#include <cstdlib>\n"
        + "".join(f'#include "{source.name}"\n' for source in model)
        + "void vl_fatal(const char*, int, const char*, const char*) { std::abort(); }\n"
        f"int main() {{ {simulation.PREFIX} m; m.a = 255; m.eval(); return m.y; }}\n"
    )
    names = ["verilated", "verilated_threads"]
    # With this flag the object files are those the simulators use, so they are compiled once.
    runtime = simulation.runtime_objects(names, CACHE_DIRECTORY, ["-DVL_USER_FATAL"])
    flags = [*simulation.LANGUAGE_FLAGS, *simulation.include_flags(folder / "model")]
    files = ["main.cpp", *map(str, runtime)]
    command = [*compiler, *flags, *files, "-o", "a.out"]
    _run(command, folder)
    _run([str(folder / "a.out")], folder)


def _sby(folder: Path, engine: str, bound: int, expected: int) -> None:
    (folder / "counter.v").write_text(COUNTER.format(bound=bound))
    (folder / "counter.sby").write_text(
        f"[options]\nmode prove\ndepth 12\n[engines]\n{engine}\n[script]\n"
        "read_verilog -formal counter.v\nprep -top counter\n[files]\ncounter.v\n"
    )
    command = [*toolchain.sby(), "-f", "counter.sby"]
    done = subprocess.run(
        command, cwd=folder, env=toolchain.environment(), capture_output=True, text=True
    )
    if done.returncode != expected:
        last = (done.stderr + done.stdout).strip().splitlines() or ["no output"]
        raise RuntimeError(f"sby ended with status {done.returncode}, not {expected}: {last[-1]}")


def _run(command: list[str], folder: Path, text: str = "") -> str:
    """Run a command on `text`; its output, or an error that ends with its last line."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=toolchain.environment(),
        input=text,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        lines = (done.stdout + done.stderr).strip().splitlines() or ["no output"]
        errors = [line for line in lines if "error" in line.lower()]
        raise RuntimeError(f"status {done.returncode}: {(errors or lines[-1:])[0]}")
    return done.stdout
