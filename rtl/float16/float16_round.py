# SPDX-License-Identifier: Apache-2.0
"""The one rounding to IEEE 754 binary16 that every float16 block ends in."""

import dataclasses
from typing import Any

from myhdl import Signal, SignalType, always, always_comb, block, concat, intbv
from tritproof.rtl.manifest import Block, Params, Port
from tritproof.rtl.pieces import (
    choose,
    copy,
    delay_line,
    join,
    keep_if,
    signed_signal,
    unsigned_signal,
)

LATENCY = 3
"""Enabled cycles from a magnitude to its code."""
FRACTION, PRECISION = 10, 11
"""Bits of a significand after its leading one, and with it."""
KEPT = PRECISION + 2
"""Bits that decide the rounding: the significand, one more, and whether anything follows."""
BIAS = 24
"""Minus the exponent of the smallest subnormal."""
INFINITY = 31 << FRACTION


@dataclasses.dataclass(frozen=True)
class RoundParams(Params):
    """``width``: bits of the unsigned magnitude, 2 to 64; ``least_exponent`` and
    ``greatest_exponent``, from -100 to 40: what the exponent of its lowest bit must be able to say.
    Every exponent that its width can say is rounded right."""

    width: int = 22
    least_exponent: int = -48
    greatest_exponent: int = 12

    def __post_init__(self) -> None:
        self.require("width", 2, 64)
        self.require("least_exponent", -100, 40)
        self.require("greatest_exponent", self.least_exponent, 40)

    @property
    def exponent_width(self) -> int:
        """Bits of the exponent, two's complement."""
        return max(self.greatest_exponent.bit_length(), (~self.least_exponent).bit_length()) + 1

    @property
    def normal_width(self) -> int:
        """Bits of the magnitude moved up until its leading one is the highest bit."""
        return max(self.width, KEPT)

    @property
    def zeros_width(self) -> int:
        """Bits of the number of places it is moved."""
        return (self.normal_width - 1).bit_length()

    @property
    def place_width(self) -> int:
        """Bits of the exponent of a unit in the last place, from that of the smallest subnormal."""
        greatest = (1 << (self.exponent_width - 1)) - 1
        highest = self.normal_width - PRECISION + greatest + BIAS
        return max(highest, INFINITY >> FRACTION).bit_length()

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived widths."""
        return super().constants() | {
            "EXPONENT_WIDTH": self.exponent_width,
            "NORMAL_WIDTH": self.normal_width,
            "ZEROS_WIDTH": self.zeros_width,
            "PLACE_WIDTH": self.place_width,
            "LENGTH_WIDTH": self.width.bit_length(),
            "KEPT": KEPT,
        }


def _ports(params: RoundParams) -> tuple[Port, ...]:
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("enable", "in", 1, doc="all registers advance"),
        Port("sign", "in", 1, doc="the number is negative"),
        Port("magnitude", "in", params.width, doc="unsigned"),
        Port(
            "exponent",
            "in",
            params.exponent_width,
            signed=True,
            doc="of the lowest bit of the magnitude",
        ),
        Port("code", "out", 16, doc="IEEE 754 binary16"),
    )


@block
def normalise(magnitude: SignalType, normal: SignalType, zeros: SignalType) -> Any:
    """``normal = magnitude * 2**zeros``, with a one in the highest bit unless all bits are zero.

    A tree of fixed shifts, each taken where the bits it would drop are zero.
    """
    width = len(normal)
    level = unsigned_signal(width)
    bits = []
    instances = [copy(magnitude, level)]
    for number in reversed(range(len(zeros))):
        after, bit = unsigned_signal(width), Signal(bool(0))
        instances.append(_shift_if_clear(level, 1 << number, after, bit))
        level = after
        bits.append(bit)
    return instances, copy(level, normal), join(bits[::-1], zeros)


@block
def _shift_if_clear(before: SignalType, count: int, after: SignalType, shifted: SignalType) -> Any:
    """Move up by ``count`` places, and say so, where the highest ``count`` bits are zero."""
    width = len(before)

    @always_comb
    def move():
        if before[:width - count] == 0:
            after.next = before << count
            shifted.next = True
        else:
            after.next = before
            shifted.next = False

    return move


@block
def jam_down(value: SignalType, amount: SignalType, result: SignalType) -> Any:
    """``result = floor(value / 2**amount)``, its lowest bit set where a one was dropped."""
    width = len(value)
    level = unsigned_signal(width)
    instances = [copy(value, level)]
    for number in range(len(amount)):
        shifted, after = unsigned_signal(width), unsigned_signal(width)
        instances += [
            _jam(level, 1 << number, shifted),
            choose(amount(number), level, shifted, after),
        ]
        level = after
    return instances, copy(level, result)


@block
def _jam(value: SignalType, count: int, result: SignalType) -> Any:
    """``value`` moved down by ``count`` places, its lowest bit set where a one was dropped."""
    width, lowest = len(value), min(count + 1, len(value))
    dropped = Signal(bool(0))

    @always_comb
    def notice():
        dropped.next = value[lowest:] != 0

    @always_comb
    def move():
        result.next = concat(intbv(0)[count:], value[width:lowest], dropped)

    if lowest == width:
        return notice, copy(dropped, result)
    return notice, move


@block
def _place(
    exponent: SignalType, zeros: SignalType, place: SignalType, below: SignalType, base: int
) -> Any:
    """``place = max(base + exponent - zeros, 0)``, the exponent of a unit in the last place from
    that of the smallest subnormal; ``below`` says how far it is below, at most ``KEPT``."""
    bound = max(abs(base) + max(abs(exponent.min), exponent.max) + zeros.max, 64)
    wide, moved, exact = (signed_signal(2 * bound) for _ in range(3))

    @always_comb
    def widen():
        wide.next = exponent

    @always_comb
    def offset():
        moved.next = wide + base

    @always_comb
    def subtract_zeros():
        exact.next = moved - zeros

    negated = signed_signal(2 * bound)

    @always_comb
    def turn():
        negated.next = -exact

    @always_comb
    def part():
        if exact >= 0:
            place.next = exact[len(place):]
            below.next = 0
        elif negated >= KEPT:
            place.next = 0
            below.next = KEPT
        else:
            place.next = 0
            below.next = negated[len(below):]

    return widen, offset, subtract_zeros, turn, part


@block
def _nearest(kept: SignalType, place: SignalType, magnitude_code: SignalType) -> Any:
    """Round ``kept`` to its upper bits, a tie to even, and add the exponent field."""
    up = Signal(bool(0))
    whole = unsigned_signal(PRECISION + 1)
    based, code = unsigned_signal(len(place) + FRACTION), unsigned_signal(len(place) + PRECISION)

    @always_comb
    def decide():
        up.next = kept[1] and (kept[0] or kept[2])

    @always_comb
    def widen():
        whole.next = kept[:2]

    @always_comb
    def put_field():
        based.next = concat(place, intbv(0)[FRACTION:])

    total = unsigned_signal(len(place) + PRECISION)

    @always_comb
    def join_up():
        total.next = based + whole

    @always_comb
    def round_up():
        code.next = total + up

    @always_comb
    def saturate():
        if code >= INFINITY:
            magnitude_code.next = INFINITY
        else:
            magnitude_code.next = code[15:]

    return decide, widen, put_field, join_up, round_up, saturate


@block
def float16_round(
    clk: SignalType,
    enable: SignalType,
    sign: SignalType,
    magnitude: SignalType,
    exponent: SignalType,
    code: SignalType,
    params: RoundParams,
) -> Any:
    """Round to the nearest IEEE 754 binary16 number, a tie to the even one.

    code = RN((-1)^sign * magnitude * 2^exponent), three enabled cycles later: with subnormals,
    zeros of both signs (the sign is that given), and infinity from 65,520 on.

    A source with more digits than the magnitude gives a magnitude with at least two bits more than
    the result and its lowest bit set: between two integers every value rounds alike. No reset: the
    registers only carry data.
    """
    width, zeros_width = params.normal_width, params.zeros_width
    normal, normal_1 = unsigned_signal(width), unsigned_signal(width)
    zeros, zeros_1 = unsigned_signal(zeros_width), unsigned_signal(zeros_width)
    exponent_1 = Signal(intbv(0, min=exponent.min, max=exponent.max))
    place, given, place_2 = (unsigned_signal(params.place_width) for _ in range(3))
    below = unsigned_signal(KEPT.bit_length())
    upper, kept, kept_2 = (unsigned_signal(KEPT) for _ in range(3))
    signs = unsigned_signal(2)
    magnitude_code = unsigned_signal(15)

    @always(clk.posedge)
    def first():
        if enable:
            normal_1.next = normal
            zeros_1.next = zeros
            exponent_1.next = exponent

    @always(clk.posedge)
    def second():
        if enable:
            kept_2.next = kept
            place_2.next = given

    @always(clk.posedge)
    def third():
        if enable:
            code.next = concat(signs[1], magnitude_code)

    return [
        normalise(magnitude, normal, zeros),
        first,
        _upper(normal_1, upper),
        _place(exponent_1, zeros_1, place, below, width - PRECISION + BIAS),
        keep_if(normal_1(width - 1), place, given),
        jam_down(upper, below, kept),
        second,
        _nearest(kept_2, place_2, magnitude_code),
        delay_line(clk, enable, sign, signs),
        third,
    ]


@block
def _upper(normal: SignalType, upper: SignalType) -> Any:
    """The highest bits, the last of them set where any below is."""
    width, low = len(normal), len(normal) - KEPT
    if low == 0:
        return copy(normal, upper)
    anything = Signal(bool(0))

    @always_comb
    def look():
        anything.next = normal[low + 1:] != 0

    @always_comb
    def cut():
        upper.next = concat(normal[width : low + 1], anything)

    return look, cut


BLOCK = Block(
    name="float16_round",
    summary="an integer times a power of two to the nearest binary16 number",
    family="float16",
    rtl=float16_round,
    params=RoundParams,
    configs={
        "tiny": RoundParams(width=14, least_exponent=-30, greatest_exponent=5),
        "product": RoundParams(),
        "sum": RoundParams(width=15, least_exponent=-27, greatest_exponent=3),
        "function": RoundParams(width=24, least_exponent=-100, greatest_exponent=40),
        "int18": RoundParams(width=18, least_exponent=0, greatest_exponent=0),
        "int32": RoundParams(width=32, least_exponent=0, greatest_exponent=0),
        "dequantize_tiny": RoundParams(width=40, least_exponent=-87, greatest_exponent=5),
        "dequantize": RoundParams(width=55, least_exponent=-87, greatest_exponent=5),
        "rms": RoundParams(width=15, least_exponent=-64, greatest_exponent=40),
    },
    ports=_ports,
    latency="3 enabled cycles",
    throughput="one number per enabled cycle",
    error="half a unit in the last place",
    source="IEEE 754-2019, binary16, roundTiesToEven",
    reference="tritproof.ref.float16.rounding.round_to_float16",
    variants=True,
)
