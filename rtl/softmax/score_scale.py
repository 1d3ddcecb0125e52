# SPDX-License-Identifier: Apache-2.0
"""Scale integer scores by a fixed-point multiplier, rounded down once."""

import dataclasses
from typing import Any

from myhdl import SignalType, always, always_comb, block
from tritproof.rtl.manifest import Block, Params, Port
from tritproof.rtl.pieces import as_signed, copy, of_width, shift_down, unsigned_signal


@dataclasses.dataclass(frozen=True)
class ScaleParams(Params):
    """``score_width``: bits of a score, two's complement, 2 to 32; ``mantissa_width``: bits of the
    unsigned mantissa, 2 to 24; ``least_shift``: the smallest shift, from 1 to below the bits of the
    product; ``shift_width``: bits of what is added to it, 1 to 6."""

    score_width: int = 23
    mantissa_width: int = 16
    least_shift: int = 12
    shift_width: int = 5

    def __post_init__(self) -> None:
        self.require("score_width", 2, 32)
        self.require("mantissa_width", 2, 24)
        self.require("least_shift", 1, self.product_width - 2)
        self.require("shift_width", 1, 6)

    @property
    def product_width(self) -> int:
        """Bits of score times mantissa."""
        return self.score_width + self.mantissa_width

    @property
    def value_width(self) -> int:
        """Bits of a scaled score."""
        return self.product_width - self.least_shift

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived widths."""
        return super().constants() | {
            "PRODUCT_WIDTH": self.product_width,
            "VALUE_WIDTH": self.value_width,
        }


def _ports(params: ScaleParams) -> tuple[Port, ...]:
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("enable", "in", 1, doc="all registers advance"),
        Port("score", "in", params.score_width, signed=True, doc="the score"),
        Port("mantissa", "in", params.mantissa_width, doc="unsigned"),
        Port("shift", "in", params.shift_width, doc=f"unsigned, above {params.least_shift}"),
        Port("value", "out", params.value_width, signed=True, doc="the scaled score"),
    )


@block
def score_scale(
    clk: SignalType,
    enable: SignalType,
    score: SignalType,
    mantissa: SignalType,
    shift: SignalType,
    value: SignalType,
    params: ScaleParams,
) -> Any:
    """Multiply by a mantissa, shift down.

    value = floor(score * mantissa / 2^(least_shift + shift)), two enabled cycles later.

    The product is exact; the floor, toward minus infinity, is the only rounding. No reset: the
    registers only carry data.
    """
    low, high = params.least_shift, params.product_width
    factor = of_width(params.mantissa_width + 1)
    product, exact = of_width(high), of_width(high)
    amount = unsigned_signal(params.shift_width)
    upper = unsigned_signal(params.value_width)
    scaled, shifted = of_width(params.value_width), of_width(params.value_width)

    @always_comb
    def multiply():
        exact.next = score * factor

    @always(clk.posedge)
    def first():
        if enable:
            product.next = exact
            amount.next = shift

    @always_comb
    def drop():
        upper.next = product[high:low]

    @always(clk.posedge)
    def second():
        if enable:
            value.next = shifted

    return [
        copy(mantissa, factor),
        multiply,
        first,
        drop,
        as_signed(upper, scaled),
        shift_down(scaled, amount, shifted),
        second,
    ]


BLOCK = Block(
    name="score_scale",
    summary="score times mantissa and power of two, rounded down once",
    family="softmax",
    rtl=score_scale,
    params=ScaleParams,
    configs={
        "tiny": ScaleParams(score_width=4, mantissa_width=3, least_shift=1, shift_width=2),
        "attention": ScaleParams(score_width=18, mantissa_width=3, least_shift=15, shift_width=2),
        "tellme": ScaleParams(),
    },
    ports=_ports,
    latency="2 enabled cycles",
    throughput="one score per enabled cycle",
    error="none but the floor",
    source="arXiv:2510.15926 sections 3.6 and 3.7 (scores), with one multiplier for a row",
    reference="tritproof.ref.softmax.scale.scaled_score",
)
