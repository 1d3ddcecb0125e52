# SPDX-License-Identifier: Apache-2.0
"""Prefill attention: edge cases by name, the same bits as a decode, and its cycles."""

import dataclasses

import numpy as np
import pytest
from tritproof.ref.attention.theorems import TILE_ROWS
from tritproof.rtl.attention.attention_prefill import PrefillParams
from tritproof.rtl.manifest import blocks
from tritproof.verif.attention.attention_decode import request_case
from tritproof.verif.attention.attention_prefill import prompt_case, random_prompt
from tritproof.verif.random_stalls import Stall

from .equivalence_support import block_simulator, run_case, simulator_at
from .test_attention import DOCUMENT

TELLME = blocks()["attention_prefill"].configs["tellme"]


def prompt(tokens, heads=1, seed=0):
    return random_prompt(TELLME, np.random.default_rng(seed), tokens, heads)


def prefill(prompts, folder, **options):
    simulator = block_simulator("attention_prefill", "tellme", folder)
    return run_case(simulator, prompt_case(TELLME, prompts), **options)


def by_token(result, tokens, params):
    """Return int64[tokens, head_dim]: the results of one prompt in token order."""
    lanes = result.outputs["m_axis"].view("<i2").reshape(-1, params.head_dim, params.rows)
    ordered = lanes.transpose(0, 2, 1).reshape(-1, params.head_dim)[:tokens]
    return ordered[::-1].astype(np.int64)


def test_rows_must_be_staggered():
    with pytest.raises(ValueError, match=r"^staggered must be True: a query has no keys after it$"):
        PrefillParams(staggered=False)


@pytest.mark.parametrize("tokens", [1, 7, 8, 9, 16, 17])
def test_prompts_that_do_not_fill_their_tiles(tokens, tmp_path):
    prefill([prompt(tokens), prompt(3, seed=1), prompt(tokens, heads=3)], tmp_path)


@pytest.mark.parametrize("tokens", [0, 1025, 65535])
def test_a_number_of_tokens_out_of_range_is_refused_and_the_next_prompt_is_right(tokens, tmp_path):
    refused = dataclasses.replace(prompt(1), tokens=tokens)
    result = prefill([refused, prompt(5, seed=1)], tmp_path)
    assert result.status["refused"] == 1


def test_stalls_everywhere(tmp_path):
    stalls = {"*": Stall(0.3, longest=5)}
    prefill([prompt(19, heads=2), prompt(8, seed=1)], tmp_path, stalls=stalls, seed=3)


def test_a_prefill_has_the_bits_of_the_decodes(tmp_path):
    tokens, one = 128, prompt(128)
    decode = blocks()["attention_decode"].configs["tellme"]
    case = request_case(decode, [one.heads[0].decode(i) for i in range(tokens)])
    decoded = run_case(block_simulator("attention_decode", "tellme", tmp_path), case)
    results = decoded.outputs["m_axis"].view("<i2").reshape(tokens, decode.head_dim)
    for rows in TILE_ROWS:
        params = dataclasses.replace(TELLME, rows=rows)
        simulator = simulator_at("attention_prefill", params, tmp_path / str(rows))
        found = run_case(simulator, prompt_case(params, [one]))
        assert (by_token(found, tokens, params) == results).all(), f"tiles of {rows}"


def test_a_prompt_of_every_length_the_buffer_holds_ends(tmp_path):
    prefill([prompt(1024)], tmp_path)


def test_a_layer_runs_at_full_rate(tmp_path):
    # One layer of 16 heads; the least there can be is one beat of a value in every cycle.
    least = 16 * sum(128 - TELLME.rows * tile for tile in range(16)) * TELLME.beats
    cycles = prefill([prompt(128, heads=16)], tmp_path).beat_cycles["m_axis"][-1]
    assert least >= 0.95 * cycles
    assert f"| {cycles:,} | {least:,} |" in DOCUMENT.read_text()
