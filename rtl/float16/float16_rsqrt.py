# SPDX-License-Identifier: Apache-2.0
"""Reciprocal square root of an IEEE 754 binary16 number."""

from typing import Any

from myhdl import Signal, SignalType, always_comb, block, concat
from tritproof.rtl.float16 import float16_round
from tritproof.rtl.float16.functions import (
    LATENCY,
    PLACE_WIDTH,
    FunctionParams,
    function_ports,
    normal_form,
    round_function,
)
from tritproof.rtl.float16.numbers import INFINITY
from tritproof.rtl.manifest import Block
from tritproof.rtl.pieces import copy, of_width, unsigned_signal


@block
def float16_rsqrt(
    clk: SignalType, enable: SignalType, a: SignalType, result: SignalType, params: FunctionParams
) -> Any:
    """Compute 1 / sqrt(a) for all IEEE 754 binary16 codes.

    result = RN(1 / sqrt(a)), seven enabled cycles later: to nearest, a tie to even; an infinity of
    the zero's sign (IEEE 754 says so), +0 of +infinity, and the NaN 7E00 of any NaN and of whatever
    else is below 0. The significand's upper bits and the parity of the exponent find a polynomial,
    half of the exponent is subtracted. No reset: the registers only carry data.
    """
    fraction, magnitude, key = unsigned_signal(10), unsigned_signal(15), unsigned_signal(11)
    place, half, nan = of_width(PLACE_WIDTH), of_width(PLACE_WIDTH - 1), Signal(bool(0))

    @always_comb
    def find_nan():
        nan.next = (a[15] and magnitude != 0) or magnitude > INFINITY

    @always_comb
    def add_parity():
        key.next = concat(place[0], fraction)

    @always_comb
    def halve():
        half.next = place[PLACE_WIDTH:1].signed()

    return [
        copy(a(15, 0), magnitude),
        find_nan,
        normal_form(a, fraction, place),
        add_parity,
        halve,
        round_function(clk, enable, key, half, a(15), nan, result, params),
    ]


BLOCK = Block(
    name="float16_rsqrt",
    summary="reciprocal square root of a binary16 number",
    family="float16",
    rtl=float16_rsqrt,
    params=FunctionParams,
    configs={"tiny": FunctionParams("rsqrt")},
    ports=lambda params: function_ports("1 / sqrt(a)"),
    children=lambda params: ((float16_round.BLOCK, params.rounding),),
    latency=f"{LATENCY} enabled cycles",
    throughput="one number per enabled cycle",
    error="half a unit in the last place",
    source="IEEE 754-2019, binary16, roundTiesToEven, section 9.2",
    proved_by=("enumeration",),
    reference="tritproof.ref.float16.functions.float16_rsqrt",
)
