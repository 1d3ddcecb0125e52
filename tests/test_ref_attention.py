# SPDX-License-Identifier: Apache-2.0
"""Prefill is decode: the theorems, and the specifications bit by bit."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tritproof.ref.attention import theorems, tiles
from tritproof.ref.attention.attention import attention
from tritproof.ref.theorem import NotProvedError

WIDTHS = {
    "D": 2, "MANTISSA_WIDTH": 16, "LEAST_SHIFT": 12, "SHIFT_WIDTH": 5, "F": 10, "P": 24, "R": 8,
}  # fmt: skip
PROMPTS = st.integers(1, 11).flatmap(
    lambda n: st.tuples(
        *[
            st.lists(st.tuples(*[st.integers(-128, 127)] * 2), min_size=n, max_size=n)
            for _ in range(3)
        ],
        st.permutations(range(n)),
    )
)


def test_every_theorem_is_proved():
    proved = theorems.prove_all()
    assert len({theorem.name for theorem in proved}) == len(proved) >= 8


def test_false_theorems_are_refused(monkeypatch):
    pairs = tiles.causal_pairs
    monkeypatch.setattr(theorems, "causal_pairs", lambda n, rows: list(pairs(n, rows))[1:])
    with pytest.raises(NotProvedError, match="^1 tokens in tiles of 4: the pairs are"):
        theorems.every_causal_pair_once(4, 9)
    monkeypatch.setattr(theorems.sympy, "Max", lambda *scores: scores[0])
    with pytest.raises(NotProvedError, match="^keys 0 and 1 exchanged: x_0 is not x_1"):
        theorems.order_does_not_matter(3)


@pytest.mark.parametrize("rows", theorems.TILE_ROWS)
@settings(max_examples=25, deadline=None)
@given(prompt=PROMPTS, mantissa=st.integers(0, 65535), shift=st.integers(0, 31))
def test_prefill_is_decode_for_any_order_of_tiles(rows, prompt, mantissa, shift):
    queries, keys, values, order = prompt
    count = -(-len(queries) // rows)
    found = tiles.prefill(
        queries, keys, values, mantissa, shift,
        rows=rows, tiles=[tile for tile in order if tile < count], **WIDTHS,
    )  # fmt: skip
    for position, result in enumerate(found):
        size = position + 1
        flat = [[x for row in rows_[:size] for x in row] for rows_ in (keys, values)]
        decoded = attention.exact(list(queries[position]), *flat, mantissa, shift, N=size, **WIDTHS)
        assert result == decoded


def test_steps_of_a_prompt():
    walked = list(tiles.tile_walk(127, 8, 0, 2, 16))
    assert len(walked) == 2 * sum(128 - 8 * t for t in range(16)) == 2 * 1088
    assert sum(ends for _, _, ends in walked) == 2 * 16
    assert walked[:129:128] == [(127, 0, False), (127, 1, False)]
    assert walked[127:257:128] == [(0, 0, True), (0, 1, True)]
    assert walked[256] == (119, 0, False)


def test_a_last_tile_of_one_row_has_one_step():
    walked = list(tiles.tile_walk(8, 8, 0, 1, 16))
    assert len(walked) == 10 and walked[8:] == [(0, 0, True), (0, 0, True)]
    assert list(tiles.causal_pairs(9, 8))[-1] == (0, 0)
