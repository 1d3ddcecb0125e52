# SPDX-License-Identifier: Apache-2.0
"""SiLU gate of two streams."""

from typing import Any

from myhdl import ResetSignal, Signal, SignalType, block
from tritproof.rtl.float16 import float16_mul, float16_silu, functions
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

SILU = float16_silu.BLOCK, functions.FunctionParams("silu")
MUL = float16_mul.BLOCK, float16_mul.MulParams()
STAGES = functions.LATENCY + float16_mul.LATENCY


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
    """``result = silu(gate) * up``."""
    activated = unsigned_signal(CODE_WIDTH)
    return [
        instance(*SILU, f"silu_{number}", clk=clk, enable=advance, a=gate, result=activated),
        instance(
            *MUL, f"mul_{number}", clk=clk, enable=advance, a=activated, b=up, result=result
        ),
    ]


@block
def silu_gate(
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
    """Gate a stream of IEEE 754 binary16 numbers by the SiLU of another.

    y_i = RN(RN(g_i / (1 + e^-g_i)) * u_i), the gate g on ``s_axis`` and u on ``s_axis_up``, of all
    codes: two roundings to nearest, a tie to even. Rows of any number of beats, ended by tlast of
    ``s_axis``.
    """
    advance, taken = Signal(bool(0)), Signal(bool(0))
    ups = unsigned_signal(params.beat_width * functions.LATENCY)
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
    name="silu_gate",
    summary="a stream of binary16 numbers gated by the SiLU of another",
    family="stream",
    rtl=silu_gate,
    params=LanesParams,
    configs=LANES_CONFIGS,
    ports=_ports,
    children=lambda params: (SILU, MUL),
    latency=f"{STAGES} cycles",
    throughput="one beat per cycle",
    error="half a unit in the last place of each of two roundings",
    source="arXiv:2510.15926 section 3.3 (fused element-wise operations)",
    reference="tritproof.ref.stream.gates.silu_gate",
)
