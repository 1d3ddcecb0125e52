# SPDX-License-Identifier: Apache-2.0
"""Dot products of int8 vectors that come in several beats."""

import dataclasses
from typing import Any

from myhdl import Signal, SignalType, always, always_comb, block, concat
from tritproof.rtl.manifest import Block, Params, Port
from tritproof.rtl.pieces import (
    accumulate,
    add_all,
    as_signed,
    copy,
    join,
    lane,
    of_width,
    register_product,
    signed_width,
    unsigned_signal,
)

INT8_PRODUCT = 1 << 14
"""Largest magnitude of a product of two int8 numbers."""


@dataclasses.dataclass(frozen=True)
class DotParams(Params):
    """``lanes``: elements of a beat, 1 to 128; ``beats``: most beats of a vector, 1 to 256."""

    lanes: int = 16
    beats: int = 6

    def __post_init__(self) -> None:
        self.require("lanes", 1, 128)
        self.require("beats", 1, 256)

    @property
    def sum_width(self) -> int:
        """Bits of the sum of one beat's products."""
        return signed_width(self.lanes * INT8_PRODUCT)

    @property
    def score_width(self) -> int:
        """Bits of a dot product."""
        return signed_width(self.lanes * self.beats * INT8_PRODUCT)

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived widths."""
        return super().constants() | {
            "SUM_WIDTH": self.sum_width,
            "SCORE_WIDTH": self.score_width,
        }


def _ports(params: DotParams) -> tuple[Port, ...]:
    width, elements = 8 * params.lanes, f"{params.lanes} int8 elements, the first lowest"
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("enable", "in", 1, doc="all registers advance"),
        Port("take", "in", 1, doc="a beat is given"),
        Port("first", "in", 1, doc="it begins a vector"),
        Port("a", "in", width, doc=elements),
        Port("b", "in", width, doc=elements),
        Port("score", "out", params.score_width, signed=True, doc="of the vector's beats so far"),
    )


@block
def dot_int8(
    clk: SignalType,
    enable: SignalType,
    take: SignalType,
    first: SignalType,
    a: SignalType,
    b: SignalType,
    score: SignalType,
    params: DotParams,
) -> Any:
    """Add up the products of the elements of two int8 vectors, beat by beat.

    score = sum over the beats since and with the one marked ``first`` of sum_i a_i * b_i, three
    enabled cycles after each beat; exact for up to ``beats`` beats. No reset: the registers only
    carry data.
    """
    lanes = params.lanes
    left, right = ([of_width(8) for _ in range(lanes)] for _ in range(2))
    kept = [unsigned_signal(16) for _ in range(lanes)]
    products = unsigned_signal(16 * lanes)
    terms = [of_width(16) for _ in range(lanes)]
    total, beat_sum = of_width(params.sum_width), of_width(params.sum_width)
    marks = unsigned_signal(4)
    adds, adds_first = Signal(bool(0)), Signal(bool(0))
    result = of_width(params.score_width)

    @always(clk.posedge)
    def carry_marks():
        if enable:
            marks.next = concat(marks[2:], first, take)

    @always_comb
    def tap():
        adds.next = enable and marks[2]
        adds_first.next = marks[3]

    @always(clk.posedge)
    def register():
        if enable:
            beat_sum.next = total

    return [
        [as_signed(lane(a, 8, i), left[i]) for i in range(lanes)],
        [as_signed(lane(b, 8, i), right[i]) for i in range(lanes)],
        [register_product(clk, enable, left[i], right[i], kept[i]) for i in range(lanes)],
        join(kept, products),
        [as_signed(lane(products, 16, i), terms[i]) for i in range(lanes)],
        add_all(terms, INT8_PRODUCT, total),
        carry_marks,
        tap,
        register,
        accumulate(clk, adds, adds_first, beat_sum, result),
        copy(result, score),
    ]


BLOCK = Block(
    name="dot_int8",
    summary="dot products of int8 vectors, some elements a beat",
    family="attention",
    rtl=dot_int8,
    params=DotParams,
    configs={
        "tiny": DotParams(lanes=2, beats=2),
        "tellme": DotParams(),
        "wide": DotParams(lanes=96, beats=1),
        "bitnet2b": DotParams(beats=8),
    },
    ports=_ports,
    latency="3 enabled cycles",
    throughput="one beat per enabled cycle",
    error="none",
    source="arXiv:2510.15926 sections 3.6 and 3.7 (scores)",
    reference="tritproof.ref.attention.dot.dot",
)
