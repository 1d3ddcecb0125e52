# SPDX-License-Identifier: Apache-2.0
"""Two to the power of an IEEE 754 binary16 number."""

from typing import Any

from myhdl import Signal, SignalType, block
from tritproof.rtl.float16 import float16_round
from tritproof.rtl.float16.functions import (
    LATENCY,
    FunctionParams,
    function_ports,
    round_function,
)
from tritproof.rtl.float16.numbers import find_nan
from tritproof.rtl.manifest import Block


@block
def float16_exp2(
    clk: SignalType, enable: SignalType, a: SignalType, result: SignalType, params: FunctionParams
) -> Any:
    """Compute 2^a for all IEEE 754 binary16 codes.

    result = RN(2^a), seven enabled cycles later: to nearest, a tie to even, with subnormals; +0 of
    -25 and less, +infinity from 16 on, infinities included, and the NaN 7E00 of any NaN. The upper
    bits of the code, as many as its exponent needs, find a polynomial of the others. No reset: the
    registers only carry data.
    """
    nan = Signal(bool(0))
    return [
        find_nan(a, nan),
        round_function(clk, enable, a, None, None, nan, result, params),
    ]


BLOCK = Block(
    name="float16_exp2",
    summary="two to the power of a binary16 number",
    family="float16",
    rtl=float16_exp2,
    params=FunctionParams,
    configs={"tiny": FunctionParams("exp2")},
    ports=lambda params: function_ports("2 to the power of a"),
    children=lambda params: ((float16_round.BLOCK, params.rounding),),
    latency=f"{LATENCY} enabled cycles",
    throughput="one number per enabled cycle",
    error="half a unit in the last place",
    source="IEEE 754-2019, binary16, roundTiesToEven, section 9.2",
    proved_by=("enumeration",),
    reference="tritproof.ref.float16.functions.float16_exp2",
)
