# SPDX-License-Identifier: Apache-2.0
"""Takes a command and its activations, and fills the tables step by step, ahead of the reader."""

from typing import Any

from myhdl import ResetSignal, Signal, SignalType, always, always_comb, always_seq, block, concat
from tritproof.rtl.manifest import Block, Port, stream_ports
from tritproof.rtl.pieces import (
    copy,
    join,
    keep_if,
    lane,
    register,
    signed_signal,
    unsigned_signal,
)
from tritproof.rtl.ternary.dot import ACTIVATION_WIDTH
from tritproof.rtl.ternary.engine import ENGINE_CONFIGS, SIZE_WIDTH, EngineParams, fill_ports

IDLE, LOAD, FILL, SETTLE = range(4)


def step_ports(params: EngineParams, direction: str) -> tuple[Port, ...]:
    """Return the ports that describe the step to be computed next."""
    return (
        Port("step_valid", direction, 1, doc="a bank is complete; the rest describes its step"),
        Port("step_bank", direction, 1, doc="the bank"),
        Port("step_first", direction, 1, doc="first step of the product"),
        Port("step_last", direction, 1, doc="last step of the product"),
        Port("step_beats", direction, params.beat_width, doc="weight beats of the step, minus 1"),
        Port("step_tail", direction, params.log2_q, doc="outputs in the last beat, minus 1"),
    )


def _ports(params: EngineParams) -> tuple[Port, ...]:
    command = "outputs in bits 31..16, inputs in bits 15..0"
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("rst", "in", 1, doc="synchronous reset, active high"),
        *stream_ports("s_axis_command", "in", 2 * SIZE_WIDTH, doc=command),
        *stream_ports(
            "s_axis_activation",
            "in",
            params.g * ACTIVATION_WIDTH,
            doc=f"{params.g} int8 activations, the first lowest",
        ),
        Port(
            "refused", "out", 1, doc="high for one cycle after a command with a size out of range"
        ),
        *fill_ports(params, "out"),
        *step_ports(params, "out"),
        Port("step_done", "in", 1, doc="the step described is finished; only while step_valid"),
    )


@block
def _mask_beat(
    tdata: SignalType, remaining: SignalType, masked: SignalType, params: EngineParams
) -> Any:
    """Zero the activations of a beat that lie past the end of the row."""
    parts = [unsigned_signal(ACTIVATION_WIDTH) for _ in range(params.g)]
    return [
        _mask_lane(lane(tdata, ACTIVATION_WIDTH, j), remaining, parts[j], j)
        for j in range(params.g)
    ], join(parts, masked)


@block
def _mask_lane(raw: SignalType, remaining: SignalType, masked: SignalType, index: int) -> Any:
    inside = Signal(bool(0))

    @always_comb
    def compare():
        inside.next = remaining > index

    return compare, keep_if(inside, raw, masked)


@block
def _shift_chain(
    clk: SignalType, shift: SignalType, beat: SignalType, chain: list[SignalType]
) -> Any:
    """Shift a beat in at the far end, so that after as many beats the first one is in front."""
    return [
        register(clk, shift, source, target)
        for source, target in zip([*chain[1:], beat], chain, strict=True)
    ]


@block
def _bank_record(
    clk: SignalType,
    publish: SignalType,
    fill_bank: SignalType,
    bank: int,
    source: SignalType,
    record: SignalType,
) -> Any:
    """Keep what describes the step in ``bank`` from its publication to the next."""

    @always(clk.posedge)
    def capture():
        if publish and fill_bank == bank:
            record.next = source

    return capture


@block
def activation_loader(
    clk: SignalType,
    rst: ResetSignal,
    s_axis_command_tdata: SignalType,
    s_axis_command_tvalid: SignalType,
    s_axis_command_tready: SignalType,
    s_axis_activation_tdata: SignalType,
    s_axis_activation_tvalid: SignalType,
    s_axis_activation_tready: SignalType,
    refused: SignalType,
    activations: SignalType,
    fill: SignalType,
    fill_step: SignalType,
    fill_bank: SignalType,
    step_valid: SignalType,
    step_bank: SignalType,
    step_first: SignalType,
    step_last: SignalType,
    step_beats: SignalType,
    step_tail: SignalType,
    step_done: SignalType,
    params: EngineParams,
) -> Any:
    """Cut each row of activations into steps, fill a bank with each, and offer it to the reader.

    A command is one matrix-vector product of ``inputs`` columns and ``outputs`` rows. Step s of it
    holds inputs s*T*G .. s*T*G + T*G - 1, zero past the last; there are ceil(inputs / (T*G)) steps.

    A command with a size of zero or above the maximum is taken, raises ``refused`` for one cycle
    and changes nothing else. Two banks alternate: the next step is loaded and filled while the
    reader works on the present one. A step takes T cycles to load when its activations are there,
    and 2^index_width + 2 to fill.
    """
    group, tables = params.g, params.t
    log2_q, beat_width = params.log2_q, params.beat_width
    max_inputs, max_outputs = params.max_inputs, params.max_outputs
    last_slot = tables - 1
    last_fill = (1 << params.table.index_width) - 1

    state = unsigned_signal(2)
    inputs, outputs = unsigned_signal(SIZE_WIDTH), unsigned_signal(SIZE_WIDTH)
    outputs_less_one = signed_signal((1 << SIZE_WIDTH) - 1)
    legal = Signal(bool(0))
    remaining = unsigned_signal(SIZE_WIDTH)
    slot = unsigned_signal(max(1, last_slot.bit_length()))
    first = Signal(bool(0))
    beats = unsigned_signal(params.beat_width)
    tail = unsigned_signal(log2_q)
    fill_counter = unsigned_signal(params.table.index_width)
    bank = Signal(bool(0))
    busy_0, busy_1 = Signal(bool(0)), Signal(bool(0))
    next_bank = Signal(bool(0))
    bank_free = Signal(bool(0))
    exhausted = Signal(bool(0))
    shift, filling, publish = Signal(bool(0)), Signal(bool(0)), Signal(bool(0))
    masked = unsigned_signal(group * ACTIVATION_WIDTH)
    chain = [unsigned_signal(group * ACTIVATION_WIDTH) for _ in range(tables)]
    description = unsigned_signal(params.beat_width + log2_q + 2)
    records = [unsigned_signal(len(description)) for _ in range(2)]
    record_0, record_1 = records
    chosen = unsigned_signal(len(description))
    command_ready, activation_ready = Signal(bool(0)), Signal(bool(0))

    @always_comb
    def split_command():
        inputs.next = s_axis_command_tdata[SIZE_WIDTH:]
        outputs.next = s_axis_command_tdata[2 * SIZE_WIDTH : SIZE_WIDTH]

    @always_comb
    def check_sizes():
        legal.next = (
            inputs != 0 and inputs <= max_inputs and outputs != 0 and outputs <= max_outputs
        )

    @always_comb
    def decode_state():
        command_ready.next = state == IDLE
        activation_ready.next = state == LOAD and not exhausted
        filling.next = state == FILL and bank_free
        publish.next = state == SETTLE

    @always_comb
    def detect_end():
        exhausted.next = remaining == 0

    @always_comb
    def decide_shift():
        shift.next = state == LOAD and (exhausted or s_axis_activation_tvalid)

    @always_comb
    def choose_bank():
        if bank:
            bank_free.next = not busy_1
        else:
            bank_free.next = not busy_0

    @always_seq(clk.posedge, reset=rst)
    def control():
        refused.next = False
        if state == IDLE:
            if s_axis_command_tvalid:
                if legal:
                    state.next = LOAD
                    first.next = True
                    remaining.next = inputs
                else:
                    refused.next = True
        elif state == LOAD:
            if shift:
                if remaining > group:
                    remaining.next = remaining - group
                else:
                    remaining.next = 0
                if slot == last_slot:
                    slot.next = 0
                    state.next = FILL
                else:
                    slot.next = slot + 1
        elif state == FILL:
            if filling:
                if fill_counter == last_fill:
                    fill_counter.next = 0
                    state.next = SETTLE
                else:
                    fill_counter.next = fill_counter + 1
        else:
            first.next = False
            bank.next = not bank
            if exhausted:
                state.next = IDLE
            else:
                state.next = LOAD

    @always(clk.posedge)
    def keep_sizes():
        if state == IDLE and s_axis_command_tvalid and legal:
            beats.next = outputs_less_one[log2_q + beat_width : log2_q]
            tail.next = outputs_less_one[log2_q:]

    @always_comb
    def count_from_zero():
        outputs_less_one.next = outputs - 1

    @always_comb
    def describe():
        description.next = concat(first, exhausted, beats, tail)

    @always_seq(clk.posedge, reset=rst)
    def account():
        if publish and not bank:
            busy_0.next = True
        elif step_done and not next_bank:
            busy_0.next = False
        if publish and bank:
            busy_1.next = True
        elif step_done and next_bank:
            busy_1.next = False
        if step_done:
            next_bank.next = not next_bank

    @always_comb
    def offer():
        if next_bank:
            step_valid.next = busy_1
            chosen.next = record_1
        else:
            step_valid.next = busy_0
            chosen.next = record_0

    @always_comb
    def unpack():
        step_bank.next = next_bank
        step_first.next = chosen[log2_q + beat_width + 1]
        step_last.next = chosen[log2_q + beat_width]
        step_beats.next = chosen[log2_q + beat_width : log2_q]
        step_tail.next = chosen[log2_q:]

    return [
        split_command,
        count_from_zero,
        check_sizes,
        decode_state,
        detect_end,
        decide_shift,
        choose_bank,
        control,
        keep_sizes,
        describe,
        account,
        offer,
        unpack,
        _mask_beat(s_axis_activation_tdata, remaining, masked, params),
        _shift_chain(clk, shift, masked, chain),
        join(chain, activations),
        [_bank_record(clk, publish, bank, k, description, records[k]) for k in range(2)],
        copy(command_ready, s_axis_command_tready),
        copy(activation_ready, s_axis_activation_tready),
        copy(filling, fill),
        copy(fill_counter, fill_step),
        copy(bank, fill_bank),
    ]


BLOCK = Block(
    name="activation_loader",
    summary="cuts rows of activations into steps and fills the tables ahead of the reader",
    family="ternary",
    rtl=activation_loader,
    params=EngineParams,
    configs=ENGINE_CONFIGS,
    ports=_ports,
    latency="T + 2^index_width + 2 cycles from a step's first beat to step_valid",
    throughput="one activation beat per cycle while loading",
    error="none; activations past the end of a row read zero",
    source="arXiv:2510.15926 section 3.2 (loop nest)",
    reference="tritproof.ref.ternary.matvec.steps",
)
