# SPDX-License-Identifier: Apache-2.0
"""Trying every input: only of a pipeline, completely or said not to be, resumed after a stop."""

import hashlib
import json
from dataclasses import replace

import pytest
from tritproof.tools import imports
from tritproof.tools.prove import enumeration, pipeline, process, runner
from tritproof.tools.prove.assemble import sources_of
from tritproof.tools.prove.evidence import Evidence

PIPELINE = """\
module top (input clk, input enable, input rst, input [3:0] a, input [3:0] b, output [3:0] c);
  reg [3:0] first, second, other;
  always @(posedge clk) if (enable) begin first <= a + b; other <= a; second <= first ^ other; end
  assign c = second;
endmodule
"""


@pytest.fixture
def depth(tmp_path):
    """Return a function that gives the depth of the pipeline above, with a text replaced."""

    def run(old="", new=""):
        assert old in PIPELINE
        path = tmp_path / "top.v"
        path.write_text(PIPELINE.replace(old, new, 1))
        return pipeline.depth([path], "top")

    return run


def test_a_pipeline_has_a_depth(depth):
    assert depth() == 2


def test_logic_alone_is_a_pipeline_of_no_registers(depth):
    assert depth("c = second", "c = a & b") == 0


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("second <= first ^ other", "second <= first ^ a", "combines inputs of different cycles"),
        ("second <= first", "second <= second", "depends on its own output"),
        ("c = second", "c = {second[3:1], first[0]}", "registers between inputs and outputs: 1, 2"),
        ("if (enable) begin", "if (!enable) begin", "another EN"),
        ("if (enable) begin", "if (a[0]) begin", "another EN"),
        ("if (enable) begin", "begin", r"\$dff .*holds a state"),
        ("posedge clk", "negedge clk", "another CLK"),
        ("first <= a + b", "first <= a + enable", "computes with the clock or the enable"),
        ("second <= first", "second <= rst ? 0 : first", "combines inputs of different cycles"),
        ("first <= a + b", "first <= a; if (b[0]) first[0] <= first[1]", "own output|different"),
    ],
)
def test_what_is_no_pipeline_is_refused(depth, old, new, message):
    with pytest.raises((pipeline.NotPipelineError, OSError), match=message):
        depth(old, new)


@pytest.fixture(scope="module")
def converted(tmp_path_factory):
    """The sources of float16_to_int8, which has 65,536 inputs."""
    return sources_of("float16_to_int8", "tiny", tmp_path_factory.mktemp("build"))


def changed(sources, old, new, folder):
    """The sources with a text of the top module replaced."""
    text = sources.verilog[sources.top].read_text()
    assert text.count(old) == 1
    path = folder / f"{sources.top}.v"
    path.write_text(text.replace(old, new))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return replace(sources, verilog={sources.top: path}, digests={sources.top: digest})


def test_every_input_of_a_right_block(converted, tmp_path):
    row = enumeration.enumerate_inputs(converted, False, simulator_cache=tmp_path)
    assert (row.status, row.method, row.properties) == ("PASS", "enumeration(2^16)", 65536)
    assert row.vacuity == "pipeline of 2 registers, no other state"


def test_one_wrong_input_is_found(converted, tmp_path):
    wrong = changed(converted, "if (nan_1) begin", "if ((kept_1 == 771)) begin", tmp_path)
    row = enumeration.enumerate_inputs(wrong, False, simulator_cache=tmp_path / "cache")
    assert row.status == "FAIL"
    assert row.reason.endswith("inputs differ")
    assert row.counterexample.startswith("{'a': ")


def test_a_register_too_many_is_found(converted, tmp_path):
    wrong = changed(converted, "nan_1 <= nan;", "nan_1 <= late; late <= nan;", tmp_path)
    path = wrong.verilog[wrong.top]
    path.write_text(path.read_text().replace("reg nan_1;", "reg nan_1; reg late;"))
    row = enumeration.enumerate_inputs(wrong, False, simulator_cache=tmp_path / "cache")
    assert row.status == "FAIL"
    assert "not a pipeline: " in row.reason


def test_a_sample_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(enumeration, "SAMPLE", 1 << 12)
    rows = runner.run(["float16_add"], tasks=["every_input"], build=tmp_path)
    assert [(row.status, row.method) for row in rows] == [("SAMPLED", "sample(2^12 of 2^32)")]
    assert rows[0].reason == "`tritproof prove --exhaustive` tries all inputs"
    assert not list((tmp_path / "cache" / "prove").glob("*.json"))


def test_an_interrupted_enumeration_goes_on(converted, tmp_path, monkeypatch):
    monkeypatch.setattr(enumeration, "ROWS", 1 << 12)
    monkeypatch.setattr(enumeration, "SLICE", 1 << 13)
    kept = tmp_path / "kept.progress"
    told = []

    def stop(text):
        told.append(text)
        if len(told) == 3:
            process.stop_all()

    process.allow()
    with pytest.raises(process.Interrupted):
        enumeration.enumerate_inputs(converted, False, None, tmp_path, kept, stop)
    assert json.loads(kept.read_text()) == {"tried": 1 << 13}
    process.allow()
    again = []
    row = enumeration.enumerate_inputs(converted, False, None, tmp_path, kept, again.append)
    assert (row.status, len(again)) == ("PASS", 14)
    assert not kept.exists()


def test_an_enumeration_out_of_time_is_unknown(converted, tmp_path):
    row = enumeration.enumerate_inputs(converted, False, 0.0, tmp_path)
    assert row.status == "UNKNOWN"
    assert row.reason == "0 of 65536 inputs tried in time; run again to go on"


def test_a_complete_run_answers_for_a_sample(tmp_path, monkeypatch):
    complete = Evidence("float16_add", "tiny", "every_input", "enumeration(2^32)").conclude("PASS")
    monkeypatch.setattr(enumeration, "enumerate_inputs", lambda *_: complete)
    runner.run(["float16_add"], tasks=["every_input"], exhaustive=True, build=tmp_path)
    monkeypatch.undo()
    rows = runner.run(["float16_add"], tasks=["every_input"], build=tmp_path)
    assert [(row.status, row.cached, row.method) for row in rows] == [
        ("PASS", True, "enumeration(2^32)")
    ]


def test_a_digest_follows_what_is_imported():
    everything = imports.digest("tritproof.verif.float16.float16_add")
    assert everything != imports.digest("tritproof.verif.float16.float16_mul")
    assert everything == imports.digest("tritproof.verif.float16.float16_add", "tritproof.ref.spec")
