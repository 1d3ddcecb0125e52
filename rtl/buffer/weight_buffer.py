# SPDX-License-Identifier: Apache-2.0
"""The weight buffer: matrices loaded part by part, and given out while others are loaded."""

from collections.abc import Sequence
from typing import Any

from myhdl import ResetSignal, Signal, SignalType, always, always_comb, always_seq, block, concat
from tritproof.rtl.buffer import weight_bank
from tritproof.rtl.buffer.command import split_sizes, take_command
from tritproof.rtl.buffer.loader import address_banks, load_walk, spread_words
from tritproof.rtl.buffer.memory import memory_part
from tritproof.rtl.buffer.params import COUNT_WIDTH, WeightBufferParams, count_ring
from tritproof.rtl.buffer.reader import read_walk
from tritproof.rtl.manifest import Block, Port, stream_ports
from tritproof.rtl.pieces import (
    choose,
    copy,
    count_held,
    register,
    sum_signal,
    unsigned_signal,
)
from tritproof.rtl.stream import whole_bytes


def _ports(params: WeightBufferParams) -> tuple[Port, ...]:
    width = params.word_width
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("rst", "in", 1, doc="synchronous reset, active high"),
        *stream_ports(
            "s_axis_command",
            "in",
            3 * COUNT_WIDTH,
            doc="one matrix: how often it is given out in bits 47..32, beats of a step in bits "
            "31..16, steps in bits 15..0",
        ),
        *stream_ports(
            "s_axis",
            "in",
            params.bus_width,
            doc=f"{params.words} words of {width} bits, the first lowest, and gamma above them",
        ),
        *stream_ports(
            "m_axis",
            "out",
            whole_bytes(params.beat_width),
            tlast=True,
            doc=f"{params.q} words of {width} bits, lane 0 lowest; tlast ends each pass",
        ),
        Port("gamma_write", "out", 1, doc="a beat was taken one cycle ago"),
        Port("gamma_place", "out", params.place_width, doc="its number in its matrix"),
        Port("gamma", "out", params.gamma_width, doc="what stood above its words"),
        Port("refused", "out", 1, doc="high for one cycle after a command out of range"),
    )


@block
def _is(part: SignalType, number: int, result: SignalType) -> Any:
    """Whether ``part`` is that of the number."""

    @always_comb
    def compare():
        result.next = part == number

    return compare


@block
def _select(number: SignalType, entries: Sequence[SignalType], result: SignalType) -> Any:
    """``result``: the entry of the number, which has one."""
    instances, earlier = [], entries[0]
    for k, entry in enumerate(entries[1:], 1):
        chosen = Signal(bool(0))
        out = result if entry is entries[-1] else unsigned_signal(len(result))
        instances.append([_is(number, k, chosen), choose(chosen, earlier, entry, out)])
        earlier = out
    return instances


@block
def _record(
    clk: SignalType,
    complete: SignalType,
    here: SignalType,
    description: SignalType,
    record: SignalType,
) -> Any:
    """Keep the description of a complete matrix in its turn."""

    @always(clk.posedge)
    def capture():
        if complete and here:
            record.next = description

    return capture


@block
def _delay_flag(
    clk: SignalType, rst: ResetSignal, move: SignalType, flag: SignalType, later: SignalType
) -> Any:
    """``later``: the flag as it was one move ago; low after a reset."""

    @always_seq(clk.posedge, reset=rst)
    def keep():
        if move:
            later.next = flag

    return keep


@block
def _hand_on_gamma(
    clk: SignalType,
    rst: ResetSignal,
    begin_load: SignalType,
    accept: SignalType,
    tdata: SignalType,
    gamma_write: SignalType,
    gamma_place: SignalType,
    gamma: SignalType,
    params: WeightBufferParams,
) -> Any:
    """Register what stands above the words of each beat, and the beat's number in its matrix."""
    low, high = params.words_width, params.words_width + params.gamma_width
    number = unsigned_signal(params.place_width)

    @always_seq(clk.posedge, reset=rst)
    def keep():
        gamma_write.next = accept
        gamma.next = tdata[high:low]
        gamma_place.next = number
        if begin_load:
            number.next = 0
        elif accept:
            number.next = number + 1

    return keep


@block
def weight_buffer(
    clk: SignalType,
    rst: ResetSignal,
    s_axis_command_tdata: SignalType,
    s_axis_command_tvalid: SignalType,
    s_axis_command_tready: SignalType,
    s_axis_tdata: SignalType,
    s_axis_tvalid: SignalType,
    s_axis_tready: SignalType,
    m_axis_tdata: SignalType,
    m_axis_tvalid: SignalType,
    m_axis_tready: SignalType,
    m_axis_tlast: SignalType,
    gamma_write: SignalType,
    gamma_place: SignalType,
    gamma: SignalType,
    refused: SignalType,
    params: WeightBufferParams,
) -> Any:
    """Keep matrices of weight codes on chip; give each out as often as its command says.

    The word of part p, group y and output z of a matrix lies in bank z mod Q/2 of the p-th part
    from the matrix's first, in a ring of ``parts``, at address y * outputs / (Q/2) + z div (Q/2).
    A matrix of at most ``outputs`` outputs has ``groups`` steps in a part, a wider one ``outputs``
    outputs. A command with a number of zero, or of a matrix that needs more than ``parts`` parts,
    is taken, raises ``refused`` for one cycle and changes nothing else.

    A matrix comes part by part, group by group; the row of a group begins a new beat of the port,
    and what stands behind its end is ignored. It goes out when all of it has come: in the engine's
    order, steps outside, Q outputs a beat. Others are loaded meanwhile, into parts that are free;
    a part is free again when it was read for the last time. Every part has memories of its own, so
    that no access waits for another. ``gamma``, above the words of a beat, is handed on.
    """
    parts, banks, width = params.parts, params.banks, COUNT_WIDTH
    beat_width = params.beat_width

    beats_given = unsigned_signal(width)
    steps_last, final_step = (unsigned_signal(params.step_number_width) for _ in range(2))
    beats_last, final_beat = (unsigned_signal(params.beat_number_width) for _ in range(2))
    reads_last, final_read = (unsigned_signal(width) for _ in range(2))
    loading, command_ready, begin_load = (Signal(bool(0)) for _ in range(3))

    held, matrices = (unsigned_signal(params.held_width) for _ in range(2))
    room, load_ready, accept, part_done, complete = (Signal(bool(0)) for _ in range(5))
    left = unsigned_signal(params.left_width)
    offset = unsigned_signal(params.log2_banks)
    column = unsigned_signal((params.outputs - 1).bit_length() - params.log2_banks)
    row_base = unsigned_signal(params.bank.address_width)
    write_part, record_in, record_out = (unsigned_signal(params.part_width) for _ in range(3))
    writes_here, records_here = ([Signal(bool(0)) for _ in range(parts)] for _ in range(2))
    marked = [unsigned_signal(params.word_width + 1) for _ in range(banks)]
    addresses = [unsigned_signal(params.bank.address_width) for _ in range(banks)]
    description, record = (unsigned_signal(params.record_width) for _ in range(2))
    records = [unsigned_signal(params.record_width) for _ in range(parts)]

    base_part, read_part, fetched_part = (unsigned_signal(params.part_width) for _ in range(3))
    line = sum_signal(params.bank.line_width)
    present, move, take, pass_end, leave, finish = (Signal(bool(0)) for _ in range(6))
    fetched_valid, fetched_last, valid = (Signal(bool(0)) for _ in range(3))
    fetched = [unsigned_signal(beat_width) for _ in range(parts)]
    selected, offered = (unsigned_signal(beat_width) for _ in range(2))

    @always_comb
    def decide_room():
        room.next = held != parts

    @always_comb
    def decide_ready():
        load_ready.next = loading and room

    @always_comb
    def decide_accept():
        accept.next = load_ready and s_axis_tvalid

    @always_comb
    def describe():
        description.next = concat(reads_last, beats_last, steps_last)

    @always_comb
    def decide_move():
        present.next = matrices != 0
        move.next = m_axis_tready or not valid

    @always_comb
    def decide_take():
        take.next = move and present

    @always(clk.posedge)
    def carry():
        if move:
            fetched_last.next = pass_end
            m_axis_tlast.next = fetched_last
            offered.next = selected

    return [
        decide_room,
        decide_ready,
        decide_accept,
        describe,
        decide_move,
        decide_take,
        carry,
        take_command(
            clk, rst, s_axis_command_tdata, s_axis_command_tvalid, complete, command_ready, loading,
            begin_load, beats_given, steps_last, beats_last, reads_last, refused, params,
        ),
        load_walk(
            clk, rst, begin_load, beats_given, steps_last, loading, accept, left, column, offset,
            row_base, part_done, complete, write_part, params,
        ),
        spread_words(s_axis_tdata, left, offset, marked, params),
        address_banks(row_base, column, offset, addresses, params),
        _hand_on_gamma(
            clk, rst, begin_load, accept, s_axis_tdata, gamma_write, gamma_place, gamma, params
        ),
        count_held(clk, rst, part_done, leave, held),
        count_held(clk, rst, complete, finish, matrices),
        read_walk(
            clk, rst, take, final_step, final_beat, final_read, base_part, read_part, line,
            pass_end, leave, finish, params,
        ),
        [_is(write_part, p, writes_here[p]) for p in range(parts)],
        [_is(record_in, p, records_here[p]) for p in range(parts)],
        [_record(clk, complete, records_here[p], description, records[p]) for p in range(parts)],
        [
            memory_part(
                clk, accept, writes_here[p], marked, addresses, move, line, fetched[p], p, params
            )
            for p in range(parts)
        ],
        count_ring(clk, rst, complete, record_in, parts),
        count_ring(clk, rst, finish, record_out, parts),
        _select(record_out, records, record),
        split_sizes(record, final_step, final_beat, final_read),
        register(clk, move, read_part, fetched_part),
        _select(fetched_part, fetched, selected),
        _delay_flag(clk, rst, move, present, fetched_valid),
        _delay_flag(clk, rst, move, fetched_valid, valid),
        copy(offered, m_axis_tdata),
        copy(valid, m_axis_tvalid),
        copy(command_ready, s_axis_command_tready),
        copy(load_ready, s_axis_tready),
    ]  # fmt: skip


BLOCK = Block(
    name="weight_buffer",
    summary="matrices of weight codes on chip: given out while the next are loaded",
    family="buffer",
    rtl=weight_buffer,
    params=WeightBufferParams,
    configs={
        "tiny": WeightBufferParams(
            word_width=5, q=8, words=3, groups=2, outputs=16, gamma_width=4, bus_width=24
        ),
        "tellme": WeightBufferParams(),
        "bitnet2b": WeightBufferParams(groups=31, outputs=2560),
        "three_words": WeightBufferParams(words=3, bus_width=440),
        "tiny_q4": WeightBufferParams(
            word_width=12, q=4, words=2, parts=2, groups=2, outputs=8, bus_width=32, gamma_width=1
        ),
    },
    ports=_ports,
    latency="3 cycles from a matrix's last beat to its first",
    throughput="one beat in and one beat out per cycle; one cycle for a command",
    error="none",
    source="arXiv:2510.15926 section 3.4 and equations 7 to 10 (weight buffer)",
    reference="tritproof.ref.buffer.address.address_of",
    children=lambda params: ((weight_bank.BLOCK, params.bank),),
)
