# SPDX-License-Identifier: Apache-2.0
"""What the lanes of both forms of ShiftGELU share: a number times its share of a sum of two."""

import dataclasses
from typing import Any

from myhdl import Signal, SignalType, always, always_comb, block, concat, intbv
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.ivit.rows import INPUT_WIDTH
from tritproof.rtl.ivit.shift_exp import OctavesParams, ShiftExpParams
from tritproof.rtl.manifest import Port
from tritproof.rtl.pieces import (
    as_signed,
    copy,
    delay_line,
    of_width,
    register,
    register_product,
    unsigned_signal,
)
from tritproof.rtl.softmax import divide_pipelined
from tritproof.rtl.softmax.division import DivideParams
from tritproof.rtl.stream import whole_bytes

FACTOR_WIDTH = 31
FACTOR = (1 << FACTOR_WIDTH) - 1
"""What is divided by the sum of two exponentials, and the most that this sum counts as."""


@dataclasses.dataclass(frozen=True)
class GeluParams(OctavesParams):
    """``n``: most octaves below 0, 1 to 23; ``unit_width``: bits of a unit, 2 to 10;
    ``output_bits``: of a sigmoid, 2 to 8."""

    output_bits: int = 8

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require("n", 1, 23)
        self.require("output_bits", 2, 8)

    @property
    def exp(self) -> ShiftExpParams:
        """Of the exponential of a number that is not above 0."""
        return ShiftExpParams(self.n, self.unit_width)

    @property
    def least_total(self) -> int:
        """The least sum of two exponentials."""
        raise NotImplementedError

    @property
    def division(self) -> DivideParams:
        """Of the factor by such a sum."""
        quotient_width = (FACTOR // self.least_total).bit_length()
        return DivideParams(FACTOR_WIDTH, FACTOR_WIDTH, quotient_width, "floor")

    @property
    def drop(self) -> int:
        """Bits of a product below a unit of the sigmoid."""
        return 32 - self.output_bits

    @property
    def sigmoid_width(self) -> int:
        """Bits of a sigmoid: more than 1 where an exponential alone is above the factor."""
        return max(FACTOR_WIDTH, self.exp.result_width) - self.drop

    @property
    def value_width(self) -> int:
        """Bits of a result, two's complement."""
        return INPUT_WIDTH + self.sigmoid_width

    @property
    def beat_width(self) -> int:
        """Bits of a result in its beat."""
        return whole_bytes(self.value_width)

    @property
    def latency(self) -> int:
        """Enabled cycles."""
        return self.exp.latency + self.division.quotient_width + 4

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived widths."""
        return super().constants() | {
            "LATENCY": self.latency,
            "VALUE_WIDTH": self.value_width,
            "BEAT_WIDTH": self.beat_width,
        }


def lane_ports(params: GeluParams, *more: Port) -> tuple[Port, ...]:
    """The ports of a lane; ``more`` between its number and its unit."""
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("enable", "in", 1, doc="all registers advance"),
        Port("x", "in", INPUT_WIDTH, signed=True, doc="int8"),
        *more,
        Port("unit", "in", params.unit_width, doc="u = ceil(1 / S), unsigned; 0 counts as 1"),
        Port(
            "value",
            "out",
            params.value_width,
            signed=True,
            doc=f"x times its sigmoid in units of 2^-{params.output_bits - 1}",
        ),
    )


@block
def weigh(
    clk: SignalType,
    enable: SignalType,
    x: SignalType,
    power: SignalType,
    total: SignalType,
    value: SignalType,
    params: GeluParams,
) -> Any:
    """``value = x * floor(power * floor(FACTOR / total) / 2**drop)``, of an ``x`` that came the
    latency of the exponential before power and total."""
    division, drop = params.division, params.drop
    top = drop + params.sigmoid_width
    stages = division.quotient_width + 2
    waits = params.latency - 1
    high, low = waits * INPUT_WIDTH, (waits - 1) * INPUT_WIDTH
    kept_total, operands = unsigned_signal(FACTOR_WIDTH), unsigned_signal(2 * FACTOR_WIDTH)
    quotient, overflow = unsigned_signal(division.result_width), Signal(bool(0))
    powers = unsigned_signal(len(power) * stages)
    share = unsigned_signal(len(power))
    product = unsigned_signal(max(len(power) + division.result_width, top))
    sigmoid = of_width(params.sigmoid_width + 1)
    sigmoid_bits = unsigned_signal(params.sigmoid_width)
    x_bits, numbers = unsigned_signal(INPUT_WIDTH), unsigned_signal(high)
    number, result = of_width(INPUT_WIDTH), unsigned_signal(params.value_width)

    @always_comb
    def pack():
        operands.next = concat(kept_total, intbv(FACTOR)[FACTOR_WIDTH:])

    @always_comb
    def take_number():
        x_bits.next = x[INPUT_WIDTH:]

    @always_comb
    def multiply():
        product.next = share * quotient

    @always(clk.posedge)
    def keep_sigmoid():
        if enable:
            sigmoid_bits.next = product[top:drop]

    @always_comb
    def read():
        number.next = numbers[high:low].signed()

    return [
        pack,
        take_number,
        register(clk, enable, total, kept_total),
        delay_line(clk, enable, power, powers),
        copy(powers(len(powers), len(powers) - len(power)), share),
        delay_line(clk, enable, x_bits, numbers),
        instance(
            divide_pipelined.BLOCK, division, "factor",
            clk=clk, enable=enable, dividend=operands(FACTOR_WIDTH, 0),
            divisor=operands(2 * FACTOR_WIDTH, FACTOR_WIDTH), quotient=quotient, overflow=overflow,
        ),
        multiply,
        keep_sigmoid,
        read,
        copy(sigmoid_bits, sigmoid),
        register_product(clk, enable, number, sigmoid, result),
        as_signed(result, value),
    ]  # fmt: skip
