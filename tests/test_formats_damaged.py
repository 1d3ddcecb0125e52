# SPDX-License-Identifier: Apache-2.0
"""Damaged, mistagged and hostile files: a matrix, or one line and little memory."""

import io
import tempfile
import tracemalloc
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console
from safetensors.numpy import save_file
from tritproof.ref.formats.registry import format_named, formats
from tritproof.tools import weights_inspect
from tritproof.tools.errors import UserError
from tritproof.tools.importers import read_weights
from tritproof.tools.importers.notes import Note, write_notes
from tritproof.tools.importers.sources import Reading

from .importers_support import random_trits, write_raw_gguf
from .test_importers_damaged import damage

TRITS = random_trits(32, 256)
TILES = {"tl1": "tl1:32,32,32", "tl2": "tl2:32,96,32"}
NAMES = [TILES.get(name, name) for name in formats()]
TIMES, BASE = 64, 2 << 20
"""Bytes of memory for a byte of the file, and for a file of none."""
TYPES = [0, 1, 12, 30, *{number for one in formats().values() for number in one.ggml_types}, 9999]
HOSTILE = [b"\xff" * 8, bytes(7) + b"\x10", b"\0\0\0\0\1\0\0\0", b"99999999999"]


def kinds() -> list[tuple[str, str]]:
    """Every format in every container that can hold it, by suffix and format."""
    suffixes = ("safetensors", "noted.safetensors", "npy", "npz", "gguf")
    return [
        (suffix, name)
        for suffix in suffixes
        for name in NAMES
        if suffix != "gguf" or format_named(name).ggml_types
    ]


@cache
def whole(suffix: str, name: str, tag: str | int | None = None) -> bytes:
    """Return the bytes of an undamaged file, under another format's ``tag`` if that is given."""
    one = format_named(name)
    stored = one.encode(TRITS)
    shaped = stored.reshape(one.stored_shape(TRITS.shape))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"w.{suffix}"
        if suffix == "gguf":
            scale = (0, (1,), np.ones(1, np.float32))
            entry = (one.ggml_types[0] if tag is None else int(tag), TRITS.shape, stored)
            write_raw_gguf(path, {"w": entry, "w_scale": scale})
        elif suffix == "npy":
            np.save(path, shaped)
        elif suffix == "npz":
            np.savez_compressed(path, w=shaped)
        else:
            said = one if tag is None else format_named(str(tag))
            notes = write_notes({"w": Note(said, TRITS.shape, "w_scale")})
            tensors = {"w": shaped, "w_scale": np.ones(1, np.float32)}
            save_file(tensors, path, metadata=notes if suffix.startswith("noted") else None)
        return path.read_bytes()


def reading(suffix: str, layout: str) -> dict:
    """Return what has to be said of a file, with a layout that may be a wrong one."""
    if suffix == "noted.safetensors":
        return {}
    return {"layout": layout} | ({} if suffix == "gguf" else {"shape": TRITS.shape})


def check(path: Path, content: bytes, given: dict) -> None:
    path.write_bytes(content)
    tracemalloc.start()
    try:
        weights = read_weights(path, name="w" if path.suffix != ".npy" else None, **given)
        console = Console(file=io.StringIO(), width=100)
        weights_inspect.run(path, reading=Reading(**given), console=console)
    except UserError as problem:
        assert str(problem).isprintable() and len(str(problem)) < 1000
        assert "; " in str(problem)
    else:
        assert weights.trits.dtype == np.int8 and weights.trits.ndim == 2 and weights.trits.size
        assert -1 <= weights.trits.min() and weights.trits.max() <= 1
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < TIMES * len(content) + BASE, f"{peak:,} bytes for a file of {len(content):,}"


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, bytes, dict]:
    """A file with edits, or with a hostile length, read as what it is or as something else."""
    suffix, name = draw(st.sampled_from(kinds()))
    how = draw(st.sampled_from(["edit", "length", "tag", "weights"]))
    layout = draw(st.sampled_from(NAMES)) if how == "tag" else name
    tag = layout if suffix == "noted.safetensors" else None
    if suffix == "gguf" and how == "tag":
        tag = draw(st.sampled_from(TYPES))
    content = whole(suffix, name, tag)
    if how == "edit":
        content = draw(damage(content))
    if how == "weights":
        at = draw(st.integers(len(content) // 2, len(content) - 1))
        content = content[:at] + draw(st.binary(min_size=1, max_size=1)) + content[at + 1 :]
    if how == "length":
        text = draw(st.sampled_from(HOSTILE))
        at = draw(st.integers(0, min(len(content), 400) - len(text)))
        content = content[:at] + text + content[at + len(text) :]
    return suffix, content, reading(suffix, layout)


def run(drawn: tuple[str, bytes, dict]) -> None:
    suffix, content, given = drawn
    with tempfile.TemporaryDirectory() as folder:
        check(Path(folder) / f"w.{suffix}", content, given)


@pytest.mark.parametrize(("suffix", "name"), kinds())
def test_undamaged(tmp_path, suffix, name):
    path = tmp_path / f"w.{suffix}"
    path.write_bytes(whole(suffix, name))
    options = reading(suffix, name) | {"name": None if suffix == "npy" else "w"}
    np.testing.assert_array_equal(read_weights(path, **options).trits, TRITS)
    check(path, whole(suffix, name), reading(suffix, name))


@pytest.mark.parametrize("name", ["w_missing", "w"])
def test_scales_that_are_none(tmp_path, name):
    path = tmp_path / "w.noted.safetensors"
    one = format_named("int2")
    notes = write_notes({"w": Note(one, TRITS.shape, name)})
    save_file({"w": one.encode(TRITS)}, path, metadata=notes)
    with pytest.raises(UserError, match=name):
        read_weights(path, name="w")
    check(path, path.read_bytes(), {})


QUIET = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@settings(max_examples=300, **QUIET)
@given(damaged())
def test_some_damaged_files(drawn):
    run(drawn)


@pytest.mark.slow
@settings(max_examples=10_000, **QUIET)
@given(damaged())
def test_ten_thousand_damaged_files(drawn):
    run(drawn)
