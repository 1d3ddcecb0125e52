# SPDX-License-Identifier: Apache-2.0
"""Where the words of a unit of each format lie, and which of its trits each holds."""

import dataclasses
from collections.abc import Iterator

from tritproof.rtl.formats.words import DECODERS

SCALE_WIDTH = 16
"""Bits of the binary16 scale of a unit."""


@dataclasses.dataclass(frozen=True)
class Word:
    """A word of a unit: its code, its lowest bit, and the trits of the unit that it holds."""

    code: str
    bit: int
    trits: tuple[int, ...]


@dataclasses.dataclass(frozen=True)
class Run:
    """``count`` words of one code behind each other from a byte on, with the trits from a trit on:
    consecutive ones in each word or, ``spread``, the first of all words before the second of all.
    """

    code: str
    count: int
    byte: int = 0
    trit: int = 0
    spread: bool = False

    def words(self) -> Iterator[Word]:
        """The words, in order."""
        width, group, _ = DECODERS[self.code]
        step, stride = (1, self.count) if self.spread else (group, 1)
        for number in range(self.count):
            first = self.trit + number * step
            trits = tuple(first + place * stride for place in range(group))
            yield Word(self.code, 8 * self.byte + number * width, trits)


@dataclasses.dataclass(frozen=True)
class Layout:
    """A unit of ``size`` bytes: its words, and the byte at which a scale stands, if any."""

    size: int
    runs: tuple[Run, ...]
    scale: int | None = None

    @property
    def words(self) -> tuple[Word, ...]:
        """All words."""
        return tuple(word for run in self.runs for word in run.words())

    @property
    def trits(self) -> int:
        """How many trits a unit holds."""
        return sum(len(word.trits) for word in self.words)


LAYOUTS = {
    "tellme": Layout(5, (Run("tellme", 8),)),
    "tellme_beats": Layout(96, (Run("tellme", 140),)),
    "base3": Layout(1, (Run("base3", 1),)),
    "base3_residue": Layout(1, (Run("base3_residue", 1),)),
    "tq1_0": Layout(
        54,
        (
            Run("tq1_0_5", 32, spread=True),
            Run("tq1_0_5", 16, byte=32, trit=160, spread=True),
            Run("tq1_0_4", 4, byte=48, trit=240, spread=True),
        ),
        scale=52,
    ),
    "tq2_0": Layout(
        66,
        (
            Run("fields", 32, spread=True),
            Run("fields", 32, byte=32, trit=128, spread=True),
        ),
        scale=64,
    ),
    "i2_s_x86": Layout(32, (Run("fields_down", 32, spread=True),)),
    "i2_s_arm": Layout(16, (Run("fields_down", 16, spread=True),)),
    "i2_s_rows": Layout(1, (Run("fields_down", 1),)),
}
"""The formats that a stream can carry, by name."""
