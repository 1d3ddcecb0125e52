# SPDX-License-Identifier: Apache-2.0
"""Rows of exact sums as binary16 numbers, by one rounding of one exact product each."""

import dataclasses
from typing import Any

from myhdl import ResetSignal, Signal, SignalType, always, always_comb, always_seq, block
from tritproof.rtl.float16.numbers import (
    BINADE_WIDTH,
    SIGNIFICAND_WIDTH,
    UNIT,
    find_infinite,
    find_nan,
    take_magnitude,
)
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Block, Port, stream_ports
from tritproof.rtl.pieces import as_signed, copy, join, of_width, unsigned_signal
from tritproof.rtl.stream import dequantize_lane, whole_bytes
from tritproof.rtl.stream.dequantize_lane import (
    FACTOR_WIDTH,
    LATENCY,
    MANTISSA_WIDTH,
    SHIFT_WIDTH,
    DequantizeLaneParams,
)
from tritproof.rtl.stream.elementwise import CODE_WIDTH, hold_for_row, move_together

SCALE_WIDTH = whole_bytes(CODE_WIDTH + MANTISSA_WIDTH + SHIFT_WIDTH)
"""Bits of a beat of s_axis_scale."""


@dataclasses.dataclass(frozen=True)
class DequantizeParams(DequantizeLaneParams):
    """``acc_width``: bits of a sum, two's complement, 2 to 29, in whole bytes of its beat;
    ``lanes``: sums in a beat, 1 to 64."""

    lanes: int = 16

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require("lanes", 1, 64)

    @property
    def lane(self) -> DequantizeLaneParams:
        """Of one lane."""
        return DequantizeLaneParams(self.acc_width)

    @property
    def lane_width(self) -> int:
        """Bits of a sum in its beat."""
        return whole_bytes(self.acc_width)

    def constants(self) -> dict[str, Any]:
        """Return the parameters and derived widths."""
        return super().constants() | {"LANE_WIDTH": self.lane_width}

    def repeated(self) -> dict[str, int]:
        """Return how many lanes there are."""
        return {"LANE": self.lanes}


def _ports(params: DequantizeParams) -> tuple[Port, ...]:
    lanes, width = params.lanes, params.lane_width
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("rst", "in", 1, doc="synchronous reset, active high"),
        *stream_ports(
            "s_axis_scale",
            "in",
            SCALE_WIDTH,
            doc="one beat a row: its scale, binary16, in bits 15..0, the mantissa in bits 39..16, "
            "the shift in bits 45..40",
        ),
        *stream_ports(
            "s_axis",
            "in",
            lanes * width,
            tlast=True,
            doc=f"{lanes} sums of {width} bits, two's complement, lane 0 lowest",
        ),
        *stream_ports(
            "m_axis",
            "out",
            lanes * CODE_WIDTH,
            tlast=True,
            doc=f"{lanes} binary16 numbers, lane 0 lowest",
        ),
    )


@block
def _scale_row(
    clk: SignalType,
    scale: SignalType,
    mantissa: SignalType,
    shift: SignalType,
    factor: SignalType,
    exponent: SignalType,
) -> Any:
    """Register the significand times the mantissa, and the exponent of the lowest bit."""
    significand, binade = unsigned_signal(SIGNIFICAND_WIDTH), unsigned_signal(BINADE_WIDTH)
    product = unsigned_signal(FACTOR_WIDTH)
    wide, lowered, total = (of_width(len(exponent)) for _ in range(3))

    @always_comb
    def multiply():
        product.next = significand * mantissa

    @always_comb
    def lower():
        lowered.next = wide + UNIT

    @always_comb
    def subtract_shift():
        total.next = lowered - shift

    @always(clk.posedge)
    def keep():
        factor.next = product
        exponent.next = total

    return [
        take_magnitude(scale, significand, binade),
        multiply,
        copy(binade, wide),
        lower,
        subtract_shift,
        keep,
    ]


@block
def dequantize(
    clk: SignalType,
    rst: ResetSignal,
    s_axis_scale_tdata: SignalType,
    s_axis_scale_tvalid: SignalType,
    s_axis_scale_tready: SignalType,
    s_axis_tdata: SignalType,
    s_axis_tvalid: SignalType,
    s_axis_tready: SignalType,
    s_axis_tlast: SignalType,
    m_axis_tdata: SignalType,
    m_axis_tvalid: SignalType,
    m_axis_tready: SignalType,
    m_axis_tlast: SignalType,
    params: DequantizeParams,
) -> Any:
    """Scale rows of exact sums to IEEE 754 binary16 numbers.

    y_j = RN(acc_j * scale * mantissa / 2^shift): the exact product, rounded once, to nearest, a tie
    to even. A beat of ``s_axis_scale`` comes before each row: what ``quantize`` gave for it, and
    the weights' scale over 127 as a mantissa and a shift. A scale that is a NaN makes the row NaN;
    an infinite one makes it infinite, NaN where the sum or the mantissa is 0. Rows of any number of
    beats, ended by tlast.
    """
    rounding = params.rounding
    advance, taken, held, accepted, ended, wanted, ready = (Signal(bool(0)) for _ in range(7))
    valid, lasts = unsigned_signal(LATENCY), unsigned_signal(LATENCY)
    scale, mantissa = unsigned_signal(CODE_WIDTH), unsigned_signal(MANTISSA_WIDTH)
    shift = unsigned_signal(SHIFT_WIDTH)
    factor = unsigned_signal(FACTOR_WIDTH)
    exponent = of_width(rounding.exponent_width)
    nan, infinite, nothing = (Signal(bool(0)) for _ in range(3))
    results = [unsigned_signal(CODE_WIDTH) for _ in range(params.lanes)]
    low, high = CODE_WIDTH, CODE_WIDTH + MANTISSA_WIDTH
    top = high + SHIFT_WIDTH

    @always_comb
    def want():
        wanted.next = not held

    @always_comb
    def accept():
        accepted.next = wanted and s_axis_scale_tvalid
        ended.next = taken and s_axis_tlast

    @always(clk.posedge)
    def keep():
        if accepted:
            scale.next = s_axis_scale_tdata[low:]
            mantissa.next = s_axis_scale_tdata[high:low]
            shift.next = s_axis_scale_tdata[top:high]

    @always_seq(clk.posedge, reset=rst)
    def prepare():
        ready.next = held and not ended

    @always_comb
    def find_nothing():
        nothing.next = mantissa == 0

    lanes = []
    for number, result in enumerate(results):
        start = number * params.lane_width
        raw, acc = unsigned_signal(params.acc_width), of_width(params.acc_width)
        lanes += [
            copy(s_axis_tdata(start + params.acc_width, start), raw),
            as_signed(raw, acc),
            instance(
                dequantize_lane.BLOCK,
                params.lane,
                f"lane_{number}",
                clk=clk,
                enable=advance,
                acc=acc,
                factor=factor,
                exponent=exponent,
                negative=scale(CODE_WIDTH - 1),
                nan=nan,
                infinite=infinite,
                nothing=nothing,
                code=result,
            ),
        ]
    return [
        want,
        accept,
        keep,
        hold_for_row(clk, rst, accepted, ended, held),
        prepare,
        find_nothing,
        find_nan(scale, nan),
        find_infinite(scale, infinite),
        _scale_row(clk, scale, mantissa, shift, factor, exponent),
        move_together(
            clk,
            rst,
            (s_axis_tvalid, ready),
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
        join(results, m_axis_tdata),
        copy(wanted, s_axis_scale_tready),
        copy(taken, s_axis_tready),
    ]


BLOCK = Block(
    name="dequantize",
    summary="rows of exact sums to binary16, by their scales",
    family="stream",
    rtl=dequantize,
    params=DequantizeParams,
    configs={
        "tiny": DequantizeParams(acc_width=6, lanes=2),
        "layer": DequantizeParams(lanes=2),
        "tellme": DequantizeParams(),
    },
    ports=_ports,
    children=lambda params: ((dequantize_lane.BLOCK, params.lane),),
    latency=f"{LATENCY} cycles, two more for the first beat of a row",
    throughput="one beat per cycle, three cycles between rows",
    error="half a unit in the last place",
    source="arXiv:2510.15926 section 3.5 (dequantisation), one rounding",
    reference="tritproof.ref.stream.dequantize.dequantize",
)
