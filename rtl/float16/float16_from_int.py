# SPDX-License-Identifier: Apache-2.0
"""An integer as an IEEE 754 binary16 number."""

import dataclasses
from typing import Any

from myhdl import Signal, SignalType, always, block
from tritproof.rtl.float16 import float16_round
from tritproof.rtl.float16.float16_round import RoundParams
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Block, Params, Port
from tritproof.rtl.pieces import magnitude_of, of_width, unsigned_signal

LATENCY = 1 + float16_round.LATENCY


@dataclasses.dataclass(frozen=True)
class FromIntParams(Params):
    """``value_width``: bits of the integer, two's complement, 2 to 64."""

    value_width: int = 32

    def __post_init__(self) -> None:
        self.require("value_width", 2, 64)

    @property
    def rounding(self) -> RoundParams:
        """Of the integer's magnitude."""
        return RoundParams(self.value_width, 0, 0)

    def constants(self) -> dict[str, Any]:
        """Return the parameters and the sizes of the rounding."""
        return super().constants() | self.rounding.constants()


def _ports(params: FromIntParams) -> tuple[Port, ...]:
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("enable", "in", 1, doc="all registers advance"),
        Port("value", "in", params.value_width, signed=True, doc="two's complement"),
        Port("result", "out", 16, doc="IEEE 754 binary16"),
    )


@block
def float16_from_int(
    clk: SignalType,
    enable: SignalType,
    value: SignalType,
    result: SignalType,
    params: FromIntParams,
) -> Any:
    """Round an integer to the nearest IEEE 754 binary16 number, a tie to the even one.

    result = RN(value), four enabled cycles later: +0 of 0, infinity from 65,520 on. No reset: the
    registers only carry data.
    """
    width = params.value_width
    negative, sign_1 = Signal(bool(0)), Signal(bool(0))
    magnitude, magnitude_1 = unsigned_signal(width), unsigned_signal(width)
    exponent = of_width(params.rounding.exponent_width)

    @always(clk.posedge)
    def first():
        if enable:
            magnitude_1.next = magnitude
            sign_1.next = negative
            exponent.next = 0

    return [
        magnitude_of(value, negative, magnitude),
        first,
        instance(
            float16_round.BLOCK,
            params.rounding,
            "round",
            clk=clk,
            enable=enable,
            sign=sign_1,
            magnitude=magnitude_1,
            exponent=exponent,
            code=result,
        ),
    ]


BLOCK = Block(
    name="float16_from_int",
    summary="an integer to the nearest binary16 number",
    family="float16",
    rtl=float16_from_int,
    params=FromIntParams,
    configs={"tiny": FromIntParams(value_width=18), "tellme": FromIntParams()},
    ports=_ports,
    children=lambda params: ((float16_round.BLOCK, params.rounding),),
    latency="4 enabled cycles",
    throughput="one number per enabled cycle",
    error="half a unit in the last place",
    source="IEEE 754-2019, binary16, roundTiesToEven",
    reference="tritproof.ref.float16.arithmetic.float16_from_int",
)
