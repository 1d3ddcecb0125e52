# SPDX-License-Identifier: Apache-2.0
"""Packed tensors of every container: what the file says, what must be named, what is checked."""

import numpy as np
import pytest
from safetensors.numpy import save_file
from tritproof.ref.formats.registry import format_named, formats, spellings
from tritproof.tools.importers import load_weights, read_weights
from tritproof.tools.importers.master import agreement_with
from tritproof.tools.importers.notes import Note, write_notes
from tritproof.tools.importers.sources import open_source

from .importers_support import random_trits, refusal, write_raw_gguf, write_safetensors

TRITS = random_trits(128, 768)
LISTED = ", ".join(sorted(spellings()))
AGAIN = "write or download it again, or name the layout it has"


def tensor_of(name, scale=None):
    """Return the entry of a GGUF file for the matrix in a format."""
    one = format_named(name)
    return one.ggml_types[0], TRITS.shape, one.encode(TRITS, scale)


def packed(path, name):
    """Write the matrix as bytes of a format in a safetensors file that does not say so."""
    one = format_named(name)
    save_file({"w": one.encode(TRITS).reshape(one.stored_shape(TRITS.shape))}, path)
    return path


@pytest.mark.parametrize("name", [name for name in formats() if formats()[name].ggml_types])
def test_types_of_gguf_files(tmp_path, name):
    one = formats()[name]
    path = write_raw_gguf(tmp_path / "w.gguf", {"w": tensor_of(name)})
    weights = read_weights(path, layout=one.name)
    np.testing.assert_array_equal(weights.trits, TRITS)
    assert weights.format.name == one.name


@pytest.mark.parametrize("layout", ["i2_s_x86", "i2_s_arm", "i2_s_rows"])
def test_the_scale_of_i2_s_needs_a_convention(tmp_path, layout):
    path = write_raw_gguf(tmp_path / "w.gguf", {"w": tensor_of(layout, np.float32(0.8))})
    assert refusal(read_weights, path) == (
        "tensor w: does not record the layout of its I2_S; name it with --layout: "
        "i2_s_arm, i2_s_rows, i2_s_x86"
    )
    assert read_weights(path, layout=layout).scales.factors() is None
    for scale, factor in (("multiply", np.float32(0.8)), ("divide", 1 / np.float32(0.8))):
        assert read_weights(path, layout=layout, scale=scale).scales.factors() == [[factor]]
    assert "--layout: tq2_0" not in refusal(read_weights, path, layout="tq2_0")
    assert "has type I2_S, not tq2_0; name it with --layout: " in refusal(
        read_weights, path, layout="tq2_0"
    )


def test_the_two_sizes_of_q2_0_blocks_are_told_apart_by_the_room(tmp_path):
    for name, other in (("q2_0", "q2_0_128"), ("q2_0_128", "q2_0")):
        number, shape, content = tensor_of(name)
        tensors = {"w": (42, shape, content), "next": (0, (1, 4), np.zeros(4, np.float32))}
        path = write_raw_gguf(tmp_path / "w.gguf", tensors)
        assert "name it with --layout: q2_0, q2_0_128" in refusal(read_weights, path)
        np.testing.assert_array_equal(read_weights(path, layout=name).trits, TRITS)
        line = refusal(read_weights, path, layout=other)
        assert f"bytes as {other}, the file has " in line
        assert line.endswith(f"; name it with --layout {name}")
    path = write_raw_gguf(tmp_path / "w.gguf", {"w": (142, *tensor_of("q2_0_128")[1:])})
    np.testing.assert_array_equal(load_weights(path), TRITS)


def test_tiles_must_be_named(tmp_path):
    scale = (0, (1,), np.array([0.5], np.float32))
    for name in ("tl1", "tl2"):
        one = formats()[name]
        entry = (one.ggml_types[0], TRITS.shape, one.encode(TRITS))
        path = write_raw_gguf(tmp_path / "w.gguf", {"w": entry, "w_scale": scale})
        weights = read_weights(path, layout=one.name, scale="multiply")
        np.testing.assert_array_equal(weights.trits, TRITS)
        assert weights.scales.factors() == [[0.5]]
        assert refusal(read_weights, path, layout=name) == (
            f"tensor w: does not record the tile of its {name}; "
            f"name it with --layout: {name}:BM,BK,bm"
        )
    assert "only F32, MXFP4" in refusal(read_weights, path)


def test_bytes_are_never_guessed(tmp_path):
    for save, kind in ((np.save, "npy"), (np.savez, "npz")):
        path = tmp_path / f"w.{kind}"
        save(path, np.ones((4, 4), np.uint8))
        place = "tensor arr_0: " if kind == "npz" else ""
        assert refusal(load_weights, path) == (
            f"{place}does not record the layout of its uint8; name it with --layout: {LISTED}"
        )
        assert read_weights(path, layout="int8").trits.tolist() == np.ones((4, 4)).tolist()
        assert read_weights(path, layout="hugging_face").trits.shape == (16, 4)
    path = packed(tmp_path / "w.safetensors", "hugging_face")
    assert "does not record the layout of its U8; name it" in refusal(load_weights, path)
    np.testing.assert_array_equal(read_weights(path, layout="hugging_face").trits, TRITS)


@pytest.mark.parametrize("name", formats())
def test_every_format_out_of_safetensors(tmp_path, name):
    path = packed(tmp_path / "w.safetensors", name)
    options = {"layout": formats()[name].name, "shape": TRITS.shape}
    np.testing.assert_array_equal(read_weights(path, **options).trits, TRITS)


def test_a_shape_that_the_bytes_leave_open(tmp_path):
    path = packed(tmp_path / "w.safetensors", "base3")
    assert refusal(read_weights, path, layout="base3") == (
        "tensor w: does not record how many weights of base3 it holds; "
        "name them with --shape OUTPUTSxINPUTS"
    )
    assert refusal(read_weights, path, layout="base3", shape=(128, 771)) == (
        "tensor w: base3: 128 x 771 weights take 19,840 bytes, not 19,712; " + AGAIN
    )
    line = refusal(read_weights, path, layout="base3", shape=(0, 768))
    assert line == f"tensor w: base3: outputs must be a multiple of 1, not 0; {AGAIN}"


def test_an_unknown_layout_lists_those_there_are(tmp_path):
    from tritproof.tools.errors import UserError

    path = packed(tmp_path / "w.safetensors", "int2")
    with pytest.raises(UserError, match="^--layout: no format is named 'tq9'; there are base3, "):
        read_weights(path, layout="tq9")
    with pytest.raises(UserError, match="^--scale must be multiply or divide, not 'both'$"):
        read_weights(path, layout="int2", shape=TRITS.shape, scale="both")


def test_scales_of_hugging_face(tmp_path):
    path, one = tmp_path / "w.safetensors", format_named("hugging_face")
    save_file(
        {"up.weight": one.encode(TRITS).reshape(32, 768),
         "up.weight_scale": np.array([1.25], np.float16)},
        path,
    )  # fmt: skip
    weights = read_weights(path, layout="hugging_face")
    assert weights.tensor == "up.weight" and weights.scales.stored == [[1.25]]
    assert weights.scales.factors() is None
    divided = read_weights(path, layout="hugging_face", scale="divide")
    assert divided.scales.factors() == [[np.float32(0.8)]]


def test_files_that_say_what_they_hold(tmp_path):
    path, one = tmp_path / "w.safetensors", format_named("tl2:128,192,32")
    notes = write_notes({"w": Note(one, TRITS.shape, "w_scale")})
    tensors = {"w": one.encode(TRITS), "w_scale": np.full((1, 1), 0.25, np.float32)}
    save_file(tensors, path, metadata=notes)
    weights = read_weights(path)
    np.testing.assert_array_equal(weights.trits, TRITS)
    assert weights.scales.factors() == [[0.25]]
    assert refusal(read_weights, path, layout="tl1:128,64,64") == (
        "tensor w: is tl2:128,192,32, not tl1:128,64,64; name it with --layout"
    )
    assert "holds scales that multiply; leave out --scale" in refusal(
        read_weights, path, scale="divide"
    )


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"version": 2, "scale": "multiply", "tensors": {}}',
     '{"version": 1, "scale": "multiply", "tensors": {"w": {"format": "x", "shape": [1, 4]}}}',
     '{"version": 1, "scale": "multiply", "tensors": {"w": {"format": "int2", "shape": [1, -4], '
     '"scales": null}}}'],
)  # fmt: skip
def test_wrong_notes_are_refused(tmp_path, text):
    header = {
        "__metadata__": {"tritproof": text},
        "w": {"dtype": "U8", "shape": [1], "data_offsets": [0, 1]},
    }
    path = write_safetensors(tmp_path / "w.safetensors", header, b"\0")
    assert refusal(read_weights, path).startswith(
        "metadata tritproof: is not what convert-weights writes, or is damaged ("
    )


def test_notes_of_a_tensor_that_is_not_there_are_refused(tmp_path):
    path = tmp_path / "w.safetensors"
    notes = write_notes({"v": Note(format_named("int2"), (1, 4))})
    save_file({"w": np.zeros(1, np.uint8)}, path, metadata=notes)
    assert refusal(read_weights, path) == (
        "metadata tritproof: names 'v', which the file does not hold; write or download it again"
    )


def test_wrong_notes_say_what_they_lack(tmp_path):
    path = tmp_path / "w.safetensors"
    save_file({"w": np.zeros(1, np.uint8)}, path, metadata={"tritproof": "{}"})
    assert refusal(read_weights, path) == (
        "metadata tritproof: is not what convert-weights writes, or is damaged (lacks 'version'); "
        "write or download it again"
    )


def test_agreement_with_a_master(tmp_path):
    numbers = np.random.default_rng(1).normal(0, 0.02, (128, 768)).astype(np.float32)
    mean = np.float32(np.abs(numbers).mean())
    trits = np.clip(np.rint(numbers / mean), -1, 1).astype(np.int8)
    save_file({"w": numbers, "bad": numbers[:4]}, tmp_path / "m.safetensors")
    master = open_source(tmp_path / "m.safetensors")
    one = format_named("i2_s_x86")
    content = (36, trits.shape, one.encode(trits, mean))
    path = write_raw_gguf(tmp_path / "w.gguf", {"w": content})
    right = read_weights(path, layout="i2_s_x86", scale="multiply")
    assert agreement_with(master, "w", right) == 1

    def refused(name="w", **reading):
        weights = read_weights(path, **reading)
        return refusal(lambda path: agreement_with(master, name, weights), master.path)

    assert " agree, 99% must; name another --layout, or the right master" in refused(
        layout="i2_s_arm"
    )
    assert refused(layout="i2_s_x86", scale="divide").endswith("; use --scale multiply")
    assert "has shape [4, 768], the weights [128, 768]" in refused("bad", layout="i2_s_x86")
    assert "holds no tensor named 'none'" in refused("none", layout="i2_s_x86")
