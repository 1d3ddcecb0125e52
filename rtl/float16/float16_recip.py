# SPDX-License-Identifier: Apache-2.0
"""Reciprocal of an IEEE 754 binary16 number."""

from typing import Any

from myhdl import Signal, SignalType, block
from tritproof.rtl.float16 import float16_round
from tritproof.rtl.float16.functions import (
    LATENCY,
    PLACE_WIDTH,
    FunctionParams,
    function_ports,
    normal_form,
    round_function,
)
from tritproof.rtl.float16.numbers import find_nan
from tritproof.rtl.manifest import Block
from tritproof.rtl.pieces import of_width, unsigned_signal


@block
def float16_recip(
    clk: SignalType, enable: SignalType, a: SignalType, result: SignalType, params: FunctionParams
) -> Any:
    """Compute 1 / a for all IEEE 754 binary16 codes.

    result = RN(1 / a), seven enabled cycles later: to nearest, a tie to even, with subnormals; an
    infinity of the operand's sign from below 2^-16 on and at 2^-16 itself, zeros included, a zero
    of its sign of infinities, and the NaN 7E00 of any NaN. The significand's upper bits find a
    polynomial, the exponent is subtracted. No reset: the registers only carry data.
    """
    fraction, place, nan = unsigned_signal(10), of_width(PLACE_WIDTH), Signal(bool(0))
    return [
        normal_form(a, fraction, place),
        find_nan(a, nan),
        round_function(clk, enable, fraction, place, a(15), nan, result, params),
    ]


BLOCK = Block(
    name="float16_recip",
    summary="reciprocal of a binary16 number",
    family="float16",
    rtl=float16_recip,
    params=FunctionParams,
    configs={"tiny": FunctionParams("recip")},
    ports=lambda params: function_ports("1 / a"),
    children=lambda params: ((float16_round.BLOCK, params.rounding),),
    latency=f"{LATENCY} enabled cycles",
    throughput="one number per enabled cycle",
    error="half a unit in the last place",
    source="IEEE 754-2019, binary16, roundTiesToEven, section 9.2",
    proved_by=("enumeration",),
    reference="tritproof.ref.float16.functions.float16_recip",
)
