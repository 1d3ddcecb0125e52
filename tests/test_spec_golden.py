# SPDX-License-Identifier: Apache-2.0
"""The golden SystemVerilog reading agrees with the definition, under every tool that reads it."""

import subprocess
from random import Random

import numpy as np
import pytest
from tritproof.ref.spec import Array, Integer, golden_file, lookup, select, signed, specification
from tritproof.tools import toolchain
from tritproof.verif.simulator import Simulator

from .spec_support import (
    INPUTS,
    every_step,
    golden_module,
    pack,
    random_arguments,
    random_program,
    unpack,
)


def _specifications(seed: int, count: int):
    random = Random(seed)
    programs = [random_program(random, random.randint(1, 12)) for _ in range(count)]
    return every_step() + programs, random


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    specifications, random = _specifications(seed=1, count=40)
    text, ports = golden_module(specifications)
    path = tmp_path_factory.mktemp("golden") / "top.sv"
    path.write_text(text)
    rows = [random_arguments(random) for _ in range(200)]
    return specifications, path, ports, rows


def test_simulated_goldens_equal_the_definition(many):
    specifications, path, ports, rows = many
    simulator = Simulator([path], "top", ports, optimise="-O0")
    columns = zip(*rows, strict=True)
    results = simulator.evaluate({
        name: np.array([pack(range_, value) for value in column], dtype=np.int64)
        for (name, range_), column in zip(INPUTS.items(), columns, strict=True)})
    for k, spec in enumerate(specifications):
        range_ = spec.trace().result
        for row, packed in zip(rows, results[f"r{k}"], strict=True):
            number = (int.from_bytes(packed.tobytes(), "little") if packed.ndim
                      else int(packed) % (1 << range_.width))
            assert unpack(range_, number) == spec.exact(*row), (k, row, spec.golden())


def test_verilator_has_no_warning(many):
    _, path, _, _ = many
    lint = [*toolchain.verilator(), "--lint-only", "-Wall", "-Wno-DECLFILENAME", str(path)]
    done = subprocess.run(lint, capture_output=True, text=True, env=toolchain.environment())
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("reader", ["read_verilog -sv -formal", "read_slang"])
def test_yosys_evaluates_goldens_to_the_definition(reader, tmp_path):
    specifications, random = _specifications(seed=2, count=20)
    text, ports = golden_module(specifications)
    (tmp_path / "top.sv").write_text(text)
    rows = [random_arguments(random) for _ in range(6)]
    commands = [f"{reader} top.sv", "prep -top top", "memory_map -rom-only"]
    for row in rows:
        sets = " ".join(f"-set {name} {range_.width}'d{pack(range_, value)}"
                        for (name, range_), value in zip(INPUTS.items(), row, strict=True))
        shows = " ".join(f"-show {port.name}" for port in ports if port.direction == "out")
        commands.append(f"eval {sets} {shows}")
    done = subprocess.run([*toolchain.yosys(), "-p", "; ".join(commands)], cwd=tmp_path,
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stdout + done.stderr
    found = [line.split("'")[1].rstrip(".") for line in done.stdout.splitlines()
             if line.startswith("Eval result:")]
    assert len(found) == len(rows) * len(specifications)
    for i, row in enumerate(rows):
        for k, spec in enumerate(specifications):
            packed = int(found[i * len(specifications) + k], 2)
            assert unpack(spec.trace().result, packed) == spec.exact(*row), (k, row, spec.golden())


@specification({"x": signed(4), "a": Array(2, Integer(0, 5))}, result=Integer(-100, 100))
def shown(x, a, *, weight):
    """Every part of a golden's form."""
    return select(x < 0, -x // 3, x * weight) + lookup((5, -2), a[0] % 2) - (a[1] << 1)


def test_golden_text():
    assert golden_file([shown.golden(weight=3)]) == """\
// Generated from the exact specification by tritproof.ref; do not edit.
`ifndef TRITPROOF_GOLDEN
`define TRITPROOF_GOLDEN
/* verilator lint_off UNUSEDSIGNAL */
function automatic signed [3:0] golden_shown_table0(
  input signed [1:0] index
);
  begin
    case (index)
      2'sd0: golden_shown_table0 = 4'sd5;
      default: golden_shown_table0 = -4'sd2;
    endcase
  end
endfunction

// shown(weight=3)
//   result: [-100, 100]
//   x: [-8, 7]
//   a: 2 elements of 3 bits in [0, 5], element 0 lowest
function automatic signed [7:0] golden_shown(
  input signed [3:0] in_x,
  input [5:0] in_a
);
  logic signed [3:0] v0;
  logic signed [3:0] v1;
  logic signed [3:0] v2;
  logic v3;
  logic signed [4:0] v4;
  logic signed [2:0] v5;
  logic signed [5:0] v6;
  logic signed [5:0] v7;
  logic signed [1:0] v8;
  logic signed [3:0] v9;
  logic signed [5:0] v10;
  logic signed [4:0] v11;
  logic signed [6:0] v12;
  begin
    v0 = in_x;
    v1 = $signed({1'b0, in_a[2:0]});
    v2 = $signed({1'b0, in_a[5:3]});
    v3 = v0 < 4'sd0;
    v4 = 5'sd0 - 5'(v0);
    v5 = 3'(((6'(v4) + 6'sd9) / 6'sd3) - 6'sd3);
    v6 = 6'(v0) * 6'sd3;
    v7 = v3 ? 6'(v5) : v6;
    v8 = 2'(v1 & 4'sd1);
    v9 = golden_shown_table0(v8);
    v10 = v7 + 6'(v9);
    v11 = 5'(v2) <<< 1;
    v12 = 7'(v10) - 7'(v11);
    golden_shown = 8'(v12);
  end
endfunction
/* verilator lint_on UNUSEDSIGNAL */
`endif
"""


def test_arguments_are_never_narrower_than_asked():
    plain, wide = (shown.golden(weight=3, argument_width=width) for width in (0, 16))
    assert "input signed [3:0] in_x" in plain and "input [5:0] in_a" in plain
    assert "input signed [15:0] in_x" in wide and "input [31:0] in_a" in wide
    assert "v2 = 4'($signed({1'b0, in_a[31:16]}));" in wide


def test_equal_specifications_give_equal_bytes():
    texts = {golden_module(_specifications(seed=3, count=20)[0])[0] for _ in range(2)}
    assert len(texts) == 1


def test_a_shared_subexpression_is_computed_once():
    @specification({"x": signed(8)})
    def fourth_power(x):
        return (x * x) * (x * x)

    assert fourth_power.golden().count("*") == 2
