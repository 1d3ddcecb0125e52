# SPDX-License-Identifier: Apache-2.0
"""Sum of two IEEE 754 binary16 numbers."""

import dataclasses
from typing import Any

from myhdl import Signal, SignalType, always, always_comb, block, concat, intbv
from tritproof.rtl.float16 import float16_round
from tritproof.rtl.float16.float16_round import RoundParams, jam_down
from tritproof.rtl.float16.numbers import (
    BINADE_WIDTH,
    SIGNIFICAND_WIDTH,
    UNIT,
    Float16Params,
    Number,
    binary_ports,
    find_infinite,
    find_nan,
    number,
    replace_specials,
    take_apart,
)
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Block
from tritproof.rtl.pieces import copy, of_width, sum_signal, unsigned_signal

LATENCY = 2 + float16_round.LATENCY
GUARD = 3
"""Bits below the larger number's unit that the smaller one is kept to: two, and one that says
whether anything was below them. A difference loses its highest bits or its lowest, never both."""


@dataclasses.dataclass(frozen=True)
class AddParams(Float16Params):
    """None: the format fixes every width."""

    @property
    def rounding(self) -> RoundParams:
        """Of a sum of two significands with their guard bits."""
        most = (1 << BINADE_WIDTH) - 2 + UNIT - GUARD
        return RoundParams(SIGNIFICAND_WIDTH + 1 + GUARD, UNIT - GUARD, most)

    def constants(self) -> dict[str, Any]:
        """Return the sizes of the rounding."""
        return self.rounding.constants()


@block
def float16_add(
    clk: SignalType,
    enable: SignalType,
    a: SignalType,
    b: SignalType,
    result: SignalType,
    params: AddParams,
) -> Any:
    """Add two IEEE 754 binary16 numbers.

    result = RN(a + b), five enabled cycles later, for all codes: to nearest, a tie to even, with
    subnormals and infinities. An exact sum of zero is +0, unless both are -0; infinities of both
    signs, and any NaN, give the NaN 7E00. No reset: the registers only carry data.
    """
    rounding = params.rounding
    larger, smaller = number(), number()
    subtract, subtract_1, sign, sign_1, sign_2 = (Signal(bool(0)) for _ in range(5))
    nan, infinite = (Signal(bool(0)) for _ in range(2))
    marks = unsigned_signal(3 * LATENCY)
    greater, lesser = (unsigned_signal(16) for _ in range(2))
    distance, distance_1 = sum_signal(BINADE_WIDTH), unsigned_signal(BINADE_WIDTH)
    greater_1, lesser_1 = (unsigned_signal(SIGNIFICAND_WIDTH) for _ in range(2))
    binade_1 = unsigned_signal(BINADE_WIDTH)
    shifted, aligned = (unsigned_signal(SIGNIFICAND_WIDTH + GUARD) for _ in range(2))
    raised, total_2 = (unsigned_signal(rounding.width) for _ in range(2))
    total = sum_signal(rounding.width)
    wide, exponent, exponent_2 = (of_width(rounding.exponent_width) for _ in range(3))
    code = unsigned_signal(16)
    larger_significand, smaller_significand = larger.significand, smaller.significand
    larger_binade, smaller_binade = larger.binade, smaller.binade

    @always_comb
    def find_distance():
        distance.next = larger_binade - smaller_binade

    @always(clk.posedge)
    def first():
        if enable:
            greater_1.next = larger_significand
            lesser_1.next = smaller_significand
            binade_1.next = larger_binade
            distance_1.next = distance
            subtract_1.next = subtract
            sign_1.next = sign

    @always_comb
    def add_guard():
        shifted.next = concat(lesser_1, intbv(0)[GUARD:])
        raised.next = concat(False, greater_1, intbv(0)[GUARD:])

    @always_comb
    def combine():
        if subtract_1:
            total.next = raised - aligned
        else:
            total.next = raised + aligned

    @always_comb
    def scale():
        exponent.next = wide + (UNIT - GUARD)

    @always(clk.posedge)
    def second():
        if enable:
            total_2.next = total
            exponent_2.next = exponent
            sign_2.next = sign_1

    return [
        _order(a, b, greater, lesser),
        take_apart(greater, larger),
        take_apart(lesser, smaller),
        _specials(greater, lesser, larger, smaller, subtract, sign, nan, infinite),
        find_distance,
        first,
        add_guard,
        jam_down(shifted, distance_1, aligned),
        combine,
        copy(binade_1, wide),
        scale,
        second,
        instance(
            float16_round.BLOCK,
            rounding,
            "round",
            clk=clk,
            enable=enable,
            sign=sign_2,
            magnitude=total_2,
            exponent=exponent_2,
            code=code,
        ),
        replace_specials(clk, enable, (nan, infinite, sign), marks, code, result),
    ]


@block
def _order(a: SignalType, b: SignalType, greater: SignalType, lesser: SignalType) -> Any:
    """The code of the larger magnitude, and the other."""
    left, right = unsigned_signal(16), unsigned_signal(16)

    @always_comb
    def compare():
        if left[15:] < right[15:]:
            greater.next = right
            lesser.next = left
        else:
            greater.next = left
            lesser.next = right

    return copy(a, left), copy(b, right), compare


@block
def _specials(
    greater: SignalType,
    lesser: SignalType,
    larger: Number,
    smaller: Number,
    subtract: SignalType,
    sign: SignalType,
    nan: SignalType,
    infinite: SignalType,
) -> Any:
    """Whether the magnitudes are subtracted, the sum's sign, and whether it is no number, or
    infinite. A NaN is larger than anything else: only the larger one needs to be looked at."""
    larger_sign, smaller_sign = larger.sign, smaller.sign
    larger_nan, smaller_infinite, larger_infinite = (Signal(bool(0)) for _ in range(3))
    larger_significand, smaller_significand = larger.significand, smaller.significand
    larger_binade, smaller_binade = larger.binade, smaller.binade
    equal = Signal(bool(0))

    @always_comb
    def compare():
        equal.next = larger_significand == smaller_significand and larger_binade == smaller_binade

    @always_comb
    def decide():
        if larger_sign == smaller_sign:
            subtract.next = False
            sign.next = larger_sign
            nan.next = larger_nan
        else:
            subtract.next = True
            sign.next = larger_sign and not equal
            nan.next = larger_nan or (larger_infinite and smaller_infinite)

    @always_comb
    def pass_infinite():
        infinite.next = larger_infinite

    return [
        find_nan(greater, larger_nan),
        find_infinite(greater, larger_infinite),
        find_infinite(lesser, smaller_infinite),
        compare,
        decide,
        pass_infinite,
    ]


BLOCK = Block(
    name="float16_add",
    summary="sum of two binary16 numbers",
    family="float16",
    rtl=float16_add,
    params=AddParams,
    configs={"tiny": AddParams()},
    ports=lambda params: binary_ports("a + b"),
    children=lambda params: ((float16_round.BLOCK, params.rounding),),
    latency="5 enabled cycles",
    throughput="one sum per enabled cycle",
    error="half a unit in the last place",
    source="IEEE 754-2019, binary16, roundTiesToEven",
    proved_by=("enumeration",),
    reference="tritproof.ref.float16.arithmetic.float16_add",
)
