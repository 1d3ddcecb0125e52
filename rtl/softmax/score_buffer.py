# SPDX-License-Identifier: Apache-2.0
"""Rows of scores kept on chip, given out again as distances from their largest."""

import dataclasses
from typing import Any

from myhdl import ResetSignal, Signal, SignalType, always, always_comb, always_seq, block, concat
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Block, Params, Port, stream_ports
from tritproof.rtl.pieces import (
    as_bits,
    as_signed,
    choose,
    copy,
    equals,
    join,
    lane,
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
    ``passes``: how often a row is given out, 1 or 2; ``rows``: rows side by side in each beat, 1 to
    64; ``staggered``: row r begins at beat r."""

    value_width: int = 27
    distance_width: int = 15
    depth: int = 1024
    passes: int = 2
    rows: int = 1
    staggered: bool = False

    def __post_init__(self) -> None:
        self.require("value_width", 3, 40)
        self.require("distance_width", 2, self.value_width)
        self.require("depth", 2, 8192)
        if self.depth & (self.depth - 1):
            raise ValueError(f"depth must be a power of two, not {self.depth}")
        self.require("passes", 1, 2)
        self.require("rows", 1, 64)

    @property
    def index_width(self) -> int:
        """Bits of a score's place in its row."""
        return (self.depth - 1).bit_length()

    @property
    def input_width(self) -> int:
        """Bits of a beat's scores."""
        return self.rows * self.value_width

    @property
    def output_width(self) -> int:
        """Bits of a beat's distances."""
        return self.rows * self.distance_width

    def start(self, row: int) -> int:
        """The beat at which a row begins."""
        return row if self.staggered else 0

    @property
    def row_max(self) -> RowMaxParams:
        """Parameters of each maximum."""
        return RowMaxParams(self.value_width)

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived widths."""
        return super().constants() | {
            "INDEX_WIDTH": self.index_width,
            "INPUT_WIDTH": self.input_width,
            "OUTPUT_WIDTH": self.output_width,
        }


def _ports(params: BufferParams) -> tuple[Port, ...]:
    width, distances = params.value_width, params.output_width
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("rst", "in", 1, doc="synchronous reset, active high"),
        *stream_ports(
            "s_axis",
            "in",
            whole_bytes(params.input_width),
            tlast=True,
            doc=f"{params.rows} scores of {width} bits, two's complement, row 0 lowest",
        ),
        *stream_ports(
            "m_axis",
            "out",
            whole_bytes(distances + 2),
            tlast=True,
            doc=f"{params.rows} distances of {params.distance_width} bits, row 0 lowest; first beat "
            f"in bit {distances}, last pass in bit {distances + 1}; tlast ends each pass",
        ),
        Port("refused", "out", 1, doc="high for one cycle after rows longer than the buffer"),
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
def _bank_largest(
    clk: SignalType,
    take: SignalType,
    count: SignalType,
    values: list[SignalType],
    largest: SignalType,
    bank: int,
    params: BufferParams,
) -> Any:
    """Keep the largest score of each row in one bank."""
    found = [of_width(params.value_width) for _ in values]
    bits = [unsigned_signal(params.value_width) for _ in values]
    begins = [Signal(bool(0)) for _ in values]
    return [
        [equals(count, params.start(row), begins[row]) for row in range(params.rows)],
        [
            instance(
                row_max.BLOCK,
                params.row_max,
                f"largest_{bank}_{row}",
                clk=clk,
                take=take,
                first=begins[row],
                value=values[row],
                largest=found[row],
            )
            for row in range(params.rows)
        ],
        [as_bits(value, raw) for value, raw in zip(found, bits, strict=True)],
        join(bits, largest),
    ]


@block
def _distance(
    clk: SignalType,
    move: SignalType,
    index: SignalType,
    largest_bits: SignalType,
    fetched_bits: SignalType,
    distance: SignalType,
    start: int,
) -> Any:
    """Register how far a score is below its row's largest; all ones before the row's start."""
    value, largest = of_width(len(fetched_bits)), of_width(len(fetched_bits))
    difference = of_width(len(largest) + 1)
    near, kept = unsigned_signal(len(distance)), unsigned_signal(len(distance))
    ones = (1 << len(distance)) - 1

    @always_comb
    def hold_back():
        if index < start:
            kept.next = ones
        else:
            kept.next = near

    @always(clk.posedge)
    def register():
        if move:
            distance.next = kept

    return [
        as_signed(fetched_bits, value),
        as_signed(largest_bits, largest),
        subtract(largest, value, difference),
        limit(difference, near),
        hold_back if start else copy(near, kept),
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
    """Keep rows of scores until their largest are known, then give their distances in order.

    z_j = min(max_i x_i - x_j, 2^distance_width - 1), for every beat j and each row, ``passes`` times.

    The maximum is that of exactly the row's scores. Staggered rows begin late: row r has no scores
    before beat r, whatever is given there, and its distances there are all ones. Two banks
    alternate: rows are taken while the ones before are given out, one beat a cycle on each side.
    Rows of more than ``depth`` beats are taken to their end, raise ``refused`` for one cycle and
    have no other effect.
    """
    depth, passes, index_width = params.depth, params.passes, params.index_width
    width, value_width = params.distance_width, params.value_width
    last_pass, input_width = passes - 1, params.input_width
    value_bits = unsigned_signal(input_width)
    values = [of_width(value_width) for _ in range(params.rows)]

    write_bank, read_bank = Signal(bool(0)), Signal(bool(0))
    held = unsigned_signal(2)
    count = unsigned_signal(index_width + 1)
    room, accept, fits = (Signal(bool(0)) for _ in range(3))
    commit, vacate = Signal(bool(0)), Signal(bool(0))
    write, take_0, take_1 = Signal(bool(0)), Signal(bool(0)), Signal(bool(0))
    write_address, read_address = unsigned_signal(index_width + 1), unsigned_signal(index_width + 1)
    final_0, final_1, final_index = (unsigned_signal(index_width) for _ in range(3))
    largest_0, largest_1, largest, kept_largest = (unsigned_signal(input_width) for _ in range(4))

    index, replay = unsigned_signal(index_width), Signal(bool(0))
    present, move, step, at_end, at_start, at_last_pass = (Signal(bool(0)) for _ in range(6))
    fetched_valid, fetched_first, fetched_ending, fetched_last_pass = (
        Signal(bool(0)) for _ in range(4)
    )
    fetched, fetched_index = unsigned_signal(input_width), unsigned_signal(index_width)
    valid, first, ending, on_last_pass = (Signal(bool(0)) for _ in range(4))
    distance = [unsigned_signal(width) for _ in range(params.rows)]
    distances = unsigned_signal(params.output_width)

    @always_comb
    def take_value():
        value_bits.next = s_axis_tdata[input_width:]

    @always_comb
    def decide_room():
        room.next = held != 2
        fits.next = count < depth

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

    @always(clk.posedge)
    def carry_index():
        if move:
            fetched_index.next = index

    @always_comb
    def offer():
        m_axis_tdata.next = concat(on_last_pass, first, distances)

    return [
        take_value,
        [as_signed(lane(value_bits, value_width, r), values[r]) for r in range(params.rows)],
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
        carry_index if params.staggered else [],
        offer,
        copy(room, s_axis_tready),
        copy(valid, m_axis_tvalid),
        copy(ending, m_axis_tlast),
        choose(read_bank, final_0, final_1, final_index),
        choose(read_bank, largest_0, largest_1, largest),
        _memory(
            clk, write, write_address, value_bits, move, read_address, fetched, 2 * depth
        ),
        [
            _distance(
                clk, move, fetched_index, lane(kept_largest, value_width, r),
                lane(fetched, value_width, r), distance[r], params.start(r),
            )
            for r in range(params.rows)
        ],
        join(distance, distances),
        _bank_largest(clk, take_0, count, values, largest_0, 0, params),
        _bank_largest(clk, take_1, count, values, largest_1, 1, params),
    ]  # fmt: skip


BLOCK = Block(
    name="score_buffer",
    summary="rows of scores, given out as distances from their maximum",
    family="softmax",
    rtl=score_buffer,
    params=BufferParams,
    configs={
        "tiny": BufferParams(value_width=6, distance_width=6, depth=4),
        "staggered": BufferParams(6, 6, depth=4, passes=1, rows=3, staggered=True),
        "tellme": BufferParams(),
        "decode": BufferParams(passes=1),
        "grouped": BufferParams(passes=1, rows=4),
        "prefill": BufferParams(passes=1, rows=8, staggered=True),
    },
    ports=_ports,
    latency="3 cycles from the rows' last beat to their first distances",
    throughput="one beat in and one beat out per cycle",
    error="none; distances past the largest are the largest",
    source="arXiv:2510.15926 section 3.7 (score buffer), with the true maximum",
    reference="tritproof.ref.softmax.softmax.distance",
    children=lambda params: ((row_max.BLOCK, params.row_max),),
)
