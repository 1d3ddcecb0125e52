# SPDX-License-Identifier: Apache-2.0
"""Rows of scores kept on chip, given out again as distances from their largest."""

import dataclasses
from typing import Any

from myhdl import ResetSignal, Signal, SignalType, always, always_comb, always_seq, block, concat
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Block, Params, Port, stream_ports
from tritproof.rtl.pieces import (
    as_signed,
    choose,
    copy,
    limit,
    of_width,
    subtract,
    unsigned_signal,
)
from tritproof.rtl.softmax import row_max
from tritproof.rtl.softmax.row_max import RowMaxParams
from tritproof.rtl.stream import whole_bytes


@dataclasses.dataclass(frozen=True)
class BufferParams(Params):
    """``value_width``: bits of a score, two's complement, 3 to 40; ``distance_width``: bits of a
    distance, 2 to ``value_width``; ``depth``: most scores of a row, a power of two from 2 to 8192;
    ``passes``: how often a row is given out, 1 or 2."""

    value_width: int = 27
    distance_width: int = 15
    depth: int = 1024
    passes: int = 2

    def __post_init__(self) -> None:
        self.require("value_width", 3, 40)
        self.require("distance_width", 2, self.value_width)
        self.require("depth", 2, 8192)
        if self.depth & (self.depth - 1):
            raise ValueError(f"depth must be a power of two, not {self.depth}")
        self.require("passes", 1, 2)

    @property
    def index_width(self) -> int:
        """Bits of a score's place in its row."""
        return (self.depth - 1).bit_length()

    @property
    def row_max(self) -> RowMaxParams:
        """Parameters of the two maxima."""
        return RowMaxParams(self.value_width)

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived widths."""
        return super().constants() | {
            "INDEX_WIDTH": self.index_width,
            "INPUT_WIDTH": whole_bytes(self.value_width),
            "OUTPUT_WIDTH": whole_bytes(self.distance_width + 2),
        }


def _ports(params: BufferParams) -> tuple[Port, ...]:
    width = params.distance_width
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("rst", "in", 1, doc="synchronous reset, active high"),
        *stream_ports(
            "s_axis",
            "in",
            whole_bytes(params.value_width),
            tlast=True,
            doc=f"a score, two's complement, in the lowest {params.value_width} bits",
        ),
        *stream_ports(
            "m_axis",
            "out",
            whole_bytes(width + 2),
            tlast=True,
            doc=f"distance in bits {width - 1}..0, first of the row in bit {width}, "
            f"last pass in bit {width + 1}; tlast ends each pass",
        ),
        Port("refused", "out", 1, doc="high for one cycle after a row longer than the buffer"),
    )


@block
def _memory(
    clk: SignalType,
    write: SignalType,
    write_address: SignalType,
    value: SignalType,
    move: SignalType,
    read_address: SignalType,
    fetched: SignalType,
    depth: int,
) -> Any:
    words = [unsigned_signal(len(value)) for _ in range(depth)]

    @always(clk.posedge)
    def store():
        if write:
            words[write_address].next = value

    @always(clk.posedge)
    def fetch():
        if move:
            fetched.next = words[read_address]

    return store, fetch


@block
def _distance(
    clk: SignalType,
    move: SignalType,
    largest: SignalType,
    fetched: SignalType,
    distance: SignalType,
) -> Any:
    """Register how far ``fetched`` is below ``largest``, all ones from there on."""
    value = of_width(len(largest))
    difference = of_width(len(largest) + 1)
    near = unsigned_signal(len(distance))

    @always(clk.posedge)
    def register():
        if move:
            distance.next = near

    return [
        as_signed(fetched, value),
        subtract(largest, value, difference),
        limit(difference, near),
        register,
    ]


@block
def score_buffer(
    clk: SignalType,
    rst: ResetSignal,
    s_axis_tdata: SignalType,
    s_axis_tvalid: SignalType,
    s_axis_tready: SignalType,
    s_axis_tlast: SignalType,
    m_axis_tdata: SignalType,
    m_axis_tvalid: SignalType,
    m_axis_tready: SignalType,
    m_axis_tlast: SignalType,
    refused: SignalType,
    params: BufferParams,
) -> Any:
    """Keep a row of scores until its largest is known, then give its distances in order.

    z_j = min(max_i x_i - x_j, 2^distance_width - 1), for every score of the row, ``passes`` times.

    The maximum is that of exactly the row's scores. Two banks alternate: a row is taken while the
    one before is given out, one score a cycle on each side. A row of more than ``depth`` scores is
    taken to its end, raises ``refused`` for one cycle and has no other effect.
    """
    depth, passes, index_width = params.depth, params.passes, params.index_width
    width, value_width = params.distance_width, params.value_width
    last_pass = passes - 1
    value_bits = unsigned_signal(value_width)
    value = of_width(value_width)

    write_bank, read_bank = Signal(bool(0)), Signal(bool(0))
    held = unsigned_signal(2)
    count = unsigned_signal(index_width + 1)
    room, accept, fits, begins = (Signal(bool(0)) for _ in range(4))
    commit, vacate = Signal(bool(0)), Signal(bool(0))
    write, take_0, take_1 = Signal(bool(0)), Signal(bool(0)), Signal(bool(0))
    write_address, read_address = unsigned_signal(index_width + 1), unsigned_signal(index_width + 1)
    final_0, final_1, final_index = (unsigned_signal(index_width) for _ in range(3))
    largest_0, largest_1, largest, kept_largest = (of_width(value_width) for _ in range(4))

    index, replay = unsigned_signal(index_width), Signal(bool(0))
    present, move, step, at_end, at_start, at_last_pass = (Signal(bool(0)) for _ in range(6))
    fetched_valid, fetched_first, fetched_ending, fetched_last_pass = (
        Signal(bool(0)) for _ in range(4)
    )
    fetched = unsigned_signal(value_width)
    valid, first, ending, on_last_pass = (Signal(bool(0)) for _ in range(4))
    distance = unsigned_signal(width)

    @always_comb
    def take_value():
        value_bits.next = s_axis_tdata[value_width:]

    @always_comb
    def decide_room():
        room.next = held != 2
        fits.next = count < depth
        begins.next = count == 0

    @always_comb
    def decide_accept():
        accept.next = s_axis_tvalid and room

    @always_comb
    def decide_write():
        write.next = accept and fits
        commit.next = accept and fits and s_axis_tlast
        take_0.next = accept and not write_bank
        take_1.next = accept and write_bank
        write_address.next = concat(write_bank, count[index_width:])

    @always_seq(clk.posedge, reset=rst)
    def fill():
        refused.next = accept and s_axis_tlast and not fits
        if accept:
            if s_axis_tlast:
                count.next = 0
            elif fits:
                count.next = count + 1
        if commit:
            write_bank.next = not write_bank

    @always(clk.posedge)
    def keep_length():
        if take_0:
            final_0.next = count[index_width:]
        if take_1:
            final_1.next = count[index_width:]

    @always_comb
    def decide_move():
        move.next = m_axis_tready or not valid

    @always_comb
    def locate():
        present.next = held != 0
        at_start.next = index == 0
        at_end.next = index == final_index
        at_last_pass.next = replay == last_pass
        read_address.next = concat(read_bank, index)

    @always_comb
    def decide_step():
        step.next = move and present
        vacate.next = move and present and at_end and at_last_pass

    @always_seq(clk.posedge, reset=rst)
    def walk():
        if step:
            if at_end:
                index.next = 0
                replay.next = not at_last_pass
            else:
                index.next = index + 1
        if vacate:
            read_bank.next = not read_bank

    @always_seq(clk.posedge, reset=rst)
    def count_rows():
        if commit and not vacate:
            held.next = held + 1
        elif vacate and not commit:
            held.next = held - 1

    @always_seq(clk.posedge, reset=rst)
    def carry_valid():
        if move:
            fetched_valid.next = present
            valid.next = fetched_valid

    @always(clk.posedge)
    def carry():
        if move:
            kept_largest.next = largest
            fetched_first.next = at_start
            fetched_ending.next = at_end
            fetched_last_pass.next = at_last_pass
            first.next = fetched_first
            ending.next = fetched_ending
            on_last_pass.next = fetched_last_pass

    @always_comb
    def offer():
        m_axis_tdata.next = concat(on_last_pass, first, distance)

    return [
        take_value,
        as_signed(value_bits, value),
        decide_room,
        decide_accept,
        decide_write,
        fill,
        keep_length,
        decide_move,
        locate,
        decide_step,
        walk,
        count_rows,
        carry_valid,
        carry,
        offer,
        copy(room, s_axis_tready),
        copy(valid, m_axis_tvalid),
        copy(ending, m_axis_tlast),
        choose(read_bank, final_0, final_1, final_index),
        choose(read_bank, largest_0, largest_1, largest),
        _memory(
            clk, write, write_address, value_bits, move, read_address, fetched, 2 * depth
        ),
        _distance(clk, move, kept_largest, fetched, distance),
        instance(
            row_max.BLOCK, params.row_max, "largest_0",
            clk=clk, take=take_0, first=begins, value=value, largest=largest_0,
        ),
        instance(
            row_max.BLOCK, params.row_max, "largest_1",
            clk=clk, take=take_1, first=begins, value=value, largest=largest_1,
        ),
    ]  # fmt: skip


BLOCK = Block(
    name="score_buffer",
    summary="rows of scores, given out as distances from their maximum",
    family="softmax",
    rtl=score_buffer,
    params=BufferParams,
    configs={
        "tiny": BufferParams(value_width=6, distance_width=6, depth=4),
        "tellme": BufferParams(),
        "tellme_once": BufferParams(passes=1),
    },
    ports=_ports,
    latency="3 cycles from a row's last score to its first distance",
    throughput="one score and one distance per cycle",
    error="none; distances past the largest are the largest",
    source="arXiv:2510.15926 section 3.7 (score buffer), with the true maximum",
    reference="tritproof.ref.softmax.softmax.distance",
    children=lambda params: ((row_max.BLOCK, params.row_max),),
)
