# SPDX-License-Identifier: Apache-2.0
"""The golden functions of the blocks that unpack weights: where the words of a beat of whole units
lie, which of its trits each holds, and what the codes are."""

from __future__ import annotations

from functools import cache

import numpy as np
from tritproof.ref.formats.code import Code
from tritproof.ref.formats.registry import formats
from tritproof.ref.formats.unit import Section
from tritproof.ref.goldens import Constants, goldens
from tritproof.ref.spec import Integer, lookup, select, specification, unsigned
from tritproof.ref.ternary.codes import code_width, legal_codes

TRIT_BITS = 2
"""Bits of a trit in a stream, two's complement."""
WORD_BITS, MOST_TRITS = 8, 5
"""Most bits, and most trits, of a word."""


def unit_of(name: str) -> Section:
    """The units of a format that has one kind of them."""
    (section,) = formats()[name].sections(0)
    return section


@cache
def words_of_beat(name: str, units: int) -> dict[str, list[int]]:
    """Of every word of a beat: its lowest bit, its width, how many trits it has, which of the beat
    is the first, and how far the next is from it.

    Raises:
        ValueError: bits of a word, or its trits, are not evenly spaced.
    """
    section, found = unit_of(name), []
    for unit in range(units):
        for part in section.parts:
            for bits, trits in zip(part.bits, part.trits, strict=True):
                stride = int(trits[1] - trits[0])
                if (np.diff(bits) != 1).any() or (np.diff(trits) != stride).any():
                    raise ValueError(f"{name}: bits {bits} or trits {trits} are not in steps")
                found.append((int(bits[0]) + 8 * unit * section.bytes, len(bits), len(trits),
                              int(trits[0]) + unit * section.grid.trits, stride))
    names = ("first_bit", "word_width", "word_group", "first_trit", "trit_stride")
    return dict(zip(names, map(list, zip(*found, strict=True)), strict=True))


def _word_number(FORMAT, UNITS):
    return {"word": Integer(0, len(words_of_beat(FORMAT, UNITS)["first_bit"]) - 1)}


@specification(inputs=_word_number)
def first_bit(word, *, FORMAT, UNITS):
    """The lowest bit of a word in its beat."""
    return lookup(words_of_beat(FORMAT, UNITS)["first_bit"], word)


@specification(inputs=_word_number)
def word_width(word, *, FORMAT, UNITS):
    """Bits of a word."""
    return lookup(words_of_beat(FORMAT, UNITS)["word_width"], word)


@specification(inputs=_word_number)
def word_group(word, *, FORMAT, UNITS):
    """How many trits a word holds."""
    return lookup(words_of_beat(FORMAT, UNITS)["word_group"], word)


@specification(inputs=_word_number)
def first_trit(word, *, FORMAT, UNITS):
    """Which trit of the beat is the word's first."""
    return lookup(words_of_beat(FORMAT, UNITS)["first_trit"], word)


@specification(inputs=_word_number)
def trit_stride(word, *, FORMAT, UNITS):
    """How far the next trit of the word is from one."""
    return lookup(words_of_beat(FORMAT, UNITS)["trit_stride"], word)


@specification(inputs=lambda FORMAT, UNITS: {"unit": Integer(0, UNITS - 1)})
def scale_bit(unit, *, FORMAT, UNITS):
    """The lowest bit of the scale of a unit, -1 where it has none."""
    section = unit_of(FORMAT)
    if section.scale is None:
        return -1 + 0 * unit
    return 8 * (unit * section.bytes + section.scale)


def packed(trits) -> int:
    """Trits as one number, the first lowest."""
    return sum((trit & 3) << TRIT_BITS * place for place, trit in enumerate(trits))


@cache
def _codes(name: str, units: int) -> tuple[list[Code], list[int]]:
    """The codes of a format, and which of them each word of a beat is of."""
    section = unit_of(name)
    codes = list(dict.fromkeys(part.code for part in section.parts))
    of_unit = [codes.index(part.code) for part in section.parts for _ in part.bits]
    return codes, of_unit * units


def _table(code: Code) -> list[int]:
    illegal = 1 << TRIT_BITS * MOST_TRITS
    return [packed(code.legal[word]) if word in code.legal else illegal
            for word in range(1 << WORD_BITS)]


@specification(inputs=lambda FORMAT, UNITS: {**_word_number(FORMAT, UNITS),
                                             "bits": unsigned(WORD_BITS)})
def word_read(word, bits, *, FORMAT, UNITS):
    """The trits of the bits of a word, room for five, or 0 of illegal ones with a 1 above it."""
    codes, of_word = _codes(FORMAT, UNITS)
    number, found = lookup(of_word, word), lookup(_table(codes[0]), bits)
    for k, code in enumerate(codes[1:], 1):
        found = select(number == k, lookup(_table(code), bits), found)
    return found


@specification(inputs=lambda G, CODE_ORDER: {"trits": unsigned(TRIT_BITS * G)})
def code_of_trits(trits, *, G, CODE_ORDER):
    """The word of a vector of trits below 0; where one is no trit, that of zeros below 1."""
    width = code_width(CODE_ORDER, G)
    # Of two words for the zero vector, the lower one.
    legal = legal_codes(CODE_ORDER, G)
    known = {packed(legal[word]): word for word in sorted(legal, reverse=True)}
    illegal = (1 << width) | known[0]
    return lookup([known.get(n, illegal) for n in range(1 << TRIT_BITS * G)], trits)


@goldens("unpack")
def unpack_goldens(constants: Constants) -> list[str]:
    """golden_first_bit(word), golden_word_width(word), golden_word_group(word),
    golden_first_trit(word), golden_trit_stride(word), golden_scale_bit(unit),
    golden_word_read(word, bits)."""
    of_beat = {name: constants[name] for name in ("FORMAT", "UNITS")}
    parts = (first_bit, word_width, word_group, first_trit, trit_stride, scale_bit, word_read)
    return [part.golden(**of_beat) for part in parts]


@goldens("transcode")
def transcode_goldens(constants: Constants) -> list[str]:
    """golden_code_of_trits(trits)."""
    return [code_of_trits.golden(G=constants["G"], CODE_ORDER=constants["CODE_ORDER"])]
