# SPDX-License-Identifier: Apache-2.0
"""An integer times a dyadic number, rounded once."""

import dataclasses
from typing import Any

from myhdl import Signal, SignalType, always_comb, block, concat, intbv
from tritproof.rtl.float16.float16_round import jam_down
from tritproof.rtl.manifest import Block, Params, Port
from tritproof.rtl.pieces import delay_line, magnitude_of, of_width, register, unsigned_signal

LATENCY = 3
VALUE_WIDTH, MANTISSA_WIDTH, SHIFT_WIDTH = 32, 32, 6
MAGNITUDE_WIDTH = 63
"""Bits of |value| * mantissa, at most 2**62."""
ROUNDED_WIDTH = MAGNITUDE_WIDTH + 1


@dataclasses.dataclass(frozen=True)
class DyadicParams(Params):
    """None: every width is fixed."""


def _ports(params: DyadicParams) -> tuple[Port, ...]:
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("enable", "in", 1, doc="all registers advance"),
        Port("value", "in", VALUE_WIDTH, signed=True, doc="two's complement"),
        Port("mantissa", "in", MANTISSA_WIDTH, doc="unsigned, at most 2^31"),
        Port("shift", "in", SHIFT_WIDTH, doc="unsigned"),
        Port("rounded", "out", ROUNDED_WIDTH, signed=True, doc="two's complement"),
    )


@block
def dyadic_lane(
    clk: SignalType,
    enable: SignalType,
    value: SignalType,
    mantissa: SignalType,
    shift: SignalType,
    rounded: SignalType,
    params: DyadicParams,
) -> Any:
    """Multiply an integer by mantissa / 2^shift, rounded once, to nearest, a tie to even.

    Three enabled cycles later. The mantissa is at most 2^31; of more the result means nothing. No
    reset: the registers only carry data.
    """
    kept_width = MAGNITUDE_WIDTH + 2
    distance = unsigned_signal(VALUE_WIDTH)
    product, product_1 = (unsigned_signal(VALUE_WIDTH + MANTISSA_WIDTH) for _ in range(2))
    shift_1 = unsigned_signal(SHIFT_WIDTH)
    spread, kept, kept_2 = (unsigned_signal(kept_width) for _ in range(3))
    negative, up = Signal(bool(0)), Signal(bool(0))
    signs = unsigned_signal(2)
    whole, nearest = of_width(ROUNDED_WIDTH), of_width(ROUNDED_WIDTH)
    signed_nearest = of_width(ROUNDED_WIDTH)

    @always_comb
    def multiply():
        product.next = distance * mantissa

    @always_comb
    def make_room():
        spread.next = concat(product_1[MAGNITUDE_WIDTH:], intbv(0)[2:])

    @always_comb
    def decide():
        up.next = kept_2[1] and (kept_2[0] or kept_2[2])
        whole.next = kept_2[kept_width:2]

    @always_comb
    def round_up():
        nearest.next = whole + up

    @always_comb
    def give_sign():
        if signs[1]:
            signed_nearest.next = -nearest
        else:
            signed_nearest.next = nearest

    return [
        magnitude_of(value, negative, distance),
        multiply,
        register(clk, enable, product, product_1),
        register(clk, enable, shift, shift_1),
        delay_line(clk, enable, negative, signs),
        make_room,
        jam_down(spread, shift_1, kept),
        register(clk, enable, kept, kept_2),
        decide,
        round_up,
        give_sign,
        register(clk, enable, signed_nearest, rounded),
    ]


BLOCK = Block(
    name="dyadic_lane",
    summary="an integer times a dyadic number, rounded once",
    family="ivit",
    rtl=dyadic_lane,
    params=DyadicParams,
    configs={"tiny": DyadicParams()},
    ports=_ports,
    latency=f"{LATENCY} enabled cycles",
    throughput="one number per enabled cycle",
    error="none but the stated rounding",
    source="arXiv:2207.01405 section 3.2 (dyadic requantisation)",
    reference="tritproof.ref.ivit.requant.rounded_product",
)
