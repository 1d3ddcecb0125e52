# SPDX-License-Identifier: Apache-2.0
"""Rotary position embedding of consecutive pairs."""

from typing import Any

from myhdl import ResetSignal, Signal, SignalType, always_comb, block, concat
from tritproof.rtl.float16 import float16_add, float16_mul
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
MUL = float16_mul.BLOCK, float16_mul.MulParams()
STAGES = float16_mul.LATENCY + float16_add.LATENCY


def _ports(params: LanesParams) -> tuple[Port, ...]:
    return elementwise_ports(
        params,
        "rotation",
        "cosine and sine of each pair of lanes, the cosine lower",
        "the rotated pairs",
    )


@block
def _pair(
    clk: SignalType,
    advance: SignalType,
    first: SignalType,
    second: SignalType,
    cosine: SignalType,
    sine: SignalType,
    turned_first: SignalType,
    turned_second: SignalType,
    pair: int,
) -> Any:
    """Rotate one pair."""
    products = [unsigned_signal(CODE_WIDTH) for _ in range(4)]
    operands = (
        ("first_cosine", first, cosine),
        ("second_sine", second, sine),
        ("first_sine", first, sine),
        ("second_cosine", second, cosine),
    )
    opposite = unsigned_signal(CODE_WIDTH)
    multiplied = [
        instance(*MUL, f"{name}_{pair}", clk=clk, enable=advance, a=a, b=b, result=product)
        for (name, a, b), product in zip(operands, products, strict=True)
    ]
    return [
        multiplied,
        _turn_sign(products[1], opposite),
        instance(
            *ADD,
            f"difference_{pair}",
            clk=clk,
            enable=advance,
            a=products[0],
            b=opposite,
            result=turned_first,
        ),
        instance(
            *ADD,
            f"sum_{pair}",
            clk=clk,
            enable=advance,
            a=products[2],
            b=products[3],
            result=turned_second,
        ),
    ]


@block
def _turn_sign(code: SignalType, opposite: SignalType) -> Any:
    """``opposite = -code``."""

    @always_comb
    def turn():
        opposite.next = concat(not code[15], code[15:])

    return turn


@block
def rope(
    clk: SignalType,
    rst: ResetSignal,
    s_axis_tdata: SignalType,
    s_axis_tvalid: SignalType,
    s_axis_tready: SignalType,
    s_axis_tlast: SignalType,
    s_axis_rotation_tdata: SignalType,
    s_axis_rotation_tvalid: SignalType,
    s_axis_rotation_tready: SignalType,
    m_axis_tdata: SignalType,
    m_axis_tvalid: SignalType,
    m_axis_tready: SignalType,
    m_axis_tlast: SignalType,
    params: LanesParams,
) -> Any:
    """Rotate consecutive pairs of IEEE 754 binary16 numbers by given angles.

    y_2t = RN(RN(x_2t c) - RN(x_2t+1 s)), y_2t+1 = RN(RN(x_2t s) + RN(x_2t+1 c)), where c and s are
    elements 2t and 2t+1 of ``s_axis_rotation``: every operation to nearest, a tie to even. Query
    and key weights whose rows are interleaved make this the rotation of pairs (t, t + d/2). Rows of
    any number of beats, ended by tlast of ``s_axis``.
    """
    advance, taken = Signal(bool(0)), Signal(bool(0))
    valid, lasts = unsigned_signal(STAGES), unsigned_signal(STAGES)
    beat = unsigned_signal(params.beat_width)
    results = [unsigned_signal(CODE_WIDTH) for _ in range(params.lanes)]
    lanes = []
    for pair in range(params.lanes // 2):
        places = (2 * pair, 2 * pair + 1)
        elements = [lane(s_axis_tdata, CODE_WIDTH, place) for place in places]
        angle = [lane(s_axis_rotation_tdata, CODE_WIDTH, place) for place in places]
        turned = [results[place] for place in places]
        lanes.append(_pair(clk, advance, *elements, *angle, *turned, pair))
    return [
        move_together(
            clk,
            rst,
            (s_axis_tvalid, s_axis_rotation_tvalid),
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
        copy(taken, s_axis_rotation_tready),
        copy(beat, m_axis_tdata),
    ]


BLOCK = Block(
    name="rope",
    summary="rotary position embedding of consecutive pairs of binary16 numbers",
    family="stream",
    rtl=rope,
    params=LanesParams,
    configs=LANES_CONFIGS,
    ports=_ports,
    children=lambda params: (MUL, ADD),
    latency=f"{STAGES} cycles",
    throughput="one beat per cycle",
    error="half a unit in the last place of each of two roundings",
    source="arXiv:2510.15926 equations 4 to 6",
    reference="tritproof.ref.stream.rope.rope",
)
