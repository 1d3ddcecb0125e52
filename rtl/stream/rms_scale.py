# SPDX-License-Identifier: Apache-2.0
"""The scale of a root-mean-square normalisation, from a sum of squares."""

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
from tritproof.rtl.float16 import float16_round
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Block, Params, Port, stream_ports
from tritproof.rtl.pieces import copy, of_width, unsigned_signal
from tritproof.rtl.stream import integer_root, ratio, whole_bytes
from tritproof.rtl.stream.integer_root import RootParams
from tritproof.rtl.stream.ratio import RatioParams

ROOT_WIDTH = 14
"""Bits of a root, of which the highest may be 0."""
GREATEST_SQUARE = (2047 << 29) ** 2
"""Of a finite binary16 number, in units of 2**-48."""
UNIT = 24
"""Fraction bits of the numbers whose squares are summed."""
EPS_PIECE = 24
"""Bits of epsilon multiplied at a time."""
ROUNDING = float16_round.BLOCK, float16_round.BLOCK.configs["rms"]


@dataclasses.dataclass(frozen=True)
class RmsScaleParams(Params):
    """``max_count``: most numbers in a row, 1 to 32768; ``eps_units``: epsilon in units of 2**-48,
    1 to 2**48 - 1."""

    max_count: int = 4096
    eps_units: int = 2814749767

    def __post_init__(self) -> None:
        self.require("max_count", 1, 1 << 15)
        self.require("eps_units", 1, (1 << 2 * EPS_PIECE) - 1)

    @property
    def total_width(self) -> int:
        """Bits of a sum of squares."""
        return (self.max_count * GREATEST_SQUARE).bit_length()

    @property
    def length_width(self) -> int:
        """Bits of a row's length."""
        return self.max_count.bit_length()

    @property
    def count_width(self) -> int:
        """Bits of a normalised length, an even number."""
        return self.length_width + self.length_width % 2

    @property
    def divisor_width(self) -> int:
        """Bits of a normalised divisor, an even number."""
        width = (self.max_count * (GREATEST_SQUARE + self.eps_units)).bit_length()
        return width + width % 2

    @property
    def division(self) -> RatioParams:
        """Of the normalised length by the normalised divisor."""
        return RatioParams(self.count_width, self.divisor_width, 2 * ROOT_WIDTH)

    @property
    def eps_low(self) -> int:
        """The lower piece of epsilon."""
        return self.eps_units & ((1 << EPS_PIECE) - 1)

    @property
    def eps_high(self) -> int:
        """The piece above."""
        return self.eps_units >> EPS_PIECE

    @property
    def middle_exponent(self) -> int:
        """Of the jammed root, with neither length nor divisor shifted."""
        return UNIT - self.division.scale // 2 - 1

    def constants(self) -> dict[str, Any]:
        """Return parameters, derived widths, and the sizes of the rounding."""
        return super().constants() | ROUNDING[1].constants() | {
            "TOTAL_WIDTH": self.total_width,
            "LENGTH_WIDTH": self.length_width,
            "COUNT_WIDTH": self.count_width,
            "DIVISOR_WIDTH": self.divisor_width,
            "MIDDLE_EXPONENT": self.middle_exponent,
            "ROOT_WIDTH": ROOT_WIDTH,
            "EPS_PIECE": EPS_PIECE,
            "EPS_LOW": self.eps_low,
            "EPS_HIGH": self.eps_high,
        }  # fmt: skip


def _ports(params: RmsScaleParams) -> tuple[Port, ...]:
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("rst", "in", 1, doc="synchronous reset, active high"),
        *stream_ports(
            "s_axis",
            "in",
            whole_bytes(params.total_width + params.length_width),
            doc=f"sum of squares, units of 2^-48, in the lowest {params.total_width} bits, length "
            f"of the row in the {params.length_width} above, both unsigned",
        ),
        *stream_ports("m_axis", "out", 16, doc="the scale, IEEE 754 binary16"),
    )


@block
def rms_scale(
    clk: SignalType,
    rst: ResetSignal,
    s_axis_tdata: SignalType,
    s_axis_tvalid: SignalType,
    s_axis_tready: SignalType,
    m_axis_tdata: SignalType,
    m_axis_tvalid: SignalType,
    m_axis_tready: SignalType,
    params: RmsScaleParams,
) -> Any:
    """Make the factor of a root-mean-square normalisation.

    code = RN(1 / sqrt(total 2^-48 / length + eps_units 2^-48)): the real number, rounded once.

    Divisor total + length eps_units and length are moved up by two places in a cycle until they are
    normalised; then the quotient, its root, and the rounding of the root with one bit for all that
    follows. A row is accepted when the scale before has been delivered. The length must be from 1
    to ``max_count`` and the sum that of so many finite numbers; of others the result means nothing,
    and a length or sum with eps_units of 0 is never delivered.
    """
    total_width, length_width = params.total_width, params.length_width
    count_width, divisor_width = params.count_width, params.divisor_width
    count_top, divisor_top = count_width - 2, divisor_width - 2
    middle, stages = params.middle_exponent, float16_round.LATENCY
    quotient_width, root_width = 2 * ROOT_WIDTH, ROOT_WIDTH
    eps_low, eps_high = params.eps_low, params.eps_high
    last_stage = stages - 1

    busy, take, adds, shifts = (Signal(bool(0)) for _ in range(4))
    idle, delivered = Signal(bool(0)), Signal(bool(0))
    total = unsigned_signal(total_width)
    given_total, given_length = unsigned_signal(total_width), unsigned_signal(length_width)
    product_low, product_high = (unsigned_signal(length_width + EPS_PIECE) for _ in range(2))
    raised, lower = (unsigned_signal(divisor_width) for _ in range(2))
    margin, margin_made, divisor_made = (unsigned_signal(divisor_width) for _ in range(3))
    divisor, count = unsigned_signal(divisor_width), unsigned_signal(count_width)
    divisor_short, count_short, normal, divides = (Signal(bool(0)) for _ in range(4))
    exponent = of_width(ROUNDING[1].exponent_width)

    operands = unsigned_signal(whole_bytes(count_width + divisor_width))
    division_wanted, divided, root_wanted, rooted = (Signal(bool(0)) for _ in range(4))
    quotient_beat = unsigned_signal(whole_bytes(quotient_width + 1))
    radicand = unsigned_signal(whole_bytes(quotient_width))
    root_beat = unsigned_signal(whole_bytes(root_width + 1))
    remains, inexact, jam = (Signal(bool(0)) for _ in range(3))
    magnitude, sign = unsigned_signal(root_width + 1), Signal(bool(0))
    advance, ending, rounds = (Signal(bool(0)) for _ in range(3))
    valid = unsigned_signal(stages)

    @always_comb
    def accept():
        idle.next = not busy
        take.next = s_axis_tvalid and not busy

    @always_comb
    def split():
        given_total.next = s_axis_tdata[total_width:]
        given_length.next = s_axis_tdata[total_width + length_width : total_width]

    @always_comb
    def multiply_low():
        product_low.next = given_length * eps_low

    @always_comb
    def multiply_high():
        product_high.next = given_length * eps_high

    @always_comb
    def raise_high():
        raised.next = concat(product_high, intbv(0)[EPS_PIECE:])

    @always_comb
    def add_pieces():
        margin_made.next = raised + lower

    @always_comb
    def add_margin():
        divisor_made.next = margin + total

    @always_comb
    def decide():
        divisor_short.next = divisor[:divisor_top] == 0
        count_short.next = count[:count_top] == 0

    @always_comb
    def decide_normal():
        normal.next = shifts and not divisor_short and not count_short

    @always_comb
    def decide_division():
        divides.next = normal and division_wanted

    @always_seq(clk.posedge, reset=rst)
    def follow():
        if take:
            busy.next = True
        elif delivered:
            busy.next = False
        adds.next = take
        if adds:
            shifts.next = True
        elif divides:
            shifts.next = False
        if advance:
            valid.next = concat(valid[last_stage:], rounds)

    @always(clk.posedge)
    def normalise():
        if take:
            total.next = given_total
            margin.next = margin_made
            count.next = given_length
            exponent.next = middle
            sign.next = False
        elif adds:
            divisor.next = divisor_made
        elif shifts and divisor_short:
            divisor.next = concat(divisor[divisor_top:], intbv(0)[2:])
            if count_short:
                count.next = concat(count[count_top:], intbv(0)[2:])
            else:
                exponent.next = exponent + 1
        elif shifts and count_short:
            count.next = concat(count[count_top:], intbv(0)[2:])
            exponent.next = exponent - 1

    @always_comb
    def pack():
        operands.next = concat(divisor, count)

    @always_comb
    def take_quotient():
        radicand.next = quotient_beat[quotient_width:]

    @always(clk.posedge)
    def keep_rest():
        if divided:
            remains.next = quotient_beat[:quotient_width] != 0

    @always_comb
    def look_above():
        inexact.next = root_beat[:root_width] != 0

    @always_comb
    def jam_both():
        jam.next = remains or inexact

    @always_comb
    def append():
        magnitude.next = concat(root_beat[root_width:], jam)

    @always_comb
    def decide_advance():
        ending.next = valid[last_stage]
        advance.next = m_axis_tready or not valid[last_stage]

    @always_comb
    def hand_over():
        rounds.next = rooted and advance
        delivered.next = ending and m_axis_tready

    return [
        accept,
        split,
        multiply_low,
        multiply_high,
        raise_high,
        copy(product_low, lower),
        add_pieces,
        add_margin,
        decide,
        decide_normal,
        decide_division,
        follow,
        normalise,
        pack,
        instance(
            ratio.BLOCK, params.division, "ratio",
            clk=clk, rst=rst,
            s_axis_tdata=operands, s_axis_tvalid=normal, s_axis_tready=division_wanted,
            m_axis_tdata=quotient_beat, m_axis_tvalid=divided, m_axis_tready=root_wanted,
        ),
        take_quotient,
        keep_rest,
        instance(
            integer_root.BLOCK, RootParams(ROOT_WIDTH), "root",
            clk=clk, rst=rst,
            s_axis_tdata=radicand, s_axis_tvalid=divided, s_axis_tready=root_wanted,
            m_axis_tdata=root_beat, m_axis_tvalid=rooted, m_axis_tready=advance,
        ),
        look_above,
        jam_both,
        append,
        decide_advance,
        hand_over,
        instance(
            *ROUNDING, "round",
            clk=clk, enable=advance, sign=sign, magnitude=magnitude, exponent=exponent,
            code=m_axis_tdata,
        ),
        copy(idle, s_axis_tready),
        copy(ending, m_axis_tvalid),
    ]  # fmt: skip


BLOCK = Block(
    name="rms_scale",
    summary="reciprocal root of a mean of squares, rounded once to binary16",
    family="stream",
    rtl=rms_scale,
    params=RmsScaleParams,
    configs={
        "tiny": RmsScaleParams(max_count=8),
        "tellme": RmsScaleParams(),
        "bitnet2b": RmsScaleParams(max_count=6912),
    },
    ports=_ports,
    children=lambda params: (
        (ratio.BLOCK, params.division),
        (integer_root.BLOCK, RootParams(ROOT_WIDTH)),
        ROUNDING,
    ),
    latency="49 cycles, and one for every two places that divisor or length is moved",
    throughput="one scale at a time",
    error="half a unit in the last place",
    source="arXiv:2510.15926 section 3.5 (normalisation), with an exact sum",
    reference="tritproof.ref.stream.rmsnorm.rms_scale",
)
