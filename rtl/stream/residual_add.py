# SPDX-License-Identifier: Apache-2.0
"""Sum of a stream and a residual stream."""

from typing import Any

from myhdl import ResetSignal, Signal, SignalType, block
from tritproof.rtl.float16 import float16_add
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Block, Port
from tritproof.rtl.pieces import copy, join, lane, unsigned_signal
from tritproof.rtl.stream.elementwise import (
    CODE_WIDTH,
    LANES_CONFIGS,
    LanesParams,
    elementwise_ports,
    move_together,
)

ADD = float16_add.BLOCK, float16_add.AddParams()
STAGES = float16_add.LATENCY


def _ports(params: LanesParams) -> tuple[Port, ...]:
    return elementwise_ports(params, "residual", "what is added", "the sums")


@block
def residual_add(
    clk: SignalType,
    rst: ResetSignal,
    s_axis_tdata: SignalType,
    s_axis_tvalid: SignalType,
    s_axis_tready: SignalType,
    s_axis_tlast: SignalType,
    s_axis_residual_tdata: SignalType,
    s_axis_residual_tvalid: SignalType,
    s_axis_residual_tready: SignalType,
    m_axis_tdata: SignalType,
    m_axis_tvalid: SignalType,
    m_axis_tready: SignalType,
    m_axis_tlast: SignalType,
    params: LanesParams,
) -> Any:
    """Add a residual to a stream of IEEE 754 binary16 numbers.

    y_i = RN(x_i + r_i), of all codes: to nearest, a tie to even. Rows of any number of beats, ended
    by tlast of ``s_axis``.
    """
    advance, taken = Signal(bool(0)), Signal(bool(0))
    valid, lasts = unsigned_signal(STAGES), unsigned_signal(STAGES)
    beat = unsigned_signal(params.beat_width)
    results = [unsigned_signal(CODE_WIDTH) for _ in range(params.lanes)]
    lanes = [
        instance(
            *ADD,
            f"add_{number}",
            clk=clk,
            enable=advance,
            a=lane(s_axis_tdata, CODE_WIDTH, number),
            b=lane(s_axis_residual_tdata, CODE_WIDTH, number),
            result=result,
        )
        for number, result in enumerate(results)
    ]
    return [
        move_together(
            clk,
            rst,
            (s_axis_tvalid, s_axis_residual_tvalid),
            s_axis_tlast,
            taken,
            advance,
            valid,
            lasts,
            m_axis_tvalid,
            m_axis_tready,
            m_axis_tlast,
        ),
        lanes,
        join(results, beat),
        copy(taken, s_axis_tready),
        copy(taken, s_axis_residual_tready),
        copy(beat, m_axis_tdata),
    ]


BLOCK = Block(
    name="residual_add",
    summary="sum of two streams of binary16 numbers",
    family="stream",
    rtl=residual_add,
    params=LanesParams,
    configs=LANES_CONFIGS,
    ports=_ports,
    children=lambda params: (ADD,),
    latency=f"{STAGES} cycles",
    throughput="one beat per cycle",
    error="half a unit in the last place",
    source="arXiv:2510.15926 section 3.3 (fused element-wise operations)",
    reference="tritproof.ref.stream.gates.residual_add",
)
