# SPDX-License-Identifier: Apache-2.0
"""`tritproof convert-weights`: every matrix of a model, exactly, and after an interruption too."""

import errno
import io
import json
import tracemalloc

import numpy as np
import pytest
from gguf import GGMLQuantizationType, GGUFReader, quants
from rich.console import Console
from safetensors import safe_open
from safetensors.numpy import load_file, save_file
from tritproof.ref.formats.registry import format_named, formats
from tritproof.tools import cli, weights_convert
from tritproof.tools.errors import UserError
from tritproof.tools.importers import read_weights
from tritproof.tools.importers.sources import Reading
from tritproof.tools.matvec import real_matrices
from tritproof.tools.weights_files import ggml_type

from .importers_support import TQ1_0, TQ2_0, random_trits, write_gguf, write_raw_gguf

UP, DOWN = random_trits(128, 768), random_trits(256, 768, seed=1)
NORM = np.linspace(0, 1, 7, dtype=np.float32)


def convert(source, out, to, **options):
    reading = Reading(*(options.pop(name, None) for name in ("layout", "shape", "scale")))
    console = Console(file=io.StringIO(), width=200)
    records = weights_convert.run(source, out, to, reading=reading, console=console, **options)
    return records, console.file.getvalue()


def refused(*given, **options):
    with pytest.raises(UserError) as caught:
        convert(*given, **options)
    assert str(caught.value).isprintable()
    return str(caught.value)


@pytest.fixture
def model(tmp_path):
    """A GGUF model: two ternary matrices of different types, a norm and an embedding."""
    tensors = {
        "norm": (NORM, GGMLQuantizationType.F32),
        "up": (UP * np.float32(0.5), TQ1_0),
        "embedding": (np.full((4, 8), 0.5, np.float16), GGMLQuantizationType.F16),
        "down": (DOWN * np.float32(0.25), TQ2_0),
    }
    return write_gguf(tmp_path / "model.gguf", tensors)


@pytest.mark.parametrize("name", formats())
def test_a_whole_model(tmp_path, model, name):
    out, one = tmp_path / "out.safetensors", formats()[name]
    records, text = convert(model, out, one.name)
    assert [(r["tensor"], r["action"]) for r in records] == [
        ("norm", "copied"), ("up", "converted"), ("embedding", "copied"), ("down", "converted"),
    ]  # fmt: skip
    for tensor, trits, scale in (("up", UP, 0.5), ("down", DOWN, 0.25)):
        weights = read_weights(out, name=tensor)
        np.testing.assert_array_equal(weights.trits, trits)
        assert weights.format.name == one.name
        factors = weights.scales.factors()
        assert np.all(factors == scale) and factors.dtype == np.float32
    stored = load_file(out)
    np.testing.assert_array_equal(stored["norm"], NORM)
    assert stored["embedding"].dtype == np.float16 and np.all(stored["embedding"] == 0.5)
    assert stored["up"].shape == one.stored_shape(UP.shape)
    assert "2 matrices" in text and "2 other tensors" in text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.gguf", "out.safetensors"]


@pytest.mark.parametrize("name", [n for n, one in formats().items() if ggml_type(one)])
def test_gguf_files(tmp_path, model, name):
    first, second = tmp_path / "first.gguf", tmp_path / "second.gguf"
    convert(model, first, name)
    convert(first, second, "tq2_0")
    for path in (first, second):
        for tensor, trits, scale in (("up", UP, 0.5), ("down", DOWN, 0.25)):
            weights = read_weights(path, name=tensor)
            np.testing.assert_array_equal(weights.trits, trits)
            assert np.all(weights.scales.factors() == scale)
    reader = GGUFReader(second)
    assert bytes(reader.fields["general.name"].parts[-1]) == b"a name"
    assert [str(tensor.name) for tensor in reader.tensors] == ["norm", "up", "embedding", "down"]
    np.testing.assert_array_equal(reader.tensors[0].data, NORM)
    values = quants.dequantize(reader.tensors[1].data, reader.tensors[1].tensor_type)
    np.testing.assert_array_equal(values, UP * np.float32(0.5))
    assert list(reader.fields).count("tritproof") == 1


def test_a_full_disk_is_one_line(tmp_path, model, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    line = refused(model, tmp_path / "out.safetensors", "int2")
    assert "out.safetensors: No space left on device; make room there" in line


def test_there_and_back_again(tmp_path):
    for name, (path, _) in real_matrices().items():
        with np.load(path) as archive:
            real = archive["weights"]
        first = tmp_path / f"{name}.safetensors"
        convert(path, first, "tellme_beats")
        second = tmp_path / f"{name}_again.safetensors"
        convert(first, second, "int8")
        np.testing.assert_array_equal(load_file(second)["weights"], real)


def test_an_interrupted_run_continues(tmp_path, model, monkeypatch):
    out, whole = tmp_path / "out.safetensors", tmp_path / "whole.safetensors"
    convert(model, whole, "base3")
    convert_one, left = weights_convert._convert, iter([True, True, False])

    def interrupted(source, tensor, *given):
        if not next(left, True):
            raise KeyboardInterrupt
        return convert_one(source, tensor, *given)

    monkeypatch.setattr(weights_convert, "_convert", interrupted)
    with pytest.raises(KeyboardInterrupt):
        convert(model, out, "base3")
    assert not out.exists()
    done = []
    monkeypatch.setattr(
        weights_convert,
        "_convert",
        lambda source, tensor, *given: done.append(tensor.name)
        or convert_one(source, tensor, *given),
    )
    other = refused(model, out, "int2")
    assert other.startswith(f"{out}.parts: holds another conversion that was interrupted; ")
    records, text = convert(model, out, "base3")
    assert done == ["embedding", "down"]
    assert [r["action"] for r in records] == [
        "copied earlier", "converted earlier", "copied", "converted",
    ]  # fmt: skip
    assert out.read_bytes() == whole.read_bytes()


@pytest.mark.parametrize("damage", [b"\xff", b"{"])
def test_a_damaged_folder_of_parts_is_refused(tmp_path, model, damage):
    out = tmp_path / "out.safetensors"
    parts = weights_convert.Parts(out, weights_convert._task(
        weights_convert.open_source(model), format_named("int2"), Reading(), None))  # fmt: skip
    (parts.folder / "000000.json").write_bytes(damage)
    assert refused(model, out, "int2") == (
        f"{parts.folder}: holds a damaged 000000.json; delete the folder"
    )
    (parts.folder / "task.json").write_bytes(damage)
    assert refused(model, out, "int2").startswith(f"{parts.folder}: holds another conversion")


def test_a_layout_that_is_none_is_refused(tmp_path):
    path, out = _saved(tmp_path, (3, 7)), tmp_path / "out.safetensors"
    assert refused(path, out, "int2", layout="foo").startswith(
        "--layout: no format is named 'foo'; there are base3, "
    )
    assert not out.exists()


def test_nothing_is_kept_of_a_run_without_a_finished_tensor(tmp_path):
    path, out = _saved(tmp_path, (3, 7)), tmp_path / "out.safetensors"
    assert "q2_0: inputs must be a multiple of 64, not 7" in refused(path, out, "q2_0")
    convert(path, out, "int2")
    assert read_weights(out).trits.shape == (3, 7)


def test_a_half_written_tensor_is_written_again(tmp_path, model):
    out, whole = tmp_path / "out.safetensors", tmp_path / "whole.safetensors"
    convert(model, whole, "int2")
    parts = weights_convert.Parts(out, weights_convert._task(
        weights_convert.open_source(model), format_named("int2"), Reading(), None))  # fmt: skip
    (parts.folder / "000000.part").write_bytes(b"half")
    (parts.folder / "000001.bin").write_bytes(b"no description yet")
    convert(model, out, "int2")
    assert out.read_bytes() == whole.read_bytes()


def test_memory_is_that_of_one_tensor(tmp_path):
    path, out = tmp_path / "model.safetensors", tmp_path / "out.safetensors"
    matrix = random_trits(256, 1024)
    save_file({f"w{i}": matrix for i in range(24)}, path)
    tracemalloc.start()
    convert(path, out, "tq1_0")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 * matrix.size < path.stat().st_size


def test_scales_that_are_rounded_or_do_not_fit(tmp_path):
    path, one = tmp_path / "w.safetensors", format_named("hugging_face")

    def write(*scales):
        packed = one.encode(UP).reshape(one.stored_shape(UP.shape))
        scale = np.array(scales, np.float32)
        save_file({"up.weight": packed, "up.weight_scale": scale}, path)

    def out():
        return tmp_path / f"{len(list(tmp_path.iterdir()))}.safetensors"

    named = {"layout": "hugging_face", "scale": "multiply"}
    write(0.1)
    [record], text = convert(path, out(), "tq2_0", **named)
    change = abs(float(np.float16(0.1)) / 0.1 - 1)
    assert record["scale_error"] == pytest.approx(change, rel=1e-3)
    assert "changed by 0.00024 at most" in text
    [record], _ = convert(path, out(), "i2_s_x86", **named)
    assert record["scale_error"] == 0
    assert refused(path, out(), "tq2_0", layout="hugging_face").endswith(
        "tensor up.weight: does not record whether its scale 0.1 multiplies or divides; "
        "name it with --scale multiply or --scale divide"
    )
    write(1e-9)
    assert "tq2_0: scale 9.999999717180685e-10 is beyond what float16 holds; name another" in (
        refused(path, out(), "tq2_0", **named)
    )
    write(0.0)
    named["scale"] = "divide"
    assert "divides by the scale 0; use --scale multiply" in refused(path, out(), "int2", **named)
    write(*([1.0] * 64 + [2.0] * 64))
    named["scale"] = "multiply"
    [record], _ = convert(path, result := out(), "q2_0", **named)
    assert read_weights(result).scales.factors()[:, 0].tolist() == [1.0] * 64 + [2.0] * 64
    assert "128 different scales for 1 places; name another format with --to" in refused(
        path, out(), "i2_s_x86", **named
    )


def test_metadata_of_others_are_kept(tmp_path):
    path, out = tmp_path / "w.safetensors", tmp_path / "out.safetensors"
    save_file({"w": UP}, path, metadata={"format": "pt"})
    convert(path, out, "int2")
    with safe_open(out, framework="numpy") as file:
        assert file.metadata()["format"] == "pt" and "tritproof" in file.metadata()


def test_scales_of_other_tensors_are_kept(tmp_path):
    path, out = tmp_path / "w.safetensors", tmp_path / "out.safetensors"
    half = np.full(1, 0.5, np.float32)
    dense = np.full((2, 2), 0.3, np.float32)
    save_file({"up": UP, "up_scale": half, "dense": dense, "dense_scale": half}, path)
    assert "does not record whether its scale 0.5 multiplies or divides" in refused(
        path, out, "int2"
    )
    convert(path, tmp_path / "o.safetensors", "tq2_0", scale="divide")
    found = load_file(tmp_path / "o.safetensors")
    assert set(found) == {"up", "dense", "dense_scale"}
    assert np.all(read_weights(tmp_path / "o.safetensors", name="up").scales.factors() == 2)


def test_wrong_use(tmp_path, model):
    out = tmp_path / "out.safetensors"
    assert refused(model, out, "q9").startswith("--to: no format is named 'q9'; there are base3")
    safetensors = "name a file that ends in .safetensors"
    assert refused(model, tmp_path / "out.npy", "int2") == (
        f"{tmp_path / 'out.npy'}: does not end in .safetensors or .gguf; name a file that does"
    )
    assert refused(model, tmp_path / "out.gguf", "int2") == (
        f"{tmp_path / 'out.gguf'}: has no type for int2 with its scale; {safetensors}"
    )
    assert refused(_saved(tmp_path, (3, 256)), tmp_path / "out.gguf", "tq2_0") == (
        f"{tmp_path / 'out.gguf'}: needs the metadata of a model, and {tmp_path / 'w.npy'} is no "
        f"GGUF file; {safetensors}"
    )
    out.touch()
    assert refused(model, out, "int2") == f"{out}: exists; name another file, or delete it"
    save_file({"norm": NORM}, tmp_path / "n.safetensors")
    assert "holds no ternary matrix; say what it holds with --layout" in refused(
        tmp_path / "n.safetensors", tmp_path / "o.safetensors", "int2"
    )
    assert "q2_0: inputs must be a multiple of 64, not 7; name another format with --to" in (
        refused(_saved(tmp_path, (3, 7)), tmp_path / "p.safetensors", "q2_0")
    )
    path = write_raw_gguf(tmp_path / "w.gguf", {"w": (36, (1, 128), np.zeros(64, np.uint8))})
    line = refused(path, tmp_path / "q.safetensors", "int2")
    assert "does not record the layout of its I2_S" in line


def _saved(folder, shape):
    np.save(folder / "w.npy", np.zeros(shape, np.int8))
    return folder / "w.npy"


def test_the_command(tmp_path, model, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    words = ["convert-weights", str(model), "out.safetensors", "--to", "base3", "--json", "r.json"]
    assert cli.main(words) == 0
    assert [r["status"] for r in json.loads((tmp_path / "r.json").read_text())] == ["PASS"] * 4
    assert cli.main(words) == 2
    assert "out.safetensors: exists" in capsys.readouterr().err
    assert cli.main(["inspect", "out.safetensors", "--json", "i.json"]) == 0
    assert cli.main([*words[:5], "--shape", "3"]) == 2
    line = capsys.readouterr().err
    assert "--shape must be OUTPUTSxINPUTS, for example 1536x4096, not '3'" in line
