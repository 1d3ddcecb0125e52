# SPDX-License-Identifier: Apache-2.0
"""Dyadic requantisation of a stream of integers and of a residual."""

from typing import Any

from myhdl import ResetSignal, Signal, SignalType, block
from tritproof.rtl.ivit.dyadic_lane import ROUNDED_WIDTH
from tritproof.rtl.ivit.requant import (
    CONFIGS,
    DYADIC,
    STAGES,
    RequantParams,
    limit_all,
    requant_ports,
    rescale,
)
from tritproof.rtl.manifest import Block
from tritproof.rtl.pieces import add, copy, of_width, unsigned_signal
from tritproof.rtl.stream.elementwise import move_together


@block
def requant_add(
    clk: SignalType,
    rst: ResetSignal,
    s_axis_tdata: SignalType,
    s_axis_tvalid: SignalType,
    s_axis_tready: SignalType,
    s_axis_tlast: SignalType,
    s_axis_scale_tdata: SignalType,
    s_axis_scale_tvalid: SignalType,
    s_axis_scale_tready: SignalType,
    s_axis_residual_tdata: SignalType,
    s_axis_residual_tvalid: SignalType,
    s_axis_residual_tready: SignalType,
    s_axis_residual_scale_tdata: SignalType,
    s_axis_residual_scale_tvalid: SignalType,
    s_axis_residual_scale_tready: SignalType,
    m_axis_tdata: SignalType,
    m_axis_tvalid: SignalType,
    m_axis_tready: SignalType,
    m_axis_tlast: SignalType,
    params: RequantParams,
) -> Any:
    """Rescale a stream of integers and a residual by dyadic numbers, and add them.

    y_i = RNE(z_i * mantissa_i / 2^shift_i) + RNE(w_i * mantissa'_i / 2^shift'_i), limited to
    ``result_width`` bits: each exact product rounded once, a tie to even. All four streams move
    together. Rows of any number of beats, ended by tlast of ``s_axis``. A mantissa above 2^31 gives
    a result that means nothing.
    """
    advance, taken = Signal(bool(0)), Signal(bool(0))
    valid, lasts = unsigned_signal(STAGES), unsigned_signal(STAGES)
    rounded, other = ([of_width(ROUNDED_WIDTH) for _ in range(params.lanes)] for _ in range(2))
    totals = [of_width(ROUNDED_WIDTH + 1) for _ in range(params.lanes)]
    beat = unsigned_signal(params.lanes * params.lane_width)
    return [
        move_together(
            clk,
            rst,
            (
                s_axis_tvalid,
                s_axis_scale_tvalid,
                s_axis_residual_tvalid,
                s_axis_residual_scale_tvalid,
            ),
            s_axis_tlast,
            taken,
            advance,
            valid,
            lasts,
            m_axis_tvalid,
            m_axis_tready,
            m_axis_tlast,
        ),
        rescale(clk, advance, s_axis_tdata, s_axis_scale_tdata, rounded, "value"),
        rescale(clk, advance, s_axis_residual_tdata, s_axis_residual_scale_tdata, other, "other"),
        [add(*terms) for terms in zip(rounded, other, totals, strict=True)],
        limit_all(clk, advance, totals, beat, params),
        copy(beat, m_axis_tdata),
        copy(taken, s_axis_tready),
        copy(taken, s_axis_scale_tready),
        copy(taken, s_axis_residual_tready),
        copy(taken, s_axis_residual_scale_tready),
    ]


BLOCK = Block(
    name="requant_add",
    summary="integers and a residual times dyadic numbers, rounded, added and limited",
    family="ivit",
    rtl=requant_add,
    params=RequantParams,
    configs=CONFIGS,
    ports=lambda params: requant_ports(
        params, ("", "integers of 32 bits"), ("_residual", "integers of the residual, 32 bits")
    ),
    children=lambda params: (DYADIC,),
    latency=f"{STAGES} cycles",
    throughput="one beat per cycle",
    error="none but the two stated roundings",
    source="arXiv:2207.01405 section 3.2 (dyadic requantisation with a residual)",
    reference="tritproof.ref.ivit.requant.requant",
)
