# SPDX-License-Identifier: Apache-2.0
"""The table-lookup ternary matrix-vector engine."""

from typing import Any

from myhdl import (
    ResetSignal,
    Signal,
    SignalType,
    always,
    always_comb,
    always_seq,
    block,
    concat,
)
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Block, Port, stream_ports
from tritproof.rtl.pieces import (
    add_or_subtract,
    as_bits,
    as_signed,
    copy,
    delay_line,
    join,
    lane,
    of_width,
    signed_signal,
    unsigned_signal,
)
from tritproof.rtl.stream import whole_bytes
from tritproof.rtl.ternary import activation_loader, ternary_lookup
from tritproof.rtl.ternary.dot import ACTIVATION_WIDTH
from tritproof.rtl.ternary.engine import ENGINE_CONFIGS, SIZE_WIDTH, EngineParams

WRITE_AFTER_READ = 3
"""Cycles from reading an accumulator to the next read of it: read, add, write."""


def _ports(params: EngineParams) -> tuple[Port, ...]:
    code = params.table.code_width
    lane_bytes = params.lane_width // 8
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("rst", "in", 1, doc="synchronous reset, active high"),
        *stream_ports(
            "s_axis_command",
            "in",
            2 * SIZE_WIDTH,
            doc="one product: outputs in bits 31..16, inputs in bits 15..0",
        ),
        *stream_ports(
            "s_axis_activation",
            "in",
            params.g * ACTIVATION_WIDTH,
            doc=f"{params.g} int8 activations, the first lowest; ceil(inputs / {params.g}) beats",
        ),
        *stream_ports(
            "s_axis_weight",
            "in",
            whole_bytes(params.codes_width),
            doc=f"{code}-bit codes, table t for lane q at bit {code} * (q * {params.t} + t)",
        ),
        *stream_ports(
            "m_axis",
            "out",
            params.q * params.lane_width,
            tlast=True,
            tkeep_width=params.q * lane_bytes,
            doc=f"{params.q} results of {params.lane_width} bits, two's complement, lane 0 lowest",
        ),
        Port(
            "refused", "out", 1, doc="high for one cycle after a command with a size out of range"
        ),
    )


@block
def _accumulators(
    clk: SignalType,
    advance: SignalType,
    write: SignalType,
    write_index: SignalType,
    results: SignalType,
    read_index: SignalType,
    clear: SignalType,
    present: SignalType,
    depth: int,
) -> Any:
    """Memory of one word of Q sums per weight beat; reads zero in the first step of a product."""
    width = len(results)
    memory = [unsigned_signal(width) for _ in range(depth)]

    @always(clk.posedge)
    def store():
        if write:
            memory[write_index].next = results

    @always(clk.posedge)
    def fetch():
        if advance:
            if clear:
                present.next = 0
            else:
                present.next = memory[read_index]

    return store, fetch


@block
def _accumulate_lane(
    clk: SignalType,
    advance: SignalType,
    negate: SignalType,
    total_bits: SignalType,
    present_bits: SignalType,
    result: SignalType,
    params: EngineParams,
) -> Any:
    """Register the accumulator plus or minus the step's total."""
    total = signed_signal(params.tree.bound * params.t)
    half = 1 << (params.accumulator_width - 1)
    present = signed_signal(half - 1)
    after = of_width(params.accumulator_width)
    after_bits = unsigned_signal(params.accumulator_width)

    @always(clk.posedge)
    def register():
        if advance:
            result.next = after_bits

    return [
        as_signed(total_bits, total),
        as_signed(present_bits, present),
        add_or_subtract(negate, present, total, after),
        as_bits(after, after_bits),
        register,
    ]


@block
def _extend(result: SignalType, extended: SignalType, width: int) -> Any:
    """Sign-extend one result to the lane width of the output stream."""
    narrow = signed_signal((1 << (len(result) - 1)) - 1)
    wide = signed_signal((1 << (width - 1)) - 1)
    return as_signed(result, narrow), copy(narrow, wide), as_bits(wide, extended)


@block
def _keep_first(offered: SignalType, keep: SignalType, lane_bytes: int) -> Any:
    """Mark the bytes of lane 0: no beat is without a first output."""
    ones = (1 << lane_bytes) - 1

    @always_comb
    def mark():
        if offered:
            keep.next = ones
        else:
            keep.next = 0

    return mark


@block
def _keep_lane(
    partial: SignalType, tail: SignalType, keep: SignalType, index: int, lane_bytes: int
) -> Any:
    """Mark the bytes of another result lane: all but those past the last output."""
    ones = (1 << lane_bytes) - 1

    @always_comb
    def mark():
        if partial and tail < index:
            keep.next = 0
        else:
            keep.next = ones

    return mark


@block
def tlmm(
    clk: SignalType,
    rst: ResetSignal,
    s_axis_command_tdata: SignalType,
    s_axis_command_tvalid: SignalType,
    s_axis_command_tready: SignalType,
    s_axis_activation_tdata: SignalType,
    s_axis_activation_tvalid: SignalType,
    s_axis_activation_tready: SignalType,
    s_axis_weight_tdata: SignalType,
    s_axis_weight_tvalid: SignalType,
    s_axis_weight_tready: SignalType,
    m_axis_tdata: SignalType,
    m_axis_tvalid: SignalType,
    m_axis_tready: SignalType,
    m_axis_tlast: SignalType,
    m_axis_tkeep: SignalType,
    refused: SignalType,
    params: EngineParams,
) -> Any:
    """Multiply a ternary matrix by an int8 vector: one command, one product, exact.

    y_k = sum_i w_ki * a_i  for k = 0 .. outputs - 1.

    Weight beats come in TeLLMe's loop order, steps of T*G inputs outside, beats of Q outputs
    inside: ceil(inputs / (T*G)) * ceil(outputs / Q) beats a command; lane q of beat k belongs
    to output k*Q + q, table t of step s to inputs (s*T + t)*G .. (s*T + t)*G + G - 1. Activations
    past the last input count as zero whatever their codes; lanes past the last output are computed
    from the codes given for them and cleared in tkeep. An illegal code names the zero vector.

    Results come in order, ceil(outputs / Q) beats for each command, tlast on the last. Commands may
    follow each other at once: the next row is loaded while the present one is computed. A command
    with a size of zero or above the maximum is taken, raises ``refused`` for one cycle and has no
    other effect. ``s_axis_weight_tready`` and all registers wait for ``m_axis_tready`` while a
    result is offered. A step of fewer than 3 beats takes 3 cycles.
    """
    lanes, width = params.q, params.accumulator_width
    lane_bytes = params.lane_width // 8
    stages = 1 + params.tree.levels
    codes_width, beat_width, log2_q = params.codes_width, params.beat_width, params.log2_q
    tail_cycles = WRITE_AFTER_READ - 1

    activations = unsigned_signal(params.step_width)
    fill, fill_bank = Signal(bool(0)), Signal(bool(0))
    fill_step = unsigned_signal(params.table.index_width)
    step_valid, step_bank = Signal(bool(0)), Signal(bool(0))
    step_first, step_last, step_done = Signal(bool(0)), Signal(bool(0)), Signal(bool(0))
    step_beats, step_tail = unsigned_signal(params.beat_width), unsigned_signal(params.log2_q)

    position = unsigned_signal(max(2, params.beat_width))
    beats_done, at_end, move = Signal(bool(0)), Signal(bool(0)), Signal(bool(0))
    long_enough = Signal(bool(0))
    weight_ready, accept, advance = Signal(bool(0)), Signal(bool(0)), Signal(bool(0))
    final_beat = Signal(bool(0))
    codes = unsigned_signal(params.codes_width)
    negates = unsigned_signal(lanes)
    totals = unsigned_signal(lanes * params.tree.total_width)

    valid_line = unsigned_signal(stages + 1)
    index_line = unsigned_signal((stages + 1) * beat_width)
    first_line = unsigned_signal(stages - 1)
    last_line = unsigned_signal(stages + 1)
    final_line = unsigned_signal(stages + 1)
    tail_line = unsigned_signal((stages + 1) * params.log2_q)
    beat_index, read_index, write_index = (unsigned_signal(beat_width) for _ in range(3))
    result_tail = unsigned_signal(params.log2_q)
    result_final, clear = Signal(bool(0)), Signal(bool(0))
    offered, write = Signal(bool(0)), Signal(bool(0))
    present = unsigned_signal(lanes * width)
    results = unsigned_signal(lanes * width)
    result = [unsigned_signal(width) for _ in range(lanes)]
    extended = [unsigned_signal(params.lane_width) for _ in range(lanes)]
    keep = [unsigned_signal(lane_bytes) for _ in range(lanes)]

    @always_comb
    def decide_advance():
        advance.next = m_axis_tready or not offered

    @always_comb
    def compare_position():
        final_beat.next = position == step_beats
        long_enough.next = position >= tail_cycles

    @always_comb
    def find_end():
        at_end.next = long_enough and (final_beat or beats_done)

    @always_comb
    def decide_ready():
        weight_ready.next = step_valid and advance and not beats_done

    @always_comb
    def decide_move():
        accept.next = s_axis_weight_tvalid and weight_ready
        move.next = step_valid and advance and (beats_done or s_axis_weight_tvalid)

    @always_comb
    def finish_step():
        step_done.next = move and at_end

    @always_seq(clk.posedge, reset=rst)
    def count():
        if move:
            if at_end:
                position.next = 0
                beats_done.next = False
            else:
                position.next = position + 1
                beats_done.next = beats_done or final_beat

    @always_comb
    def take_codes():
        codes.next = s_axis_weight_tdata[codes_width:]

    @always_comb
    def number_beat():
        beat_index.next = position[beat_width:]

    @always_seq(clk.posedge, reset=rst)
    def carry_valid():
        if advance:
            valid_line.next = concat(valid_line[stages:], accept)

    @always_comb
    def tap_lines():
        offered.next = valid_line[stages] and last_line[stages]
        write.next = valid_line[stages] and not last_line[stages]
        result_final.next = final_line[stages]
        clear.next = first_line[stages - 2]
        read_index.next = index_line[(stages - 1) * beat_width : (stages - 2) * beat_width]
        write_index.next = index_line[(stages + 1) * beat_width : stages * beat_width]
        result_tail.next = tail_line[(stages + 1) * log2_q : stages * log2_q]

    @always_comb
    def offer():
        m_axis_tvalid.next = offered
        m_axis_tlast.next = result_final

    return [
        decide_advance,
        compare_position,
        find_end,
        decide_ready,
        decide_move,
        finish_step,
        count,
        take_codes,
        number_beat,
        carry_valid,
        tap_lines,
        offer,
        copy(weight_ready, s_axis_weight_tready),
        instance(
            activation_loader.BLOCK,
            params,
            "loader",
            clk=clk,
            rst=rst,
            s_axis_command_tdata=s_axis_command_tdata,
            s_axis_command_tvalid=s_axis_command_tvalid,
            s_axis_command_tready=s_axis_command_tready,
            s_axis_activation_tdata=s_axis_activation_tdata,
            s_axis_activation_tvalid=s_axis_activation_tvalid,
            s_axis_activation_tready=s_axis_activation_tready,
            refused=refused,
            activations=activations,
            fill=fill,
            fill_step=fill_step,
            fill_bank=fill_bank,
            step_valid=step_valid,
            step_bank=step_bank,
            step_first=step_first,
            step_last=step_last,
            step_beats=step_beats,
            step_tail=step_tail,
            step_done=step_done,
        ),
        instance(
            ternary_lookup.BLOCK,
            params.lookup,
            "lookup",
            clk=clk,
            activations=activations,
            fill=fill,
            fill_step=fill_step,
            fill_bank=fill_bank,
            advance=advance,
            read_bank=step_bank,
            codes=codes,
            negates=negates,
            totals=totals,
        ),
        delay_line(clk, advance, beat_index, index_line),
        delay_line(clk, advance, step_first, first_line),
        delay_line(clk, advance, step_last, last_line),
        delay_line(clk, advance, final_beat, final_line),
        delay_line(clk, advance, step_tail, tail_line),
        _accumulators(
            clk,
            advance,
            write,
            write_index,
            results,
            read_index,
            clear,
            present,
            params.max_beats,
        ),
        [
            _accumulate_lane(
                clk,
                advance,
                negates(q),
                lane(totals, params.tree.total_width, q),
                lane(present, width, q),
                result[q],
                params,
            )
            for q in range(lanes)
        ],
        join(result, results),
        [_extend(result[q], extended[q], params.lane_width) for q in range(lanes)],
        join(extended, m_axis_tdata),
        _keep_first(offered, keep[0], lane_bytes),
        [_keep_lane(result_final, result_tail, keep[q], q, lane_bytes) for q in range(1, lanes)],
        join(keep, m_axis_tkeep),
    ]


BLOCK = Block(
    name="tlmm",
    summary="table-lookup ternary matrix-vector engine: streams in, exact products out",
    family="ternary",
    rtl=tlmm,
    params=EngineParams,
    configs=ENGINE_CONFIGS,
    ports=_ports,
    latency="T + 2^index_width + 2 cycles to the first weight beat, 2 + ceil(log2 T) to results",
    throughput="one weight beat per cycle: Q * T * G ternary multiply-accumulates",
    error="none; exact for every input",
    source="arXiv:2510.15926 section 3.2",
    reference="tritproof.ref.ternary.matvec.matvec",
    children=lambda params: (
        (activation_loader.BLOCK, params),
        (ternary_lookup.BLOCK, params.lookup),
    ),
    macs_per_cycle=lambda params: params.macs_per_cycle,
)
