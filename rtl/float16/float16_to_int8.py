# SPDX-License-Identifier: Apache-2.0
"""An IEEE 754 binary16 number as an int8."""

import dataclasses
from typing import Any

from myhdl import Signal, SignalType, always, always_comb, block, concat, intbv
from tritproof.rtl.float16.float16_round import jam_down
from tritproof.rtl.float16.numbers import SIGNIFICAND_WIDTH, UNIT, find_nan, number, take_apart
from tritproof.rtl.manifest import Block, Params, Port
from tritproof.rtl.pieces import copy, of_width, unsigned_signal

LATENCY = 2
SCALED = SIGNIFICAND_WIDTH + 2
"""Bits of a significand with two bits below it: a half, and whether anything is below that."""
WHOLE = -UNIT
"""The binade in which the significand is the number; above it no shift is needed, since a number of
1024 is limited as any larger one."""


@dataclasses.dataclass(frozen=True)
class ToInt8Params(Params):
    """``least``: the smallest result, -128 or -127."""

    least: int = -127

    def __post_init__(self) -> None:
        self.require("least", -128, -127)


def _ports(params: ToInt8Params) -> tuple[Port, ...]:
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("enable", "in", 1, doc="all registers advance"),
        Port("a", "in", 16, doc="IEEE 754 binary16"),
        Port("result", "out", 8, signed=True, doc=f"{params.least} to 127"),
    )


@block
def float16_to_int8(
    clk: SignalType, enable: SignalType, a: SignalType, result: SignalType, params: ToInt8Params
) -> Any:
    """Round an IEEE 754 binary16 number to the nearest int8, a tie to the even one.

    result = min(max(RNE(a), least), 127), two enabled cycles later; 0 of a NaN. No reset: the
    registers only carry data.
    """
    least = params.least
    given = number()
    significand, binade, sign = given.significand, given.binade, given.sign
    scaled, kept, kept_1 = (unsigned_signal(SCALED) for _ in range(3))
    amount = unsigned_signal(4)
    wide, difference = of_width(7), of_width(7)
    nan, sign_1, nan_1, up = (Signal(bool(0)) for _ in range(4))
    nearest, value, opposite = (of_width(SCALED) for _ in range(3))
    whole = of_width(SCALED)

    @always_comb
    def measure():
        difference.next = WHOLE - wide

    @always_comb
    def limit_amount():
        if difference < 0:
            amount.next = 0
        elif difference > SCALED:
            amount.next = SCALED
        else:
            amount.next = difference[4:]

    @always_comb
    def add_places():
        scaled.next = concat(significand, intbv(0)[2:])

    @always(clk.posedge)
    def first():
        if enable:
            kept_1.next = kept
            sign_1.next = sign
            nan_1.next = nan

    @always_comb
    def decide():
        up.next = kept_1[1] and (kept_1[0] or kept_1[2])
        whole.next = kept_1[:2]

    @always_comb
    def round_up():
        nearest.next = whole + up

    @always_comb
    def turn():
        opposite.next = -nearest

    @always_comb
    def apply_sign():
        if sign_1:
            value.next = opposite
        else:
            value.next = nearest

    @always(clk.posedge)
    def second():
        if enable:
            if nan_1:
                result.next = 0
            elif sign_1 and value < least:
                result.next = least
            elif not sign_1 and value > 127:
                result.next = 127
            else:
                result.next = value[8:].signed()

    return [
        take_apart(a, given),
        find_nan(a, nan),
        copy(binade, wide),
        measure,
        limit_amount,
        add_places,
        jam_down(scaled, amount, kept),
        first,
        decide,
        round_up,
        turn,
        apply_sign,
        second,
    ]


BLOCK = Block(
    name="float16_to_int8",
    summary="a binary16 number to the nearest int8",
    family="float16",
    rtl=float16_to_int8,
    params=ToInt8Params,
    configs={"tiny": ToInt8Params(), "whole": ToInt8Params(least=-128)},
    ports=_ports,
    latency="2 enabled cycles",
    throughput="one number per enabled cycle",
    error="none but the stated rounding",
    source="arXiv:2510.15926 section 3.5 (quantisation), one rounding",
    proved_by=("enumeration",),
    reference="tritproof.ref.float16.arithmetic.float16_to_int8",
)
