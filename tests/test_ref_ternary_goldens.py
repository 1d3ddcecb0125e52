# SPDX-License-Identifier: Apache-2.0
"""The golden file of every ternary block."""

import subprocess
import sys

import numpy as np
import pytest
from tritproof.ref.goldens import builders, golden_for, goldens
from tritproof.ref.ternary.dot import tlmm_beat
from tritproof.tools import toolchain
from tritproof.verif.simulator import Simulator

from .spec_support import ModulePort, unpack

CONSTANTS = {"G": 3, "T": 28, "Q": 16, "CODE_ORDER": "sign_index", "TERMS": 28, "TERM_WIDTH": 10,
             "BOUND": 384}
BLOCKS = {
    "activation_loader": [],
    "lane_sums": ["ternary_dot", "tlmm_beat", "term_sum"],
    "signed_sum_tree": ["signed_sum", "term_sum"],
    "swar_table": ["swar_sums"],
    "ternary_dot_full": ["ternary_dot"],
    "ternary_dot_half": ["ternary_dot"],
    "ternary_dot_select": ["ternary_dot"],
    "ternary_lookup": ["ternary_dot", "tlmm_beat", "term_sum"],
    "ternary_table": ["ternary_dot", "half_table", "half_entry"],
    "tlmm": ["ternary_dot", "tlmm_beat", "term_sum"],
}


@pytest.mark.parametrize("block", BLOCKS)
def test_goldens_of_a_block(block, tmp_path):
    text = golden_for(block, CONSTANTS)
    heads = [line.split("] golden_")[1].rstrip("(") for line in text.splitlines()
             if line.startswith("function")]
    assert [name for name in heads if "_table" not in name or name == "half_table"] == BLOCKS[block]
    path = tmp_path / "golden.sv"
    path.write_text(f"{text}module empty;\nendmodule\n")
    lint = [*toolchain.verilator(), "--lint-only", "-Wall", "-Wno-DECLFILENAME", str(path)]
    done = subprocess.run(lint, capture_output=True, text=True, env=toolchain.environment())
    assert (done.returncode, done.stderr) == (0, "")


def test_the_registry_holds_these_blocks():
    assert set(BLOCKS) <= set(builders())


def test_unknown_and_repeated_blocks_are_refused():
    with pytest.raises(KeyError, match="no golden functions for block 'none': register them"):
        golden_for("none", CONSTANTS)
    with pytest.raises(ValueError, match="block tlmm has golden functions already, from "
                                         "tritproof.ref.ternary.goldens: register it once"):
        goldens("tlmm")(lambda constants: [])


def test_text_is_the_same_in_another_process():
    program = ("from tritproof.ref.goldens import golden_for; "
               f"print(golden_for('tlmm', {CONSTANTS!r}), end='')")
    command = [sys.executable, "-c", program]
    other = subprocess.run(command, capture_output=True, text=True, check=True,
                           env={"PYTHONHASHSEED": "7", "PATH": ""})
    assert other.stdout == golden_for("tlmm", CONSTANTS)


def test_simulated_goldens_of_the_engine(tmp_path):
    functions = golden_for("tlmm", CONSTANTS)
    path = tmp_path / "top.sv"
    path.write_text(f"""{functions}module top(
  input [139:0] codes,
  input [671:0] activations,
  output signed [14:0] beat,
  output signed [9:0] first
);
  assign beat = golden_tlmm_beat(codes, activations);
  assign first = golden_ternary_dot(codes[4:0], activations[23:0]);
endmodule
""")
    ports = [ModulePort("codes", "in", 140), ModulePort("activations", "in", 672),
             ModulePort("beat", "out", 15, True), ModulePort("first", "out", 10, True)]
    random = np.random.default_rng(5)
    codes = random.integers(0, 32, (300, 28))
    activations = random.integers(-128, 128, (300, 84))
    activations[0], codes[0] = -128, 1
    bits = (codes[:, :, None] >> np.arange(5)) & 1
    packed = np.packbits(bits.reshape(300, 140).astype(np.uint8), axis=1, bitorder="little")
    results = Simulator([path], "top", ports, optimise="-O0").evaluate(
        {"codes": packed, "activations": activations.astype(np.int8).view(np.uint8)})
    shape = {"G": 3, "CODE_ORDER": "sign_index"}
    assert results["beat"].tolist() == tlmm_beat.numpy(codes, activations, T=28, **shape).tolist()
    assert results["first"].tolist() == tlmm_beat.numpy(
        codes[:, :1], activations[:, :3], T=1, **shape).tolist()


def test_sums_are_formed_in_the_width_of_the_property_files():
    text = golden_for("signed_sum_tree", CONSTANTS)
    assert "function automatic signed [31:0] golden_signed_sum(" in text
    assert "function automatic signed [31:0] golden_term_sum(" in text
    assert "input [895:0] in_terms" in text


def test_unpack_is_the_inverse_of_packing():
    range_ = tlmm_beat.inputs(G=3, T=2, CODE_ORDER="base3")["activations"]
    assert unpack(range_, 0xFF_80_7F_01_00_FE) == (-2, 0, 1, 127, -128, -1)
