# SPDX-License-Identifier: Apache-2.0
"""The engine fed with packed weights from memory: every format, real matrices, the port's share."""

import io

import numpy as np
import pytest
from rich.console import Console
from tritproof.ref.formats.registry import formats
from tritproof.rtl.buffer.packed_tlmm import PackedTlmmParams
from tritproof.rtl.buffer.params import WeightBufferParams
from tritproof.rtl.formats.layout import LAYOUTS
from tritproof.rtl.formats.unpack import UnpackParams
from tritproof.rtl.manifest import blocks
from tritproof.tools import matvec
from tritproof.tools.errors import UserError
from tritproof.tools.importers import load_activations, load_weights
from tritproof.tools.matvec_memory import fed_config
from tritproof.verif.buffer.packed_tlmm import UNITS, case_of, memory_beats, packed
from tritproof.verif.stream_cases import differences
from tritproof.verif.ternary.products import OUTPUT

from .equivalence_support import block_simulator

FED = blocks()["packed_tlmm"]


def stored_in(memory):
    """The formats of files whose weights lie in memory in this one: what no stream can carry
    becomes five in eight."""
    return [memory, *(name for name in formats() if name not in LAYOUTS and memory == "base3")]


@pytest.mark.parametrize("memory", LAYOUTS)
def test_a_real_matrix_in_every_format_through_the_buffer(memory, tmp_path):
    weights_path, activations_path = matvec.real_matrices()["feed_forward_down"]
    trits = load_weights(weights_path)
    for name in stored_in(memory):
        one, file = formats()[name], tmp_path / f"{name}.npz"
        np.savez(file, w=one.encode(trits).reshape(one.stored_shape(trits.shape)))
        [record] = matvec.run(
            file, activations_path, layout=one.name, shape=trits.shape, memory=memory,
            build=tmp_path, console=Console(file=io.StringIO()),
        )  # fmt: skip
        assert record["mismatches"] == 0, record["first_mismatch"]
        assert (record["format"], record["memory"]) == (one.name, memory)
        assert record["rows"] * record["outputs"] == 32 * 384
        assert record["port_beats"] >= 0.95 * record["port_cycles"] > 0


@pytest.mark.parametrize(("config", "name"), [("tellme", "base3_beats"),
                                              ("published", "tellme_beats")])  # fmt: skip
@pytest.mark.parametrize("shape", [(1536, 384), (1536, 4096), (1536, 1600)])
def test_the_memory_is_what_convert_weights_writes(config, name, shape):
    params = FED.configs[config]
    weights = np.random.default_rng(6).integers(-1, 2, shape, np.int8)
    stored = memory_beats(params, packed(params, weights, np.zeros((1, shape[1]), np.int8)))
    np.testing.assert_array_equal(stored.reshape(-1), formats()[name].encode(weights))


def test_matrices_that_follow_each_other_keep_the_port_busy(tmp_path):
    """A decode: each matrix is loaded, and read once, while the next comes."""
    params, rng = FED.configs["tellme"], np.random.default_rng(4)
    weights_path, activations_path = matvec.real_matrices()["feed_forward_up"]
    trits, rows = load_weights(weights_path), load_activations(activations_path)
    matrices = [packed(params, trits, rows[k : k + 1]) for k in range(12)]
    case = case_of(params, matrices, rng)
    due = {OUTPUT: len(case.outputs[OUTPUT].data)}
    result = block_simulator("packed_tlmm", "tellme", tmp_path).run(case.inputs, expected_beats=due)
    assert differences(case, result) == []
    taken = result.beat_cycles[UNITS]
    assert len(taken) >= 0.95 * (taken[-1] - taken[0] + 1)


def test_formats_an_engine_is_fed_with():
    assert {fed_config(name, "tellme") for name in LAYOUTS} == set(FED.configs) - {
        "tiny", "bitnet2b"
    }  # fmt: skip
    assert fed_config("base3", "bitnet2b") == "bitnet2b"
    with pytest.raises(UserError, match="tlmm bitnet2b is fed from memory with base3, not 'tq1_0'"):
        fed_config("tq1_0", "bitnet2b")
    with pytest.raises(UserError, match="tlmm tiny is fed from memory with no format, not 'base3'"):
        fed_config("base3", "tiny")


def test_a_matrix_the_buffer_has_no_room_for(tmp_path):
    np.save(tmp_path / "w.npy", np.zeros((1552, 1600), np.int8))
    np.save(tmp_path / "a.npy", np.zeros(1600, np.int8))
    with pytest.raises(UserError) as caught:
        matvec.run(tmp_path / "w.npy", tmp_path / "a.npy", memory="base3", build=tmp_path)
    assert str(caught.value).endswith(
        "w.npy: 1 rows of 1552 outputs and 1600 inputs: the buffer takes up to 65,535 rows, and "
        "1536 outputs of 4788 inputs or 4608 of 1596; leave out --memory, or split the matrix by "
        "outputs"
    )


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: PackedTlmmParams(buffer=WeightBufferParams(word_width=135)),
         "the engine reads 16 words of 140 bits, the buffer gives 16 of 135"),
        (lambda: PackedTlmmParams(UnpackParams(units=83)),
         "a beat of units has 415 trits, one of the buffer 420"),
    ],
)  # fmt: skip
def test_parts_that_do_not_fit(make, message):
    with pytest.raises(ValueError) as raised:
        make()
    assert str(raised.value) == message
