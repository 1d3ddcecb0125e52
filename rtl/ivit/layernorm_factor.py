# SPDX-License-Identifier: Apache-2.0
"""Mean and factor of an integer layer normalisation, from the sums of a row."""

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
from tritproof.rtl.ivit import newton_root
from tritproof.rtl.ivit.newton_root import NewtonParams
from tritproof.rtl.manifest import Block, Params, Port, stream_ports
from tritproof.rtl.pieces import (
    add,
    as_signed,
    copy,
    keep_if,
    magnitude_of,
    of_width,
    register,
    subtract,
    sum_signal,
    unsigned_signal,
)
from tritproof.rtl.softmax import divide
from tritproof.rtl.softmax.division import DivideParams
from tritproof.rtl.stream import integer_root, whole_bytes
from tritproof.rtl.stream.integer_root import RootParams

NUMBER_WIDTH = 16
"""Bits of a number of a row, and of its mean, two's complement."""
FACTOR_WIDTH = 31
FACTOR = (1 << FACTOR_WIDTH) - 1
"""What is divided by a root."""
FIRST, STEPS = 16, 10
"""Of the published root."""
STAGES = 6
"""Cycles from the mean's quotient to the variance."""


@dataclasses.dataclass(frozen=True)
class LayernormFactorParams(Params):
    """``max_count``: most numbers in a row, 2 to 4096; ``published``: with the root of the
    published code, else the exact one."""

    max_count: int = 2048
    published: bool = False

    def __post_init__(self) -> None:
        self.require("max_count", 2, 1 << 12)

    @property
    def length_width(self) -> int:
        """Bits of a row's length."""
        return self.max_count.bit_length()

    @property
    def sum_width(self) -> int:
        """Bits of a row's sum, two's complement."""
        return NUMBER_WIDTH + (self.max_count - 1).bit_length()

    @property
    def squares_width(self) -> int:
        """Bits of the sum of a row's squares."""
        return (self.max_count << 2 * NUMBER_WIDTH - 2).bit_length()

    @property
    def variance_width(self) -> int:
        """Bits of the sum of the squares of the distances from the mean."""
        return 2 * NUMBER_WIDTH - 2 + (self.max_count - 1).bit_length()

    @property
    def newton(self) -> NewtonParams:
        """Of the published root, whose quotients have no fewer bits than a factor: a root is at
        least 2**(FIRST - STEPS)."""
        width = self.variance_width
        least = (FACTOR >> FIRST - STEPS).bit_length()
        first_quotient = width - FIRST
        return NewtonParams(width, FIRST, STEPS, max(least, first_quotient))

    @property
    def root(self) -> tuple[Block, Any]:
        """The part that takes the root, with its parameters."""
        if self.published:
            return newton_root.BLOCK, self.newton
        return integer_root.BLOCK, RootParams((self.variance_width + 1) // 2)

    @property
    def root_width(self) -> int:
        """Bits of a root."""
        return self.root[1].root_width

    @property
    def root_beats(self) -> tuple[int, int]:
        """Bits of the beats of the radicand and of the root."""
        block, params = self.root
        widths = {port.name: port.width for port in block.ports(params)}
        return widths["s_axis_tdata"], widths["m_axis_tdata"]

    @property
    def division(self) -> DivideParams:
        """Of the sum by the length and of the factor by the root, one after the other; in the
        published form that of Newton's steps, of which there can be one module only."""
        if self.published:
            return self.newton.division
        return DivideParams(FACTOR_WIDTH, self.root_width, FACTOR_WIDTH - 1, "floor")

    @property
    def factor_width(self) -> int:
        """Bits of a factor: a quotient and the flag of its overflow, which with all ones below it
        is the factor of the exact roots 0 and 1."""
        return self.division.quotient_width + 1

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived widths."""
        return super().constants() | {
            "NUMBER_WIDTH": NUMBER_WIDTH,
            "LENGTH_WIDTH": self.length_width,
            "SUM_WIDTH": self.sum_width,
            "SQUARES_WIDTH": self.squares_width,
            "VARIANCE_WIDTH": self.variance_width,
            "ROOT_WIDTH": self.root_width,
            "DIVIDEND_WIDTH": self.division.dividend_width,
            "DIVISOR_WIDTH": self.division.divisor_width,
            "FACTOR_WIDTH": self.factor_width,
        }


def _ports(params: LayernormFactorParams) -> tuple[Port, ...]:
    total, squares, length = params.sum_width, params.squares_width, params.length_width
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("rst", "in", 1, doc="synchronous reset, active high"),
        *stream_ports(
            "s_axis",
            "in",
            whole_bytes(total + squares + length),
            doc=f"of a row: sum, two's complement, in the lowest {total} bits, sum of squares in "
            f"the {squares} above, length in the {length} above, both unsigned",
        ),
        *stream_ports(
            "m_axis",
            "out",
            whole_bytes(NUMBER_WIDTH + params.factor_width),
            doc=f"mean, two's complement, in the lowest {NUMBER_WIDTH} bits, factor in the "
            f"{params.factor_width} above, unsigned",
        ),
    )


@block
def _round_mean(
    clk: SignalType,
    stages: SignalType,
    quotient: SignalType,
    magnitude: SignalType,
    length: SignalType,
    mean: SignalType,
    spread: SignalType,
) -> Any:
    """``mean``: magnitude / length, to nearest, a tie to even, of its floor, ``quotient``;
    ``spread``: 2 magnitude - length mean. Four registers, each taken at its stage."""
    length_width = len(length)
    multiple, multiple_1 = (unsigned_signal(length_width + len(quotient)) for _ in range(2))
    rest, rest_2 = sum_signal(length_width), unsigned_signal(length_width)
    low_magnitude, low_multiple = (unsigned_signal(length_width) for _ in range(2))
    twice, once = (unsigned_signal(length_width + 1) for _ in range(2))
    up, rounded = Signal(bool(0)), sum_signal(len(mean))
    less, less_3 = (unsigned_signal(length_width) for _ in range(2))
    above, below = (sum_signal(len(spread)) for _ in range(2))
    above_3 = unsigned_signal(len(spread))

    @always_comb
    def multiply():
        multiple.next = length * quotient

    @always_comb
    def cut():
        low_magnitude.next = magnitude[length_width:]
        low_multiple.next = multiple_1[length_width:]

    @always_comb
    def double():
        twice.next = concat(rest_2, False)

    @always_comb
    def decide():
        up.next = twice > once or (twice == once and quotient[0])

    @always_comb
    def round_up():
        rounded.next = quotient + up

    @always(clk.posedge)
    def keep():
        if stages[0]:
            multiple_1.next = multiple
        if stages[1]:
            rest_2.next = rest
        if stages[2]:
            mean.next = rounded
            above_3.next = above
            less_3.next = less
        if stages[3]:
            spread.next = below

    return [
        multiply,
        cut,
        subtract(low_magnitude, low_multiple, rest),
        double,
        copy(length, once),
        decide,
        round_up,
        add(magnitude, rest_2, above),
        keep_if(up, length, less),
        subtract(above_3, less_3, below),
        keep,
    ]


@block
def _find_variance(
    clk: SignalType,
    stages: SignalType,
    mean: SignalType,
    spread: SignalType,
    squares: SignalType,
    variance: SignalType,
) -> Any:
    """``variance = squares - mean spread``, of which the bits above are 0. Two
    registers, each taken at its stage."""
    width = len(variance)
    product, product_1 = (unsigned_signal(len(mean) + len(spread)) for _ in range(2))
    low_squares, low_product = (unsigned_signal(width) for _ in range(2))
    rest = sum_signal(width)

    @always_comb
    def multiply():
        product.next = mean * spread

    @always_comb
    def cut():
        low_squares.next = squares[width:]
        low_product.next = product_1[width:]

    @always(clk.posedge)
    def keep():
        if stages[4]:
            product_1.next = product
        if stages[5]:
            variance.next = rest

    return multiply, cut, subtract(low_squares, low_product, rest), keep


@block
def layernorm_factor(
    clk: SignalType,
    rst: ResetSignal,
    s_axis_tdata: SignalType,
    s_axis_tvalid: SignalType,
    s_axis_tready: SignalType,
    m_axis_tdata: SignalType,
    m_axis_tvalid: SignalType,
    m_axis_tready: SignalType,
    params: LayernormFactorParams,
) -> Any:
    """Make the mean and the factor of an integer layer normalisation.

    mean = RNE(sum / length), variance = squares - mean (2 sum - length mean), which is the sum of
    the squares of the distances from the mean, factor = floor((2^31 - 1) / max(root, 1)) with
    root = floor(sqrt(variance)), or with ``published`` the last of ten steps of Newton's iteration
    from 2^16.

    One divider serves mean and factor. A row is accepted when the factor before has been
    delivered. The length must be from 1 to ``max_count`` and the sums those of so many int16; of
    others the result means nothing.
    """
    sum_width, squares_width = params.sum_width, params.squares_width
    length_width, variance_width = params.length_width, params.variance_width
    root_width, factor_width = params.root_width, params.factor_width
    dividend_width = params.division.dividend_width
    squares_end, end = sum_width + squares_width, sum_width + squares_width + length_width
    last_stage = STAGES - 1

    take, idle, asks_mean, waits_mean, asks_root = (Signal(bool(0)) for _ in range(5))
    waits_root, asks_factor, waits_factor, done = (Signal(bool(0)) for _ in range(4))
    busy, divides, mean_found, root_found = (Signal(bool(0)) for _ in range(4))
    factor_found, delivered, settles = (Signal(bool(0)) for _ in range(3))
    division_wanted, divided, wanted, root_wanted, rooted = (Signal(bool(0)) for _ in range(5))
    stages = unsigned_signal(STAGES)

    raw, given = unsigned_signal(sum_width), of_width(sum_width)
    below, negative = Signal(bool(0)), Signal(bool(0))
    given_magnitude, magnitude = (unsigned_signal(sum_width) for _ in range(2))
    given_squares, squares = (unsigned_signal(squares_width) for _ in range(2))
    given_length, length = (unsigned_signal(length_width) for _ in range(2))
    quotient, mean = (unsigned_signal(NUMBER_WIDTH) for _ in range(2))
    wide_mean, opposite = of_width(NUMBER_WIDTH + 1), of_width(NUMBER_WIDTH + 1)
    mean_bits = unsigned_signal(NUMBER_WIDTH)
    spread = unsigned_signal(sum_width + 1)
    variance = unsigned_signal(variance_width)
    found_root, root = unsigned_signal(root_width), unsigned_signal(root_width)
    factor, result = unsigned_signal(factor_width), unsigned_signal(factor_width)

    operands = unsigned_signal(whole_bytes(dividend_width + params.division.divisor_width))
    wide_magnitude = unsigned_signal(dividend_width)
    wide_length = unsigned_signal(params.division.divisor_width)
    quotient_beat = unsigned_signal(whole_bytes(params.division.result_width + 1))
    radicand = unsigned_signal(params.root_beats[0])
    root_beat = unsigned_signal(params.root_beats[1])

    @always_comb
    def accept():
        idle.next = not busy
        take.next = s_axis_tvalid and not busy

    @always_comb
    def split():
        raw.next = s_axis_tdata[sum_width:]
        given_squares.next = s_axis_tdata[squares_end:sum_width]
        given_length.next = s_axis_tdata[end:squares_end]

    @always_comb
    def decide():
        divides.next = asks_mean or asks_factor
        wanted.next = waits_mean or waits_factor
        mean_found.next = waits_mean and divided
        root_found.next = waits_root and rooted
        factor_found.next = waits_factor and divided
        delivered.next = done and m_axis_tready
        settles.next = stages[last_stage]

    @always_seq(clk.posedge, reset=rst)
    def follow():
        if take:
            busy.next = True
        elif delivered:
            busy.next = False
        if take:
            asks_mean.next = True
        elif division_wanted:
            asks_mean.next = False
        if asks_mean and division_wanted:
            waits_mean.next = True
        elif divided:
            waits_mean.next = False
        stages.next = concat(stages[last_stage:], mean_found)
        if settles:
            asks_root.next = True
        elif root_wanted:
            asks_root.next = False
        if asks_root and root_wanted:
            waits_root.next = True
        elif rooted:
            waits_root.next = False
        if root_found:
            asks_factor.next = True
        elif division_wanted:
            asks_factor.next = False
        if asks_factor and division_wanted:
            waits_factor.next = True
        elif divided:
            waits_factor.next = False
        if factor_found:
            done.next = True
        elif m_axis_tready:
            done.next = False

    @always(clk.posedge)
    def keep_row():
        if take:
            magnitude.next = given_magnitude
            negative.next = below
            squares.next = given_squares
            length.next = given_length
        if mean_found:
            quotient.next = quotient_beat[NUMBER_WIDTH:]

    @always_comb
    def pack():
        if asks_factor:
            operands.next = concat(root, intbv(FACTOR)[dividend_width:])
        else:
            operands.next = concat(wide_length, wide_magnitude)

    @always_comb
    def take_root():
        found_root.next = root_beat[root_width:]

    @always_comb
    def take_factor():
        result.next = quotient_beat[factor_width:]

    @always_comb
    def turn():
        opposite.next = -wide_mean

    @always_comb
    def give_sign():
        if negative:
            mean_bits.next = opposite[NUMBER_WIDTH:]
        else:
            mean_bits.next = mean

    @always_comb
    def offer():
        m_axis_tdata.next = concat(factor, mean_bits)

    return [
        accept,
        split,
        as_signed(raw, given),
        magnitude_of(given, below, given_magnitude),
        decide,
        follow,
        keep_row,
        copy(magnitude, wide_magnitude),
        copy(length, wide_length),
        pack,
        instance(
            divide.BLOCK, params.division, "division",
            clk=clk, rst=rst,
            s_axis_tdata=operands, s_axis_tvalid=divides, s_axis_tready=division_wanted,
            m_axis_tdata=quotient_beat, m_axis_tvalid=divided, m_axis_tready=wanted,
        ),
        _round_mean(clk, stages, quotient, magnitude, length, mean, spread),
        _find_variance(clk, stages, mean, spread, squares, variance),
        copy(variance, radicand),
        instance(
            *params.root, "root",
            clk=clk, rst=rst,
            s_axis_tdata=radicand, s_axis_tvalid=asks_root, s_axis_tready=root_wanted,
            m_axis_tdata=root_beat, m_axis_tvalid=rooted, m_axis_tready=waits_root,
        ),
        take_root,
        register(clk, root_found, found_root, root),
        take_factor,
        register(clk, factor_found, result, factor),
        copy(mean, wide_mean),
        turn,
        give_sign,
        offer,
        copy(idle, s_axis_tready),
        copy(done, m_axis_tvalid),
    ]  # fmt: skip


BLOCK = Block(
    name="layernorm_factor",
    summary="mean and factor of an integer layer normalisation, from the sums of a row",
    family="ivit",
    rtl=layernorm_factor,
    params=LayernormFactorParams,
    configs={
        "tiny": LayernormFactorParams(max_count=4),
        "tiny_published": LayernormFactorParams(max_count=4, published=True),
        "vit": LayernormFactorParams(),
        "vit_published": LayernormFactorParams(published=True),
    },
    ports=_ports,
    children=lambda params: ((divide.BLOCK, params.division), params.root),
    latency="2 quotient_width + 13 cycles and those of the root, root_width, or steps times "
    "quotient_width + 2: 94 at vit, 333 at vit_published",
    throughput="one row at a time",
    error="none but the stated floors",
    source="arXiv:2207.01405 section 3.5 (I-LayerNorm), as published in PyTorch, exact",
    reference="tritproof.ref.ivit.layernorm.mean_and_factor",
)
