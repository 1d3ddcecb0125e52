# SPDX-License-Identifier: Apache-2.0
"""One-pass attention: the specification, edge cases by name, its distance from the exact form."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from tritproof.ref.attention import online_theorems
from tritproof.ref.attention.online import attention_online
from tritproof.ref.theorem import NotProvedError
from tritproof.rtl.attention.params import ONLINE_CONFIGS, OnlineAttentionParams
from tritproof.rtl.manifest import blocks
from tritproof.verif.attention.attention_decode import request_case
from tritproof.verif.attention.requests import Request, expected_weights, random_request
from tritproof.verif.attention.weights import expected_means

from .equivalence_support import block_simulator, run_case

DOCUMENT = Path(__file__).parent.parent / "docs" / "attention.md"
TELLME = ONLINE_CONFIGS["online"]


def run(config, requests, folder, **options):
    params = blocks()["attention_online"].configs[config]
    simulator = block_simulator("attention_online", config, folder)
    return run_case(simulator, request_case(params, requests), **options)


def request(keys, seed=0, params=TELLME):
    return random_request(params, np.random.default_rng(seed), keys)


def means(params, one):
    return expected_means(params, expected_weights(params, one), one.values)[0]


def rising(keys, step, seed=0):
    """A request whose scores rise by ``step`` / 1024 octaves from key to key, with all values
    at their bounds."""
    one = request(keys, seed)
    queries, vectors = np.full_like(one.queries, 127), np.zeros_like(one.keys)
    queries[0, -1] = 1
    whole, vectors[:, -1] = np.divmod(np.arange(keys) * step, 127)
    for place in range(TELLME.head_dim - 1):
        vectors[:, place] = np.clip(whole - 127 * place, 0, 127)
    values = np.where(one.values < 0, -128, 127)
    return Request(queries, vectors, values, np.array([1 << 12]), np.array([0]))


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"staggered": True, "rows": 2}, "staggered rows need the true maximum: "),
        ({"precision": 17}, "precision must be an integer from 18 to 28, not 17"),
        ({"tau": 9}, "tau must be an integer from 0 to 8, not 9"),
    ],
)
def test_bad_parameters(changes, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        OnlineAttentionParams(**changes)


def test_every_theorem_is_proved():
    proved = online_theorems.prove_all()
    assert len({theorem.name for theorem in proved}) == len(proved) == 3


def test_false_theorems_are_refused(monkeypatch):
    with pytest.raises(NotProvedError, match="^P = 10 is below R \\+ TAU \\+ 10 = 11"):
        online_theorems.means_fit(2, 3, 1, 10, 1, 0)
    right = online_theorems.rescaled_total
    monkeypatch.setattr(
        online_theorems, "rescaled_total", lambda *given, **sizes: 2 * right(*given, **sizes)
    )
    with pytest.raises(NotProvedError, match="^scores .*, values "):
        online_theorems.means_fit(2, 3, 1, 11, 1, 0)


@pytest.mark.parametrize("keys", [1, 2, 4])
def test_the_steps_are_the_specification_of_a_request(keys):
    params = ONLINE_CONFIGS["online_tiny"].row
    widths = {
        "D": 4,
        "MANTISSA_WIDTH": 3,
        "LEAST_SHIFT": 15,
        "SHIFT_WIDTH": 2,
        "F": 2,
        "P": 12,
        "R": 1,
        "TAU": 1,
    }
    for seed in range(40):
        one = request(keys, seed, params)
        vectors = [array.ravel().tolist() for array in (one.queries, one.keys, one.values)]
        multiplier = int(one.mantissas[0]), int(one.shifts[0])
        found = attention_online.exact(*vectors, *multiplier, N=keys, **widths)
        assert list(found) == means(params, one)[:, 0].tolist()


@pytest.mark.parametrize("precision, tau, most", [(18, 0, 3), (24, 0, 1), (28, 8, 1)])
def test_the_difference_from_the_exact_form_is_within_its_bound(precision, tau, most):
    params = dataclasses.replace(TELLME, precision=precision, tau=tau)
    found = []
    for seed in range(10):
        for one in (request(60, seed), rising(300, 1 + 9 * seed, seed)):
            difference = np.abs(means(params, one) - means(params.engine_with(), one)).max() / 256
            bound = online_theorems.difference_bound(precision, tau, 8, len(one.keys))
            assert difference <= bound
            found.append(difference * 256)
    assert max(found) <= most
    if precision == 18:
        assert max(found) > 0


def test_one_key_gives_its_value(tmp_path):
    one = request(1)
    result = run("tellme", [one], tmp_path)
    assert (result.outputs["m_axis"].view("<i2")[:, 0] == one.values[0] * 256).all()


def test_a_maximum_that_rises_with_every_key(tmp_path):
    run("tellme", [rising(200, 300), rising(60, 1500), rising(2, 90000)], tmp_path)


def test_scores_far_below_zero_and_all_the_same(tmp_path):
    one = request(20)
    queries, keys = np.full_like(one.queries, 127), np.full_like(one.keys, -128)
    run("tellme", [Request(queries, keys, one.values, np.array([65535]), np.array([0]))], tmp_path)


@pytest.mark.parametrize("keys", [0, 1025])
def test_a_number_of_keys_out_of_range_is_refused_and_the_next_request_is_right(keys, tmp_path):
    result = run("tellme", [request(keys), request(5, seed=1)], tmp_path)
    assert result.status["refused"] == 1


def test_a_layer_takes_one_pass(tmp_path):
    requests = [request(1024, seed) for seed in range(16)]
    cycles = run("tellme", requests, tmp_path).beat_cycles["m_axis"][-1]
    least = 16 * 1024 * TELLME.beats
    assert least >= 0.95 * cycles
    assert f"| {cycles:,} | {least:,} |" in DOCUMENT.read_text()


@pytest.mark.parametrize("block, passes", [("attention_online", 1), ("attention_decode", 2)])
def test_the_first_results_come_as_late_as_the_block_says(block, passes, tmp_path):
    params = blocks()[block].configs["tellme"]
    case = request_case(params, [request(50)])
    cycles = run_case(block_simulator(block, "tellme", tmp_path), case).beat_cycles
    late = cycles["m_axis"][0] - cycles["s_axis_key"][0] - passes * 50 * params.beats
    assert f"then {late - params.result_frac} + result_frac cycles" in blocks()[block].latency
