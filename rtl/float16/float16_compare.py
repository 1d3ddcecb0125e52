# SPDX-License-Identifier: Apache-2.0
"""Comparison and maximum of two IEEE 754 binary16 numbers."""

from typing import Any

from myhdl import Signal, SignalType, always, always_comb, block
from tritproof.rtl.float16.numbers import NAN, Float16Params, binary_ports, find_nan
from tritproof.rtl.manifest import Block, Port
from tritproof.rtl.pieces import copy, unsigned_signal

LATENCY = 1


def _ports(params: Float16Params) -> tuple[Port, ...]:
    return (
        *binary_ports("the larger; +0 is larger than -0"),
        Port("relation", "out", 4, doc="one of: less, equal, greater, unordered; less lowest"),
    )


@block
def float16_compare(
    clk: SignalType,
    enable: SignalType,
    a: SignalType,
    b: SignalType,
    result: SignalType,
    relation: SignalType,
    params: Float16Params,
) -> Any:
    """Compare two IEEE 754 binary16 numbers, and give the larger.

    One enabled cycle later: relation = 1 where a < b, 2 where they are equal, 4 where a > b, and 8
    where either is a NaN; result = max(a, b), the NaN 7E00 where either is a NaN. Zeros of both
    signs are equal, and the larger of them is +0. No reset: the registers only carry data.
    """
    left_nan, right_nan, opposite = (Signal(bool(0)) for _ in range(3))
    whole_a, whole_b = unsigned_signal(16), unsigned_signal(16)
    zeros, same, below, unordered = (Signal(bool(0)) for _ in range(4))
    lower, higher = Signal(bool(0)), Signal(bool(0))

    @always_comb
    def find_equal():
        same.next = whole_a == whole_b
        zeros.next = whole_a[15:] == 0 and whole_b[15:] == 0

    @always_comb
    def find_order():
        opposite.next = whole_a[15] ^ whole_b[15]
        lower.next = whole_a[15:] < whole_b[15:]
        higher.next = whole_a[15:] > whole_b[15:]

    @always_comb
    def order():
        if opposite:
            below.next = whole_a[15]
        elif whole_a[15]:
            below.next = higher
        else:
            below.next = lower

    @always_comb
    def notice():
        unordered.next = left_nan or right_nan

    @always(clk.posedge)
    def keep():
        if enable:
            if unordered:
                relation.next = 8
                result.next = NAN
            elif below:
                result.next = whole_b
                if zeros:
                    relation.next = 2
                else:
                    relation.next = 1
            else:
                result.next = whole_a
                if same or zeros:
                    relation.next = 2
                else:
                    relation.next = 4

    return [
        copy(a, whole_a),
        copy(b, whole_b),
        find_nan(a, left_nan),
        find_nan(b, right_nan),
        find_equal,
        find_order,
        order,
        notice,
        keep,
    ]


BLOCK = Block(
    name="float16_compare",
    summary="relation and maximum of two binary16 numbers",
    family="float16",
    rtl=float16_compare,
    params=Float16Params,
    configs={"tiny": Float16Params()},
    ports=_ports,
    latency="1 enabled cycle",
    throughput="one pair per enabled cycle",
    error="none",
    source="IEEE 754-2019, binary16, compareQuiet and maximum",
    reference="tritproof.ref.float16.arithmetic.float16_compare",
)
