# SPDX-License-Identifier: Apache-2.0
"""Trits and scales out of GGUF files, and the lines wrong ones get."""

import struct

import numpy as np
import pytest
from gguf import GGMLQuantizationType, GGUFReader, quants
from tritproof.tools.importers import files, load_weights, read_weights

from .importers_support import TQ1_0, TQ2_0, random_trits, refusal, write_gguf

TRITS = random_trits(3, 512)
F32 = GGMLQuantizationType.F32
REMEDY = "convert it to a ternary type, or ternarise it first"


def decode_byte(byte: int, digit: int) -> int:
    """Return trit ``digit`` of a TQ1_0 byte: its fraction of 256 to base 3, by plain division."""
    return byte * 3 ** (digit + 1) // 256 % 3 - 1


@pytest.mark.parametrize("kind", [TQ1_0, TQ2_0])
@pytest.mark.parametrize("scale", [1.0, 0.03125, 0.0437, 1e-3])
def test_trits_are_exact_at_any_scale(tmp_path, kind, scale):
    path = write_gguf(tmp_path / "w.gguf", {"w": (TRITS * np.float32(scale), kind)})
    weights = read_weights(path)
    assert weights.tensor == "w"
    np.testing.assert_array_equal(weights.trits, TRITS)
    scales = weights.scales.factors()
    assert weights.format.name == kind.name.lower() and weights.scales.convention == "multiply"
    assert scales.shape == (3, 2)
    assert np.all(scales == np.float32(np.float16(scale)))
    stored = GGUFReader(path).tensors[0]
    values = quants.dequantize(stored.data, stored.tensor_type)
    np.testing.assert_array_equal(values, weights.trits * scales.repeat(256, axis=1))


@pytest.mark.parametrize("kind", [TQ1_0, TQ2_0])
def test_trits_do_not_depend_on_a_scale_of_zero(tmp_path, kind):
    path = write_gguf(tmp_path / "w.gguf", {"w": (TRITS, kind)})
    block = 54 if kind == TQ1_0 else 66
    content = bytearray(path.read_bytes())
    content[-2:] = content[-2 - block : -block] = bytes(2)
    path.write_bytes(content)
    weights = read_weights(path)
    np.testing.assert_array_equal(weights.trits, TRITS)
    assert not weights.scales.stored[2].any() and weights.scales.stored[0].all()


def test_every_tq1_0_byte(tmp_path):
    path = write_gguf(tmp_path / "w.gguf", {"w": (random_trits(8, 256), TQ1_0)})
    content = bytearray(path.read_bytes())
    start = len(content) - 8 * 54
    for block in range(8):
        at = start + 54 * block
        content[at : at + 32] = bytes(range(32 * block, 32 * block + 32))
    path.write_bytes(content)
    legal = {-(-256 * number // 243) for number in range(243)}
    first = min(set(range(256)) - legal)
    assert f": {first:#04x} is none of the 243 legal words" in refusal(load_weights, path)
    for block in range(8):
        at = start + 54 * block
        content[at : at + 32] = [byte if byte in legal else 0 for byte in content[at : at + 32]]
    path.write_bytes(content)
    decoded = load_weights(path)[:, :160].reshape(8, 5, 32)
    for byte in legal:
        block, place = divmod(byte, 32)
        expected = [decode_byte(byte, digit) for digit in range(5)]
        assert decoded[block, :, place].tolist() == expected


def test_tq2_0_layout(tmp_path):
    path = write_gguf(tmp_path / "w.gguf", {"w": (np.ones((1, 256)), TQ2_0)})
    content = bytearray(path.read_bytes())
    codes = np.arange(256) * 7 // 5 % 3
    packed = codes.reshape(2, 4, 32) << np.array([0, 2, 4, 6]).reshape(4, 1)
    content[-66:-2] = packed.sum(axis=1).astype(np.uint8).tobytes()
    path.write_bytes(content)
    np.testing.assert_array_equal(load_weights(path)[0], codes - 1)


def test_the_illegal_tq2_0_code_is_refused(tmp_path):
    path = write_gguf(tmp_path / "w.gguf", {"w": (random_trits(2, 256), TQ2_0)})
    content = bytearray(path.read_bytes())
    content[-66 + 33] |= 0b1100
    path.write_bytes(content)
    line = refusal(load_weights, path)
    assert line == (
        "tensor w: tq2_0: byte 99, element [1, 129]: 0x6d is none of the 81 legal words; "
        "write or download it again, or name the layout it has"
    )


def test_scales_that_are_no_numbers_are_refused(tmp_path):
    path = write_gguf(tmp_path / "w.gguf", {"w": (TRITS, TQ1_0)})
    path.write_bytes(path.read_bytes()[:-2] + b"\x00\x7e")
    line = refusal(load_weights, path)
    assert line.startswith("tensor w: block 1 of row 2 has the scale nan; ")


def test_choosing_a_tensor(tmp_path):
    tensors = {
        "norm": (np.ones((2, 256), np.float32), F32),
        "up": (TRITS, TQ1_0),
        "down": (-TRITS, TQ2_0),
    }
    path = write_gguf(tmp_path / "w.gguf", tensors)
    np.testing.assert_array_equal(load_weights(path, name="down"), -TRITS)
    assert refusal(load_weights, path) == (
        "holds 2 ternary tensors: up, down; choose one with --tensor NAME"
    )
    assert refusal(load_weights, path, name="norm") == (
        f"tensor norm: has type F32; {REMEDY}"
    )
    assert "holds no ternary tensor named 'gate', only up, down" in refusal(
        load_weights, path, name="gate"
    )


def test_other_types(tmp_path):
    path = write_gguf(tmp_path / "w.gguf", {"norm": (np.ones((2, 256), np.float32), F32)})
    assert refusal(load_weights, path) == (
        f"holds no ternary tensor, only F32; {REMEDY}"
    )
    path = write_gguf(tmp_path / "w.gguf", {"w": (TRITS, TQ1_0)})
    content = path.read_bytes()
    for number, line in {
        36: "tensor w: does not record the layout of its I2_S; name it with --layout: i2_s_arm, "
        "i2_s_rows, i2_s_x86",
        39: f"holds no ternary tensor, only MXFP4; {REMEDY}",
        9999: f"holds no ternary tensor, only number 9999; {REMEDY}",
    }.items():
        at = content.rindex(struct.pack("<I", int(TQ1_0)))
        path.write_bytes(content[:at] + struct.pack("<I", number) + content[at + 4 :])
        assert refusal(load_weights, path) == line


def test_truncated_files_name_the_byte(tmp_path):
    path = write_gguf(tmp_path / "w.gguf", {"w": (TRITS, TQ1_0)})
    content = path.read_bytes()
    path.write_bytes(content[:-1])
    assert refusal(load_weights, path) == (
        f"tensor w: is truncated: the tensor ends at byte {len(content):,}, "
        f"the file at {len(content) - 1:,}; write or download it again"
    )
    path.write_bytes(content[:27])
    assert refusal(load_weights, path) == (
        "byte 24: is cut off or damaged: the length of a metadata key takes 8 bytes, more than "
        "are left; write or download it again"
    )


def test_no_length_in_the_file_is_believed(tmp_path):
    path = write_gguf(tmp_path / "w.gguf", {"w": (TRITS, TQ1_0)})
    content = path.read_bytes()
    huge = struct.pack("<Q", 1 << 60)
    tokens = content.index(struct.pack("<IIQ", 9, 8, 3)) + 8
    scores = content.index(struct.pack("<IIQ", 9, 6, 2)) + 8
    for at in (8, 16, 24, tokens, scores):
        path.write_bytes(content[:at] + huge + content[at + 8 :])
        assert "is cut off or damaged" in refusal(load_weights, path)


def test_what_is_no_gguf_of_this_kind(tmp_path):
    path = tmp_path / "w.gguf"
    for content, line in {
        b"GGML" + bytes(20): "byte 0: does not start with GGUF; give a GGUF file",
        b"GGUF\x01\0\0\0" + bytes(16): "byte 4: has GGUF version 1; little-endian versions 2 and "
        "3 are read; convert it with llama.cpp",
        b"GGUF\0\0\0\x03" + bytes(16): "byte 4: has GGUF version 50331648 in big-endian order; "
        "little-endian versions 2 and 3 are read; convert it with llama.cpp",
    }.items():
        path.write_bytes(content)
        assert refusal(load_weights, path) == line


def test_the_size_limit(tmp_path, monkeypatch):
    path = write_gguf(tmp_path / "w.gguf", {"w": (TRITS, TQ1_0)})
    monkeypatch.setattr(files, "MAX_BYTES", 6 * 54 - 1)
    assert refusal(load_weights, path).startswith("tensor w: takes 324 bytes, more than the 323 ")
