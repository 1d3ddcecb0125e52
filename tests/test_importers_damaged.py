# SPDX-License-Identifier: Apache-2.0
"""Damaged files: a valid matrix or one UserError, never another exception."""

import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file
from tritproof.tools.errors import UserError
from tritproof.tools.importers import load_activations, load_weights

from .importers_support import TQ1_0, TQ2_0, random_trits, write_gguf

TRITS = random_trits(4, 256)
KINDS = ("plain.npy", "stored.npz", "packed.npz", "w.safetensors", "one.gguf", "two.gguf")

STARTS = (b"", b"\x93NUMPY\x01\0", b"PK\x03\x04", b"GGUF\x03\0\0\0", b"\x40" + bytes(7))


@cache
def whole(kind: str) -> bytes:
    """Return the bytes of an undamaged file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / kind
        if kind == "plain.npy":
            np.save(path, TRITS)
        elif kind == "stored.npz":
            np.savez(path, w=TRITS)
        elif kind == "packed.npz":
            np.savez_compressed(path, w=TRITS)
        elif kind == "w.safetensors":
            save_file({"w": TRITS.astype(np.float16)}, path)
        else:
            write_gguf(path, {"w": (TRITS, TQ1_0 if kind == "one.gguf" else TQ2_0)})
        return path.read_bytes()


def damage(content: bytes) -> st.SearchStrategy[bytes]:
    """Cut off, flip bits, overwrite, insert or delete; headers more often than the rest."""
    size = len(content)
    place = st.integers(0, min(400, size - 1)) | st.integers(0, size - 1)
    garbage = st.binary(min_size=1, max_size=12) | st.sampled_from(
        [bytes(8), b"\xff" * 4, b"\xff" * 8, b"\0" * 7 + b"\x10", b"\n'(\",{[\\"]
    )
    edit = st.tuples(st.sampled_from(["flip", "overwrite", "insert", "delete"]), place, garbage)

    def apply(edits: list[tuple[str, int, bytes]], length: int) -> bytes:
        result = bytearray(content)
        for how, at, text in edits:
            if how == "flip" and at < len(result):
                result[at] ^= 1 << text[0] % 8
            elif how == "overwrite":
                result[at : at + len(text)] = text
            elif how == "insert":
                result[at:at] = text
            elif how == "delete":
                del result[at : at + len(text)]
        return bytes(result[:length])

    lengths = st.just(1 << 30) | st.integers(0, size)
    return st.builds(apply, st.lists(edit, min_size=1, max_size=4), lengths)


def check(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    for load, low, high in ((load_weights, -1, 1), (load_activations, -128, 127)):
        try:
            matrix = load(path)
        except UserError as problem:
            assert str(problem).isprintable()
            assert str(problem).startswith(str(path))
            assert "; " in str(problem)
        else:
            assert matrix.dtype == np.int8 and matrix.ndim == 2 and matrix.size
            assert low <= matrix.min() and matrix.max() <= high


@pytest.mark.parametrize("kind", KINDS)
def test_undamaged(tmp_path, kind):
    path = tmp_path / kind
    path.write_bytes(whole(kind))
    np.testing.assert_array_equal(load_weights(path), TRITS)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_damaged(kind, data):
    content = data.draw(damage(whole(kind)))
    with tempfile.TemporaryDirectory() as folder:
        check(Path(folder) / kind, content)


@pytest.mark.parametrize("kind", KINDS)
def test_cut_off_anywhere(tmp_path, kind):
    content = whole(kind)
    for length in {*range(0, min(600, len(content))), *range(600, len(content), 37)}:
        path = tmp_path / kind
        path.write_bytes(content[:length])
        with pytest.raises(UserError):
            load_weights(path)


@pytest.mark.parametrize("suffix", [".npy", ".npz", ".safetensors", ".gguf"])
@settings(max_examples=100, deadline=None)
@given(
    start=st.sampled_from(STARTS),
    rest=st.binary(max_size=300),
)
def test_garbage(suffix, start, rest):
    with tempfile.TemporaryDirectory() as folder:
        check(Path(folder) / f"w{suffix}", start + rest)
