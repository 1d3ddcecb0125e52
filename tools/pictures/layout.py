# SPDX-License-Identifier: Apache-2.0
"""Where the trits of a format lie: every bit of a unit, with the trits it says something of."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from tritproof.ref.formats.code import Code
from tritproof.ref.formats.format import Format
from tritproof.ref.formats.unit import Part, Section

BIT, ROW = 15, 20
"""Pixels of a bit and of a row of bytes."""
LEFT, HEAD = 64, 40
BYTES_IN_ROW, BYTES_OF_FIVE_BITS = 4, 5
CHARACTER = 4.4
"""Pixels of a character of a label."""


@dataclass(frozen=True)
class Run:
    """Adjacent bits in one row of the picture: ``label`` is what fits, ``text`` all of it."""

    x: int
    y: int
    width: int
    label: str
    text: str
    kind: str


@dataclass(frozen=True)
class Panel:
    """A section: a heading, its runs, and the first byte of each row of them."""

    heading: str
    y: int
    runs: tuple[Run, ...]
    rows: tuple[tuple[int, int], ...]


def fields(code: Code) -> list[tuple[list[int], list[int]]]:
    """The bits of a word that say something of the same trits, and these trits.

    A bit and a trit belong together if some word changes in the bit when the trit alone changes.
    """
    words, table = np.flatnonzero(code.is_legal), code.table[code.is_legal].astype(int)
    sets: list[set[tuple[str, int]]] = [{("bit", bit)} for bit in range(code.width)]
    sets += [{("trit", j)} for j in range(code.group)]
    for j in range(code.group):
        others = np.delete(table, j, axis=1)
        order = np.lexsort(others.T) if others.size else np.arange(len(words))
        changes = 0
        for triple in words[order].reshape(-1, 3):
            changes |= int((triple[0] ^ triple[1]) | (triple[0] ^ triple[2]))
        linked = {("trit", j)} | {("bit", b) for b in range(code.width) if changes >> b & 1}
        touched = [one for one in sets if one & linked]
        sets = [one for one in sets if not one & linked] + [set().union(*touched)]
    found = [
        (sorted(n for kind, n in one if kind == "bit"), sorted(n for k, n in one if k == "trit"))
        for one in sets
    ]
    return sorted(one for one in found if one[0])


def panels(one: Format) -> list[Panel]:
    """Lay out every section of a format, one below the other."""
    found, y = [], HEAD
    for stretch in one.stretches(one.smallest):
        panel = _panel(stretch.section, stretch.shape, y)
        found.append(panel)
        y = panel.rows[-1][1] + ROW + HEAD
    return found


def _panel(section: Section, shape: tuple[int, int], y: int) -> Panel:
    places = [section.grid.place(shape, 0, trit) for trit in range(section.grid.trits)]
    low = places[0]
    places = [(o - low[0], i - low[1]) for o, i in places]
    several = len({o for o, _ in places}) > 1
    owners: list[tuple[str, str, int]] = [("0", "spare", -1)] * (8 * section.bytes)
    for number, (bits, trits, order) in enumerate(_words(section)):
        text = _label([places[trit] for trit in trits], several)
        for bit in bits:
            owners[bit] = (text, ("even", "odd")[order % 2], number)
    if section.scale is not None:
        for bit in range(8 * section.scale, 8 * section.scale + 16):
            owners[bit] = ("scale", "scale", -2)
    for bit in section.unread:
        owners[bit] = ("not of weights", "spare", -3)
    five = any(part.code.width % 8 and part.first_byte is None for part in section.parts)
    across = BYTES_OF_FIVE_BITS if five and len(section.planes) == 1 else BYTES_IN_ROW
    runs, rows = [], []
    for row, begin in enumerate(range(0, 8 * section.bytes, 8 * across)):
        top = y + row * ROW
        rows.append((begin // 8, top))
        line = list(enumerate(owners[begin : begin + 8 * across]))
        for (text, kind, _), group in groupby(line, key=lambda item: item[1]):
            places_in_row = [place for place, _ in group]
            width = len(places_in_row) * BIT
            label = text if len(text) * CHARACTER <= width - 2 else ""
            runs.append(Run(LEFT + places_in_row[0] * BIT, top, width, label, text, kind))
    outputs = 1 + max(output for output, _ in places)
    size = "bytes" if section.bytes > 1 else "byte"
    heading = f"{section.bytes} {size} for {section.grid.trits} weights; "
    heading += "output,input of each" if several else "input of each"
    if several and len({o for o, _ in places}) < outputs:
        heading += f", of {shape[0]} outputs"
    return Panel(heading, y, tuple(runs), tuple(rows))


def _words(section: Section) -> Iterator[tuple[list[int], list[int], int]]:
    """Bits and trits of every field of every word, and the number of the field in its part."""
    for part in section.parts:
        yield from _fields_of(part)


def _fields_of(part: Part) -> Iterator[tuple[list[int], list[int], int]]:
    number = 0
    for word, trits in zip(part.bits.tolist(), part.trits.tolist(), strict=True):
        for bits, own in fields(part.code):
            yield [word[b] for b in bits], [trits[j] for j in own], number
            number += 1


def _label(places: list[tuple[int, int]], several: bool) -> str:
    """Inputs as a range where they follow each other in one output, else one by one."""
    output, first = places[0]
    run = [(output, first + step) for step in range(len(places))]
    if places == run and len(places) > 1:
        text = f"{first}-{first + len(places) - 1}"
        return f"{output},{text}" if several else text
    return " ".join(f"{o},{i}" if several else f"{i}" for o, i in places)
