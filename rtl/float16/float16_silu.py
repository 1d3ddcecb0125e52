# SPDX-License-Identifier: Apache-2.0
"""SiLU of an IEEE 754 binary16 number."""

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
def float16_silu(
    clk: SignalType, enable: SignalType, a: SignalType, result: SignalType, params: FunctionParams
) -> Any:
    """Compute a / (1 + e^-a) for all IEEE 754 binary16 codes.

    result = RN(a / (1 + e^-a)), seven enabled cycles later: to nearest, a tie to even, with
    subnormals; +infinity and zeros of themselves, -0 of -infinity, which is the limit, and of all
    negative numbers whose value rounds to zero, and the NaN 7E00 of any NaN. The upper bits of the
    code, as many as its exponent needs, find a polynomial of the others. No reset: the registers
    only carry data.
    """
    nan = Signal(bool(0))
    return [
        find_nan(a, nan),
        round_function(clk, enable, a, None, a(15), nan, result, params),
    ]


BLOCK = Block(
    name="float16_silu",
    summary="SiLU of a binary16 number",
    family="float16",
    rtl=float16_silu,
    params=FunctionParams,
    configs={"tiny": FunctionParams("silu")},
    ports=lambda params: function_ports("a / (1 + e^-a)"),
    children=lambda params: ((float16_round.BLOCK, params.rounding),),
    latency=f"{LATENCY} enabled cycles",
    throughput="one number per enabled cycle",
    error="half a unit in the last place",
    source="arXiv:1702.03118 (SiLU), correctly rounded to IEEE 754-2019 binary16",
    proved_by=("enumeration",),
    reference="tritproof.ref.float16.functions.float16_silu",
)
