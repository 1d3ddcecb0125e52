# SPDX-License-Identifier: Apache-2.0
"""`tritproof inspect`: counts, verdicts and bits, as the matrices have them."""

import io
import json

import numpy as np
import pytest
from gguf import GGMLQuantizationType
from rich.console import Console
from safetensors.numpy import save_file
from tritproof.ref.formats.registry import format_named
from tritproof.tools import cli, weights_convert, weights_inspect
from tritproof.tools.errors import UserError
from tritproof.tools.importers.sources import Reading
from tritproof.tools.weights_files import ggml_type

from .importers_support import TQ1_0, random_trits, write_gguf, write_raw_gguf

TRITS = random_trits(128, 768)
COUNTS = [int(np.count_nonzero(TRITS == trit)) for trit in (-1, 0, 1)]


def inspect(path, **options):
    reading = Reading(*(options.pop(name, None) for name in ("layout", "shape", "scale")))
    console = Console(file=io.StringIO(), width=300)
    records = weights_inspect.run(path, reading=reading, console=console, **options)
    assert json.loads(json.dumps(records)) == records
    return records, console.file.getvalue()


def test_a_model(tmp_path):
    tensors = {
        "norm": (np.ones(7, np.float32), GGMLQuantizationType.F32),
        "up": (TRITS * np.float32(0.5), TQ1_0),
    }
    [norm, up], text = inspect(write_gguf(tmp_path / "m.gguf", tensors))
    assert norm["status"] == "" and norm["minus"] is None and "not ternary" in text
    assert (up["format"], up["status"], up["outputs"], up["inputs"]) == ("tq1_0", "PASS", 128, 768)
    assert [up["minus"], up["zero"], up["plus"]] == COUNTS
    assert up["words"] == 128 * 3 * 52 and up["illegal"] == 0
    assert up["scale_low"] == up["scale_high"] == 0.5 and up["scale"] == "multiply"
    assert up["bytes"] == 128 * 3 * 54 and up["bits_per_weight"] == 1.6875
    assert up["bus_bits_per_weight"] == 1.6875


@pytest.mark.parametrize(
    ("name", "disk", "bus"), [("base3", 1.6, 1.6), ("tellme", 1.6667, 1.6686),
                              ("tellme_beats", 1.8286, 1.8286), ("int2", 2.0, 2.0),
                              ("base3_beats", 1.6, 1.6)]
)  # fmt: skip
def test_bits_on_disk_and_on_the_bus(tmp_path, name, disk, bus):
    matrix = random_trits(120, 1680)
    one = format_named(name)
    np.save(tmp_path / "w.npy", one.encode(matrix))
    [record], _ = inspect(tmp_path / "w.npy", layout=name, shape=matrix.shape)
    assert (record["bits_per_weight"], record["bus_bits_per_weight"]) == (disk, bus)
    assert [record[key] for key in ("minus", "zero", "plus")] == [
        int(np.count_nonzero(matrix == trit)) for trit in (-1, 0, 1)
    ]
    [record], _ = inspect(tmp_path / "w.npy", layout=name, shape=matrix.shape, bus=2**23)
    assert record["bus_bits_per_weight"] == round(2**23 / matrix.size, 4)


def test_illegal_words_are_counted(tmp_path, capsys):
    stored = format_named("int2").encode(TRITS).reshape(128, -1)
    stored[3, 5] = stored[7, 9] = 0xFF
    save_file({"w": stored}, tmp_path / "w.safetensors")
    [record], text = inspect(tmp_path / "w.safetensors", layout="int2", shape=TRITS.shape)
    assert record["status"] == "FAIL" and record["illegal"] == 2 and record["words"] == 128 * 192
    assert record["message"].startswith("int2: byte 581, element [3, 20]: 0xff is none of the 81")
    assert "2 of 24,576" in text
    words = ["inspect", str(tmp_path / "w.safetensors"), "--layout", "int2", "--shape", "128x768"]
    assert cli.main(words) == 1


def test_a_layout_that_is_not_named_is_not_chosen(tmp_path):
    content = format_named("i2_s_arm").encode(TRITS, np.float32(0.5))
    path = write_raw_gguf(tmp_path / "w.gguf", {"w": (36, TRITS.shape, content)})
    records, _ = inspect(path)
    assert [(r["format"], r["status"], r["illegal"]) for r in records] == [
        (name, "UNKNOWN", 0) for name in ("i2_s_arm", "i2_s_rows", "i2_s_x86")
    ]
    [record], text = inspect(path, layout="i2_s_arm")
    assert record["scale"] == "not recorded" and "0.5 (not recorded)" in text
    packed = format_named("hugging_face").encode(TRITS).reshape(32, 768)
    save_file({"w": packed}, tmp_path / "w.safetensors")
    records, _ = inspect(tmp_path / "w.safetensors")
    legal = {record["format"]: record["illegal"] for record in records}
    assert legal["hugging_face"] == 0 and legal["int8"] > 0
    records, _ = inspect(tmp_path / "w.safetensors", shape=(1, 1))
    assert "base3" not in {record["format"] for record in records}


@pytest.mark.parametrize("name", ["tl2", "i2_s_rows", "base3", "q2_0_128"])
def test_files_that_say_what_they_hold(tmp_path, name):
    model = write_gguf(tmp_path / "m.gguf", {"up": (TRITS * np.float32(0.5), TQ1_0)})
    for suffix in ("safetensors", "gguf"):
        if suffix == "gguf" and not ggml_type(format_named(name)):
            continue
        out = tmp_path / f"out.{suffix}"
        weights_convert.run(model, out, name, console=Console(file=io.StringIO()))
        [record], _ = inspect(out)
        assert (record["format"].partition(":")[0], record["status"]) == (name, "PASS")
        assert [record[key] for key in ("minus", "zero", "plus")] == COUNTS
        assert record["scale_low"] == 0.5 and record["scale"] == "multiply"


def test_a_layout_is_that_of_bytes_only(tmp_path):
    tensors = {"norm": np.ones(7, np.float32), "w": format_named("int2").encode(TRITS)}
    save_file(tensors, tmp_path / "w.safetensors")
    records, _ = inspect(tmp_path / "w.safetensors", layout="int2", shape=TRITS.shape)
    assert {r["tensor"]: r["status"] for r in records} == {"norm": "", "w": "PASS"}


def test_a_layout_that_is_none_is_refused(tmp_path):
    np.save(tmp_path / "w.npy", TRITS)
    with pytest.raises(UserError, match="^--layout: no format is named 'foo'; there are base3, "):
        inspect(tmp_path / "w.npy", layout="foo")


def test_numbers_and_masters(tmp_path):
    numbers = np.random.default_rng(1).normal(0, 0.02, (4, 384)).astype(np.float32)
    trits = np.clip(np.rint(numbers / np.abs(numbers).mean()), -1, 1).astype(np.int8)
    np.save(tmp_path / "m.npy", numbers)
    save_file({"w": trits, "e": numbers, "b": numbers[0]}, tmp_path / "w.safetensors")
    records, text = inspect(tmp_path / "w.safetensors", master=tmp_path / "m.npy")
    found = {record["tensor"]: record for record in records}
    assert found["w"]["agreement"] == 1 and "100.00% as the master" in text
    assert found["e"]["status"] == found["b"]["status"] == ""
    save_file({"w": -trits}, tmp_path / "w.safetensors")
    [record], _ = inspect(tmp_path / "w.safetensors", master=tmp_path / "m.npy")
    assert record["status"] == "FAIL" and "gives other trits" in record["message"]


def test_a_matrix_of_zeros_is_remarked(tmp_path):
    stored = format_named("int2").encode(np.zeros((4, 8), np.int8)).reshape(4, 2)
    np.save(tmp_path / "w.npy", stored)
    [record], _ = inspect(tmp_path / "w.npy", layout="int2", shape=(4, 8))
    assert record["status"] == "PASS" and record["message"] == "every weight is 0"


def test_a_tensor_that_is_not_there(tmp_path):
    save_file({"w": TRITS}, tmp_path / "w.safetensors")
    with pytest.raises(UserError, match="holds no tensor named 'v'; it has w$"):
        inspect(tmp_path / "w.safetensors", tensor="v")
    [record], _ = inspect(tmp_path / "w.safetensors", tensor="w")
    assert [record["minus"], record["zero"], record["plus"]] == COUNTS
