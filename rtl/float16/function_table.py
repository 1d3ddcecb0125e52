# SPDX-License-Identifier: Apache-2.0
"""Piecewise quadratic tables of float16 functions, as `tables/<function>.csv` has them.

What a function is looked up by is a *key*, an unsigned number. A segment is 2**w keys, ``first``
the lowest; the key ``first + l``, at position l, has the magnitude c0 + c1 l + c2 l**2, an integer,
in units of 2**``exponent``. Keys that agree above their lowest ten bits, a *binade*, are in
segments of one width. `tools/make_float16_tables.py` makes the tables.
"""

import csv
import dataclasses
from collections.abc import Sequence
from functools import cache, cached_property
from pathlib import Path

from tritproof.rtl.pieces import signed_width

FOLDER = Path(__file__).parent / "tables"
BINADE_KEYS = 1 << 10


@dataclasses.dataclass(frozen=True)
class Row:
    """One segment: its first key and its polynomial; ``c0`` is not negative."""

    first: int
    exponent: int
    c0: int
    c1: int
    c2: int

    def rise(self, position: int) -> int:
        """Return by how much the magnitude at a position is above ``c0``."""
        return (self.c1 + self.c2 * position) * position


COLUMNS = ("segment", *(field.name for field in dataclasses.fields(Row)))


@dataclasses.dataclass(frozen=True)
class FunctionTable:
    """The segments in the order of their keys; ``key_width``: bits of a key, 10 or more."""

    key_width: int
    rows: tuple[Row, ...]

    @cached_property
    def widths(self) -> tuple[int, ...]:
        """For each row, how many of a key's lowest bits are the position in the segment."""
        ends = [row.first for row in self.rows[1:]] + [1 << self.key_width]
        sizes = [end - row.first for row, end in zip(self.rows, ends, strict=True)]
        return tuple(size.bit_length() - 1 for size in sizes)

    @property
    def position_width(self) -> int:
        """Bits of the longest position."""
        return max(self.widths)

    @property
    def least_width(self) -> int:
        """Bits of the shortest position."""
        return min(self.widths)

    @property
    def uniform(self) -> bool:
        """Whether all segments have one width: then the upper bits of a key are its segment."""
        return len(set(self.widths)) == 1

    @property
    def segment_width(self) -> int:
        """Bits of a segment's number."""
        return (len(self.rows) - 1).bit_length()

    @cached_property
    def field_widths(self) -> tuple[int, int, int, int]:
        """Bits of an entry's fields exponent, c0, c1 and c2; all but c0 are two's complement."""
        exponent, c1, c2 = (
            max(_two_complement_width(getattr(row, name)) for row in self.rows)
            for name in ("exponent", "c1", "c2")
        )
        return exponent, max(max(row.c0 for row in self.rows).bit_length(), 1), c1, c2

    @property
    def entry_width(self) -> int:
        """Bits of an entry."""
        return sum(self.field_widths)

    def column(self, name: str) -> tuple[int, ...]:
        """Return the bits of one number of each row; four memories, since MyHDL writes constants of
        2**30 and more at a wrong width."""
        width = dict(zip(("exponent", "c0", "c1", "c2"), self.field_widths, strict=True))[name]
        return tuple(getattr(row, name) & ((1 << width) - 1) for row in self.rows)

    @property
    def directory_widths(self) -> tuple[int, int, int]:
        """Bits of the fields of an entry of the directory: first segment, shift and mask."""
        shift_width = (self.position_width - self.least_width).bit_length()
        return self.segment_width, shift_width, self.position_width

    @cached_property
    def directory(self) -> tuple[int, ...]:
        """For each binade, the number of its first segment, by how much its positions are longer
        than the shortest, and as many ones as they have bits, packed from the highest bits down."""
        found: dict[int, tuple[int, int, int]] = {}
        for number, (row, width) in enumerate(zip(self.rows, self.widths, strict=True)):
            entry = number, width - self.least_width, (1 << width) - 1
            found.setdefault(row.first // BINADE_KEYS, entry)
        return tuple(_packed(found[b], self.directory_widths) for b in sorted(found))

    @property
    def bits(self) -> int:
        """Bits of the memory, the directory included if there is one."""
        directory = 0 if self.uniform else len(self.directory) * sum(self.directory_widths)
        return len(self.rows) * self.entry_width + directory

    @cached_property
    def _steps(self) -> tuple[tuple[int, int, int, int], ...]:
        """For each key, at position l: c2 l, c1 + c2 l, (c1 + c2 l) l and the magnitude."""
        found = []
        for row, width in zip(self.rows, self.widths, strict=True):
            for position in range(1 << width):
                bend, rise = row.c2 * position, row.rise(position)
                found.append((bend, row.c1 + bend, rise, row.c0 + rise))
        return tuple(found)

    @property
    def bounds(self) -> tuple[int, int, int, int]:
        """Largest absolute values, for any key at position l, of c2 l, c1 + c2 l, (c1 + c2 l) l and
        the magnitude."""
        bend, slope, rise, magnitude = (
            max(map(abs, values)) for values in zip(*self._steps, strict=True)
        )
        return bend, slope, rise, magnitude

    @property
    def magnitude_width(self) -> int:
        """Bits of the largest magnitude."""
        return self.bounds[-1].bit_length()

    @property
    def magnitudes(self) -> tuple[int, ...]:
        """The magnitude of each key."""
        return tuple(magnitude for *_, magnitude in self._steps)

    @property
    def exponents(self) -> tuple[int, int]:
        """The least and the greatest exponent."""
        found = [row.exponent for row in self.rows]
        return min(found), max(found)


def _two_complement_width(value: int) -> int:
    return signed_width(value if value >= 0 else ~value)


def _packed(values: Sequence[int], widths: Sequence[int]) -> int:
    """Return the lowest bits of each value, the last value lowest."""
    packed = 0
    for value, width in zip(values, widths, strict=True):
        packed = packed << width | value & ((1 << width) - 1)
    return packed


@cache
def read_table(function: str) -> FunctionTable:
    """Return the table of a function: the number of its keys is the next power of two, 2**10 at
    least.

    Raises FileNotFoundError where there is none.
    """
    with (FOLDER / f"{function}.csv").open(newline="") as file:
        rows = tuple(
            Row(*(int(line[name]) for name in COLUMNS[1:])) for line in csv.DictReader(file)
        )
    return FunctionTable(max(rows[-1].first.bit_length(), 10), rows)
