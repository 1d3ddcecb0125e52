# SPDX-License-Identifier: Apache-2.0
"""What a format of ternary weights is: a matrix of trits as bytes, and back, exactly.

A matrix [outputs, inputs] falls into sections of columns, these into units, units into words, each
the word of a code. Every step is a bijection, so a format is one between matrices, with their
scales, and legal bytes. Bytes that no matrix has are refused, never read as something else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import lcm

import numpy as np
from tritproof.ref.formats.unit import Part, Section, words_of

Shape = tuple[int, int]
SCALES = ("apart", "block", "tensor")
"""Scales apart from the bytes; binary16 in every unit; binary32 behind the words."""


class FormatError(ValueError):
    """Bytes that no matrix has: the message names format, position and value."""


def no_tail(shape: Shape, stored: int) -> int:
    """No byte behind the words."""
    return 0


@dataclass(frozen=True)
class Stretch:
    """A section of one matrix: its shape, its first column and byte, and its bytes."""

    section: Section
    shape: Shape
    column: int
    byte: int
    size: int


@dataclass(frozen=True, eq=False)
class Format:
    """A format; ``sections`` gives those of a matrix by its inputs, with their first columns.

    ``scales`` is one of :data:`SCALES`. One that ``pads`` fills rows and columns with 0, others
    take matrices of whole units only. ``tail`` gives the bytes behind ``stored`` bytes of words: a
    binary32 scale and what is not read, or zeros. ``rows_together`` outputs share each byte, 0
    where bytes are in no order of rows. ``ggml_types`` are the numbers under which GGUF files hold
    it. ``tile``, of a format that depends on sizes no file records, makes it from them.
    ``example`` is a small matrix with every section where a format has several.
    """

    name: str
    summary: str
    alphabet: str
    source: str
    sections: Callable[[int], tuple[Section, ...]]
    scales: str = "apart"
    pads: bool = False
    tail: Callable[[Shape, int], int] = no_tail
    rows_together: int = 0
    ggml_types: tuple[int, ...] = ()
    tile: Callable[..., Format] | None = field(default=None, repr=False)
    example: Shape | None = None

    @property
    def smallest(self) -> Shape:
        """A small matrix with every section, and two units where rows lie apart in one."""
        if self.example is not None:
            return self.example
        grid = self.sections(0)[0].grid
        rows, columns = grid.multiples
        return rows * (1 if grid.rows[0] == 0 else 2), columns

    def padded(self, shape: Shape) -> Shape:
        """The shape that is stored.

        Raises:
            ValueError: no matrix of this shape is.
        """
        sections = self.sections(shape[1])
        rows = lcm(*(section.grid.multiples[0] for section in sections))
        columns = lcm(*(section.grid.multiples[1] for section in sections[-1:]))
        sizes = []
        for what, size, multiple in (("outputs", shape[0], rows), ("inputs", shape[1], columns)):
            if size < 1 or (size % multiple and not self.pads):
                raise ValueError(
                    f"{self.name}: {what} must be a multiple of {multiple}, not {size}")
            sizes.append(-(-size // multiple) * multiple)
        return sizes[0], sizes[1]

    def stored_size(self, shape: Shape) -> int:
        """Bytes of a matrix; raises as :meth:`padded`."""
        words = sum(stretch.size for stretch in self.stretches(shape))
        return words + self.tail(self.padded(shape), words)

    def stored_shape(self, shape: Shape) -> tuple[int, ...]:
        """The shape in which other software keeps the bytes."""
        size = self.stored_size(shape)
        if not self.rows_together:
            return (size,)
        rows = self.padded(shape)[0] // self.rows_together
        return rows, size // rows

    def matrix_shape(self, stored: tuple[int, ...]) -> Shape | None:
        """The only shape whose :meth:`stored_shape` is this one, None where there is a choice."""
        section = self.sections(0)[0] if self.rows_together else None
        if section is None or len(stored) != 2 or (self.pads and section.grid.trits > 1):
            return None
        units = -(-stored[1] // section.bytes)
        return stored[0] * self.rows_together, units * section.grid.trits // self.rows_together

    def stretches(self, shape: Shape) -> Iterator[Stretch]:
        """The sections of a matrix; raises as :meth:`padded`."""
        outputs, inputs = self.padded(shape)
        sections, byte = self.sections(shape[1]), 0
        ends = [section.first_column for section in sections[1:]] + [inputs]
        for section, end in zip(sections, ends, strict=True):
            columns = end - section.first_column
            size = outputs * columns // section.grid.trits * section.bytes
            yield Stretch(section, (outputs, columns), section.first_column, byte, size)
            byte += size

    def encode(self, trits: np.ndarray, scales: np.ndarray | float | None = None) -> np.ndarray:
        """The bytes uint8[size] of trits int8[outputs, inputs].

        ``scales``, all 1 by default, are one number or, where units have their own, one for each,
        [outputs, inputs / unit]; the format must hold them exactly.

        Raises:
            ValueError: an element that is no trit, a shape or a scale the format does not take.
        """
        trits = np.asarray(trits)
        _require_trits(trits)
        outputs, inputs = self.padded(trits.shape)
        matrix = np.zeros((outputs, inputs), np.int8)
        matrix[:trits.shape[0], :trits.shape[1]] = trits
        blocks = self._scales_of(scales, trits.shape)
        parts = [s.section.pack(matrix[:, s.column:s.column + s.shape[1]], blocks)
                 for s in self.stretches(trits.shape)]
        stored = np.zeros(self.stored_size(trits.shape), np.uint8)
        words = sum(map(len, parts))
        stored[:words] = np.concatenate(parts)
        if self.scales == "tensor" and blocks is not None:
            stored[words:words + 4] = blocks.astype("<f4").reshape(1).view(np.uint8)
        return stored

    def _scales_of(self, scales, shape: Shape) -> np.ndarray | None:
        if self.scales == "apart":
            if scales is not None:
                raise ValueError(f"{self.name}: holds no scales, keep them apart")
            return None
        wide = np.asarray(1.0 if scales is None else scales, np.float64)
        kind = np.float16 if self.scales == "block" else np.float32
        with np.errstate(over="ignore"):
            held = wide.astype(kind)
        if not np.isfinite(wide).all() or not np.array_equal(held, wide):
            wrong = wide[(held != wide) | ~np.isfinite(wide)].flat[0]
            raise ValueError(f"{self.name}: scale {wrong} is no {np.dtype(kind).name}")
        return np.broadcast_to(held, self.scale_shape(shape))

    def scale_shape(self, shape: Shape) -> Shape:
        """The shape of the scales inside: one number, or one for every unit of a row."""
        if self.scales != "block":
            return (1, 1)
        return shape[0], shape[1] // self.sections(shape[1])[0].grid.trits

    def decode(self, data: np.ndarray, shape: Shape) -> tuple[np.ndarray, np.ndarray | None]:
        """Trits int8[outputs, inputs] and scales, float32 of :meth:`scale_shape` or None.

        Raises:
            ValueError: a shape the format does not take.
            FormatError: bytes of another size, an illegal word, padding that is not 0.
        """
        data = self._sized(data, shape)
        matrix = np.empty(self.padded(shape), np.int8)
        scales = None
        for stretch in self.stretches(shape):
            section = stretch.section
            units = section.units(data[stretch.byte:stretch.byte + stretch.size])
            trits = np.empty((len(units), section.grid.trits), np.int8)
            for part in section.parts:
                words = words_of(units, part)
                self._require_legal(words, part, stretch, len(units))
                trits[:, part.trits] = part.code.table[words]
            columns = slice(stretch.column, stretch.column + stretch.shape[1])
            matrix[:, columns] = section.grid.join(trits, stretch.shape)
            if section.scale is not None:
                halves = units[:, section.scale:section.scale + 2].copy().view("<f2")
                scales = halves.astype(np.float32).reshape(self.scale_shape(shape))
        tail = data[stretch.byte + stretch.size:]
        if self.scales == "tensor":
            scales = tail[:4].copy().view("<f4").astype(np.float32).reshape(1, 1)
        elif tail.any():
            byte = len(data) - len(tail) + int(np.argmax(tail != 0))
            raise FormatError(
                f"{self.name}: byte {byte:,} behind the weights is {data[byte]}, not 0")
        return self._trimmed(matrix, shape), scales

    def legal(self, data: np.ndarray, shape: Shape) -> np.ndarray:
        """Whether each word is legal, bool[words]: by section, unit and place in it."""
        data = self._sized(data, shape)
        found = []
        for stretch in self.stretches(shape):
            units = stretch.section.units(data[stretch.byte:stretch.byte + stretch.size])
            flags = [part.code.is_legal[words_of(units, part)] for part in stretch.section.parts]
            found.append(np.concatenate(flags, axis=1).reshape(-1))
        return np.concatenate(found)

    def count(self, data: np.ndarray, shape: Shape) -> tuple[list[int], int, int]:
        """How many trits of legal words are -1, 0 and 1, illegal words, and words.

        Padding counts as 0 trits of its own: a matrix has as many fewer.
        """
        data = self._sized(data, shape)
        trits, illegal, words = np.zeros(3, np.int64), 0, 0
        for stretch in self.stretches(shape):
            units = stretch.section.units(data[stretch.byte:stretch.byte + stretch.size])
            for part in stretch.section.parts:
                found = words_of(units, part)
                times = np.bincount(found.reshape(-1), minlength=1 << part.code.width)
                illegal += int(times[~part.code.is_legal].sum())
                words += found.size
                for place, trit in enumerate((-1, 0, 1)):
                    has = (part.code.table == trit).sum(axis=1) * part.code.is_legal
                    trits[place] += int(times @ has)
        return [int(number) for number in trits], illegal, words

    def _sized(self, data: np.ndarray, shape: Shape) -> np.ndarray:
        data, size = np.asarray(data, np.uint8).reshape(-1), self.stored_size(shape)
        if len(data) != size:
            raise FormatError(
                f"{self.name}: {shape[0]} x {shape[1]} weights take {size:,} bytes, not "
                f"{len(data):,}")
        return data

    def _require_legal(self, words: np.ndarray, part: Part, stretch: Stretch, count: int) -> None:
        illegal = ~part.code.is_legal[words]
        if not illegal.any():
            return
        unit, word = (int(i) for i in np.argwhere(illegal)[0])
        byte = stretch.section.byte_of(count, unit, int(part.bits[word, 0])) + stretch.byte
        row, column = stretch.section.grid.place(stretch.shape, unit, int(part.trits[word, 0]))
        raise FormatError(
            f"{self.name}: byte {byte:,}, element [{row}, {column + stretch.column}]: "
            f"{int(words[unit, word]):#04x} is none of the {len(part.code.legal)} legal words")

    def _trimmed(self, matrix: np.ndarray, shape: Shape) -> np.ndarray:
        outputs, inputs = shape
        for rows, columns in ((slice(outputs, None), slice(None)),
                              (slice(outputs), slice(inputs, None))):
            padding = matrix[rows, columns]
            if padding.any():
                row, column = (int(i) for i in np.argwhere(padding)[0])
                place = [row + (rows.start or 0), column + (columns.start or 0)]
                raise FormatError(f"{self.name}: element {place} of the padding is "
                                  f"{padding[row, column]}, not 0")
        return np.ascontiguousarray(matrix[:outputs, :inputs])


def _require_trits(trits: np.ndarray) -> None:
    if trits.ndim != 2:
        raise ValueError(f"trits: shape {list(trits.shape)} is no matrix [outputs, inputs]")
    outside = (trits != -1) & (trits != 0) & (trits != 1)
    if outside.any():
        row, column = (int(i) for i in np.argwhere(outside)[0])
        raise ValueError(f"trits: element [{row}, {column}] is {trits[row, column]}, not a trit")
