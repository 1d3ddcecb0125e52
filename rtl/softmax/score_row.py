# SPDX-License-Identifier: Apache-2.0
"""The scores of a row in one of two banks, read as distances from their largest."""

import dataclasses
from typing import Any

from myhdl import Signal, SignalType, always, always_comb, block, concat
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Block, Params, Port
from tritproof.rtl.pieces import (
    as_bits,
    as_signed,
    choose,
    limit,
    memory,
    of_width,
    subtract,
    unsigned_signal,
)
from tritproof.rtl.softmax import row_max
from tritproof.rtl.softmax.row_max import RowMaxParams


@dataclasses.dataclass(frozen=True)
class ScoreRowParams(Params):
    """``value_width``: bits of a score, two's complement, 3 to 40; ``distance_width``: bits of a
    distance, 2 to ``value_width``; ``depth``: most scores of a row, a power of two from 2 to
    8192."""

    value_width: int = 27
    distance_width: int = 15
    depth: int = 1024

    def __post_init__(self) -> None:
        self.require("value_width", 3, 40)
        self.require("distance_width", 2, self.value_width)
        self.require_power_of_two("depth", 2, 8192)

    @property
    def index_width(self) -> int:
        """Bits of a score's place in its row."""
        return (self.depth - 1).bit_length()

    @property
    def row_max(self) -> RowMaxParams:
        """Parameters of each bank's maximum."""
        return RowMaxParams(self.value_width)

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived widths."""
        return super().constants() | {"INDEX_WIDTH": self.index_width}


def _ports(params: ScoreRowParams) -> tuple[Port, ...]:
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("take", "in", 1, doc="a score is given"),
        Port("first", "in", 1, doc="it begins a row: all before it in its bank is forgotten"),
        Port("keep", "in", 1, doc="it is kept at its place"),
        Port("bank", "in", 1, doc="its bank"),
        Port("place", "in", params.index_width, doc="its place in the row"),
        Port("value", "in", params.value_width, signed=True, doc="the score"),
        Port("move", "in", 1, doc="the reading side advances"),
        Port("read_bank", "in", 1, doc="bank to read"),
        Port("read_place", "in", params.index_width, doc="place to read"),
        Port("early", "in", 1, doc="there is no score: all ones instead"),
        Port("distance", "out", params.distance_width, doc="from the largest, two moves later"),
    )


@block
def score_row(
    clk: SignalType,
    take: SignalType,
    first: SignalType,
    keep: SignalType,
    bank: SignalType,
    place: SignalType,
    value: SignalType,
    move: SignalType,
    read_bank: SignalType,
    read_place: SignalType,
    early: SignalType,
    distance: SignalType,
    params: ScoreRowParams,
) -> Any:
    """Keep a row's scores and their largest, in each of two banks; give distances from it.

    distance = min(max_i x_i - x_j, 2^distance_width - 1), two moves after place j of a bank was
    read: the largest of the scores taken in that bank since and with the one marked ``first``, as
    it stood then. All ones where ``early`` was set. No reset: the registers only carry data.
    """
    width, depth = params.value_width, params.depth
    take_0, take_1, write = Signal(bool(0)), Signal(bool(0)), Signal(bool(0))
    bits, fetched = unsigned_signal(width), unsigned_signal(width)
    write_address, read_address = (unsigned_signal(params.index_width + 1) for _ in range(2))
    largest_0, largest_1, largest, kept_largest, score = (of_width(width) for _ in range(5))
    kept_early = Signal(bool(0))
    difference = of_width(width + 1)
    near, chosen = (unsigned_signal(params.distance_width) for _ in range(2))
    ones = (1 << params.distance_width) - 1

    @always_comb
    def decide():
        take_0.next = take and not bank
        take_1.next = take and bank
        write.next = take and keep
        write_address.next = concat(bank, place)
        read_address.next = concat(read_bank, read_place)

    @always(clk.posedge)
    def carry():
        if move:
            kept_largest.next = largest
            kept_early.next = early

    @always_comb
    def hold_back():
        if kept_early:
            chosen.next = ones
        else:
            chosen.next = near

    @always(clk.posedge)
    def register():
        if move:
            distance.next = chosen

    return [
        decide,
        carry,
        hold_back,
        register,
        as_bits(value, bits),
        memory(clk, write, write_address, bits, move, read_address, fetched, 2 * depth),
        instance(
            row_max.BLOCK, params.row_max, "largest_0",
            clk=clk, take=take_0, first=first, value=value, largest=largest_0,
        ),
        instance(
            row_max.BLOCK, params.row_max, "largest_1",
            clk=clk, take=take_1, first=first, value=value, largest=largest_1,
        ),
        choose(read_bank, largest_0, largest_1, largest),
        as_signed(fetched, score),
        subtract(kept_largest, score, difference),
        limit(difference, near),
    ]  # fmt: skip


BLOCK = Block(
    name="score_row",
    summary="scores of a row in two banks, read as distances from their maximum",
    family="softmax",
    rtl=score_row,
    params=ScoreRowParams,
    configs={
        "tiny": ScoreRowParams(6, 5, 4),
        "int8_tiny": ScoreRowParams(8, 8, 4),
        "int8_short": ScoreRowParams(8, 8, 64),
        "int8": ScoreRowParams(8, 8, 256),
        "tellme": ScoreRowParams(),
    },
    ports=_ports,
    latency="2 moves",
    throughput="one score in and one distance out per cycle",
    error="none; distances past the largest are the largest",
    source="arXiv:2510.15926 section 3.7 (score buffer), with the true maximum",
    reference="tritproof.ref.softmax.softmax.distance",
    children=lambda params: ((row_max.BLOCK, params.row_max),),
)
