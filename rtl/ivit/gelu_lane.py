# SPDX-License-Identifier: Apache-2.0
"""ShiftGELU of one number, relative to the larger of it and 0."""

import dataclasses
from typing import Any

from myhdl import Signal, SignalType, always_comb, block, concat, intbv
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.ivit import shift_exp
from tritproof.rtl.ivit.gelu import FACTOR_WIDTH, INPUT_WIDTH, GeluParams, lane_ports, weigh
from tritproof.rtl.manifest import Block
from tritproof.rtl.pieces import (
    choose,
    copy,
    delay_line,
    magnitude_of,
    of_width,
    unsigned_signal,
)
from tritproof.rtl.softmax import divide_pipelined


@dataclasses.dataclass(frozen=True)
class ElementParams(GeluParams):
    """``n``: most octaves below 0, 1 to 23; ``unit_width``: bits of a unit, 2 to 10, at most
    30 - n; ``output_bits``: of a sigmoid, 2 to 8."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require("unit_width", 2, min(10, 30 - self.n))

    @property
    def least_total(self) -> int:
        """The exponential of 0 with the unit 1, and any other."""
        return (1 << self.n) + 1


@block
def gelu_lane(
    clk: SignalType,
    enable: SignalType,
    x: SignalType,
    unit: SignalType,
    value: SignalType,
    params: ElementParams,
) -> Any:
    """Give the ShiftGELU of a number, relative to the larger of it and 0.

    e = int_exp(-|x|), t = e + unit * 2^n, f = floor((2^31 - 1) / t), s = floor(p * f / 2^(32 -
    output_bits)) for p = unit * 2^n of an x that is not negative, e of one that is; value = x * s.
    No reset: the registers only carry data.
    """
    n, latency, unit_width = params.n, params.exp.latency, params.unit_width
    power_width = params.exp.result_width
    negative, was_negative = Signal(bool(0)), Signal(bool(0))
    distance, below = unsigned_signal(INPUT_WIDTH), of_width(INPUT_WIDTH + 1)
    some = unsigned_signal(unit_width)
    negatives, units = unsigned_signal(latency), unsigned_signal(latency * unit_width)
    kept_unit = unsigned_signal(unit_width)
    of_it, of_zero, power = (unsigned_signal(power_width) for _ in range(3))
    total, wide_total = unsigned_signal(power_width + 1), unsigned_signal(FACTOR_WIDTH)
    high = latency * unit_width

    @always_comb
    def look_back():
        was_negative.next = negatives[latency - 1]

    @always_comb
    def raise_unit():
        of_zero.next = concat(kept_unit, intbv(0)[n:])

    @always_comb
    def add():
        total.next = of_it + of_zero

    return [
        magnitude_of(x, negative, distance),
        copy(distance, below),
        shift_exp.at_least_one(unit, some),
        instance(
            shift_exp.BLOCK, params.exp, "exp",
            clk=clk, enable=enable, z=below, unit=unit, value=of_it,
        ),
        delay_line(clk, enable, negative, negatives),
        delay_line(clk, enable, some, units),
        copy(units(high, high - unit_width), kept_unit),
        look_back,
        raise_unit,
        add,
        choose(was_negative, of_zero, of_it, power),
        copy(total, wide_total),
        weigh(clk, enable, x, power, wide_total, value, params),
    ]  # fmt: skip


BLOCK = Block(
    name="gelu_lane",
    summary="ShiftGELU of one number, relative to the larger of it and 0",
    family="ivit",
    rtl=gelu_lane,
    params=ElementParams,
    configs={
        "tiny": ElementParams(n=3, unit_width=3),
        "vit": ElementParams(n=15),
        "wide": ElementParams(n=15, unit_width=10),
    },
    ports=lane_ports,
    children=lambda params: (
        (shift_exp.BLOCK, params.exp),
        (divide_pipelined.BLOCK, params.division),
    ),
    latency="26 enabled cycles with n = 15; the digits of n in base 2 and 37 - n",
    throughput="one number per enabled cycle",
    error="none but the stated floors",
    source="arXiv:2207.01405 section 3.4 (ShiftGELU), relative to the larger of x and 0",
    reference="tritproof.ref.ivit.exponential.elementwise_shiftgelu",
    proved_by=("enumeration",),
)
