# SPDX-License-Identifier: Apache-2.0
"""Formats are bijections between matrices and legal bytes, and refuse everything else."""

import math
from itertools import product

import numpy as np
import pytest
from tritproof.ref.formats import code
from tritproof.ref.formats.code import Code
from tritproof.ref.formats.format import FormatError
from tritproof.ref.formats.registry import format_named, formats, spellings
from tritproof.ref.formats.theorems import prove_all
from tritproof.ref.formats.unit import words_of

from .formats_support import SHAPE, named, trits

CODES = [one for one in vars(code).values() if isinstance(one, Code)]


@pytest.mark.parametrize("one", CODES, ids=lambda one: one.name)
def test_a_code_is_a_bijection_on_its_legal_words(one):
    vectors = np.array(list(product((-1, 0, 1), repeat=one.group)), np.int8)
    words = one.encode(vectors)
    np.testing.assert_array_equal(one.table[words], vectors)
    assert len(set(words.tolist())) == 3**one.group
    every = np.arange(1 << one.width)
    assert set(every[one.is_legal]) == set(words.tolist())
    np.testing.assert_array_equal(one.encode(one.table[every[one.is_legal]]), every[one.is_legal])
    assert not one.table[~one.is_legal].any()


def test_what_is_no_code():
    with pytest.raises(ValueError, match="code x: not one word for each of 3 vectors"):
        Code("x", 2, 1, {0: (-1,), 1: (0,)})
    with pytest.raises(ValueError, match="code x: not one word for each of 3 vectors"):
        Code("x", 2, 1, {0: (-1,), 1: (0,), 2: (0,)})
    with pytest.raises(ValueError, match="code x: a word exceeds 1 bits, of at most 8"):
        Code("x", 1, 1, {0: (-1,), 1: (0,), 2: (1,)})


def test_formulas_are_theorems():
    assert len({theorem.name for theorem in prove_all()}) == 9


@pytest.mark.parametrize("name", formats())
def test_words_fill_a_unit_without_overlap(name):
    for section in named(name).sections(SHAPE[1] + 64 * (name == "tl2")):
        held = np.concatenate([part.trits.reshape(-1) for part in section.parts])
        assert sorted(held.tolist()) == list(range(section.grid.trits))
        bits = [bit for part in section.parts for bit in part.bits.reshape(-1).tolist()]
        bits += list(section.unread)
        bits += [] if section.scale is None else range(8 * section.scale, 8 * section.scale + 16)
        assert sorted(bits) == list(range(8 * section.bytes))


@pytest.mark.parametrize("name", formats())
def test_a_grid_is_a_permutation(name):
    one = named(name)
    for stretch in one.stretches(one.padded(SHAPE)):
        grid, shape = stretch.section.grid, stretch.shape
        index = np.arange(math.prod(shape)).reshape(shape)
        units = grid.split(index)
        assert sorted(units.reshape(-1).tolist()) == list(range(math.prod(shape)))
        np.testing.assert_array_equal(grid.join(units, shape), index)
        for unit, trit in ((0, 0), (len(units) - 1, grid.trits - 1), (len(units) // 2, 0)):
            assert index[grid.place(shape, unit, trit)] == units[unit, trit]


@pytest.mark.parametrize("name", formats())
@pytest.mark.parametrize("seed", range(3))
def test_decoding_inverts_encoding_and_the_other_way_round(name, seed):
    one, matrix = named(name), trits(seed=seed)
    stored = one.encode(matrix)
    assert len(stored) == one.stored_size(SHAPE) == math.prod(one.stored_shape(SHAPE))
    found, scales = one.decode(stored, SHAPE)
    np.testing.assert_array_equal(found, matrix)
    assert found.dtype == np.int8 and found.flags.c_contiguous
    np.testing.assert_array_equal(one.encode(found, scales), stored)
    assert one.legal(stored, SHAPE).all()
    counts, illegal, words = one.count(stored, SHAPE)
    padding = math.prod(one.padded(SHAPE)) - matrix.size
    expected = [np.count_nonzero(matrix == trit) for trit in (-1, 0, 1)]
    assert counts == [expected[0], expected[1] + padding, expected[2]]
    assert illegal == 0 and words == len(one.legal(stored, SHAPE))


@pytest.mark.parametrize("name", [name for name in formats() if formats()[name].pads])
@pytest.mark.parametrize("shape", [(1, 1), (3, 7), (5, 84), (6, 85), (2, 241)])
def test_padded_matrices_of_any_shape(name, shape):
    one, matrix = named(name), trits(shape)
    np.testing.assert_array_equal(one.decode(one.encode(matrix), shape)[0], matrix)


@pytest.mark.parametrize("name", formats())
def test_every_illegal_word_is_refused_wherever_it_is(name):
    one = named(name)
    shape = (SHAPE[0], SHAPE[1] + 64 * (name == "tl2"))
    if name == "tl2":
        shape = (SHAPE[0], 192 * 3 + 64)
    stored = one.encode(np.zeros(shape, np.int8))
    for stretch in one.stretches(shape):
        section = stretch.section
        count = stretch.size // section.bytes
        for part in section.parts:
            illegal = np.flatnonzero(~part.code.is_legal)
            places = {(0, 0), (count - 1, len(part.bits) - 1)}
            for word, (unit, place) in product(illegal, places):
                spoiled, where = stored.copy(), None
                for b, bit in enumerate(part.bits[place]):
                    byte = stretch.byte + section.byte_of(count, unit, int(bit))
                    where = byte if where is None else where
                    spoiled[byte] &= ~np.uint8(1 << bit % 8)
                    spoiled[byte] |= np.uint8((int(word) >> b & 1) << bit % 8)
                with pytest.raises(FormatError) as caught:
                    one.decode(spoiled, shape)
                text = str(caught.value)
                assert text.startswith(f"{one.name}: byte {where:,}, element [")
                assert f": {int(word):#04x} is none of the {len(part.code.legal)} legal" in text
                assert np.count_nonzero(~one.legal(spoiled, shape)) == 1
                assert one.count(spoiled, shape)[1] == 1


def test_the_place_of_an_illegal_word():
    one = named("tq2_0")
    stored = one.encode(np.zeros(SHAPE, np.int8))
    stored[66 * 4 + 33] |= 0b1100
    with pytest.raises(FormatError) as caught:
        one.decode(stored, SHAPE)
    assert str(caught.value) == (
        "tq2_0: byte 297, element [1, 385]: 0x5d is none of the 81 legal words"
    )


def test_padding_must_be_zero():
    base3 = named("base3")
    stored = base3.encode(np.zeros((2, 769), np.int8))
    stored[-1] += 81
    with pytest.raises(FormatError) as caught:
        base3.decode(stored, (2, 769))
    assert str(caught.value) == "base3: element [1, 769] of the padding is 1, not 0"
    beats = named("tellme_beats")
    stored = beats.encode(np.zeros((5, 84), np.int8))
    stored[88:] = 255  # gamma and what is not used
    beats.decode(stored, (5, 84))
    tl2 = named("tl2")
    stored = tl2.encode(np.zeros(SHAPE, np.int8))
    stored[-1] = 9
    with pytest.raises(FormatError, match=r"^tl2:128,192,32: byte [\d,]+ behind the weights is 9"):
        tl2.decode(stored, SHAPE)


@pytest.mark.parametrize("name", formats())
def test_bytes_of_another_size_are_refused(name):
    one = named(name)
    stored = one.encode(trits())
    for wrong in (stored[:-1], np.append(stored, np.uint8(0)), stored[:0]):
        with pytest.raises(FormatError) as caught:
            one.decode(wrong, SHAPE)
        assert str(caught.value) == (
            f"{one.name}: 128 x 768 weights take {len(stored):,} bytes, not {len(wrong):,}"
        )


@pytest.mark.parametrize(
    ("name", "shape", "text"),
    [
        ("tq1_0", (1, 128), "tq1_0: inputs must be a multiple of 256, not 128"),
        ("q2_0", (1, 65), "q2_0: inputs must be a multiple of 64, not 65"),
        ("hugging_face", (6, 4), "hugging_face: outputs must be a multiple of 4, not 6"),
        ("tl1:128,64,64", (64, 64), "tl1:128,64,64: outputs must be a multiple of 128, not 64"),
        ("tl2:32,96,32", (32, 100), "tl2:32,96,32: inputs must be a multiple of 32, not 100"),
        ("base3", (0, 5), "base3: outputs must be a multiple of 1, not 0"),
    ],
)
def test_shapes_a_format_does_not_take(name, shape, text):
    with pytest.raises(ValueError) as caught:
        format_named(name).encode(np.zeros(shape, np.int8))
    assert str(caught.value) == text


def test_what_is_no_matrix_of_trits():
    one = named("int2")
    for wrong, text in (
        (np.array([[0, 2]]), "trits: element [0, 1] is 2, not a trit"),
        (np.array([[np.nan]]), "trits: element [0, 0] is nan, not a trit"),
        (np.zeros(4, np.int8), "trits: shape [4] is no matrix [outputs, inputs]"),
    ):
        with pytest.raises(ValueError) as caught:
            one.encode(wrong)
        assert str(caught.value) == text


def test_scales_are_kept_exactly_or_refused():
    matrix = trits()
    scales = np.random.default_rng(2).random((128, 3)).astype(np.float16).astype(np.float32)
    found = named("tq2_0").decode(named("tq2_0").encode(matrix, scales), SHAPE)[1]
    np.testing.assert_array_equal(found, scales)
    single = np.float32(0.0437)
    assert named("i2_s_arm").decode(named("i2_s_arm").encode(matrix, single), SHAPE)[1] == single
    for name, scale, text in (
        ("tq1_0", 0.1, "tq1_0: scale 0.1 is no float16"),
        ("tq1_0", 1e6, "tq1_0: scale 1000000.0 is no float16"),
        ("q2_0", np.inf, "q2_0: scale inf is no float16"),
        ("i2_s_rows", np.nan, "i2_s_rows: scale nan is no float32"),
        ("base3", 2.0, "base3: holds no scales, keep them apart"),
    ):
        with pytest.raises(ValueError) as caught:
            named(name).encode(matrix, scale)
        assert str(caught.value) == text


def test_names_of_formats():
    assert format_named("tl1:256,128,32").name == "tl1:256,128,32"
    assert format_named("tl2") is named("tl2")
    listed = ", ".join(spellings())
    assert "tl1:BM,BK,bm" in listed and "tq1_0" in listed
    for text, line in (
        ("tq3_0", f"no format is named 'tq3_0'; there are {listed}"),
        ("tq1_0:1,2,3", f"no format is named 'tq1_0:1,2,3'; there are {listed}"),
        ("tl1:128,64", "format tl1 needs its tile as tl1:BM,BK,bm, not 'tl1:128,64'"),
        ("tl1:a,b,c", "format tl1 needs its tile as tl1:BM,BK,bm, not 'tl1:a,b,c'"),
        ("tl1:100,64,32", "tl1: BM must be a multiple of 32, not 100"),
        ("tl1:128,63,32", "tl1: BK must be a multiple of 8, not 63"),
        ("tl1:128,64,48", "tl1: bm must be 32 or 64, not 48"),
        ("tl2:128,100,32", "tl2: BK must be a multiple of 96, not 100"),
        ("tl2:0,96,32", "tl2: BM must be a multiple of 32, not 0"),
    ):
        with pytest.raises(ValueError) as caught:
            format_named(text)
        assert str(caught.value) == line


def test_a_rest_too_long_for_the_file_is_refused():
    with pytest.raises(ValueError, match="bytes too many: BK must leave a rest of 256 inputs"):
        format_named("tl2:32,384,32").encode(np.zeros((32, 352), np.int8))


def test_words_of_unaligned_parts():
    [section] = named("tellme").sections(24)
    units = np.array([[0b00100001, 0b00001000, 0, 0, 0]], np.uint8)
    assert words_of(units, section.parts[0])[0, :3].tolist() == [1, 1, 2]
