# SPDX-License-Identifier: Apache-2.0
"""Decode attention: edge cases by name, order, throughput, and the specification itself."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from tritproof.ref.attention.attention import attention, signed_quotient
from tritproof.rtl.attention.dot_int8 import DotParams
from tritproof.rtl.attention.params import AttentionParams
from tritproof.rtl.manifest import blocks
from tritproof.verif.attention.attention_decode import request_case
from tritproof.verif.attention.requests import Request, random_request

from .equivalence_support import block_simulator, run_case

DOCUMENT = Path(__file__).parent.parent / "docs" / "attention.md"
WIDTHS = {"MANTISSA_WIDTH": 16, "LEAST_SHIFT": 12, "SHIFT_WIDTH": 5, "F": 10, "P": 24, "R": 8}


def run(config, requests, folder, **options):
    params = blocks()["attention_decode"].configs[config]
    simulator = block_simulator("attention_decode", config, folder)
    return run_case(simulator, request_case(params, requests), **options)


def request(config, keys, seed=0):
    params = blocks()["attention_decode"].configs[config]
    return random_request(params, np.random.default_rng(seed), keys)


def lanes(result):
    return result.outputs["m_axis"].view("<i2")


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: AttentionParams(lanes=10), "lanes must divide head_dim 96, not 10"),
        (lambda: AttentionParams(rows=65), "rows must be an integer from 1 to 64, not 65"),
        (lambda: AttentionParams(depth=1000), "depth must be a power of two, not 1000"),
        (lambda: DotParams(lanes=129), "lanes must be an integer from 1 to 128, not 129"),
    ],
)
def test_bad_parameters(make, message):
    with pytest.raises(ValueError) as caught:
        make()
    assert str(caught.value) == message


def test_one_key_gives_its_value(tmp_path):
    one = request("tellme", 1)
    result = run("tellme", [one], tmp_path)
    assert (lanes(result)[:, 0] == one.values[0] * 256).all()


def test_equal_scores_give_the_mean(tmp_path):
    one = request("tellme", 7)
    same = Request(one.queries, np.repeat(one.keys[:1], 7, axis=0), one.values, one.mantissas,
                   one.shifts)
    result = run("tellme", [same], tmp_path)
    due = [round(Fraction(int(total) * 256, 7)) for total in one.values.sum(axis=0)]
    assert lanes(result)[:, 0].tolist() == due


def test_scores_far_below_zero_are_exact(tmp_path):
    one = request("tellme", 20)
    queries, keys = np.full_like(one.queries, 127), np.full_like(one.keys, -128)
    keys[3] = -127
    far = Request(queries, keys, one.values, np.array([65535]), np.array([0]))
    result = run("tellme", [far], tmp_path)
    assert (lanes(result)[:, 0] == one.values[3] * 256).all()


@pytest.mark.parametrize("keys", [0, 1025])
def test_a_number_of_keys_out_of_range_is_refused_and_the_next_request_is_right(keys, tmp_path):
    result = run("tellme", [request("tellme", keys), request("tellme", 5, seed=1)], tmp_path)
    assert result.status["refused"] == 1


def test_a_full_buffer(tmp_path):
    run("tellme", [request("tellme", 1024)], tmp_path)


def test_the_order_of_the_keys_does_not_matter(tmp_path):
    one = request("bitnet2b", 50)
    order = np.random.default_rng(2).permutation(50)
    other = Request(one.queries, one.keys[order], one.values[order], one.mantissas, one.shifts)
    found = [lanes(run("bitnet2b", [each], tmp_path)) for each in (one, other)]
    assert (found[0] == found[1]).all()


@pytest.mark.parametrize(
    "config, heads, told",
    [("tellme", 16, 104_593), ("wide", 16, 17_548), ("bitnet2b", 5, 49_344)],
)
def test_a_layer_runs_at_full_rate(config, heads, told, tmp_path):
    # Keys of a head come while the values of the one before do: one pass more than heads.
    params = blocks()["attention_decode"].configs[config]
    requests = [request(config, 1024, seed) for seed in range(heads)]
    cycles = run(config, requests, tmp_path).beat_cycles["m_axis"][-1]
    least = (heads + 1) * 1024 * params.beats
    assert least >= 0.95 * cycles
    assert cycles == told and f"| {told:,} | {least:,} |" in DOCUMENT.read_text()


def test_the_specification_of_a_row():
    rng = np.random.default_rng(3)
    query, keys, values = (rng.integers(-128, 128, n).tolist() for n in (4, 12, 12))
    found = attention.exact(query, keys, values, 40000, 3, N=3, D=4, **WIDTHS)
    scores = [sum(q * k for q, k in zip(query, keys[4 * j : 4 * j + 4], strict=True))
              for j in range(3)]
    scaled = [score * 40000 >> 15 for score in scores]
    weights = [2.0 ** ((x - max(scaled)) / 1024) for x in scaled]
    means = [sum(w * values[4 * j + d] for j, w in enumerate(weights)) / sum(weights)
             for d in range(4)]
    assert np.abs(np.array(found) / 256 - means).max() <= 2**-9 + 2**-15


def test_a_mean_is_rounded_as_its_magnitude_is():
    widths = {"N": 8, "D": 4, "Q": 8, "ROUNDING": "half_even"}
    pairs = [(5, 2), (-5, 2), (7, 2), (-7, 2), (-9, 0)]
    found = [signed_quotient.exact(n, d, **widths) for n, d in pairs]
    assert found == [2, -2, 4, -4, 0]
