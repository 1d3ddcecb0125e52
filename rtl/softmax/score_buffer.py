# SPDX-License-Identifier: Apache-2.0
"""Rows of scores kept on chip, given out again as distances from their largest."""

import dataclasses
from typing import Any

from myhdl import ResetSignal, Signal, SignalType, always, always_comb, always_seq, block, concat
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Block, Port, stream_ports
from tritproof.rtl.pieces import (
    as_signed,
    choose,
    copy,
    count_held,
    join,
    lane,
    of_width,
    unsigned_signal,
)
from tritproof.rtl.softmax import score_row
from tritproof.rtl.softmax.score_row import ScoreRowParams
from tritproof.rtl.stream import whole_bytes


@dataclasses.dataclass(frozen=True)
class BufferParams(ScoreRowParams):
    """Those of score_row, and ``passes``: how often rows are given out, 1 or 2; ``rows``: rows side
    by side in each beat, 1 to 64; ``staggered``: row r begins at beat r."""

    passes: int = 2
    rows: int = 1
    staggered: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require("passes", 1, 2)
        self.require("rows", 1, 64)

    @property
    def row(self) -> ScoreRowParams:
        """Parameters of each row."""
        return ScoreRowParams(self.value_width, self.distance_width, self.depth)

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

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived widths."""
        return super().constants() | {
            "INPUT_WIDTH": self.input_width,
            "OUTPUT_WIDTH": self.output_width,
        }

    def repeated(self) -> dict[str, int]:
        """Return how many rows there are."""
        return {"ROW": self.rows}


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
            doc=f"{params.rows} distances of {params.distance_width} bits, row 0 lowest; first "
            f"beat in bit {distances}, last pass in bit {distances + 1}; tlast ends each pass",
        ),
        Port("refused", "out", 1, doc="high for one cycle after rows longer than the buffer"),
    )


@block
def _row(
    clk: SignalType,
    take: SignalType,
    keep: SignalType,
    bank: SignalType,
    count: SignalType,
    value_bits: SignalType,
    move: SignalType,
    read_bank: SignalType,
    index: SignalType,
    distance: SignalType,
    row: int,
    params: BufferParams,
) -> Any:
    """One row: it begins, and has distances, from its own first beat on."""
    start = params.start(row)
    first, early = Signal(bool(0)), Signal(bool(0))
    place, value = unsigned_signal(params.index_width), of_width(params.value_width)

    @always_comb
    def locate():
        first.next = count == start
        early.next = index < start
        place.next = count[params.index_width :]

    return [
        locate,
        as_signed(value_bits, value),
        instance(
            score_row.BLOCK, params.row, f"row_{row}",
            clk=clk, take=take, first=first, keep=keep, bank=bank, place=place, value=value,
            move=move, read_bank=read_bank, read_place=index, early=early, distance=distance,
        ),
    ]  # fmt: skip


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

    z_j = min(max_i x_i - x_j, 2^distance_width - 1), for every beat j and each row, ``passes``
    times.

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

    write_bank, read_bank = Signal(bool(0)), Signal(bool(0))
    held = unsigned_signal(2)
    count = unsigned_signal(index_width + 1)
    room, accept, fits = (Signal(bool(0)) for _ in range(3))
    commit, vacate = Signal(bool(0)), Signal(bool(0))
    taken_0, taken_1 = Signal(bool(0)), Signal(bool(0))
    final_0, final_1, final_index = (unsigned_signal(index_width) for _ in range(3))

    index, replay = unsigned_signal(index_width), Signal(bool(0))
    present, move, step, at_end, at_start, at_last_pass = (Signal(bool(0)) for _ in range(6))
    fetched_valid, fetched_first, fetched_ending, fetched_last_pass = (
        Signal(bool(0)) for _ in range(4)
    )
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
    def decide_commit():
        commit.next = accept and fits and s_axis_tlast
        taken_0.next = accept and not write_bank
        taken_1.next = accept and write_bank

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
        if taken_0:
            final_0.next = count[index_width:]
        if taken_1:
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
    def carry_valid():
        if move:
            fetched_valid.next = present
            valid.next = fetched_valid

    @always(clk.posedge)
    def carry():
        if move:
            fetched_first.next = at_start
            fetched_ending.next = at_end
            fetched_last_pass.next = at_last_pass
            first.next = fetched_first
            ending.next = fetched_ending
            on_last_pass.next = fetched_last_pass

    @always_comb
    def offer():
        m_axis_tdata.next = concat(on_last_pass, first, distances)

    return [
        take_value,
        decide_room,
        decide_accept,
        decide_commit,
        fill,
        keep_length,
        decide_move,
        locate,
        decide_step,
        walk,
        count_held(clk, rst, commit, vacate, held),
        carry_valid,
        carry,
        offer,
        copy(room, s_axis_tready),
        copy(valid, m_axis_tvalid),
        copy(ending, m_axis_tlast),
        choose(read_bank, final_0, final_1, final_index),
        [
            _row(
                clk, accept, fits, write_bank, count, lane(value_bits, value_width, row),
                move, read_bank, index, distance[row], row, params,
            )
            for row in range(params.rows)
        ],
        join(distance, distances),
    ]  # fmt: skip


BLOCK = Block(
    name="score_buffer",
    summary="rows of scores, given out as distances from their maximum",
    family="softmax",
    rtl=score_buffer,
    params=BufferParams,
    configs={
        "tiny": BufferParams(6, 5, depth=4, rows=2, staggered=True),
        "single": BufferParams(6, 5, depth=4, passes=1),
        "staggered": BufferParams(6, 5, depth=4, passes=1, rows=2, staggered=True),
        "tellme": BufferParams(),
        "int8_tiny": BufferParams(8, 8, depth=4),
        "int8_short": BufferParams(8, 8, depth=64),
        "int8": BufferParams(8, 8, depth=256),
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
    children=lambda params: ((score_row.BLOCK, params.row),),
)
