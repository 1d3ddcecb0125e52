# SPDX-License-Identifier: Apache-2.0
"""ShiftGELU as published: of rows kept on chip, relative to their largest numbers."""

import dataclasses
from typing import Any

from myhdl import ResetSignal, Signal, SignalType, always_comb, always_seq, block
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.ivit import row_gelu_lane
from tritproof.rtl.ivit.row_gelu_lane import RowGeluParams
from tritproof.rtl.ivit.rows import INPUT_WIDTH, row_ports
from tritproof.rtl.manifest import Block, Port
from tritproof.rtl.pieces import as_bits, as_signed, copy, of_width, register, unsigned_signal
from tritproof.rtl.softmax import row_max
from tritproof.rtl.softmax.row_max import RowMaxParams
from tritproof.rtl.stream import row_buffer
from tritproof.rtl.stream.elementwise import hold_for_row, move_together
from tritproof.rtl.stream.row_buffer import RowBufferParams

ROW_MAX = row_max.BLOCK, RowMaxParams(INPUT_WIDTH)


@dataclasses.dataclass(frozen=True)
class ShiftgeluParams(RowGeluParams):
    """``n``: most octaves below 0, 16 to 23; ``unit_width``: bits of a unit, 2 to 10;
    ``output_bits``: of a sigmoid, 2 to 8; ``depth``: most numbers in a row, 1 to 4096."""

    depth: int = 4096

    def __post_init__(self) -> None:
        super().__post_init__()
        _ = self.buffer

    @property
    def lane(self) -> RowGeluParams:
        """Of a number's result."""
        return RowGeluParams(self.n, self.unit_width, self.output_bits)

    @property
    def buffer(self) -> RowBufferParams:
        """Of the rows kept until their largest number is known."""
        return RowBufferParams(INPUT_WIDTH, self.depth)


def _ports(params: ShiftgeluParams) -> tuple[Port, ...]:
    return row_ports(
        params,
        "1 / (1.702 S)",
        params.beat_width,
        f"two's complement, in units of S * 2^-{params.output_bits - 1}",
    )


@block
def shiftgelu(
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
    refused: SignalType,
    params: ShiftgeluParams,
) -> Any:
    """Give the ShiftGELU of rows of int8 numbers relative to their largest, as published.

    y_i = x_i * s_i, s_i = floor(e_i * floor((2^31 - 1) / min(e_i + e', 2^31 - 1)) / 2^(32 -
    output_bits)), e_i = int_exp(x_i - m), e' = int_exp(-m), m = max_i x_i.

    A row is taken while the one before is given out. A row of more than ``depth`` numbers is taken
    to its end, without a unit, raises ``refused`` for one cycle and has no other effect.
    """
    stages, unit_width = params.latency, params.unit_width
    room, offers, accept, begun, begins, complete = (Signal(bool(0)) for _ in range(6))
    refuses, wanted, accepted, held, row_ends = (Signal(bool(0)) for _ in range(5))
    row_valid, row_last, taken, advance = (Signal(bool(0)) for _ in range(4))
    number, largest, own_largest, x = (of_width(INPUT_WIDTH) for _ in range(4))
    row = unsigned_signal(INPUT_WIDTH)
    given, unit = unsigned_signal(unit_width), unsigned_signal(unit_width)
    valid, lasts = unsigned_signal(stages), unsigned_signal(stages)
    value, wide = of_width(params.value_width), of_width(params.beat_width)

    @always_comb
    def decide_accept():
        offers.next = s_axis_tvalid and not complete
        accept.next = s_axis_tvalid and room and not complete
        s_axis_tready.next = room and not complete
        begins.next = not begun

    @always_comb
    def decide_start():
        wanted.next = complete and not refuses and not held
        accepted.next = s_axis_unit_tvalid and complete and not refuses and not held
        row_ends.next = taken and row_last

    @always_seq(clk.posedge, reset=rst)
    def follow():
        if accept:
            begun.next = not s_axis_tlast
        if accept and s_axis_tlast:
            complete.next = True
        elif accepted or refuses:
            complete.next = False

    return [
        decide_accept,
        decide_start,
        follow,
        as_signed(s_axis_tdata, number),
        instance(
            *ROW_MAX, "largest",
            clk=clk, take=accept, first=begins, value=number, largest=largest,
        ),
        instance(
            row_buffer.BLOCK, params.buffer, "buffer",
            clk=clk, rst=rst,
            s_axis_tdata=s_axis_tdata, s_axis_tvalid=offers, s_axis_tready=room,
            s_axis_tlast=s_axis_tlast,
            m_axis_tdata=row, m_axis_tvalid=row_valid, m_axis_tready=taken, m_axis_tlast=row_last,
            refused=refuses,
        ),
        copy(s_axis_unit_tdata(unit_width, 0), given),
        register(clk, accepted, given, unit),
        register(clk, accepted, largest, own_largest),
        hold_for_row(clk, rst, accepted, row_ends, held),
        move_together(
            clk,
            rst,
            (row_valid, held),
            row_last,
            taken,
            advance,
            valid,
            lasts,
            m_axis_tvalid,
            m_axis_tready,
            m_axis_tlast,
        ),
        as_signed(row, x),
        instance(
            row_gelu_lane.BLOCK, params.lane, "lane",
            clk=clk, enable=advance, x=x, largest=own_largest, unit=unit, value=value,
        ),
        copy(value, wide),
        as_bits(wide, m_axis_tdata),
        copy(wanted, s_axis_unit_tready),
        copy(refuses, refused),
    ]  # fmt: skip


BLOCK = Block(
    name="shiftgelu",
    summary="GELU by shifts, of rows of int8 numbers relative to their largest",
    family="ivit",
    rtl=shiftgelu,
    params=ShiftgeluParams,
    configs={
        "tiny": ShiftgeluParams(n=16, unit_width=3, depth=3),
        "vit": ShiftgeluParams(),
        "wide": ShiftgeluParams(unit_width=10, depth=256),
    },
    ports=_ports,
    children=lambda params: (
        ROW_MAX,
        (row_buffer.BLOCK, params.buffer),
        (row_gelu_lane.BLOCK, params.lane),
    ),
    latency="a row's length, that of row_gelu_lane, and 4 cycles",
    throughput="one number per cycle, two cycles between rows",
    error="none but the stated floors",
    source="arXiv:2207.01405 section 3.4 (ShiftGELU), as published in PyTorch, exact",
    reference="tritproof.ref.ivit.exponential.shiftgelu",
)
