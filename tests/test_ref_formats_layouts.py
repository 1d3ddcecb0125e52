# SPDX-License-Identifier: Apache-2.0
"""Each trit lies where its format was published to put it, and takes as many bits."""

import hashlib
import math

import numpy as np
import pytest
from gguf import GGMLQuantizationType, quants
from tritproof.ref.formats.registry import format_named, formats

from .formats_support import SHAPE, named, trits


def field(stored, byte, shift):
    return (int(stored[byte]) >> shift & 3) - 1


def digit(stored, byte, place):
    return int(stored[byte]) // 3**place % 3


def tq1_0(stored, o, i):
    block, e = divmod(i, 256)
    at = (o * SHAPE[1] // 256 + block) * 54
    if e < 160:
        byte, place = e % 32, e // 32
    elif e < 240:
        byte, place = 32 + (e - 160) % 16, (e - 160) // 16
    else:
        byte, place = 48 + (e - 240) % 4, (e - 240) // 4
    return int(stored[at + byte]) * 3 ** (place + 1) // 256 % 3 - 1


def bits(stored, at, width):
    return sum((int(stored[(at + b) // 8]) >> (at + b) % 8 & 1) << b for b in range(width))


def tellme(number, j):
    order = [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (1, -1, 0), (1, 0, 1),
             (1, 0, -1), (0, 1, 1), (0, 1, -1), (1, 1, 1), (1, 1, -1), (1, -1, 1),
             (-1, 1, 1)]  # fmt: skip
    return order[number][j] if number < 14 else -order[number - 13][j]


def base3_beats(stored, beat, trit):
    return digit(stored, beat * 84 + trit // 5, trit % 5) - 1


ROWS, N = SHAPE
PLACES = {
    "int8": lambda s, o, i: int(s.view(np.int8)[o * N + i]),
    "int2": lambda s, o, i: field(s, (o * N + i) // 4, i % 4 * 2),
    "base3": lambda s, o, i: digit(s, o * 154 + i // 5, i % 5) - 1,
    "base3_residue": lambda s, o, i: (0, 1, -1)[digit(s, o * 154 + i // 5, i % 5)],
    "hugging_face": lambda s, o, i: field(s, o % (ROWS // 4) * N + i, 2 * (o // (ROWS // 4))),
    "tq1_0": tq1_0,
    "tq2_0": lambda s, o, i: field(
        s, (o * N + i) // 256 * 66 + i % 256 // 128 * 32 + i % 32, i % 128 // 32 * 2),
    "q2_0": lambda s, o, i: field(s, (o * N + i) // 64 * 18 + 2 + i % 64 // 4, i % 4 * 2),
    "q2_0_128": lambda s, o, i: field(s, (o * N + i) // 128 * 34 + 2 + i % 128 // 4, i % 4 * 2),
    "i2_s_x86": lambda s, o, i: field(s, (o * N + i) // 128 * 32 + i % 32, 6 - i % 128 // 32 * 2),
    "i2_s_arm": lambda s, o, i: field(s, (o * N + i) // 64 * 16 + i % 16, 6 - i % 64 // 16 * 2),
    "i2_s_rows": lambda s, o, i: field(s, o // 4 * N + i, 6 - o % 4 * 2),
    "tellme": lambda s, o, i: tellme(bits(s, o * N // 24 * 40 + i // 3 * 5, 5), i % 3),
    "tellme_beats": lambda s, o, i: tellme(
        bits(s, (i // 84 * 26 + o // 5) * 768 + o % 5 * 140 + i % 84 // 3 * 5, 5), i % 3),
    "base3_beats": lambda s, o, i: base3_beats(s, i // 84 * 26 + o // 5, o % 5 * 84 + i % 84),
}  # fmt: skip
"""Where a trit is, by the published layout, written down a second time without blocks or tables."""

CONVERTED = {
    ("tl1:128,64,64", 384, 128): "2bb16fa11c31d089dfe9912d304b4dcf4e9e2701d3f6a2d27d075e8e5cdc64c0",
    ("tl1:64,32,32", 64, 64): "b36467cd04b757e4167127a042ab3613321ecdfe3d67dea6416f3e396eb798fc",
    ("tl2:64,96,32", 64, 256): "0bd9da2c71fdfeac5f4b29d98443297eed20d32cc02f211ff3280da1b74df5ba",
    ("tl2:128,192,32", 128, 384): (
        "77c6a1f0c6df1b7bbb3e5ba4a2324daf43dacd128ca4c5ec62ddb9c2ca572c3a"
    ),
}
"""SHA-256 of what the converter of bitnet.cpp makes of the matrix below, by its tile."""


@pytest.mark.parametrize("name", PLACES)
def test_each_trit_is_where_it_was_published(name):
    matrix, random = trits(), np.random.default_rng(1)
    stored = named(name).encode(matrix)
    for o, i in zip(random.integers(0, ROWS, 2000), random.integers(0, N, 2000), strict=True):
        assert PLACES[name](stored, int(o), int(i)) == matrix[o, i], (o, i)


@pytest.mark.parametrize(("name", "outputs", "inputs"), CONVERTED)
def test_tiles_are_those_of_the_published_converter(name, outputs, inputs):
    index = np.arange(outputs * inputs)
    matrix = ((index * index + index // 7) % 3 - 1).astype(np.int8).reshape(outputs, inputs)
    stored = format_named(name).encode(matrix)
    assert hashlib.sha256(stored.tobytes()).hexdigest() == CONVERTED[name, outputs, inputs]


def test_every_format_is_compared_with_its_publication():
    tiled = {name.partition(":")[0] for name, _, _ in CONVERTED}
    assert set(PLACES) | tiled == set(formats())


@pytest.mark.parametrize("name", ["TQ1_0", "TQ2_0"])
@pytest.mark.parametrize("scale", [1.0, 0.03125, 0.0437, 2.0**-24])
def test_the_gguf_package_agrees(name, scale):
    kind, one = GGMLQuantizationType[name], named(name.lower())
    half = float(np.float16(scale))
    matrix = trits()
    matrix[:, ::256] = 1
    theirs = quants.quantize(matrix.astype(np.float32) * np.float32(half), kind)
    ours = one.encode(matrix, half)
    np.testing.assert_array_equal(theirs.reshape(-1), ours)
    found, scales = one.decode(theirs, SHAPE)
    np.testing.assert_array_equal(found, matrix)
    values = quants.dequantize(ours.reshape(one.stored_shape(SHAPE)), kind)
    np.testing.assert_array_equal(values, found * scales.repeat(256, axis=1))


def test_the_example_of_hugging_face():
    packed = np.array([[0b10100001, 0b00011000], [0b10010000, 0b00001010]], np.uint8)
    expected = [[0, -1], [-1, 1], [-1, 1], [-1, 1], [1, 0], [0, -1], [1, -1], [1, -1]]
    assert named("hugging_face").decode(packed, (8, 2))[0].tolist() == expected


def test_bits_per_weight_as_published():
    size = 24 * (4 * 1536**2 + 3 * 1536 * 4096)
    region = named("tellme_beats").stored_size((1536, 19 * 84))
    assert region == 19 * 308 * 96
    assert round(24 * 13 * region * 8 / size, 3) == 2.064
    for name, rate in (("base3", 1.6), ("tellme", 5 / 3), ("tq1_0", 1.6875), ("tq2_0", 2.0625),
                       ("q2_0", 2.25), ("q2_0_128", 2.125), ("tl1", 2.0)):  # fmt: skip
        shape = (128, 3840)
        assert named(name).stored_size(shape) * 8 / math.prod(shape) == pytest.approx(rate)
