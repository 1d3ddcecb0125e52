# SPDX-License-Identifier: Apache-2.0
"""Dyadic requantisation of a stream of integers."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from myhdl import ResetSignal, Signal, SignalType, always_comb, block, concat, intbv
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.ivit import dyadic_lane
from tritproof.rtl.ivit.dyadic_lane import (
    MANTISSA_WIDTH,
    ROUNDED_WIDTH,
    SHIFT_WIDTH,
    VALUE_WIDTH,
    DyadicParams,
)
from tritproof.rtl.manifest import Block, Params, Port, stream_ports
from tritproof.rtl.pieces import as_signed, copy, join, of_width, register, unsigned_signal
from tritproof.rtl.stream import whole_bytes
from tritproof.rtl.stream.elementwise import move_together

STAGES = dyadic_lane.LATENCY + 1
SCALE_WIDTH = whole_bytes(MANTISSA_WIDTH + SHIFT_WIDTH)
"""Bits of the dyadic number of one lane."""
DYADIC = dyadic_lane.BLOCK, DyadicParams()


@dataclasses.dataclass(frozen=True)
class RequantParams(Params):
    """``lanes``: integers in a beat, 1 to 64; ``result_width``: bits of a result, two's complement,
    2 to 32, in whole bytes of its beat."""

    lanes: int = 16
    result_width: int = 8

    def __post_init__(self) -> None:
        self.require("lanes", 1, 64)
        self.require("result_width", 2, 32)

    @property
    def lane_width(self) -> int:
        """Bits of a result in its beat."""
        return whole_bytes(self.result_width)

    def constants(self) -> dict[str, Any]:
        """Return the parameters and derived widths."""
        return super().constants() | {"LANE_WIDTH": self.lane_width, "SCALE_WIDTH": SCALE_WIDTH}

    def repeated(self) -> dict[str, int]:
        """Return how many lanes there are."""
        return {"LANE": self.lanes}


def operand_ports(params: RequantParams, name: str, what: str, tlast: bool) -> tuple[Port, ...]:
    """The streams of integers and of their dyadic numbers."""
    lanes = params.lanes
    return (
        *stream_ports(
            f"s_axis{name}",
            "in",
            lanes * VALUE_WIDTH,
            tlast=tlast,
            doc=f"{lanes} {what}, two's complement, the first lowest",
        ),
        *stream_ports(
            f"s_axis{name}_scale",
            "in",
            lanes * SCALE_WIDTH,
            doc="of each: mantissa, at most 2^31, in bits 31..0, shift in bits 37..32",
        ),
    )


def requant_ports(params: RequantParams, *operands: tuple[str, str]) -> tuple[Port, ...]:
    """The ports of a block that adds up rescaled operands: their names and what they are."""
    result = f"{params.lanes} results of {params.lane_width} bits, two's complement"
    streams = [
        operand_ports(params, name, what, tlast=not number)
        for number, (name, what) in enumerate(operands)
    ]
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("rst", "in", 1, doc="synchronous reset, active high"),
        *(port for ports in streams for port in ports),
        *stream_ports("m_axis", "out", params.lanes * params.lane_width, tlast=True, doc=result),
    )


@block
def rescale(
    clk: SignalType,
    enable: SignalType,
    values: SignalType,
    scales: SignalType,
    rounded: Sequence[SignalType],
    name: str,
) -> Any:
    """``rounded`` are the values of a beat times their dyadic numbers."""
    instances = []
    for number, result in enumerate(rounded):
        raw, value = unsigned_signal(VALUE_WIDTH), of_width(VALUE_WIDTH)
        low, start = number * VALUE_WIDTH, number * SCALE_WIDTH
        middle, end = start + MANTISSA_WIDTH, start + MANTISSA_WIDTH + SHIFT_WIDTH
        instances += [
            copy(values(low + VALUE_WIDTH, low), raw),
            as_signed(raw, value),
            instance(
                *DYADIC, f"{name}_{number}",
                clk=clk, enable=enable, value=value, mantissa=scales(middle, start),
                shift=scales(end, middle), rounded=result,
            ),
        ]  # fmt: skip
    return instances


@block
def limit_all(
    clk: SignalType,
    enable: SignalType,
    totals: Sequence[SignalType],
    beat: SignalType,
    params: RequantParams,
) -> Any:
    """Register in ``beat`` the totals, limited to the width of a result."""
    instances = []
    parts = [unsigned_signal(params.lane_width) for _ in totals]
    for total, limited in zip(totals, parts, strict=True):
        instances.append(_limit(total, limited, params.result_width))
    joined = unsigned_signal(len(beat))
    return instances, join(parts, joined), register(clk, enable, joined, beat)


@block
def _limit(total: SignalType, limited: SignalType, width: int) -> Any:
    """``limited`` is the nearest integer of ``width`` bits, two's complement: of a total whose bits
    from ``width - 1`` on are not all its sign, the sign and below it its opposite."""
    length, size, below = len(total), len(limited), width - 1
    high = of_width(length - below)
    signs, ones = (1 << (size - below)) - 1, (1 << below) - 1

    @always_comb
    def cut():
        high.next = total[length:below].signed()

    @always_comb
    def clamp():
        if high == 0 or high == -1:
            limited.next = total[size:]
        elif high < 0:
            limited.next = concat(intbv(signs)[size - below:], intbv(0)[below:])
        else:
            limited.next = concat(intbv(0)[size - below:], intbv(ones)[below:])

    return cut, clamp


@block
def requant(
    clk: SignalType,
    rst: ResetSignal,
    s_axis_tdata: SignalType,
    s_axis_tvalid: SignalType,
    s_axis_tready: SignalType,
    s_axis_tlast: SignalType,
    s_axis_scale_tdata: SignalType,
    s_axis_scale_tvalid: SignalType,
    s_axis_scale_tready: SignalType,
    m_axis_tdata: SignalType,
    m_axis_tvalid: SignalType,
    m_axis_tready: SignalType,
    m_axis_tlast: SignalType,
    params: RequantParams,
) -> Any:
    """Rescale a stream of integers by dyadic numbers.

    y_i = RNE(z_i * mantissa_i / 2^shift_i), limited to ``result_width`` bits: the exact product,
    rounded once, a tie to even. A beat of ``s_axis_scale`` comes with each of the integers, so that
    each channel may have its own scale. Rows of any number of beats, ended by tlast. A mantissa
    above 2^31 gives a result that means nothing.
    """
    advance, taken = Signal(bool(0)), Signal(bool(0))
    valid, lasts = unsigned_signal(STAGES), unsigned_signal(STAGES)
    rounded = [of_width(ROUNDED_WIDTH) for _ in range(params.lanes)]
    beat = unsigned_signal(params.lanes * params.lane_width)
    return [
        move_together(
            clk,
            rst,
            (s_axis_tvalid, s_axis_scale_tvalid),
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
        limit_all(clk, advance, rounded, beat, params),
        copy(beat, m_axis_tdata),
        copy(taken, s_axis_tready),
        copy(taken, s_axis_scale_tready),
    ]


CONFIGS = {
    "tiny": RequantParams(lanes=2),
    "int8": RequantParams(),
    "int4": RequantParams(result_width=4),
    "int16": RequantParams(lanes=8, result_width=16),
    "int32": RequantParams(lanes=4, result_width=32),
}

BLOCK = Block(
    name="requant",
    summary="integers times dyadic numbers, rounded once and limited",
    family="ivit",
    rtl=requant,
    params=RequantParams,
    configs=CONFIGS,
    ports=lambda params: requant_ports(params, ("", "integers of 32 bits")),
    children=lambda params: (DYADIC,),
    latency=f"{STAGES} cycles",
    throughput="one beat per cycle",
    error="none but the stated rounding",
    source="arXiv:2207.01405 section 3.2 (dyadic requantisation)",
    reference="tritproof.ref.ivit.requant.requant",
)
