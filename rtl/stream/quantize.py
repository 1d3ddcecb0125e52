# SPDX-License-Identifier: Apache-2.0
"""Rows of binary16 numbers as int8 codes, relative to their largest magnitudes."""

import dataclasses
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
from tritproof.rtl.float16.float16_to_int8 import ToInt8Params
from tritproof.rtl.float16.numbers import INFINITY, NAN
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Block, Port, stream_ports
from tritproof.rtl.pieces import as_bits, copy, join, lane, of_width, unsigned_signal
from tritproof.rtl.stream import quantize_lane
from tritproof.rtl.stream.elementwise import CODE_WIDTH, hold_for_row, move_together
from tritproof.rtl.stream.quantize_lane import LATENCY

INT8_WIDTH = 8


@dataclasses.dataclass(frozen=True)
class QuantizeParams(ToInt8Params):
    """``lanes``: numbers in a beat, 1 to 64; ``least``: the smallest code, -128 or -127."""

    lanes: int = 16

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require("lanes", 1, 64)

    @property
    def lane(self) -> ToInt8Params:
        """Of one lane."""
        return ToInt8Params(self.least)

    def repeated(self) -> dict[str, int]:
        """Return how many lanes there are."""
        return {"LANE": self.lanes}


def _ports(params: QuantizeParams) -> tuple[Port, ...]:
    lanes = params.lanes
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("rst", "in", 1, doc="synchronous reset, active high"),
        *stream_ports(
            "s_axis_absmax", "in", CODE_WIDTH, doc="one beat a row: its largest magnitude, binary16"
        ),
        *stream_ports(
            "s_axis",
            "in",
            lanes * CODE_WIDTH,
            tlast=True,
            doc=f"{lanes} binary16 numbers, the first lowest",
        ),
        *stream_ports(
            "m_axis_scale", "out", CODE_WIDTH, doc="one beat a row: what its codes are scaled by"
        ),
        *stream_ports(
            "m_axis",
            "out",
            lanes * INT8_WIDTH,
            tlast=True,
            doc=f"{lanes} int8 codes, the first lowest",
        ),
    )


@block
def quantize(
    clk: SignalType,
    rst: ResetSignal,
    s_axis_absmax_tdata: SignalType,
    s_axis_absmax_tvalid: SignalType,
    s_axis_absmax_tready: SignalType,
    s_axis_tdata: SignalType,
    s_axis_tvalid: SignalType,
    s_axis_tready: SignalType,
    s_axis_tlast: SignalType,
    m_axis_scale_tdata: SignalType,
    m_axis_scale_tvalid: SignalType,
    m_axis_scale_tready: SignalType,
    m_axis_tdata: SignalType,
    m_axis_tvalid: SignalType,
    m_axis_tready: SignalType,
    m_axis_tlast: SignalType,
    params: QuantizeParams,
) -> Any:
    """Quantise rows of IEEE 754 binary16 numbers to int8.

    q_i = min(max(RNE(127 * y_i / |a|), least), 127), the exact quotient rounded once, for the beat
    a of ``s_axis_absmax`` that comes before the row. ``m_axis_scale`` is |a|, by which the codes
    over 127 are the numbers again. A row whose a is 0 has codes 0 and the scale +0; one whose a is
    no finite number has codes 0 and for a scale the NaN, so that it stays visible. Rows of any
    number of beats, ended by tlast.
    """
    advance, taken, held, accepted, ended = (Signal(bool(0)) for _ in range(5))
    wanted, scale_waits = Signal(bool(0)), Signal(bool(0))
    valid, lasts = unsigned_signal(LATENCY), unsigned_signal(LATENCY)
    absmax = unsigned_signal(CODE_WIDTH - 1)
    scale = unsigned_signal(CODE_WIDTH)
    codes = [of_width(INT8_WIDTH) for _ in range(params.lanes)]
    code_bits = [unsigned_signal(INT8_WIDTH) for _ in range(params.lanes)]

    @always_comb
    def want():
        wanted.next = not held and not scale_waits

    @always_comb
    def accept():
        accepted.next = wanted and s_axis_absmax_tvalid
        ended.next = taken and s_axis_tlast

    @always(clk.posedge)
    def keep():
        if accepted:
            absmax.next = s_axis_absmax_tdata[15:]

    @always_seq(clk.posedge, reset=rst)
    def offer_scale():
        if accepted:
            scale_waits.next = True
        elif m_axis_scale_tready:
            scale_waits.next = False

    @always_comb
    def make_scale():
        if absmax >= INFINITY:
            scale.next = NAN
        else:
            scale.next = concat(False, absmax)

    lanes = [
        instance(
            quantize_lane.BLOCK,
            params.lane,
            f"lane_{number}",
            clk=clk,
            enable=advance,
            y=lane(s_axis_tdata, CODE_WIDTH, number),
            absmax=absmax,
            code=code,
        )
        for number, code in enumerate(codes)
    ]
    return [
        want,
        accept,
        keep,
        hold_for_row(clk, rst, accepted, ended, held),
        offer_scale,
        make_scale,
        move_together(
            clk,
            rst,
            (s_axis_tvalid, held),
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
        [as_bits(code, raw) for code, raw in zip(codes, code_bits, strict=True)],
        join(code_bits, m_axis_tdata),
        copy(wanted, s_axis_absmax_tready),
        copy(taken, s_axis_tready),
        copy(scale, m_axis_scale_tdata),
        copy(scale_waits, m_axis_scale_tvalid),
    ]


BLOCK = Block(
    name="quantize",
    summary="rows of binary16 numbers to int8, relative to their largest magnitudes",
    family="stream",
    rtl=quantize,
    params=QuantizeParams,
    configs={
        "tiny": QuantizeParams(lanes=2),
        "group": QuantizeParams(lanes=3),
        "tellme": QuantizeParams(),
    },
    ports=_ports,
    children=lambda params: ((quantize_lane.BLOCK, params.lane),),
    latency=f"{LATENCY} cycles",
    throughput="one beat per cycle, one cycle between rows",
    error="none but the stated rounding",
    source="arXiv:2510.15926 section 3.5 (quantisation), one rounding",
    reference="tritproof.ref.stream.quantize.quantize",
)
