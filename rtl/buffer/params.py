# SPDX-License-Identifier: Apache-2.0
"""What the files of the weight buffer share: its parameters, and the ring of its parts."""

import dataclasses
from typing import Any

from myhdl import ResetSignal, SignalType, always_comb, always_seq, block
from tritproof.rtl.buffer.weight_bank import WeightBankParams
from tritproof.rtl.manifest import Params
from tritproof.rtl.pieces import unsigned_signal

COUNT_WIDTH = 16
"""Bits of each number of a command."""


@dataclasses.dataclass(frozen=True)
class WeightBufferParams(Params):
    """Shape of the buffer, [parts][groups][outputs] words, and of its port.

    ``word_width``: bits of the codes of one output in a step, 1 to 1024; ``q``: outputs in a beat
    of the engine, a power of two from 4 to 64; ``words``: words in a beat of the port, 1 to q / 2;
    ``parts``: 2 to 8; ``groups``: steps in a part, 1 to 4096; ``outputs``: outputs of a part, a
    multiple of ``q``, at most 16384; ``gamma_width``: bits of the number beside the words of a
    beat, 1 to 64; ``bus_width``: bits of the port, whole bytes, up to 4096.
    """

    word_width: int = 140
    q: int = 16
    words: int = 5
    parts: int = 3
    groups: int = 19
    outputs: int = 1536
    gamma_width: int = 16
    bus_width: int = 768

    def __post_init__(self) -> None:
        self.require("word_width", 1, 1024)
        self.require_power_of_two("q", 4, 64)
        self.require("words", 1, self.banks)
        self.require("parts", 2, 8)
        self.require("groups", 1, 1 << 12)
        self.require("outputs", self.q, 1 << 14)
        if self.outputs % self.q:
            raise ValueError(f"outputs must be a multiple of q = {self.q}, not {self.outputs}")
        self.require("gamma_width", 1, 64)
        self.require("bus_width", self.words * self.word_width + self.gamma_width, 4096)
        if self.bus_width % 8:
            raise ValueError(f"bus_width must be a multiple of 8, not {self.bus_width}")
        _ = self.bank

    @property
    def banks(self) -> int:
        """Banks of each part."""
        return self.q // 2

    @property
    def log2_banks(self) -> int:
        """Bits of the number of a bank."""
        return self.banks.bit_length() - 1

    @property
    def row_beats(self) -> int:
        """Beats of the engine in a step of a part."""
        return self.outputs // self.q

    @property
    def bank(self) -> WeightBankParams:
        """Parameters of each bank."""
        return WeightBankParams(self.word_width, 2 * self.groups * self.row_beats)

    @property
    def most_steps(self) -> int:
        """Steps of the deepest matrix."""
        return self.parts * self.groups

    @property
    def most_beats(self) -> int:
        """Beats in a step of the widest matrix."""
        return self.parts * self.row_beats

    @property
    def step_number_width(self) -> int:
        """Bits of the number of a step of a matrix."""
        return max(1, (self.most_steps - 1).bit_length())

    @property
    def beat_number_width(self) -> int:
        """Bits of the number of a beat in a step of a matrix."""
        return max(1, (self.most_beats - 1).bit_length())

    @property
    def record_width(self) -> int:
        """Bits of what is kept of a matrix: its last step, beat and pass."""
        return self.step_number_width + self.beat_number_width + COUNT_WIDTH

    @property
    def part_width(self) -> int:
        """Bits of the number of a part."""
        return (self.parts - 1).bit_length()

    @property
    def group_width(self) -> int:
        """Bits of the number of a group of a part."""
        return max(1, (self.groups - 1).bit_length())

    @property
    def left_width(self) -> int:
        """Bits of how many words are left of a row."""
        return self.outputs.bit_length()

    @property
    def held_width(self) -> int:
        """Bits of how many parts are in use."""
        return self.parts.bit_length()

    @property
    def beat_width(self) -> int:
        """Bits of a beat of the engine."""
        return self.q * self.word_width

    @property
    def words_width(self) -> int:
        """Bits of the words of a beat of the port."""
        return self.words * self.word_width

    @property
    def place_width(self) -> int:
        """Bits of the number of a beat of the port in its matrix."""
        return (self.parts * self.groups * -(-self.outputs // self.words)).bit_length()

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived widths."""
        return super().constants() | {
            "BANKS": self.banks,
            "LOG2_BANKS": self.log2_banks,
            "ROW_BEATS": self.row_beats,
            "ADDRESS_WIDTH": self.bank.address_width,
            "LINE_WIDTH": self.bank.line_width,
            "STEP_NUMBER_WIDTH": self.step_number_width,
            "BEAT_NUMBER_WIDTH": self.beat_number_width,
            "RECORD_WIDTH": self.record_width,
            "PART_WIDTH": self.part_width,
            "HELD_WIDTH": self.held_width,
            "PLACE_WIDTH": self.place_width,
        }

    def repeated(self) -> dict[str, int]:
        """Return how many parts, and banks in all of them, there are."""
        return {"PART": self.parts, "BANK": self.parts * self.banks}


@block
def next_part(part: SignalType, after: SignalType, parts: int) -> Any:
    """``after``: the part behind ``part`` in the ring of parts."""
    last = parts - 1

    @always_comb
    def compute():
        if part == last:
            after.next = 0
        else:
            after.next = part + 1

    return compute


@block
def count_ring(
    clk: SignalType, rst: ResetSignal, advance: SignalType, number: SignalType, count: int
) -> Any:
    """Go through the numbers below ``count``, again and again, one at each ``advance``."""
    after = unsigned_signal(len(number))

    @always_seq(clk.posedge, reset=rst)
    def go_on():
        if advance:
            number.next = after

    return next_part(number, after, count), go_on
