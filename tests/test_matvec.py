# SPDX-License-Identifier: Apache-2.0
"""`tritproof matvec`: verdicts, records and refusals, and the real matrices on the real engine."""

import hashlib
import io
import json
import re

import numpy as np
import pytest
from rich.console import Console
from tritproof.ref.formats.registry import formats
from tritproof.rtl.manifest import blocks
from tritproof.tools import matvec
from tritproof.tools.errors import UserError
from tritproof.tools.importers import load_activations, load_weights
from tritproof.verif.streams import DeadlockError

from .importers_support import TQ2_0, random_trits, write_gguf
from .matvec_support import ContractEngine

TINY = blocks()["tlmm"].configs["tiny"]
RESULT_BEATS = -(-5 // TINY.q)
"""Beats of one row's results in the tests below."""


@pytest.fixture
def pair(tmp_path):
    """Return the files of a 5 x 13 matrix and three rows of activations."""
    random = np.random.default_rng(3)
    np.save(tmp_path / "w.npy", random.integers(-1, 2, (5, 13), dtype=np.int8))
    np.save(tmp_path / "a.npy", random.integers(-128, 128, (3, 13), dtype=np.int8))
    return tmp_path / "w.npy", tmp_path / "a.npy"


def run(pair, spoil=None, **options):
    """Return the record and the printed text of one run on the engine without hardware."""
    console = Console(file=io.StringIO(), width=200)
    engine = ContractEngine(TINY, spoil)
    options = {"config": "tiny", "engine": lambda config, build: engine} | options
    [record] = matvec.run(*pair, console=console, **options)
    return record, console.file.getvalue(), engine.calls


def test_an_exact_product(pair):
    record, text, calls = run(pair)
    beats = 3 * -(-13 // (TINY.t * TINY.g)) * RESULT_BEATS
    assert list(record)[:5] == ["inputs", "outputs", "rows", "cycles", "mismatches"]
    assert [record[key] for key in list(record)[:5]] == [13, 5, 3, beats, 0]
    peak = TINY.t * TINY.q * TINY.g
    assert record["weight_beats"] == beats
    assert record["macs_per_cycle"] == round(13 * 5 * 3 / beats, 2)
    assert record["utilisation"] == round(13 * 5 * 3 / beats / peak, 4)
    assert json.loads(json.dumps(record)) == record
    assert "all 15 outputs exact" in text
    assert [(call["seed"], call["stalls"]) for call in calls] == [(0, None)]


def test_stalls_are_drawn_from_the_seed(pair):
    record, text, calls = run(pair, stalls=True, seed=4)
    assert calls[0]["stalls"] == matvec.STALL and calls[0]["seed"] == 4
    assert record["stalls"] is True and "stalls from seed 4" in text


def test_a_wrong_output_is_counted_and_named(pair):
    def spoil(result):
        result["data"][RESULT_BEATS + 1, 0] ^= 1

    record, text, _ = run(pair, spoil)
    exact = (load_activations(pair[1]).astype(int) @ load_weights(pair[0]).T.astype(int))[1, TINY.q]
    assert record["mismatches"] == 1
    assert record["first_mismatch"] == f"row 1, output {TINY.q}: engine {exact ^ 1}, exact {exact}"
    assert "1 mismatches" in text and record["first_mismatch"] in text


def test_a_lane_past_the_last_output_is_not_compared(pair):
    def spoil(result):
        lane_bytes = TINY.lane_width // 8
        result["data"][RESULT_BEATS - 1 :: RESULT_BEATS, 5 % TINY.q * lane_bytes :] = 77

    assert run(pair, spoil)[0]["mismatches"] == 0


def test_an_engine_that_hangs_fails(pair):
    def spoil(result):
        raise DeadlockError("stream m_axis: no beat for 4096 cycles")

    record, text, _ = run(pair, spoil)
    assert record["mismatches"] == 15 and record["cycles"] == 0
    assert record["first_mismatch"] == "stream m_axis: no beat for 4096 cycles"
    assert "no beat for 4096 cycles" in text


def test_activations_of_another_length(pair, tmp_path):
    other = tmp_path / "other.npy"
    for length, remedy in (
        (12, "give activations of the same model and layer"),
        (5, "or transpose"),
    ):
        np.save(other, np.zeros(length, np.int8))
        with pytest.raises(UserError, match=remedy) as caught:
            run((pair[0], other))
        assert str(caught.value).startswith(
            f"{other}: rows hold {length} activations, but the weights in {pair[0]} have "
            "13 inputs and 5 outputs; "
        )


def test_a_matrix_the_engine_is_too_small_for(tmp_path):
    def refuse(shape):
        np.save(tmp_path / "w.npy", np.zeros(shape, np.int8))
        np.save(tmp_path / "a.npy", np.zeros(shape[1], np.int8))
        with pytest.raises(UserError) as caught:
            run((tmp_path / "w.npy", tmp_path / "a.npy"))
        return str(caught.value).removeprefix(f"{tmp_path / 'w.npy'}: ")

    limits = f"{TINY.max_inputs} and {TINY.max_outputs}"
    assert refuse((2, 84)) == (
        f"has 84 inputs and 2 outputs, tlmm tiny takes at most {limits}; use --config tellme"
    )
    assert refuse((4097, 3)).endswith(f"at most {limits}; use --config bitnet2b")
    assert refuse((1, 7000)).endswith(
        "split it: outputs are independent, products of parts of the inputs add up"
    )


def test_an_unknown_configuration(pair):
    with pytest.raises(UserError, match="has no configuration 'huge'; it has: tiny, tellme"):
        run(pair, config="huge")


@pytest.mark.parametrize(
    ("factors", "words"), [((1, 1), "0.5 for the whole"), ((1, 2), "by block")]
)
def test_scales_are_shown(tmp_path, factors, words):
    values = random_trits(2, 256) * np.array(factors)[:, None] * 0.5
    weights = write_gguf(tmp_path / "w.gguf", {"layer[0]": (values, TQ2_0)})
    np.save(tmp_path / "a.npy", np.ones(256, np.int8))
    params = blocks()["tlmm"].configs["tellme"]
    engine = ContractEngine(params)
    record, text, _ = run(
        (weights, tmp_path / "a.npy"), config="tellme", engine=lambda config, build: engine
    )
    assert record["mismatches"] == 0 and record["tensor"] == "layer[0]"
    assert words in text and "layer[0]" in text


@pytest.mark.parametrize("name", formats())
def test_weights_of_every_format(tmp_path, name):
    one, trits = formats()[name], random_trits(128, 768)
    np.savez(tmp_path / "w.npz", w=one.encode(trits).reshape(one.stored_shape(trits.shape)))
    np.save(tmp_path / "a.npy", np.arange(-128, 128, dtype=np.int8).repeat(3))
    engine = ContractEngine(blocks()["tlmm"].configs["tellme"])
    record, _, _ = run(
        (tmp_path / "w.npz", tmp_path / "a.npy"),
        config="tellme",
        layout=one.name,
        shape=trits.shape,
        engine=lambda config, build: engine,
    )
    assert record["mismatches"] == 0 and record["format"] == one.name
    assert (record["outputs"], record["inputs"]) == trits.shape


def test_the_real_data_is_what_its_readme_says():
    readme = (matvec.REAL_DATA / "README.md").read_text()
    sums = dict(re.findall(r"^([0-9a-f]{64})  (\S+)$", readme, re.MULTILINE))
    files = {path.name: path for path in matvec.REAL_DATA.glob("*.npz")}
    assert set(sums.values()) == set(files)
    for digest, name in sums.items():
        assert hashlib.sha256(files[name].read_bytes()).hexdigest() == digest
    shapes = {"feed_forward_down": (384, 1536), "feed_forward_up": (1536, 384)}
    assert set(matvec.real_matrices()) == set(shapes)
    for name, (weights_path, activations_path) in matvec.real_matrices().items():
        weights, activations = load_weights(weights_path), load_activations(activations_path)
        assert weights.shape == shapes[name]
        assert activations.shape == (32, weights.shape[1])
        assert 0.3 < np.mean(weights == 0) < 0.35
        assert np.all(np.abs(activations.astype(int)).max(axis=1) == 127)


def test_files_through_the_simulated_engine(pair, tmp_path):
    for stalls in (False, True):
        record, text, _ = run(pair, engine=None, stalls=stalls, build=tmp_path)
        assert record["mismatches"] == 0, record["first_mismatch"]
        assert record["cycles"] >= record["weight_beats"]


def test_the_real_matrices_through_the_engine_at_production_size(tmp_path):
    console = Console(file=io.StringIO(), width=200)
    records = matvec.run_real(config="tellme", build=tmp_path, console=console)
    assert [record["matrix"] for record in records] == ["feed_forward_down", "feed_forward_up"]
    for record in records:
        assert record["mismatches"] == 0, record["first_mismatch"]
        assert record["rows"] == 32 and record["inputs"] * record["outputs"] == 384 * 1536
    text = console.file.getvalue()
    assert "all 12,288 outputs exact" in text and "all 49,152 outputs exact" in text
