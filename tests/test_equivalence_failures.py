# SPDX-License-Identifier: Apache-2.0
"""A wrong block is found, and the first wrong case is a literal that shows it again."""

import ast
import dataclasses

import numpy as np
import pytest
from tritproof.rtl.manifest import blocks
from tritproof.verif import equivalence
from tritproof.verif.equivalence import NoVectorsError, adapter, check_block, check_file
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import compare_rows
from tritproof.verif.ternary import tlmm
from tritproof.verif.ternary.products import Product, Refused
from tritproof.verif.ternary.tlmm import product, run_commands
from tritproof.verif.toolchain import BuildError

from .equivalence_support import CACHE, block_simulator, converted_files

DOT = """
module tritproof_ternary_dot_select (activations, code, result);
    input [15:0] activations;
    input [3:0] code;
    output signed [9:0] result;
    wire signed [9:0] a = $signed(activations[7:0]);
    wire signed [9:0] b = $signed(activations[15:8]);
    wire signed [9:0] u = code > 8 ? 0 : code % 3 == 0 ? -a : code % 3 == 1 ? 0 : a;
    wire signed [9:0] v = code > 8 ? 0 : code / 3 == 0 ? -b : code / 3 == 1 ? 0 : b;
    assign result = u + v;
endmodule
"""
"""The tiny dot product, written independently: two activations, base-3 codes."""


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("converted")


def dot_file(tmp_path, old="", new=""):
    path = tmp_path / "dot.v"
    path.write_text(DOT.replace(old, new) if old else DOT)
    return path


def check_dot(path):
    return check_file(
        blocks()["ternary_dot_select"], "tiny", path, 4000, 1, cache_directory=CACHE, optimise="-O1"
    )


def test_verilog_of_the_users_own_is_compared(tmp_path):
    outcome = check_dot(dot_file(tmp_path))
    assert (outcome.mismatches, outcome.failure) == (0, None)
    assert outcome.transactions >= 4000


def test_the_first_wrong_case_can_be_evaluated(tmp_path):
    outcome = check_dot(dot_file(tmp_path, "$signed(activations[7:0])", "activations[7:0]"))
    assert outcome.mismatches > 100
    case, comment = outcome.failure.split("  # ")
    inputs = ast.literal_eval(case)
    a, code = inputs["activations"] & 255, inputs["code"]
    assert a >= 128 and code % 3 != 1 and code <= 8
    assert "expected {'result': " in comment and "found {'result': " in comment


def test_illegal_codes_are_part_of_the_cases(tmp_path):
    outcome = check_dot(dot_file(tmp_path, "code > 8 ?", "code > 9 ?"))
    assert ast.literal_eval(outcome.failure.split("  # ")[0])["code"] == 9


def test_a_file_verilator_refuses_is_a_build_error(tmp_path):
    with pytest.raises(BuildError, match="verilator on tritproof_ternary_dot_select failed"):
        check_dot(dot_file(tmp_path, "endmodule", ""))




def check_engine(folder, tmp_path, old, new):
    """Check the tiny engine with a piece of one module replaced."""
    files = converted_files("tlmm", "tiny", folder)
    path = files[-1]
    assert path.read_text().count(old) == 1, f"{path.name} does not hold {old!r} once"
    changed = tmp_path / path.name
    changed.write_text(path.read_text().replace(old, new))
    return check_file(
        blocks()["tlmm"], "tiny", changed, 3000, 1, files=files, cache_directory=CACHE,
        optimise="-O1",
    )  # fmt: skip


def test_a_wrong_result_is_shown_as_one_command_that_fails_again(folder, tmp_path):
    outcome = check_engine(folder, tmp_path, "m_axis_tdata = ", "m_axis_tdata = 1 ^ ")
    assert outcome.mismatches > 0
    call, comment = outcome.failure.split("  # ")
    assert comment.startswith("command 0, outputs from 0: ")
    assert "expected" in comment
    names = {"product": product, "Refused": Refused, "run_commands": lambda *a, **k: (a, k)}
    (_, _, commands), options = eval(call, names | {"simulator": None, "params": None})
    assert options == {} and len(commands) == 1
    assert isinstance(commands[0], Product)


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("m_axis_tvalid = ", "m_axis_tvalid = 0 & ", "nothing moves and"),
        ("m_axis_tlast = ", "m_axis_tlast = !", "tlast"),
        (".refused(refused),", ".refused(),", "refused in"),
    ],
)
def test_stops_and_broken_marks_are_mismatches(folder, tmp_path, old, new, message):
    outcome = check_engine(folder, tmp_path, old, new)
    assert outcome.mismatches > 0
    assert message in outcome.failure


def test_a_comparison_of_nothing_is_an_error(monkeypatch):
    block = blocks()["ternary_dot_select"]
    monkeypatch.setattr(adapter(block), "check", lambda *_: Outcome())
    with pytest.raises(NoVectorsError, match="ternary_dot_select: no transaction was compared"):
        check_block(None, block, block.configs["tiny"], 10, 1)


@pytest.mark.parametrize("vectors", [0, -1])
def test_no_vectors_cannot_be_asked_for(vectors):
    with pytest.raises(ValueError, match=f"vectors must be 1 or more, not {vectors}"):
        check_block(None, blocks()["tlmm"], None, vectors, 1)


@pytest.mark.parametrize(
    "names, config, message",
    [
        (["tlm"], None, "no block tlm; there are: .*tlmm"),
        (["tlmm"], "huge", "tlmm has no configuration 'huge'; it has: tiny, tellme"),
        (None, "huge", "no block has a configuration 'huge'"),
    ],
)
def test_unknown_names_are_listed(names, config, message):
    with pytest.raises(ValueError, match=message):
        equivalence.run(names, config, convert=None)


def test_a_block_without_adapter_names_the_missing_file():
    block = dataclasses.replace(blocks()["tlmm"], name="tlmn")
    with pytest.raises(LookupError, match="block tlmn has no verif/ternary/tlmn.py"):
        adapter(block)


def test_a_matrix_too_large_for_the_engine_is_refused(folder):
    params = blocks()["tlmm"].configs["tiny"]
    simulator = block_simulator("tlmm", "tiny", folder)
    weights = np.zeros((3, params.max_inputs + 1), np.int8)
    with pytest.raises(ValueError, match=f"takes 1 to {params.max_inputs} inputs"):
        tlmm.multiply(simulator, params, weights, np.zeros((1, params.max_inputs + 1), np.int8))


def test_run_commands_takes_the_literal(folder):
    params = blocks()["tlmm"].configs["tiny"]
    simulator = block_simulator("tlmm", "tiny", folder)
    result = run_commands(simulator, params, [product([[1, -1]], [5, 7]), Refused(0, 1)])
    assert int.from_bytes(result.outputs["m_axis"][0, :2].tobytes(), "little", signed=True) == -2


def test_rows_of_which_none_is_defined_are_no_transactions():
    nothing = np.array([], np.int64)
    values = {"total": np.zeros((5, 2), np.int64)}
    outcome = compare_rows({}, values, values, 5, rows=nothing)
    assert (outcome.transactions, outcome.mismatches) == (0, 0)
