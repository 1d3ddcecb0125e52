# SPDX-License-Identifier: Apache-2.0
"""Shiftmax: the integer softmax of I-ViT, of rows kept on chip."""

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
    intbv,
)
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.ivit import shift_exp
from tritproof.rtl.ivit.rows import INPUT_WIDTH, row_ports
from tritproof.rtl.ivit.shift_exp import OctavesParams, ShiftExpParams
from tritproof.rtl.manifest import Block, Port
from tritproof.rtl.pieces import accumulate, copy, delay_line, of_width, unsigned_signal
from tritproof.rtl.softmax import divide, score_buffer
from tritproof.rtl.softmax.division import DivideParams
from tritproof.rtl.softmax.score_buffer import BufferParams
from tritproof.rtl.stream import whole_bytes
from tritproof.rtl.stream.elementwise import hold_for_row

FACTOR_WIDTH = 31
FACTOR = (1 << FACTOR_WIDTH) - 1
"""What is divided by the sum of a row."""


@dataclasses.dataclass(frozen=True)
class ShiftmaxParams(OctavesParams):
    """Those of shift_exp; ``depth``: most numbers in a row, a power of two from 2 to 8192;
    ``output_bits``: of a result, 2 to 16; ``powers_of_two``: so are all units, which needs no
    division by them; any other counts as the greatest power of two below it.

    A sum of ``depth`` exponentials must fit 31 bits: depth * (2**(unit_width + n) - 1) is at most
    2**31 - 1."""

    depth: int = 256
    output_bits: int = 16
    powers_of_two: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require("output_bits", 2, 16)
        if self.greatest_total > FACTOR:
            raise ValueError(
                f"{self.depth} numbers with units of {self.unit_width} bits and n={self.n} sum up "
                f"to {self.greatest_total}: need at most {FACTOR}"
            )

    @property
    def exp(self) -> ShiftExpParams:
        """Of the exponential."""
        return ShiftExpParams(self.n, self.unit_width, powers_of_two=self.powers_of_two)

    @property
    def buffer(self) -> BufferParams:
        """Of the rows kept: each given out twice."""
        return BufferParams(INPUT_WIDTH, INPUT_WIDTH, self.depth)

    @property
    def division(self) -> DivideParams:
        """Of the factor by a sum."""
        return DivideParams(FACTOR_WIDTH, self.total_width, self.factor_width, "floor")

    @property
    def factor_width(self) -> int:
        """Bits of a factor: every sum is at least 2**n, the least exponential of 0."""
        return FACTOR_WIDTH - self.n

    @property
    def greatest_total(self) -> int:
        """The largest sum of exponentials."""
        return self.depth * ((1 << self.exp.result_width) - 1)

    @property
    def total_width(self) -> int:
        """Bits of a sum of exponentials."""
        return self.greatest_total.bit_length()

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived widths."""
        return super().constants() | {
            "RESULT_WIDTH": self.exp.result_width,
            "LATENCY": self.exp.latency,
            "TOTAL_WIDTH": self.total_width,
            "FACTOR_WIDTH": self.factor_width,
        }


def _ports(params: ShiftmaxParams) -> tuple[Port, ...]:
    return row_ports(
        params,
        "1 / S",
        whole_bytes(params.output_bits),
        f"a probability in units of 2^-{params.output_bits - 1}, unsigned",
    )


@block
def shiftmax(
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
    params: ShiftmaxParams,
) -> Any:
    """Turn rows of int8 numbers into probabilities by shifts, as I-ViT does.

    e_j = int_exp(x_j - max_i x_i), f = floor((2^31 - 1) / sum_i e_i),
    y_j = floor(e_j * f / 2^(32 - output_bits)).

    With powers_of_two the unit of a row is the greatest power of two not above the one given.
    The factor fits 31 - n bits, as no sum is below 2^n. A row is taken while the ones before are
    given out; it is given out twice inside, for the sum and for the results, and the division of
    the sum is waited for in between. A row of more than ``depth`` numbers is taken to its end,
    without a unit, raises ``refused`` for one cycle and has no other effect.
    """
    unit_width, latency, result_width = (
        params.unit_width, params.exp.latency, params.exp.result_width
    )  # fmt: skip
    total_width, drop = params.total_width, 32 - params.output_bits
    end, factor_width = latency - 1, params.factor_width
    product_width = result_width + factor_width
    division, dividend_width = params.division, params.division.dividend_width
    top = drop + params.output_bits
    first_bit, again_bit = INPUT_WIDTH, INPUT_WIDTH + 1

    unit, unit_wanted, unit_taken = unsigned_signal(unit_width), Signal(bool(0)), Signal(bool(0))
    held, row_ends = Signal(bool(0)), Signal(bool(0))
    found = unsigned_signal(whole_bytes(INPUT_WIDTH + 2))
    found_valid, found_last, found_first, found_again = (Signal(bool(0)) for _ in range(4))
    distance, below = unsigned_signal(INPUT_WIDTH), of_width(INPUT_WIDTH + 1)
    move, flows, taken = (Signal(bool(0)) for _ in range(3))
    valid, firsts, lasts, agains = (unsigned_signal(latency) for _ in range(4))
    power = unsigned_signal(result_width)
    adds, begins, weighs, waits, summed, ends = (Signal(bool(0)) for _ in range(6))
    total = unsigned_signal(total_width)
    operands = unsigned_signal(whole_bytes(dividend_width + division.divisor_width))
    answers, divided, ready, wanted = (Signal(bool(0)) for _ in range(4))
    found_factor, free = Signal(bool(0)), Signal(bool(0))
    quotient = unsigned_signal(whole_bytes(division.result_width + 1))
    factor = unsigned_signal(factor_width)
    product, product_kept = unsigned_signal(product_width), unsigned_signal(product_width)
    offered, offered_last, leaves = (Signal(bool(0)) for _ in range(3))
    result = unsigned_signal(whole_bytes(params.output_bits))
    wide_total = unsigned_signal(division.divisor_width)

    @always_comb
    def want_unit():
        unit_wanted.next = not held
        unit_taken.next = s_axis_unit_tvalid and not held

    @always(clk.posedge)
    def keep_unit():
        if unit_taken:
            unit.next = s_axis_unit_tdata[unit_width:]

    @always_comb
    def unpack():
        distance.next = found[INPUT_WIDTH:]
        found_first.next = found[first_bit]
        found_again.next = found[again_bit]

    @always_comb
    def decide_use():
        weighs.next = valid[end] and agains[end]
        ends.next = lasts[end]
        begins.next = firsts[end]

    @always_comb
    def decide_wait():
        waits.next = weighs and not ready
        leaves.next = m_axis_tready or not offered

    @always_comb
    def decide_move():
        move.next = leaves and not waits

    @always_comb
    def decide_taken():
        flows.next = move and held
        taken.next = move and held and found_valid

    @always_comb
    def decide_ends():
        row_ends.next = taken and found_last and found_again
        adds.next = move and valid[end] and not agains[end]

    @always_seq(clk.posedge, reset=rst)
    def carry():
        if move:
            valid.next = concat(valid[end:], taken)
        if leaves:
            offered.next = weighs and ready
        if adds and ends:
            summed.next = True
        elif answers:
            summed.next = False
        if divided:
            ready.next = True
        elif move and weighs and ends:
            ready.next = False

    @always_comb
    def pack():
        operands.next = concat(wide_total, intbv(FACTOR)[dividend_width:])

    @always_comb
    def ask():
        answers.next = summed and wanted
        free.next = not ready
        divided.next = found_factor and not ready

    @always(clk.posedge)
    def keep_factor():
        if divided:
            factor.next = quotient[factor_width:]

    @always_comb
    def multiply():
        product.next = power * factor

    @always(clk.posedge)
    def keep_product():
        if move:
            product_kept.next = product
            offered_last.next = ends

    @always_comb
    def offer():
        result.next = product_kept[top:drop]

    return [
        want_unit,
        keep_unit,
        hold_for_row(clk, rst, unit_taken, row_ends, held),
        unpack,
        copy(distance, below),
        decide_use,
        decide_wait,
        decide_move,
        decide_taken,
        decide_ends,
        carry,
        pack,
        ask,
        keep_factor,
        multiply,
        keep_product,
        offer,
        instance(
            score_buffer.BLOCK, params.buffer, "buffer",
            clk=clk, rst=rst,
            s_axis_tdata=s_axis_tdata, s_axis_tvalid=s_axis_tvalid, s_axis_tready=s_axis_tready,
            s_axis_tlast=s_axis_tlast,
            m_axis_tdata=found, m_axis_tvalid=found_valid, m_axis_tready=flows,
            m_axis_tlast=found_last,
            refused=refused,
        ),
        instance(
            shift_exp.BLOCK, params.exp, "exp",
            clk=clk, enable=move, z=below, unit=unit, value=power,
        ),
        delay_line(clk, move, found_first, firsts),
        delay_line(clk, move, found_last, lasts),
        delay_line(clk, move, found_again, agains),
        accumulate(clk, adds, begins, power, total),
        copy(total, wide_total),
        instance(
            divide.BLOCK, division, "factor",
            clk=clk, rst=rst,
            s_axis_tdata=operands, s_axis_tvalid=summed, s_axis_tready=wanted,
            m_axis_tdata=quotient, m_axis_tvalid=found_factor, m_axis_tready=free,
        ),
        copy(unit_wanted, s_axis_unit_tready),
        copy(offered, m_axis_tvalid),
        copy(offered_last, m_axis_tlast),
        copy(result, m_axis_tdata),
    ]  # fmt: skip


BLOCK = Block(
    name="shiftmax",
    summary="integer softmax by shifts, of rows kept on chip",
    family="ivit",
    rtl=shiftmax,
    params=ShiftmaxParams,
    configs={
        "tiny": ShiftmaxParams(n=3, unit_width=3, depth=4, output_bits=8),
        "vit": ShiftmaxParams(),
        "vit_int8": ShiftmaxParams(output_bits=8),
        "vit_powers": ShiftmaxParams(powers_of_two=True),
        "swin": ShiftmaxParams(depth=64, unit_width=10, output_bits=8),
    },
    ports=_ports,
    children=lambda params: (
        (score_buffer.BLOCK, params.buffer),
        (shift_exp.BLOCK, params.exp),
        (divide.BLOCK, params.division),
    ),
    latency="from a row's first number, its length twice, that of shift_exp, and 36 - n cycles",
    throughput="one number in two cycles, 34 - n cycles between rows",
    error="none but the stated floors",
    source="arXiv:2207.01405 section 3.3 (Shiftmax), as published in PyTorch, exact",
    reference="tritproof.ref.ivit.exponential.shiftmax",
)
