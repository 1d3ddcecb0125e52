# SPDX-License-Identifier: Apache-2.0
"""One exact sum times its row's factor, as a binary16 number."""

import dataclasses
from typing import Any

from myhdl import Signal, SignalType, always, always_comb, block
from tritproof.rtl.float16 import float16_round
from tritproof.rtl.float16.float16_round import RoundParams
from tritproof.rtl.float16.numbers import SIGNIFICAND_WIDTH, UNIT, replace_specials
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Block, Params, Port
from tritproof.rtl.pieces import magnitude_of, of_width, unsigned_signal

LATENCY = 2 + float16_round.LATENCY
MANTISSA_WIDTH, SHIFT_WIDTH = 24, 6
FACTOR_WIDTH = SIGNIFICAND_WIDTH + MANTISSA_WIDTH


@dataclasses.dataclass(frozen=True)
class DequantizeLaneParams(Params):
    """``acc_width``: bits of a sum, two's complement, 2 to 29."""

    acc_width: int = 21

    def __post_init__(self) -> None:
        self.require("acc_width", 2, 29)

    @property
    def rounding(self) -> RoundParams:
        """Of a product of a sum's magnitude and a row's factor."""
        least = UNIT - (1 << SHIFT_WIDTH) + 1
        return RoundParams(self.acc_width - 1 + FACTOR_WIDTH, least, UNIT + 29)

    def constants(self) -> dict[str, Any]:
        """Return the parameters and the sizes of the rounding."""
        return super().constants() | self.rounding.constants() | {"FACTOR_WIDTH": FACTOR_WIDTH}


def _ports(params: DequantizeLaneParams) -> tuple[Port, ...]:
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("enable", "in", 1, doc="all registers advance"),
        Port("acc", "in", params.acc_width, signed=True, doc="the exact sum, two's complement"),
        Port("factor", "in", FACTOR_WIDTH, doc="of the row, unsigned"),
        Port(
            "exponent",
            "in",
            params.rounding.exponent_width,
            signed=True,
            doc="of the factor's lowest bit",
        ),
        Port("negative", "in", 1, doc="the row's scale is negative"),
        Port("nan", "in", 1, doc="the row's scale is a NaN"),
        Port("infinite", "in", 1, doc="the row's scale is infinite"),
        Port("nothing", "in", 1, doc="the row's mantissa is 0"),
        Port("code", "out", 16, doc="IEEE 754 binary16"),
    )


@block
def dequantize_lane(
    clk: SignalType,
    enable: SignalType,
    acc: SignalType,
    factor: SignalType,
    exponent: SignalType,
    negative: SignalType,
    nan: SignalType,
    infinite: SignalType,
    nothing: SignalType,
    code: SignalType,
    params: DequantizeLaneParams,
) -> Any:
    """Multiply an exact sum by the factor of its row.

    code = RN(acc * factor * 2^exponent), the sign turned where the scale is negative, five enabled
    cycles later: one rounding, to nearest, a tie to even. An infinite scale gives infinity, and a
    NaN where the sum or the mantissa is 0; a NaN gives the NaN. No reset: the registers only carry
    data.
    """
    rounding = params.rounding
    width = params.acc_width
    below, empty, sign, invalid = (Signal(bool(0)) for _ in range(4))
    sign_1, sign_2 = Signal(bool(0)), Signal(bool(0))
    marks = unsigned_signal(3 * LATENCY)
    magnitude, magnitude_1 = unsigned_signal(width), unsigned_signal(width)
    factor_1 = unsigned_signal(FACTOR_WIDTH)
    exponent_1, exponent_2 = (of_width(rounding.exponent_width) for _ in range(2))
    product, product_2 = unsigned_signal(rounding.width), unsigned_signal(rounding.width)
    rounded = unsigned_signal(16)

    @always_comb
    def look():
        empty.next = acc == 0

    @always_comb
    def decide():
        sign.next = below ^ negative
        invalid.next = nan or (infinite and (empty or nothing))

    @always(clk.posedge)
    def first():
        if enable:
            magnitude_1.next = magnitude
            factor_1.next = factor
            exponent_1.next = exponent
            sign_1.next = sign

    @always_comb
    def multiply():
        product.next = magnitude_1 * factor_1

    @always(clk.posedge)
    def second():
        if enable:
            product_2.next = product
            exponent_2.next = exponent_1
            sign_2.next = sign_1

    return [
        look,
        magnitude_of(acc, below, magnitude),
        decide,
        first,
        multiply,
        second,
        instance(
            float16_round.BLOCK,
            rounding,
            "round",
            clk=clk,
            enable=enable,
            sign=sign_2,
            magnitude=product_2,
            exponent=exponent_2,
            code=rounded,
        ),
        replace_specials(clk, enable, (invalid, infinite, sign), marks, rounded, code),
    ]


BLOCK = Block(
    name="dequantize_lane",
    summary="an exact sum times its row's factor, to binary16",
    family="stream",
    rtl=dequantize_lane,
    params=DequantizeLaneParams,
    configs={"tiny": DequantizeLaneParams(acc_width=6), "tellme": DequantizeLaneParams()},
    ports=_ports,
    children=lambda params: ((float16_round.BLOCK, params.rounding),),
    latency=f"{LATENCY} enabled cycles",
    throughput="one number per enabled cycle",
    error="half a unit in the last place",
    source="arXiv:2510.15926 section 3.5 (dequantisation), one rounding",
    reference="tritproof.ref.stream.dequantize.dequantize",
)
