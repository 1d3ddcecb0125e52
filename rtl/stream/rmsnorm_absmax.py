# SPDX-License-Identifier: Apache-2.0
"""Normalisation of rows by their root mean square, and the largest magnitude of each."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from myhdl import ResetSignal, Signal, SignalType, always, always_comb, always_seq, block, concat
from tritproof.rtl.float16 import float16_mul
from tritproof.rtl.float16.numbers import NAN
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Block, Port, stream_ports
from tritproof.rtl.pieces import choose, copy, delay_line, join, lane, unsigned_signal
from tritproof.rtl.stream import rms_scale, row_buffer, row_squares, whole_bytes
from tritproof.rtl.stream.elementwise import (
    CODE_WIDTH,
    ask_for_row,
    elementwise_ports,
    hold_for_row,
    move_together,
)
from tritproof.rtl.stream.rms_scale import RmsScaleParams
from tritproof.rtl.stream.row_buffer import RowBufferParams
from tritproof.rtl.stream.row_squares import MAGNITUDE_WIDTH, RowSquaresParams

MUL = float16_mul.BLOCK, float16_mul.MulParams()
STAGES = 2 * float16_mul.LATENCY + 1
"""Registers from a beat and its gamma to the normalised beat."""


@dataclasses.dataclass(frozen=True)
class RmsnormParams(RowSquaresParams):
    """``lanes``: numbers in a beat, an even number from 2 to 64; ``depth``: most beats in a row, 1
    to 4096, of at most 32768 numbers; ``eps_units``: epsilon in units of 2**-48, 1 to 2**48 - 1."""

    eps_units: int = 2814749767

    def __post_init__(self) -> None:
        super().__post_init__()
        _ = self.scale

    @property
    def squares(self) -> RowSquaresParams:
        """Of the sum of squares."""
        return RowSquaresParams(self.lanes, self.depth)

    @property
    def scale(self) -> RmsScaleParams:
        """Of the reciprocal root."""
        return RmsScaleParams(self.max_count, self.eps_units)

    @property
    def buffer(self) -> RowBufferParams:
        """Of the rows kept until their scale is known."""
        return RowBufferParams(self.beat_width, self.depth)

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived widths."""
        return super().constants() | {"LENGTH_WIDTH": self.scale.length_width}


def _ports(params: RmsnormParams) -> tuple[Port, ...]:
    return (
        *elementwise_ports(
            params, "gamma", "the factors of the numbers", "the normalised numbers"
        ),
        *stream_ports(
            "m_axis_absmax",
            "out",
            CODE_WIDTH,
            doc="one beat after each row: its largest magnitude, binary16",
        ),
        Port("refused", "out", 1, doc="high for one cycle after a row longer than the buffer"),
    )


@block
def _largest(values: Sequence[SignalType], largest: SignalType) -> Any:
    """``largest`` = the largest of ``values``, a tree of neighbours."""
    instances = []
    level = list(values)
    while len(level) > 1:
        above = []
        for left, right in zip(level[::2], level[1::2], strict=False):
            greater = unsigned_signal(len(left))
            instances.append(_greater(left, right, greater))
            above.append(greater)
        level = above + level[2 * len(above) :]
    return instances, copy(level[0], largest)


@block
def _greater(left: SignalType, right: SignalType, greater: SignalType) -> Any:
    """``greater`` = the greater of two."""
    above = Signal(bool(0))

    @always_comb
    def compare():
        above.next = right > left

    return compare, choose(above, left, right, greater)


@block
def _lane(
    clk: SignalType,
    advance: SignalType,
    number: SignalType,
    scale: SignalType,
    gamma: SignalType,
    result: SignalType,
    index: int,
) -> Any:
    """``result = gamma * (number * scale)``."""
    scaled = unsigned_signal(CODE_WIDTH)
    return [
        instance(
            *MUL, f"scale_{index}", clk=clk, enable=advance, a=number, b=scale, result=scaled
        ),
        instance(
            *MUL, f"gamma_{index}", clk=clk, enable=advance, a=gamma, b=scaled, result=result
        ),
    ]


@block
def rmsnorm_absmax(
    clk: SignalType,
    rst: ResetSignal,
    s_axis_tdata: SignalType,
    s_axis_tvalid: SignalType,
    s_axis_tready: SignalType,
    s_axis_tlast: SignalType,
    s_axis_gamma_tdata: SignalType,
    s_axis_gamma_tvalid: SignalType,
    s_axis_gamma_tready: SignalType,
    m_axis_tdata: SignalType,
    m_axis_tvalid: SignalType,
    m_axis_tready: SignalType,
    m_axis_tlast: SignalType,
    m_axis_absmax_tdata: SignalType,
    m_axis_absmax_tvalid: SignalType,
    m_axis_absmax_tready: SignalType,
    refused: SignalType,
    params: RmsnormParams,
) -> Any:
    """Normalise rows of IEEE 754 binary16 numbers by their root mean square.

    y_i = RN(gamma_i * RN(x_i * s)), s = RN(1 / sqrt(sum_i x_i^2 / N + eps)), eps = eps_units *
    2^-48: the sum is exact and its reciprocal root is rounded once, to nearest, a tie to even.
    ``m_axis_absmax`` is the largest |y_i| of each row, the NaN if one is a NaN. An infinity or a
    NaN in a row makes it all NaN.

    N is ``lanes`` times the beats of the row, ended by tlast. Rows are taken while the ones before
    are given out, and gamma with the row that is given out. A row of more than ``depth`` beats is
    taken to its end, without a gamma, raises ``refused`` for one cycle and has no other effect. A
    row's last beat waits until the largest magnitude of the row before is taken.
    """
    width, lanes = params.beat_width, params.lanes
    total_width, length_width = params.total_width, params.scale.length_width

    flows, accept, room, offers, begins, asks, answers = (Signal(bool(0)) for _ in range(7))
    magnitudes = unsigned_signal(MAGNITUDE_WIDTH * lanes)
    total, broken = unsigned_signal(total_width), Signal(bool(0))
    length = unsigned_signal(length_width)
    request = unsigned_signal(whole_bytes(total_width + length_width))
    asked = Signal(bool(0))

    code, scale = unsigned_signal(CODE_WIDTH), unsigned_signal(CODE_WIDTH)
    code_valid, wanted, accepted, spoilt = (Signal(bool(0)) for _ in range(4))

    row, row_valid, row_last = unsigned_signal(width), Signal(bool(0)), Signal(bool(0))
    held, taken, ended, advance = (Signal(bool(0)) for _ in range(4))
    valid, lasts = unsigned_signal(STAGES), unsigned_signal(STAGES)
    gammas = unsigned_signal(width * float16_mul.LATENCY)
    gamma = unsigned_signal(width)
    results = [unsigned_signal(CODE_WIDTH) for _ in range(lanes)]
    made, beat = unsigned_signal(width), unsigned_signal(width)

    highest, highest_kept, so_far, largest = (unsigned_signal(MAGNITUDE_WIDTH) for _ in range(4))
    absmax = unsigned_signal(MAGNITUDE_WIDTH)
    result_valid, result_ready, result_last, blocked = (Signal(bool(0)) for _ in range(4))
    absmax_waits, delivered = Signal(bool(0)), Signal(bool(0))

    @always_comb
    def decide_flow():
        flows.next = answers or not asks

    @always_comb
    def decide_accept():
        offers.next = s_axis_tvalid and flows
        accept.next = s_axis_tvalid and flows and room
        s_axis_tready.next = flows and room

    @always_comb
    def pack():
        request.next = concat(length, total)

    @always_comb
    def hand_over():
        asked.next = asks and answers
        wanted.next = not held
        accepted.next = code_valid and not held
        ended.next = taken and row_last

    @always(clk.posedge)
    def keep_scale():
        if asked:
            spoilt.next = broken
        if accepted:
            if spoilt:
                scale.next = NAN
            else:
                scale.next = code

    @always(clk.posedge)
    def keep_beat():
        if advance:
            beat.next = made
            highest_kept.next = highest

    @always_comb
    def decide_result():
        blocked.next = result_last and absmax_waits

    @always_comb
    def offer():
        m_axis_tvalid.next = result_valid and not blocked
        result_ready.next = m_axis_tready and not blocked
        m_axis_tlast.next = result_last

    @always_comb
    def deliver():
        delivered.next = result_valid and result_ready

    @always_seq(clk.posedge, reset=rst)
    def collect():
        if delivered:
            if result_last:
                so_far.next = 0
            else:
                so_far.next = largest
        if delivered and result_last:
            absmax_waits.next = True
        elif m_axis_absmax_tready:
            absmax_waits.next = False

    @always(clk.posedge)
    def keep_absmax():
        if delivered and result_last:
            absmax.next = largest

    @always_comb
    def offer_absmax():
        m_axis_absmax_tdata.next = concat(False, absmax)

    return [
        decide_flow,
        decide_accept,
        join([s_axis_tdata(16 * n + 15, 16 * n) for n in range(lanes)], magnitudes),
        instance(
            row_squares.BLOCK, params.squares, "squares",
            clk=clk, enable=flows, take=accept, first=begins, magnitudes=magnitudes, total=total,
            broken=broken,
        ),
        ask_for_row(
            clk, rst, flows, accept, s_axis_tlast, begins, asks, length,
            params.depth, lanes, row_squares.LATENCY,
        ),
        pack,
        instance(
            rms_scale.BLOCK, params.scale, "scale",
            clk=clk, rst=rst,
            s_axis_tdata=request, s_axis_tvalid=asks, s_axis_tready=answers,
            m_axis_tdata=code, m_axis_tvalid=code_valid, m_axis_tready=wanted,
        ),
        instance(
            row_buffer.BLOCK, params.buffer, "buffer",
            clk=clk, rst=rst,
            s_axis_tdata=s_axis_tdata, s_axis_tvalid=offers, s_axis_tready=room,
            s_axis_tlast=s_axis_tlast,
            m_axis_tdata=row, m_axis_tvalid=row_valid, m_axis_tready=taken, m_axis_tlast=row_last,
            refused=refused,
        ),
        hand_over,
        keep_scale,
        hold_for_row(clk, rst, accepted, ended, held),
        move_together(
            clk,
            rst,
            (row_valid, s_axis_gamma_tvalid, held),
            row_last,
            taken,
            advance,
            valid,
            lasts,
            result_valid,
            result_ready,
            result_last,
        ),
        delay_line(clk, advance, s_axis_gamma_tdata, gammas),
        copy(gammas(len(gammas), len(gammas) - width), gamma),
        [
            _lane(
                clk,
                advance,
                lane(row, CODE_WIDTH, index),
                scale,
                lane(gamma, CODE_WIDTH, index),
                result,
                index,
            )
            for index, result in enumerate(results)
        ],
        join(results, made),
        _largest([result(MAGNITUDE_WIDTH, 0) for result in results], highest),
        keep_beat,
        _greater(so_far, highest_kept, largest),
        decide_result,
        offer,
        deliver,
        collect,
        keep_absmax,
        offer_absmax,
        copy(taken, s_axis_gamma_tready),
        copy(beat, m_axis_tdata),
        copy(absmax_waits, m_axis_absmax_tvalid),
    ]  # fmt: skip


BLOCK = Block(
    name="rmsnorm_absmax",
    summary="rows normalised by their root mean square, and their largest magnitudes",
    family="stream",
    rtl=rmsnorm_absmax,
    params=RmsnormParams,
    configs={
        "tiny": RmsnormParams(lanes=2, depth=4),
        "tellme": RmsnormParams(),
        "bitnet2b": RmsnormParams(depth=432),
    },
    ports=_ports,
    children=lambda params: (
        (row_squares.BLOCK, params.squares),
        (rms_scale.BLOCK, params.scale),
        (row_buffer.BLOCK, params.buffer),
        MUL,
    ),
    latency="a row's length, that of rms_scale, and 16 cycles",
    throughput="one beat per cycle, two cycles between rows, rms_scale hidden behind longer rows",
    error="half a unit in the last place of each of three roundings",
    source="arXiv:2510.15926 section 3.5 (normalisation with the absolute maximum), exact sum",
    reference="tritproof.ref.stream.rmsnorm.rmsnorm_absmax",
)
