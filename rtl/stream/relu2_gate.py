# SPDX-License-Identifier: Apache-2.0
"""Squared-ReLU gate of two streams."""

from typing import Any

from myhdl import ResetSignal, Signal, SignalType, always_comb, block
from tritproof.rtl.float16 import float16_mul
from tritproof.rtl.float16.numbers import find_nan
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Block, Port
from tritproof.rtl.pieces import copy, delay_line, join, lane, unsigned_signal
from tritproof.rtl.stream.elementwise import (
    CODE_WIDTH,
    LANES_CONFIGS,
    LanesParams,
    elementwise_ports,
    move_together,
)

MUL = float16_mul.BLOCK, float16_mul.MulParams()
STAGES = 2 * float16_mul.LATENCY


def _ports(params: LanesParams) -> tuple[Port, ...]:
    return elementwise_ports(params, "up", "what is gated", "the gated numbers")


@block
def _lane(
    clk: SignalType,
    advance: SignalType,
    gate: SignalType,
    up: SignalType,
    result: SignalType,
    number: int,
) -> Any:
    """``result = max(gate, 0)**2 * up``."""
    rectified, square = unsigned_signal(CODE_WIDTH), unsigned_signal(CODE_WIDTH)
    return [
        _rectify(gate, rectified),
        instance(
            *MUL,
            f"square_{number}",
            clk=clk,
            enable=advance,
            a=rectified,
            b=rectified,
            result=square,
        ),
        instance(*MUL, f"mul_{number}", clk=clk, enable=advance, a=square, b=up, result=result),
    ]


@block
def _rectify(code: SignalType, rectified: SignalType) -> Any:
    """``rectified = max(code, 0)``: a NaN stays one, of any sign."""
    whole, nan = unsigned_signal(CODE_WIDTH), Signal(bool(0))

    @always_comb
    def pick():
        if whole[15] and not nan:
            rectified.next = 0
        else:
            rectified.next = whole

    return copy(code, whole), find_nan(code, nan), pick


@block
def relu2_gate(
    clk: SignalType,
    rst: ResetSignal,
    s_axis_tdata: SignalType,
    s_axis_tvalid: SignalType,
    s_axis_tready: SignalType,
    s_axis_tlast: SignalType,
    s_axis_up_tdata: SignalType,
    s_axis_up_tvalid: SignalType,
    s_axis_up_tready: SignalType,
    m_axis_tdata: SignalType,
    m_axis_tvalid: SignalType,
    m_axis_tready: SignalType,
    m_axis_tlast: SignalType,
    params: LanesParams,
) -> Any:
    """Gate a stream of IEEE 754 binary16 numbers by the square of another's positive part.

    y_i = RN(RN(r_i * r_i) * u_i), r = max(g, 0), the gate g on ``s_axis`` and u on ``s_axis_up``,
    of all codes: two roundings to nearest, a tie to even; max(-0, 0) is +0 and a NaN stays one.
    Rows of any number of beats, ended by tlast of ``s_axis``.
    """
    advance, taken = Signal(bool(0)), Signal(bool(0))
    ups = unsigned_signal(params.beat_width * float16_mul.LATENCY)
    up = unsigned_signal(params.beat_width)
    valid, lasts = unsigned_signal(STAGES), unsigned_signal(STAGES)
    beat = unsigned_signal(params.beat_width)
    results = [unsigned_signal(CODE_WIDTH) for _ in range(params.lanes)]
    lanes = [
        _lane(
            clk,
            advance,
            lane(s_axis_tdata, CODE_WIDTH, number),
            lane(up, CODE_WIDTH, number),
            result,
            number,
        )
        for number, result in enumerate(results)
    ]
    return [
        move_together(
            clk,
            rst,
            (s_axis_tvalid, s_axis_up_tvalid),
            s_axis_tlast,
            taken,
            advance,
            valid,
            lasts,
            m_axis_tvalid,
            m_axis_tready,
            m_axis_tlast,
        ),
        delay_line(clk, advance, s_axis_up_tdata, ups),
        copy(ups(len(ups), len(ups) - params.beat_width), up),
        lanes,
        join(results, beat),
        copy(taken, s_axis_tready),
        copy(taken, s_axis_up_tready),
        copy(beat, m_axis_tdata),
    ]


BLOCK = Block(
    name="relu2_gate",
    summary="a stream of binary16 numbers gated by the squared ReLU of another",
    family="stream",
    rtl=relu2_gate,
    params=LanesParams,
    configs=LANES_CONFIGS,
    ports=_ports,
    children=lambda params: (MUL,),
    latency=f"{STAGES} cycles",
    throughput="one beat per cycle",
    error="half a unit in the last place of each of two roundings",
    source="arXiv:2504.12285 (BitNet b1.58 2B4T: squared ReLU)",
    reference="tritproof.ref.stream.gates.relu2_gate",
)
