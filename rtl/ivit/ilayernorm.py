# SPDX-License-Identifier: Apache-2.0
"""The integer layer normalisation of I-ViT, of rows kept on chip."""

import dataclasses
from typing import Any

from myhdl import ResetSignal, Signal, SignalType, always, always_comb, block, concat
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.ivit import layernorm_factor
from tritproof.rtl.ivit.layernorm_factor import FACTOR_WIDTH, NUMBER_WIDTH, LayernormFactorParams
from tritproof.rtl.manifest import Block, Params, Port, stream_ports
from tritproof.rtl.pieces import (
    accumulate,
    add,
    as_bits,
    as_signed,
    copy,
    delay_line,
    of_width,
    register,
    subtract,
    sum_signal,
    unsigned_signal,
)
from tritproof.rtl.stream import row_buffer, whole_bytes
from tritproof.rtl.stream.elementwise import ask_for_row, hold_for_row, move_together
from tritproof.rtl.stream.row_buffer import RowBufferParams

BIAS_WIDTH = 40
PRODUCT_WIDTH = FACTOR_WIDTH + 1
"""Bits of a distance times the factor of its row, below 2**31: theorem ``products_fit``."""
TOTAL_WIDTH = BIAS_WIDTH + 1
RESULT_WIDTH = whole_bytes(TOTAL_WIDTH)
SUM_LATENCY = 2
"""Advances from a number to the sums with it."""
STAGES = 3
"""Registers from a number and its bias to the result."""


@dataclasses.dataclass(frozen=True)
class IlayernormParams(Params):
    """``depth``: most numbers in a row, 2 to 4096; ``published``: with the root of the published
    code, else the exact one."""

    depth: int = 2048
    published: bool = False

    def __post_init__(self) -> None:
        self.require("depth", 2, 1 << 12)

    @property
    def factor(self) -> LayernormFactorParams:
        """Of mean and factor."""
        return LayernormFactorParams(self.depth, self.published)

    @property
    def buffer(self) -> RowBufferParams:
        """Of the rows kept until their factor is known."""
        return RowBufferParams(NUMBER_WIDTH, self.depth)

    def constants(self) -> dict[str, Any]:
        """Return the constants of the factor, the parameters and the stages."""
        return self.factor.constants() | super().constants() | {
            "STAGES": STAGES,
            "BIAS_WIDTH": BIAS_WIDTH,
        }  # fmt: skip


def _ports(params: IlayernormParams) -> tuple[Port, ...]:
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("rst", "in", 1, doc="synchronous reset, active high"),
        *stream_ports("s_axis", "in", NUMBER_WIDTH, tlast=True, doc="int16, two's complement"),
        *stream_ports(
            "s_axis_bias",
            "in",
            BIAS_WIDTH,
            doc="one for each number of a row that fits, in units of the result, two's complement",
        ),
        *stream_ports(
            "m_axis",
            "out",
            RESULT_WIDTH,
            tlast=True,
            doc=f"units of sqrt(N) / 2^30, two's complement, within {TOTAL_WIDTH} bits",
        ),
        Port("refused", "out", 1, doc="high for one cycle after a row longer than the buffer"),
    )


@block
def _sum_up(
    clk: SignalType,
    advance: SignalType,
    accept: SignalType,
    begins: SignalType,
    number: SignalType,
    total: SignalType,
    squares: SignalType,
) -> Any:
    """Sum up numbers and squares since and with the one that ``begins``."""
    square, square_1 = (unsigned_signal(2 * NUMBER_WIDTH) for _ in range(2))
    number_1 = of_width(NUMBER_WIDTH)
    marks = unsigned_signal(2)
    adds, anew = Signal(bool(0)), Signal(bool(0))

    @always_comb
    def multiply():
        square.next = number * number

    @always(clk.posedge)
    def mark():
        if advance:
            marks.next = concat(begins, accept)

    @always_comb
    def decide():
        adds.next = advance and marks[0]
        anew.next = marks[1]

    return [
        multiply,
        mark,
        decide,
        register(clk, advance, number, number_1),
        register(clk, advance, square, square_1),
        accumulate(clk, adds, anew, number_1, total),
        accumulate(clk, adds, anew, square_1, squares),
    ]


@block
def _normalise(
    clk: SignalType,
    advance: SignalType,
    number: SignalType,
    mean: SignalType,
    factor: SignalType,
    bias: SignalType,
    result: SignalType,
) -> Any:
    """``result = floor((number - mean) * factor / 2) + bias``, three registers later."""
    distance, distance_1 = (sum_signal(NUMBER_WIDTH + 1, signed=True) for _ in range(2))
    wide_factor, factor_1 = (of_width(len(factor) + 1) for _ in range(2))
    product = of_width(len(distance_1) + len(factor_1))
    low_product, product_2 = (of_width(PRODUCT_WIDTH) for _ in range(2))
    biases, bias_bits = unsigned_signal(2 * BIAS_WIDTH), unsigned_signal(BIAS_WIDTH)
    half, bias_2 = of_width(PRODUCT_WIDTH - 1), of_width(BIAS_WIDTH)
    total = of_width(TOTAL_WIDTH)

    @always_comb
    def multiply():
        product.next = distance_1 * factor_1

    @always_comb
    def keep_what_it_has():
        low_product.next = product[PRODUCT_WIDTH:].signed()

    @always_comb
    def drop_half():
        half.next = product_2[PRODUCT_WIDTH:1].signed()

    return [
        subtract(number, mean, distance),
        register(clk, advance, distance, distance_1),
        copy(factor, wide_factor),
        register(clk, advance, wide_factor, factor_1),
        delay_line(clk, advance, bias, biases),
        multiply,
        keep_what_it_has,
        register(clk, advance, low_product, product_2),
        drop_half,
        copy(biases(2 * BIAS_WIDTH, BIAS_WIDTH), bias_bits),
        as_signed(bias_bits, bias_2),
        add(half, bias_2, total),
        register(clk, advance, total, result),
    ]


@block
def ilayernorm(
    clk: SignalType,
    rst: ResetSignal,
    s_axis_tdata: SignalType,
    s_axis_tvalid: SignalType,
    s_axis_tready: SignalType,
    s_axis_tlast: SignalType,
    s_axis_bias_tdata: SignalType,
    s_axis_bias_tvalid: SignalType,
    s_axis_bias_tready: SignalType,
    m_axis_tdata: SignalType,
    m_axis_tvalid: SignalType,
    m_axis_tready: SignalType,
    m_axis_tlast: SignalType,
    refused: SignalType,
    params: IlayernormParams,
) -> Any:
    """Normalise rows of int16 numbers by mean and deviation, in integers, as I-ViT does.

    y_i = floor((x_i - m) * f / 2) + bias_i with m = RNE(sum_i x_i / N), f = floor((2^31 - 1) / s),
    s = max(floor(sqrt(sum_i (x_i - m)^2)), 1), or with ``published`` what ten steps of Newton's
    iteration from 2^16 make of that root. No result but the bias is lost: |(x_i - m) * f| < 2^31.

    N is the length of the row, ended by tlast. Rows are taken while the ones before are given out,
    and the bias with the row that is given out. A row of more than ``depth`` numbers is taken to
    its end, without a bias, raises ``refused`` for one cycle and has no other effect.
    """
    factor_width, end = params.factor.factor_width, NUMBER_WIDTH + params.factor.factor_width
    request_width = params.factor.sum_width + params.factor.squares_width
    request_width = whole_bytes(request_width + params.factor.length_width)

    flows, accept, room, offers, begins, asks, answers = (Signal(bool(0)) for _ in range(7))
    given, number = of_width(NUMBER_WIDTH), of_width(NUMBER_WIDTH)
    total = sum_signal(params.factor.sum_width, signed=True)
    squares = sum_signal(params.factor.squares_width)
    total_bits = unsigned_signal(params.factor.sum_width)
    length = unsigned_signal(params.factor.length_width)
    request = unsigned_signal(request_width)

    answer = unsigned_signal(whole_bytes(end))
    answered, wanted, accepted = (Signal(bool(0)) for _ in range(3))
    mean_bits, mean = unsigned_signal(NUMBER_WIDTH), of_width(NUMBER_WIDTH)
    factor = unsigned_signal(factor_width)

    row, row_valid, row_last = unsigned_signal(NUMBER_WIDTH), Signal(bool(0)), Signal(bool(0))
    held, taken, ended, advance = (Signal(bool(0)) for _ in range(4))
    valid, lasts = unsigned_signal(STAGES), unsigned_signal(STAGES)
    result, wide_result = of_width(TOTAL_WIDTH), of_width(RESULT_WIDTH)

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
        request.next = concat(length, squares, total_bits)

    @always_comb
    def hand_over():
        wanted.next = not held
        accepted.next = answered and not held
        ended.next = taken and row_last

    @always(clk.posedge)
    def keep_factor():
        if accepted:
            mean_bits.next = answer[NUMBER_WIDTH:]
            factor.next = answer[end:NUMBER_WIDTH]

    return [
        decide_flow,
        decide_accept,
        as_signed(s_axis_tdata, given),
        _sum_up(clk, flows, accept, begins, given, total, squares),
        ask_for_row(
            clk, rst, flows, accept, s_axis_tlast, begins, asks, length,
            params.depth, 1, SUM_LATENCY,
        ),
        as_bits(total, total_bits),
        pack,
        instance(
            layernorm_factor.BLOCK, params.factor, "factor",
            clk=clk, rst=rst,
            s_axis_tdata=request, s_axis_tvalid=asks, s_axis_tready=answers,
            m_axis_tdata=answer, m_axis_tvalid=answered, m_axis_tready=wanted,
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
        keep_factor,
        hold_for_row(clk, rst, accepted, ended, held),
        move_together(
            clk,
            rst,
            (row_valid, s_axis_bias_tvalid, held),
            row_last,
            taken,
            advance,
            valid,
            lasts,
            m_axis_tvalid,
            m_axis_tready,
            m_axis_tlast,
        ),
        as_signed(row, number),
        as_signed(mean_bits, mean),
        _normalise(clk, advance, number, mean, factor, s_axis_bias_tdata, result),
        copy(result, wide_result),
        as_bits(wide_result, m_axis_tdata),
        copy(taken, s_axis_bias_tready),
    ]  # fmt: skip


BLOCK = Block(
    name="ilayernorm",
    summary="integer layer normalisation, of rows kept on chip",
    family="ivit",
    rtl=ilayernorm,
    params=IlayernormParams,
    configs={
        "tiny": IlayernormParams(depth=4),
        "tiny_published": IlayernormParams(depth=4, published=True),
        "vit": IlayernormParams(),
        "vit_published": IlayernormParams(published=True),
    },
    ports=_ports,
    children=lambda params: (
        (layernorm_factor.BLOCK, params.factor),
        (row_buffer.BLOCK, params.buffer),
    ),
    latency="a row's length, that of its factor and 7 cycles",
    throughput="one number per cycle, and two cycles for a row, of rows longer than the latency of "
    "a factor",
    error="none but the stated floors",
    source="arXiv:2207.01405 section 3.5 (I-LayerNorm), as published in PyTorch, exact",
    reference="tritproof.ref.ivit.layernorm.ilayernorm",
)
