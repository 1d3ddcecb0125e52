# SPDX-License-Identifier: Apache-2.0
"""Units: the smallest stretch of bytes that holds whole words, and how a matrix falls into them."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np
from tritproof.ref.formats.code import Code


@dataclass(frozen=True, eq=False)
class Part:
    """Words of one code in a unit: ``trits`` int[words, group], which trit of the unit each is;
    ``bits`` int[words, width], which bit of the unit, bit 0 the lowest of its first byte."""

    code: Code
    trits: np.ndarray
    bits: np.ndarray

    @property
    def first_byte(self) -> int | None:
        """Where the words are bytes in a row, the first of them, else None."""
        first = int(self.bits[0, 0])
        whole = first + np.arange(self.bits.size).reshape(self.bits.shape)
        is_whole = self.code.width == 8 and first % 8 == 0 and np.array_equal(whole, self.bits)
        return first // 8 if is_whole else None


def in_bytes(code: Code, words: int, *, byte: int = 0, trit: int = 0,
             spread: bool = False) -> Part:
    """``words`` bytes from ``byte`` on with the trits from ``trit`` on: consecutive ones in each
    byte, or ``spread``, digit n of all bytes before digit n + 1."""
    run = trit + np.arange(words * code.group)
    trits = run.reshape(code.group, words).T if spread else run.reshape(words, code.group)
    return Part(code, trits, 8 * byte + np.arange(8 * words).reshape(words, 8))


def in_bits(code: Code, words: int) -> Part:
    """``words`` words one behind the other from bit 0 on, consecutive trits in each."""
    trits = np.arange(words * code.group).reshape(words, code.group)
    return Part(code, trits, np.arange(words * code.width).reshape(words, code.width))


@dataclass(frozen=True)
class Grid:
    """How a matrix [outputs, inputs] falls into units.

    ``rows`` and ``columns`` are the sizes of nested indices, slowest first; the 0 in each stands
    for as many as the matrix asks for. ``order`` lists these indices, rows then columns counted
    from 0, slowest first as stored; the last ``inner`` of them run inside a unit.
    """

    rows: tuple[int, ...]
    columns: tuple[int, ...]
    order: tuple[int, ...]
    inner: int

    @property
    def multiples(self) -> tuple[int, int]:
        """Of what outputs and inputs must be multiples."""
        return prod(filter(None, self.rows)), prod(filter(None, self.columns))

    @property
    def trits(self) -> int:
        """Trits of a unit."""
        sizes = self.rows + self.columns
        return prod(sizes[axis] for axis in self.order[-self.inner:])

    def _sizes(self, shape: tuple[int, int]) -> tuple[int, ...]:
        outputs, inputs = (size // of for size, of in zip(shape, self.multiples, strict=True))
        rows = (size or outputs for size in self.rows)
        return (*rows, *(size or inputs for size in self.columns))

    def split(self, matrix: np.ndarray) -> np.ndarray:
        """Units [units, trits] of a matrix whose shape is a multiple."""
        return matrix.reshape(self._sizes(matrix.shape)).transpose(self.order).reshape(
            -1, self.trits)

    def join(self, units: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
        """The matrix of the units."""
        sizes = self._sizes(shape)
        stored = units.reshape([sizes[axis] for axis in self.order])
        return stored.transpose(np.argsort(self.order)).reshape(shape)

    def place(self, shape: tuple[int, int], unit: int, trit: int) -> tuple[int, int]:
        """Output and input of a trit of a unit."""
        sizes = self._sizes(shape)
        stored = np.unravel_index(unit * self.trits + trit, [sizes[axis] for axis in self.order])
        index = [int(stored[self.order.index(axis)]) for axis in range(len(sizes))]
        count = len(self.rows)
        return (int(np.ravel_multi_index(index[:count], sizes[:count])),
                int(np.ravel_multi_index(index[count:], sizes[count:])))


@dataclass(frozen=True, eq=False)
class Section:
    """Columns of a matrix stored as units of one kind.

    ``planes`` are the bytes of a unit; of several, the first bytes of all units are stored before
    the second of all. ``scale`` is the byte of a unit at which its binary16 scale stands, if it has
    one; ``unread`` are the bits that say nothing of weights. Every other bit is of one word.
    """

    grid: Grid
    parts: tuple[Part, ...]
    planes: tuple[int, ...]
    scale: int | None = None
    unread: range = range(0)
    first_column: int = 0

    @property
    def bytes(self) -> int:
        """Bytes of a unit."""
        return sum(self.planes)

    def pack(self, matrix: np.ndarray, scales: np.ndarray | None) -> np.ndarray:
        """The bytes uint8[...] of these columns; ``scales`` float16[units], if units have them."""
        stored = self.pack_units(self.grid.split(matrix))
        if self.scale is not None and scales is not None:
            halves = scales.astype("<f2").reshape(-1, 1).view(np.uint8)
            stored[:, self.scale:self.scale + 2] = halves
        if len(self.planes) == 1:
            return stored.reshape(-1)
        cuts = np.cumsum(self.planes)[:-1]
        return np.concatenate([plane.reshape(-1) for plane in np.split(stored, cuts, axis=1)])

    def pack_units(self, units: np.ndarray) -> np.ndarray:
        """The units uint8[units, bytes] of trits int8[units, trits], all other bits zero."""
        stored = np.zeros((len(units), self.bytes), np.uint8)
        for part in self.parts:
            _put(stored, part, part.code.encode(units[:, part.trits]))
        return stored

    def units(self, stored: np.ndarray) -> np.ndarray:
        """The units uint8[units, bytes] of the bytes of these columns."""
        if len(self.planes) == 1:
            return stored.reshape(-1, self.bytes)
        count = len(stored) // self.bytes
        cuts = np.split(stored, np.cumsum(self.planes)[:-1] * count)
        return np.concatenate([cut.reshape(count, -1) for cut in cuts], axis=1)

    def byte_of(self, units: int, unit: int, bit: int) -> int:
        """Where in the bytes of these columns a bit of a unit is stored."""
        before, byte = 0, bit // 8
        for plane in self.planes:
            if byte < plane:
                return before + unit * plane + byte
            before, byte = before + plane * units, byte - plane
        raise IndexError(f"bit {bit} of {8 * self.bytes}")


def words_of(units: np.ndarray, part: Part) -> np.ndarray:
    """The words uint8[units, words] of a part."""
    first = part.first_byte
    if first is not None:
        return units[:, first:first + len(part.bits)]
    bits = np.unpackbits(units, axis=1, bitorder="little")
    words = np.zeros((len(units), len(part.bits)), np.uint8)
    for place, column in enumerate(part.bits.T):
        words |= bits[:, column] << np.uint8(place)
    return words


def _put(units: np.ndarray, part: Part, words: np.ndarray) -> None:
    first = part.first_byte
    if first is not None:
        units[:, first:first + len(part.bits)] = words
        return
    bits = np.zeros((len(units), 8 * units.shape[1]), np.uint8)
    for place, column in enumerate(part.bits.T):
        bits[:, column] = words >> np.uint8(place) & np.uint8(1)
    units |= np.packbits(bits, axis=1, bitorder="little")
