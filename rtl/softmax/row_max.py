# SPDX-License-Identifier: Apache-2.0
"""The largest of the values of a row so far."""

import dataclasses
from typing import Any

from myhdl import Signal, SignalType, always, always_comb, block
from tritproof.rtl.manifest import Block, Params, Port
from tritproof.rtl.pieces import copy, of_width


@dataclasses.dataclass(frozen=True)
class RowMaxParams(Params):
    """``width``: bits of a value, two's complement, 2 to 64."""

    width: int = 27

    def __post_init__(self) -> None:
        self.require("width", 2, 64)


def _ports(params: RowMaxParams) -> tuple[Port, ...]:
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("take", "in", 1, doc="a value is given"),
        Port("first", "in", 1, doc="it begins a row"),
        Port("value", "in", params.width, signed=True, doc="the value"),
        Port("largest", "out", params.width, signed=True, doc="of the row's values taken so far"),
    )


@block
def row_max(
    clk: SignalType,
    take: SignalType,
    first: SignalType,
    value: SignalType,
    largest: SignalType,
    params: RowMaxParams,
) -> Any:
    """Keep the largest of a row's values.

    largest = max(values taken since and with the one marked ``first``), one cycle after each.

    The first value of a row is taken as it is: nothing of the row before, of reset or of a constant
    enters the maximum. No reset: before the first ``first`` the output means nothing.
    """
    kept = of_width(params.width)
    larger = Signal(bool(0))

    @always_comb
    def compare():
        larger.next = value > kept

    @always(clk.posedge)
    def keep():
        if take and (first or larger):
            kept.next = value

    return compare, keep, copy(kept, largest)


BLOCK = Block(
    name="row_max",
    summary="largest value of a row so far",
    family="softmax",
    rtl=row_max,
    params=RowMaxParams,
    configs={"tiny": RowMaxParams(width=6), "int8": RowMaxParams(8), "tellme": RowMaxParams()},
    ports=_ports,
    latency="1 cycle",
    throughput="one value per cycle",
    error="none",
    source="arXiv:2510.15926 section 3.6 (running maximum)",
    reference="tritproof.ref.softmax.row_max.row_max",
)
