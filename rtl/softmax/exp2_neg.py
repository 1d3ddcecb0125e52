# SPDX-License-Identifier: Apache-2.0
"""Two to a negative fixed-point power: a table for the fraction, a shift for the integer part."""

import dataclasses
from functools import cache
from math import isqrt
from typing import Any

from myhdl import SignalType, always, always_comb, block
from tritproof.rtl.manifest import Block, Params, Port
from tritproof.rtl.pieces import copy, look_up, unsigned_signal


@dataclasses.dataclass(frozen=True)
class Exp2Params(Params):
    """``frac``: fraction bits of z, 1 to 12; ``precision``: fraction bits of the result, 2 to 28;
    ``z_width``: bits of z, above ``frac``, to 32."""

    frac: int = 10
    precision: int = 24
    z_width: int = 15

    def __post_init__(self) -> None:
        self.require("frac", 1, 12)
        self.require("precision", 2, 28)
        self.require("z_width", self.frac + 1, 32)

    @property
    def value_width(self) -> int:
        """Bits of the result, which reaches 2^precision."""
        return self.precision + 1

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived widths."""
        return super().constants() | {"VALUE_WIDTH": self.value_width}


@cache
def table(frac: int, precision: int) -> tuple[int, ...]:
    """Return ``floor(2^(precision - f / 2^frac))`` for every f, by integer square roots."""
    entries = []
    for f in range(1 << frac):
        power = 1 << ((precision << frac) - f)
        for _ in range(frac):
            power = isqrt(power)
        entries.append(power)
    return tuple(entries)


def _ports(params: Exp2Params) -> tuple[Port, ...]:
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("enable", "in", 1, doc="all registers advance"),
        Port("z", "in", params.z_width, doc=f"ufix<{params.z_width},{params.frac}>"),
        Port(
            "value",
            "out",
            params.value_width,
            doc=f"ufix<{params.value_width},{params.precision}>, at most 1",
        ),
    )


@block
def exp2_neg(
    clk: SignalType, enable: SignalType, z: SignalType, value: SignalType, params: Exp2Params
) -> Any:
    """Compute two to the power of -z, rounded down once.

    value = floor(2^precision * 2^(-z / 2^frac)), two enabled cycles later.

    The table holds the power of the fraction, rounded down, and the shift by the integer part
    rounds down again; two such roundings are one, so the value is below the real one by less than
    one unit, for every z. Base 2: the factor log2(e) belongs to the scale of z. No reset: the
    registers only carry data.
    """
    frac, width = params.frac, params.z_width
    entries = table(frac, params.precision)
    fraction, whole = unsigned_signal(frac), unsigned_signal(width - frac)
    looked_up, entry = (unsigned_signal(params.value_width) for _ in range(2))
    amount = unsigned_signal(width - frac)
    shifted = unsigned_signal(params.value_width)

    @always(clk.posedge)
    def first():
        if enable:
            entry.next = looked_up
            amount.next = whole

    @always_comb
    def shift():
        shifted.next = entry >> amount

    @always(clk.posedge)
    def second():
        if enable:
            value.next = shifted

    return [
        copy(z(frac, 0), fraction),
        copy(z(width, frac), whole),
        look_up(fraction, entries, looked_up),
        first,
        shift,
        second,
    ]


BLOCK = Block(
    name="exp2_neg",
    summary="two to a negative power: table and shift, rounded down once",
    family="softmax",
    rtl=exp2_neg,
    params=Exp2Params,
    configs={
        "tiny": Exp2Params(frac=2, precision=5, z_width=5),
        "online": Exp2Params(frac=2, precision=12, z_width=6),
        "tellme": Exp2Params(),
    },
    ports=_ports,
    latency="2 enabled cycles",
    throughput="one value per enabled cycle",
    error="below 2^-z by less than 2^-precision, never above",
    source="arXiv:2510.15926 section 3.6 (softmax), in base 2",
    reference="tritproof.ref.softmax.exp2.exp2_neg",
)
