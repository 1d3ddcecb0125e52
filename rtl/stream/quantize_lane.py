# SPDX-License-Identifier: Apache-2.0
"""One number of a row as an int8 code, relative to the row's largest magnitude."""

from typing import Any

from myhdl import Signal, SignalType, always, always_comb, block, concat, intbv
from tritproof.rtl.float16.float16_to_int8 import ToInt8Params
from tritproof.rtl.float16.numbers import (
    BINADE_WIDTH,
    INFINITY,
    SIGNIFICAND_WIDTH,
    take_magnitude,
)
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Block, Port
from tritproof.rtl.pieces import copy, delay_line, of_width, unsigned_signal
from tritproof.rtl.softmax import divide_pipelined
from tritproof.rtl.softmax.division import DIVIDE_CONFIGS

DIVISION = DIVIDE_CONFIGS["quantize"]
DIVIDE_LATENCY = DIVISION.quotient_width + 1
LATENCY = DIVIDE_LATENCY + 2
FARTHEST = 9
"""Binades below the largest magnitude from where on every quotient is below a half."""
PAST_THE_END = 128


def _ports(params: ToInt8Params) -> tuple[Port, ...]:
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("enable", "in", 1, doc="all registers advance"),
        Port("y", "in", 16, doc="IEEE 754 binary16"),
        Port("absmax", "in", 15, doc="IEEE 754 binary16 without its sign"),
        Port("code", "out", 8, signed=True, doc=f"{params.least} to 127"),
    )


@block
def _operands(
    y: SignalType, absmax: SignalType, dividend: SignalType, divisor: SignalType, over: SignalType
) -> Any:
    """127 M_y and M_a 2**d, d the binades of y below the largest magnitude's, at most 9; ``over``:
    it is above."""
    numerator, denominator = (unsigned_signal(SIGNIFICAND_WIDTH) for _ in range(2))
    given_binade, largest_binade = (unsigned_signal(BINADE_WIDTH) for _ in range(2))
    scaled, once = (unsigned_signal(DIVISION.dividend_width) for _ in range(2))
    wide = unsigned_signal(DIVISION.divisor_width)
    left, right, distance = (of_width(7) for _ in range(3))
    amount = unsigned_signal(4)

    @always_comb
    def scale():
        scaled.next = concat(numerator, intbv(0)[7:])

    @always_comb
    def subtract_once():
        dividend.next = scaled - once

    @always_comb
    def measure():
        distance.next = left - right

    @always_comb
    def limit_amount():
        over.next = distance < 0
        if distance < 0:
            amount.next = 0
        elif distance > FARTHEST:
            amount.next = FARTHEST
        else:
            amount.next = distance[4:]

    @always_comb
    def align():
        divisor.next = wide << amount

    return [
        take_magnitude(y, numerator, given_binade),
        take_magnitude(absmax, denominator, largest_binade),
        scale,
        copy(numerator, once),
        subtract_once,
        copy(largest_binade, left),
        copy(given_binade, right),
        measure,
        limit_amount,
        copy(denominator, wide),
        align,
    ]


@block
def _limit(
    magnitude: SignalType, negative: SignalType, unscaled: SignalType, code: SignalType, least: int
) -> Any:
    """The signed magnitude within the limits; 0 of a row without a scale."""
    wide, opposite = of_width(len(magnitude) + 2), of_width(len(magnitude) + 2)

    @always_comb
    def turn():
        opposite.next = -wide

    @always_comb
    def pick():
        if unscaled:
            code.next = 0
        elif negative and opposite < least:
            code.next = least
        elif negative:
            code.next = opposite[8:].signed()
        elif wide > 127:
            code.next = 127
        else:
            code.next = wide[8:].signed()

    return copy(magnitude, wide), turn, pick


@block
def quantize_lane(
    clk: SignalType,
    enable: SignalType,
    y: SignalType,
    absmax: SignalType,
    code: SignalType,
    params: ToInt8Params,
) -> Any:
    """Quantise a number relative to the largest magnitude of its row.

    code = min(max(RNE(127 * y / |absmax|), least), 127), ten enabled cycles later: the exact
    quotient, rounded once, a tie to even. 0 where absmax is 0, infinite or a NaN. A y of a binade
    above that of absmax, which no row has, gives the limit of its sign. No reset: the registers
    only carry data.
    """
    dividend, dividend_1 = (unsigned_signal(DIVISION.dividend_width) for _ in range(2))
    divisor, divisor_1 = (unsigned_signal(DIVISION.divisor_width) for _ in range(2))
    over, unscaled, overflow = (Signal(bool(0)) for _ in range(3))
    flags, oldest = unsigned_signal(3), unsigned_signal(3)
    marks = unsigned_signal(3 * (DIVIDE_LATENCY + 1))
    quotient = unsigned_signal(DIVISION.result_width)
    magnitude = unsigned_signal(DIVISION.result_width)
    limited = of_width(8)
    least = params.least

    @always_comb
    def find_scale():
        unscaled.next = absmax == 0 or absmax >= INFINITY

    @always_comb
    def mark():
        flags.next = concat(unscaled, over, y[15])

    @always(clk.posedge)
    def first():
        if enable:
            dividend_1.next = dividend
            divisor_1.next = divisor

    @always_comb
    def choose_magnitude():
        if oldest[1] or overflow or quotient > PAST_THE_END:
            magnitude.next = PAST_THE_END
        else:
            magnitude.next = quotient

    @always(clk.posedge)
    def deliver():
        if enable:
            code.next = limited

    return [
        _operands(y, absmax, dividend, divisor, over),
        find_scale,
        mark,
        delay_line(clk, enable, flags, marks),
        first,
        instance(
            divide_pipelined.BLOCK,
            DIVISION,
            "quotient",
            clk=clk,
            enable=enable,
            dividend=dividend_1,
            divisor=divisor_1,
            quotient=quotient,
            overflow=overflow,
        ),
        copy(marks(len(marks), len(marks) - 3), oldest),
        choose_magnitude,
        _limit(magnitude, oldest(0), oldest(2), limited, least),
        deliver,
    ]


BLOCK = Block(
    name="quantize_lane",
    summary="one binary16 number to int8, relative to the largest of its row",
    family="stream",
    rtl=quantize_lane,
    params=ToInt8Params,
    configs={"tiny": ToInt8Params(), "whole": ToInt8Params(least=-128)},
    ports=_ports,
    children=lambda params: ((divide_pipelined.BLOCK, DIVISION),),
    latency=f"{LATENCY} enabled cycles",
    throughput="one number per enabled cycle",
    error="none but the stated rounding",
    source="arXiv:2510.15926 section 3.5 (quantisation), one rounding",
    reference="tritproof.ref.stream.quantize.quantized",
)
