# SPDX-License-Identifier: Apache-2.0
"""Resources are counted by primitive, and nothing is left out silently."""

import io
from pathlib import Path

import pytest
from rich.console import Console
from tritproof.rtl.manifest import blocks
from tritproof.tools import area
from tritproof.tools.errors import UserError

FIELDS = ["block", "config", "lut", "lutram", "ff", "bram", "uram", "dsp"]

MEMORY = """\
module memory(input clk, input write, input [4:0] write_address, input [13:0] data,
    input [4:0] address, output reg [13:0] entry);
  reg [13:0] words [0:31];
  always @(posedge clk) if (write) words[write_address] <= data;
  always @(posedge clk) entry <= words[address];
endmodule
"""
PAIR = """\
module pair(input clk, input write, input [4:0] write_address, input [13:0] data,
    input [4:0] a, input [4:0] b, output [13:0] x, output [13:0] y);
  memory first(clk, write, write_address, data, a, x);
  memory second(clk, write, write_address, data, b, y);
endmodule
"""


def synthesise(folder: Path, top: str, text: str, dsp: bool = True) -> dict[str, float]:
    file = folder / f"{top}.v"
    file.write_text(text)
    return area.count(area.synthesise_files([file], top, folder / "area", dsp))


def test_lutram_counts_as_luts(tmp_path: Path):
    counts = synthesise(tmp_path, "memory", MEMORY)
    assert counts == {"lut": 8, "lutram": 8, "ff": 14, "bram": 0, "uram": 0, "dsp": 0}


def test_every_instance_counts(tmp_path: Path):
    counts = synthesise(tmp_path, "pair", MEMORY + PAIR)
    assert (counts["lutram"], counts["ff"]) == (16, 28)


def test_block_memory_is_counted_in_halves(tmp_path: Path):
    text = MEMORY.replace("[4:0]", "[9:0]").replace("0:31", "0:1023").replace("13:0", "17:0")
    counts = synthesise(tmp_path, "memory", text)
    assert (counts["lut"], counts["bram"]) == (0, 0.5)


def test_functions_of_six_inputs_are_one_lut(tmp_path: Path):
    text = "module parity(input [5:0] a, output y); assign y = ^a; endmodule\n"
    assert synthesise(tmp_path, "parity", text)["lut"] == 1


def test_products_may_be_made_of_luts(tmp_path: Path):
    text = "module times(input [10:0] a, b, output [21:0] y); assign y = a * b; endmodule\n"
    assert synthesise(tmp_path, "times", text)["dsp"] == 1
    counts = synthesise(tmp_path, "times", text, dsp=False)
    assert counts["dsp"] == 0 and counts["lut"] > 100


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"LUT1": 1, "LUT6": 2, "INV": 3}, {"lut": 6, "lutram": 0}),
        ({"RAM64M8": 2, "RAM32X1D": 1, "SRL16E": 3}, {"lut": 21, "lutram": 21}),
        ({"RAMB18E2": 3, "RAMB36E2": 1}, {"bram": 2.5, "lut": 0}),
        ({"FDRE": 4, "FDSE": 1, "CARRY4": 9, "MUXF7": 2}, {"ff": 5, "lut": 0}),
        ({"URAM288": 2, "DSP48E2": 3}, {"uram": 2, "dsp": 3}),
    ],
)
def test_count(cells: dict[str, float], expected: dict[str, float]):
    counts = area.count(cells)
    assert {name: counts[name] for name in expected} == expected


def test_an_unknown_primitive_is_an_error():
    with pytest.raises(UserError, match="no resource count is known for RAM99X9"):
        area.count({"LUT6": 1, "RAM99X9": 1})


def test_a_file_yosys_refuses_is_an_error(tmp_path: Path):
    with pytest.raises(UserError, match="wrong cannot be synthesised: .*syntax error"):
        synthesise(tmp_path, "wrong", "module wrong(input a output y); endmodule\n")


def test_records_and_table():
    out = io.StringIO()
    block = blocks()["ternary_dot_half"]
    cells = {"LUT6": 1200, "RAM32M16": 2, "FDRE": 7, "RAMB18E2": 1}
    records = area.run(
        [(block, "tiny")],
        console=Console(file=out, width=160),
        synthesise=lambda block, config, build: cells,
    )
    (record,) = records
    assert list(record)[: len(FIELDS)] == FIELDS
    assert (record["lut"], record["lutram"], record["bram"]) == (1216, 16, 0.5)
    assert record["cells"] == cells
    assert "1,216" in out.getvalue()


def test_every_configuration_of_an_engine_has_a_peak():
    engines = [block for block in blocks().values() if block.macs_per_cycle]
    peaks = [block.macs_per_cycle(params) for block in engines for params in block.configs.values()]
    assert len(engines) >= 6
    assert min(peaks) > 1


def test_luts_per_multiply_accumulate():
    block = next(block for block in blocks().values() if block.macs_per_cycle)
    config = next(iter(block.configs))
    (record,) = area.run(
        [(block, config)],
        console=Console(file=io.StringIO()),
        synthesise=lambda block, config, build: {"LUT6": 100},
    )
    assert record["macs"] == block.macs_per_cycle(block.configs[config])
    assert record["lut_per_mac"] == round(100 / record["macs"], 2)


def test_a_block_of_the_library_is_synthesised_once(tmp_path: Path, monkeypatch):
    console = Console(file=io.StringIO())
    target = (blocks()["ternary_dot_select"], "tiny")
    (record,) = area.run([target], build=tmp_path, console=console)
    with monkeypatch.context() as patched:
        patched.setattr(area.toolchain, "yosys", lambda: ["false"])
        assert area.run([target], build=tmp_path, console=console) == [record]
        with pytest.raises(UserError, match="cannot be synthesised"):
            area.run([target], build=tmp_path, console=console, dsp=False)
    assert 20 < record["lut"] < 100
    assert record["ff"] == 0
