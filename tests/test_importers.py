# SPDX-License-Identifier: Apache-2.0
"""Weights and activations out of .npy, .npz and .safetensors, and the lines wrong files get."""

import os
import struct
import zipfile

import numpy as np
import pytest
from safetensors.numpy import save_file
from tritproof.tools.errors import UserError
from tritproof.tools.importers import files, load_activations, load_weights, read_weights

from .importers_support import random_trits, refusal, write_npy, write_safetensors

TRITS = random_trits(5, 7)


@pytest.mark.parametrize(
    "dtype", ["i1", "<i2", ">i4", "<i8", "<f2", "<f4", ">f8", "<u4", "<u8"]
)
@pytest.mark.parametrize("order", "CF")
def test_npy_weights_of_any_number_type(tmp_path, dtype, order):
    trits = abs(TRITS) if "u" in dtype else TRITS
    np.save(tmp_path / "w.npy", np.asarray(trits.astype(dtype), order=order))
    loaded = load_weights(tmp_path / "w.npy")
    assert loaded.dtype == np.int8 and loaded.flags.c_contiguous
    np.testing.assert_array_equal(loaded, trits)


def test_npy_of_format_two(tmp_path):
    header = f"{{'descr': '|i1', 'fortran_order': False, 'shape': {TRITS.shape}, }}\n"
    path = write_npy(tmp_path / "w.npy", header, TRITS.tobytes(), version=2)
    np.testing.assert_array_equal(load_weights(str(path)), TRITS)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_npz_weights(tmp_path, save):
    path = tmp_path / "w.npz"
    save(path, down=TRITS, up=-TRITS)
    assert read_weights(path, name="up").tensor == "up"
    np.testing.assert_array_equal(load_weights(path, name="up"), -TRITS)
    assert refusal(load_weights, path) == (
        "holds 2 arrays: down, up; choose one with --tensor NAME"
    )
    assert refusal(load_weights, path, name="gate") == (
        "holds no array named 'gate', only down, up; choose one with --tensor NAME"
    )


def test_npz_of_one_array_needs_no_name(tmp_path):
    np.savez(tmp_path / "w.npz", TRITS)
    assert read_weights(tmp_path / "w.npz").tensor == "arr_0"


@pytest.mark.parametrize("dtype", [np.int8, np.int32, np.float16, np.float32, np.float64])
def test_safetensors_weights(tmp_path, dtype):
    path = tmp_path / "w.safetensors"
    save_file({"a": TRITS.astype(dtype), "b": np.zeros(3, np.int8)}, path)
    np.testing.assert_array_equal(load_weights(path, name="a"), TRITS)
    assert refusal(load_weights, path) == "holds 2 tensors: a, b; choose one with --tensor NAME"


def test_safetensors_bfloat16(tmp_path):
    halves = (TRITS.astype("<f4").view("<u4") >> 16).astype("<u2")
    header = {
        "before": {"dtype": "I8", "shape": [2], "data_offsets": [0, 2]},
        "w": {"dtype": "BF16", "shape": [5, 7], "data_offsets": [2, 72]},
    }
    path = write_safetensors(tmp_path / "w.safetensors", header, b"xy" + halves.tobytes())
    np.testing.assert_array_equal(load_weights(path, name="w"), TRITS)


def test_activations(tmp_path):
    rows = np.random.default_rng(1).integers(-128, 128, (3, 7), dtype=np.int8)
    np.save(tmp_path / "a.npy", np.asfortranarray(rows))
    np.testing.assert_array_equal(load_activations(tmp_path / "a.npy"), rows)
    np.save(tmp_path / "a.npy", rows[1])
    np.testing.assert_array_equal(load_activations(tmp_path / "a.npy"), rows[1:2])
    np.savez(tmp_path / "a.npz", rows)
    np.testing.assert_array_equal(load_activations(tmp_path / "a.npz"), rows)
    np.savez(tmp_path / "a.npz", rows, rows)
    line = refusal(load_activations, tmp_path / "a.npz")
    assert line == "holds 2 arrays: arr_0, arr_1; save the activations alone"


ILLEGAL = np.array([[0, 1], [-1, 2]])
HOLED = np.array([[0, 1], [np.nan, 1]])
DTYPE = "save it as int8, or as floats holding only -1, 0 and 1"
TERNARISE = "not -1, 0 or 1; ternarise the matrix first, and keep its scale apart"


@pytest.mark.parametrize(
    ("array", "line"),
    [
        (ILLEGAL.astype(np.int8), f"element [1, 1] is 2, {TERNARISE}"),
        (ILLEGAL.astype(np.float32) / 2, f"element [0, 1] is 0.5, {TERNARISE}"),
        (HOLED, f"element [1, 0] is nan, {TERNARISE}"),
        (np.full((1, 2), np.inf), f"element [0, 0] is inf, {TERNARISE}"),
        (np.full((1, 2), -128, np.int8), f"element [0, 0] is -128, {TERNARISE}"),
        (np.full((1, 2), 2**64 - 1, np.uint64), f"element [0, 0] is {2**64 - 1}, {TERNARISE}"),
        (TRITS.astype(bool), f"has dtype bool; {DTYPE}"),
        (TRITS.astype(complex), f"has dtype complex128; {DTYPE}"),
        (TRITS.astype(str), f"has dtype <U4; {DTYPE}"),
        (TRITS[0], "has shape [7]; save a matrix [outputs, inputs], not empty"),
        (TRITS[None], "has shape [1, 5, 7]; save a matrix [outputs, inputs], not empty"),
        (TRITS[:0], "has shape [0, 7]; save a matrix [outputs, inputs], not empty"),
        (np.int8(1), "has shape []; save a matrix [outputs, inputs], not empty"),
    ],
)
def test_what_is_no_ternary_matrix(tmp_path, array, line):
    np.save(tmp_path / "w.npy", array)
    np.savez(tmp_path / "w.npz", w=array)
    assert refusal(load_weights, tmp_path / "w.npy") == line
    assert refusal(load_weights, tmp_path / "w.npz") == f"tensor w: {line}"


def test_what_are_no_activations(tmp_path):
    path = tmp_path / "a.npy"
    remedy = "quantise to -128..127 and save with .astype(numpy.int8)"
    for dtype in ("float32", "int64", "uint8", "bool"):
        np.save(path, np.zeros((2, 2), dtype))
        line = refusal(load_activations, path)
        assert line == f"has dtype {dtype}, activations are int8; {remedy}"
    for shape in ((), (0,), (2, 0), (1, 2, 3)):
        np.save(path, np.zeros(shape, np.int8))
        line = refusal(load_activations, path)
        assert line.startswith(f"has shape {list(shape)}; save one row")
    with pytest.raises(UserError, match=r"whose name ends in \.npy, \.npz$"):
        load_activations(tmp_path / "a.safetensors")


def test_what_is_no_file(tmp_path):
    (tmp_path / "folder.npy").mkdir()
    (tmp_path / "empty.npy").touch()
    os.mkfifo(tmp_path / "pipe.npy")
    for name, line in {
        "none.npy": "cannot be opened: No such file or directory; check the path",
        "folder.npy": "is not a regular file; name the file that holds the matrix",
        "pipe.npy": "is not a regular file; name the file that holds the matrix",
        "empty.npy": "is empty; write or download it again",
        "w.bin": "has the suffix '.bin'; give a file whose name ends in .npy, .npz, "
        ".safetensors, .gguf",
        "w": "has no suffix; give a file whose name ends in .npy, .npz, .safetensors, .gguf",
    }.items():
        assert refusal(load_weights, tmp_path / name) == line
    for suffix in ("npz", "safetensors", "gguf"):
        (tmp_path / f"empty.{suffix}").touch()
        assert refusal(load_weights, tmp_path / f"empty.{suffix}").startswith("is empty; ")
    with pytest.raises(UserError, match="cannot be opened: embedded null"):
        load_weights("w\0.npy")


def test_a_name_for_a_file_without_names(tmp_path):
    np.save(tmp_path / "w.npy", TRITS)
    line = refusal(load_weights, tmp_path / "w.npy", name="up")
    assert line == "has no named tensors, so no 'up'; leave out --tensor"


def test_pickles_are_refused(tmp_path):
    array = np.array([[1, {"a": 1}]], dtype=object)
    np.save(tmp_path / "w.npy", array, allow_pickle=True)
    np.savez(tmp_path / "w.npz", w=array)
    line = "holds Python objects, which would have to be unpickled; save it with a numeric dtype"
    assert refusal(load_weights, tmp_path / "w.npy") == line
    assert refusal(load_weights, tmp_path / "w.npz") == f"array w: {line}"
    assert refusal(load_activations, tmp_path / "w.npy") == line


def test_truncated_and_overlong_files(tmp_path):
    path = tmp_path / "w.npy"
    np.save(path, TRITS)
    whole = path.read_bytes()
    remedy = "write or download it again"
    path.write_bytes(whole[:-1])
    assert refusal(load_weights, path) == (
        "is truncated: shape [5, 7] of int8 takes 35 bytes after the header, the file has 34; "
        + remedy
    )
    path.write_bytes(whole + b"x")
    assert refusal(load_weights, path).startswith("is damaged: shape [5, 7] of int8 takes 35 ")
    path.write_bytes(whole[:20])
    assert refusal(load_weights, path).startswith("is not a NumPy array file, or is damaged (")
    np.savez(tmp_path / "w.npz", TRITS)
    path = tmp_path / "w.npz"
    path.write_bytes(path.read_bytes()[:-30])
    assert refusal(load_weights, path).startswith("is not a NumPy archive, or is damaged (")
    save_file({"a": TRITS}, tmp_path / "w.safetensors")
    path = tmp_path / "w.safetensors"
    path.write_bytes(path.read_bytes()[:-1])
    assert refusal(load_weights, path).startswith("is not a safetensors file, or is damaged (")


def test_a_wrong_check_sum_is_found(tmp_path):
    path = tmp_path / "w.npz"
    np.savez(path, w=TRITS)
    content = bytearray(path.read_bytes())
    content[content.index(TRITS.tobytes())] ^= 1
    path.write_bytes(content)
    assert "Bad CRC-32" in refusal(load_weights, path)


@pytest.mark.parametrize(
    ("shape", "start"),
    [
        (
            "(1000000, 1000000)",
            "is truncated: shape [1000000, 1000000] of int8 takes 1,0",
        ),
        (f"({2**70}, 3)", "is truncated: shape ["),
        (f"({2**70}, 0)", ""),
        ("(-1, -35)", "has shape [-1, -35] of int8"),
        ("(5, 7.0)", "is not a NumPy array file, or is damaged ("),
        ("'x'", "is not a NumPy array file, or is damaged ("),
    ],
)
def test_hostile_npy_headers(tmp_path, shape, start):
    header = f"{{'descr': '|i1', 'fortran_order': False, 'shape': {shape}, }}\n"
    data = b"" if shape.endswith(" 0)") else TRITS.tobytes()
    path = write_npy(tmp_path / "w.npy", header, data)
    assert refusal(load_weights, path).startswith(start)


@pytest.mark.parametrize("descr", ["'|V0'", "'|S0'", "[('a', '|i1')]", "'|O'", "'m8[s]'", "'zz'"])
def test_hostile_npy_dtypes(tmp_path, descr):
    header = f"{{'descr': {descr}, 'fortran_order': False, 'shape': (5, 7), }}\n"
    refusal(load_weights, write_npy(tmp_path / "w.npy", header, TRITS.tobytes()))


def test_the_size_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MAX_BYTES", 34)
    np.save(tmp_path / "w.npy", TRITS)
    np.savez(tmp_path / "w.npz", w=TRITS)
    save_file({"w": TRITS}, tmp_path / "w.safetensors")
    line = "takes 35 bytes, more than the 34 accepted; split the matrix, or store it as int8"
    assert refusal(load_weights, tmp_path / "w.npy") == line
    assert refusal(load_weights, tmp_path / "w.npz") == f"array w: {line}"
    assert refusal(load_weights, tmp_path / "w.safetensors") == f"tensor w: {line}"


def test_a_compressed_bomb_is_not_unpacked(tmp_path):
    path = tmp_path / "w.npz"
    header = "{'descr': '|i1', 'fortran_order': False, 'shape': (65536, 65536), }\n"
    head = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("w.npy", head + bytes(100))
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02") + 24
    content[at : at + 4] = struct.pack("<I", min(len(head) + (1 << 32), (1 << 32) - 1))
    path.write_bytes(content)
    refusal(load_weights, path)


def test_unsupported_safetensors_types(tmp_path):
    header = {"w": {"dtype": "F8_E4M3", "shape": [2, 2], "data_offsets": [0, 4]}}
    path = write_safetensors(tmp_path / "w.safetensors", header, bytes(4))
    remedy = "save it as I8, or as F32 holding only -1, 0 and 1"
    assert refusal(load_weights, path) == f"tensor w: has dtype F8_E4M3; {remedy}"


def test_names_from_a_file_cannot_disturb_the_terminal(tmp_path):
    path = tmp_path / "w.safetensors"
    save_file({"a\x1b[31m\nb": TRITS, "c" * 500: TRITS}, path)
    line = refusal(load_weights, path)
    assert "\\x1b[31m b" in line and "c" * 197 + "..." in line
