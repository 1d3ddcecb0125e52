# SPDX-License-Identifier: Apache-2.0
"""ShiftGELU of a stream of int8 numbers, each by itself."""

import dataclasses
from typing import Any

from myhdl import ResetSignal, Signal, SignalType, always_comb, block
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.ivit import gelu_lane
from tritproof.rtl.ivit.gelu import INPUT_WIDTH
from tritproof.rtl.ivit.gelu_lane import ElementParams
from tritproof.rtl.manifest import Block, Port, stream_ports
from tritproof.rtl.pieces import (
    as_bits,
    as_signed,
    copy,
    join,
    lane,
    of_width,
    register,
    unsigned_signal,
)
from tritproof.rtl.stream import whole_bytes
from tritproof.rtl.stream.elementwise import hold_for_row, move_together


@dataclasses.dataclass(frozen=True)
class ShiftgeluElementsParams(ElementParams):
    """``n``: most octaves below 0, 1 to 23; ``unit_width``: bits of a unit, 2 to 10, of 30 - n at
    most; ``output_bits``: of a sigmoid, 2 to 8; ``lanes``: numbers in a beat, 1 to 64."""

    lanes: int = 8

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require("lanes", 1, 64)

    @property
    def lane(self) -> ElementParams:
        """Of one lane."""
        return ElementParams(self.n, self.unit_width, self.output_bits)

    def repeated(self) -> dict[str, int]:
        """Return how many lanes there are."""
        return {"LANE": self.lanes}


def _ports(params: ShiftgeluElementsParams) -> tuple[Port, ...]:
    lanes, width = params.lanes, params.beat_width
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("rst", "in", 1, doc="synchronous reset, active high"),
        *stream_ports(
            "s_axis_unit",
            "in",
            whole_bytes(params.unit_width),
            doc="one beat a row: u = ceil(1 / (1.702 S)), 0 counts as 1, in the lowest "
            f"{params.unit_width} bits",
        ),
        *stream_ports(
            "s_axis",
            "in",
            lanes * INPUT_WIDTH,
            tlast=True,
            doc=f"{lanes} int8 numbers, the first lowest",
        ),
        *stream_ports(
            "m_axis",
            "out",
            lanes * width,
            tlast=True,
            doc=f"{lanes} results of {width} bits, two's complement, in units of S * "
            f"2^-{params.output_bits - 1}",
        ),
    )


@block
def _lane(
    clk: SignalType,
    advance: SignalType,
    given: SignalType,
    unit: SignalType,
    result: SignalType,
    index: int,
    params: ShiftgeluElementsParams,
) -> Any:
    """``result`` is the ShiftGELU of the bits ``given``."""
    x, value = of_width(INPUT_WIDTH), of_width(params.value_width)
    wide = of_width(params.beat_width)
    return [
        as_signed(given, x),
        instance(
            gelu_lane.BLOCK, params.lane, f"lane_{index}",
            clk=clk, enable=advance, x=x, unit=unit, value=value,
        ),
        copy(value, wide),
        as_bits(wide, result),
    ]  # fmt: skip


@block
def shiftgelu_elements(
    clk: SignalType,
    rst: ResetSignal,
    s_axis_unit_tdata: SignalType,
    s_axis_unit_tvalid: SignalType,
    s_axis_unit_tready: SignalType,
    s_axis_tdata: SignalType,
    s_axis_tvalid: SignalType,
    s_axis_tready: SignalType,
    s_axis_tlast: SignalType,
    m_axis_tdata: SignalType,
    m_axis_tvalid: SignalType,
    m_axis_tready: SignalType,
    m_axis_tlast: SignalType,
    params: ShiftgeluElementsParams,
) -> Any:
    """Give the ShiftGELU of each number of a stream, relative to the larger of it and 0.

    y_i = x_i * s_i, s_i = floor(e_i * floor((2^31 - 1) / (e_i + e'_i)) / 2^(32 - output_bits)),
    e_i = int_exp(x_i - m), e'_i = int_exp(-m), m = max(x_i, 0).

    No result depends on another number of its row. Rows of any number of beats, ended by tlast,
    each with its unit before it.
    """
    stages, unit_width = params.latency, params.unit_width
    advance, taken, held, accepted, ended, wanted = (Signal(bool(0)) for _ in range(6))
    valid, lasts = unsigned_signal(stages), unsigned_signal(stages)
    unit, given = unsigned_signal(unit_width), unsigned_signal(unit_width)
    results = [unsigned_signal(params.beat_width) for _ in range(params.lanes)]

    @always_comb
    def accept():
        wanted.next = not held
        accepted.next = s_axis_unit_tvalid and not held
        ended.next = taken and s_axis_tlast

    return [
        accept,
        copy(s_axis_unit_tdata(unit_width, 0), given),
        register(clk, accepted, given, unit),
        hold_for_row(clk, rst, accepted, ended, held),
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
        [
            _lane(
                clk, advance, lane(s_axis_tdata, INPUT_WIDTH, index), unit, result, index, params
            )
            for index, result in enumerate(results)
        ],
        join(results, m_axis_tdata),
        copy(wanted, s_axis_unit_tready),
        copy(taken, s_axis_tready),
    ]


BLOCK = Block(
    name="shiftgelu_elements",
    summary="GELU by shifts, of int8 numbers by themselves",
    family="ivit",
    rtl=shiftgelu_elements,
    params=ShiftgeluElementsParams,
    configs={
        "tiny": ShiftgeluElementsParams(n=3, unit_width=3, lanes=2),
        "vit": ShiftgeluElementsParams(),
        "wide": ShiftgeluElementsParams(unit_width=10),
    },
    ports=_ports,
    children=lambda params: ((gelu_lane.BLOCK, params.lane),),
    latency="that of gelu_lane",
    throughput="one beat per cycle, one cycle between rows",
    error="none but the stated floors",
    source="arXiv:2207.01405 section 3.4 (ShiftGELU), relative to the larger of x and 0",
    reference="tritproof.ref.ivit.exponential.elementwise_shiftgelu",
)
