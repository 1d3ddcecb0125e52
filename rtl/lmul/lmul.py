# SPDX-License-Identifier: Apache-2.0
"""A product of floating-point numbers by one addition of their codes."""

import dataclasses
from typing import Any

from myhdl import Signal, SignalType, always_comb, block, concat
from tritproof.rtl.manifest import Block, Params, Port
from tritproof.rtl.pieces import copy, of_width, register, unsigned_signal

LATENCY = 1


@dataclasses.dataclass(frozen=True)
class LmulParams(Params):
    """``exponent_bits``, 2 to 11, and ``mantissa_bits``, 1 to 52, of the codes; ``bias``: what the
    exponent field is above the exponent, 1 to 2**exponent_bits - 2, so that 1 is a normal number;
    ``infinities``: the largest exponent means infinities and NaNs, as in IEEE 754, else only the
    code of all ones is a NaN; ``offset``: units of the last place added, 0 to 2**mantissa_bits - 1,
    2**(m - l(m)) in the paper; ``saturate``: a product too large is the largest finite number, else
    infinity."""

    exponent_bits: int = 8
    mantissa_bits: int = 7
    bias: int = 127
    infinities: bool = True
    offset: int = 8
    saturate: bool = True

    def __post_init__(self) -> None:
        self.require("exponent_bits", 2, 11)
        self.require("mantissa_bits", 1, 52)
        self.require("bias", 1, (1 << self.exponent_bits) - 2)
        self.require("offset", 0, (1 << self.mantissa_bits) - 1)
        if not (self.infinities or self.saturate):
            raise ValueError("a format without infinities must saturate")

    @property
    def width(self) -> int:
        """Bits of a code."""
        return 1 + self.exponent_bits + self.mantissa_bits

    @property
    def exponent_ones(self) -> int:
        """The largest exponent field."""
        return (1 << self.exponent_bits) - 1

    @property
    def least(self) -> int:
        """The smallest normal code."""
        return 1 << self.mantissa_bits

    @property
    def largest(self) -> int:
        """The largest finite code."""
        return (1 << (self.width - 1)) - 1 - (self.least if self.infinities else 1)

    @property
    def nan(self) -> int:
        """The one NaN of every result."""
        return self.largest + 1 + (self.least // 2 if self.infinities else 0)


def product_ports(params: LmulParams) -> tuple[Port, ...]:
    width = params.width
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("enable", "in", 1, doc="all registers advance"),
        Port("a", "in", width, doc="sign, exponent, mantissa"),
        Port("b", "in", width, doc="sign, exponent, mantissa"),
        Port("result", "out", width, doc="sign, exponent, mantissa"),
    )


@block
def _classify(
    field: SignalType,
    zero: SignalType,
    infinite: SignalType,
    nan: SignalType,
    params: LmulParams,
) -> Any:
    """Whether a code without its sign counts as a zero, is an infinity, or a NaN."""
    m, high = params.mantissa_bits, params.width - 1
    ones, filled = params.exponent_ones, params.least - 1
    infinities = params.infinities
    greatest_exponent, whole = Signal(bool(0)), Signal(bool(0))

    @always_comb
    def look():
        zero.next = field[high:m] == 0
        greatest_exponent.next = field[high:m] == ones
        if infinities:
            whole.next = field[m:] == 0
        else:
            whole.next = field[m:] == filled

    @always_comb
    def decide():
        if infinities:
            infinite.next = greatest_exponent and whole
            nan.next = greatest_exponent and not whole
        else:
            infinite.next = False
            nan.next = greatest_exponent and whole

    return look, decide


@block
def classify_pair(
    a: SignalType,
    b: SignalType,
    sign: SignalType,
    zero: SignalType,
    infinite: SignalType,
    nan: SignalType,
    params: LmulParams,
) -> Any:
    """What decides a product of two codes that is no normal number, and its sign."""
    field_width = params.width - 1
    left, right = unsigned_signal(field_width), unsigned_signal(field_width)
    left_zero, right_zero, left_infinite, right_infinite, left_nan, right_nan = (
        Signal(bool(0)) for _ in range(6)
    )
    no_number, endless = Signal(bool(0)), Signal(bool(0))

    @always_comb
    def decide():
        zero.next = left_zero or right_zero
        endless.next = left_infinite or right_infinite
        no_number.next = left_nan or right_nan
        sign.next = a[field_width] ^ b[field_width]

    @always_comb
    def decide_nan():
        nan.next = no_number or (endless and zero)

    return [
        copy(a(field_width, 0), left),
        copy(b(field_width, 0), right),
        _classify(left, left_zero, left_infinite, left_nan, params),
        _classify(right, right_zero, right_infinite, right_nan, params),
        decide,
        decide_nan,
        copy(endless, infinite),
    ]


@block
def split_fields(total: SignalType, exponent: SignalType, fraction: SignalType) -> Any:
    """``total = exponent * 2**m + fraction``, of m bits; total and exponent are signed."""
    m, width = len(fraction), len(total)

    @always_comb
    def split():
        exponent.next = total[width:m].signed()
        fraction.next = total[m:]

    return split


@block
def choose_code(
    exponent: SignalType,
    fraction: SignalType,
    sign: SignalType,
    zero: SignalType,
    infinite: SignalType,
    nan: SignalType,
    code: SignalType,
    params: LmulParams,
) -> Any:
    """The code of a product, when ``exponent``, signed, and ``fraction`` are the fields of its
    magnitude if it is a normal number."""
    # Fields apart, as constants of 31 bits and more are no signed numbers in Verilog.
    ones, filled = params.exponent_ones, params.least - 1
    infinities, width = params.infinities, params.exponent_bits
    greatest = params.largest if params.saturate else params.largest + 1
    greatest_exponent, greatest_fraction = divmod(greatest, params.least)
    nan_fraction = params.nan % params.least
    large, negative = Signal(bool(0)), Signal(bool(0))
    exponent_field, fraction_field = unsigned_signal(width), unsigned_signal(len(fraction))

    @always_comb
    def compare():
        if infinities:
            large.next = exponent >= ones
        else:
            large.next = exponent > ones or (exponent == ones and fraction == filled)

    @always_comb
    def choose():
        if nan:
            exponent_field.next = ones
            fraction_field.next = nan_fraction
        elif infinite:
            exponent_field.next = ones
            fraction_field.next = 0
        elif zero or exponent < 1:
            exponent_field.next = 0
            fraction_field.next = 0
        elif large:
            exponent_field.next = greatest_exponent
            fraction_field.next = greatest_fraction
        else:
            exponent_field.next = exponent[width:]
            fraction_field.next = fraction

    @always_comb
    def take_sign():
        negative.next = sign and not nan

    @always_comb
    def join_fields():
        code.next = concat(negative, exponent_field, fraction_field)

    return compare, choose, take_sign, join_fields


@block
def lmul(
    clk: SignalType,
    enable: SignalType,
    a: SignalType,
    b: SignalType,
    result: SignalType,
    params: LmulParams,
) -> Any:
    """Multiply two floating-point numbers approximately, by adding their codes.

    T = |a| + |b| - bias * 2^m + offset, of the codes without their signs, is the code of the
    product's magnitude: one enabled cycle later, with the product of the signs. T below the
    smallest normal code gives a zero, and so does a subnormal operand; T above the largest finite
    code gives that, or infinity without ``saturate``. An infinity times a zero is the one NaN, like
    everything with a NaN in it; an infinity times another number is an infinity. Where T is the
    code of a normal number, so that nothing was limited, the relative error is from
    8 / (3 - o)^2 - 1 to o, o = offset / 2^m at most 1/2. No reset: the registers only carry data.
    """
    m, high = params.mantissa_bits, params.width - 1
    offset, bias = params.offset, params.bias
    wide_left, wide_right, added, moved = (of_width(high + 3) for _ in range(4))
    biased, exponent = (of_width(params.exponent_bits + 3) for _ in range(2))
    fraction = unsigned_signal(m)
    zero, infinite, nan, sign = (Signal(bool(0)) for _ in range(4))
    code = unsigned_signal(params.width)

    @always_comb
    def add_codes():
        added.next = wide_left + wide_right

    @always_comb
    def add_offset():
        moved.next = added + offset

    @always_comb
    def take_bias():
        exponent.next = biased - bias

    return [
        copy(a(high, 0), wide_left),
        copy(b(high, 0), wide_right),
        add_codes,
        add_offset,
        split_fields(moved, biased, fraction),
        take_bias,
        classify_pair(a, b, sign, zero, infinite, nan, params),
        choose_code(exponent, fraction, sign, zero, infinite, nan, code, params),
        register(clk, enable, code, result),
    ]


def _named(exponent_bits: int, mantissa_bits: int, offset: int, **options: Any) -> LmulParams:
    """The parameters of a format with the bias of IEEE 754."""
    bias = (1 << (exponent_bits - 1)) - 1
    return LmulParams(exponent_bits, mantissa_bits, bias, offset=offset, **options)


BLOCK = Block(
    name="lmul",
    summary="an approximate product of floating-point numbers by one addition",
    family="lmul",
    rtl=lmul,
    params=LmulParams,
    configs={
        "tiny": _named(3, 2, 1),
        "e4m3": _named(4, 3, 1, infinities=False),
        "e4m3_mitchell": _named(4, 3, 0, infinities=False),
        "e5m2": _named(5, 2, 1, saturate=False),
        "e3m4": _named(3, 4, 2),
        "float16": _named(5, 10, 64),
        "bfloat16": _named(8, 7, 8),
        "bfloat16_infinite": _named(8, 7, 8, saturate=False),
        "float32": _named(8, 23, 1 << 19),
    },
    ports=product_ports,
    latency="1 enabled cycle",
    throughput="one product per enabled cycle",
    error="relative, from 8 / (3 - o)^2 - 1 to o, o = offset / 2^mantissa_bits, of normal results "
    "not limited by saturate",
    source="arXiv:2410.00907, the sum of codes",
    reference="tritproof.ref.lmul.lmul.lmul",
)
