# SPDX-License-Identifier: Apache-2.0
"""A pipelined tree that adds numbers given as sign flag and value, without ever negating one."""

import dataclasses
from typing import Any

from myhdl import Signal, SignalType, always, always_comb, block
from tritproof.rtl.manifest import Block, Params, Port
from tritproof.rtl.pieces import (
    add_or_subtract,
    as_signed,
    copy,
    join,
    lane,
    of_width,
    signed_width,
    unsigned_signal,
)


@dataclasses.dataclass(frozen=True)
class TreeParams(Params):
    """``terms``: numbers added, 2 to 256; ``bound``: largest magnitude of one, 1 to 2^15."""

    terms: int = 28
    bound: int = 384

    def __post_init__(self) -> None:
        self.require("terms", 2, 256)
        self.require("bound", 1, 1 << 15)

    @property
    def levels(self) -> int:
        """Register levels, which is the latency in enabled cycles: ``ceil(log2 terms)``."""
        return (self.terms - 1).bit_length()

    @property
    def term_width(self) -> int:
        """Bits of one input value."""
        return signed_width(self.bound)

    @property
    def total_width(self) -> int:
        """Bits of the output value."""
        return signed_width(self.bound * self.terms)

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived widths."""
        return super().constants() | {
            "LEVELS": self.levels,
            "TERM_WIDTH": self.term_width,
            "TOTAL_WIDTH": self.total_width,
            "NODES": len(node_shape(self)),
            "NODES_WIDTH": sum(width for _, width in node_shape(self)),
        }


def level_sizes(terms: int) -> list[int]:
    """Return the number of nodes after each register level, the inputs first."""
    sizes = [terms]
    while sizes[-1] > 1:
        sizes.append((sizes[-1] + 1) // 2)
    return sizes


def node_shape(params: TreeParams) -> list[tuple[int, int]]:
    """Return ``(level, bits)`` of every node, level by level from 1, left to right."""
    return [
        (level, signed_width(params.bound * min(1 << level, params.terms)))
        for level, size in enumerate(level_sizes(params.terms))
        for _ in range(size)
        if level
    ]


def _ports(params: TreeParams) -> tuple[Port, ...]:
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("enable", "in", 1, doc="all registers advance"),
        Port("negates", "in", params.terms, doc="bit t: value t counts negatively"),
        Port(
            "values",
            "in",
            params.terms * params.term_width,
            doc=f"{params.term_width}-bit two's complement each, value 0 lowest",
        ),
        Port("negate", "out", 1, doc="the total counts negatively"),
        Port("total", "out", params.total_width, signed=True, doc="the sum, up to the sign above"),
    )


@block
def _node(
    clk: SignalType,
    enable: SignalType,
    left: tuple[SignalType, SignalType],
    right: tuple[SignalType, SignalType],
    out: tuple[SignalType, SignalType],
) -> Any:
    """Register left plus right, each a (negate, value) pair; the output counts as left does."""
    left_negate, left_bits = left
    right_negate, right_bits = right
    negate, total = out
    width = len(total)
    left_value, right_value = of_width(len(left_bits)), of_width(len(right_bits))
    differ, result = Signal(bool(0)), of_width(width)

    @always_comb
    def compare():
        differ.next = left_negate ^ right_negate

    @always(clk.posedge)
    def register():
        if enable:
            total.next = result[width:]
            negate.next = left_negate

    return [
        as_signed(left_bits, left_value),
        as_signed(right_bits, right_value),
        compare,
        add_or_subtract(differ, left_value, right_value, result),
        register,
    ]


@block
def _delay(
    clk: SignalType,
    enable: SignalType,
    source: tuple[SignalType, SignalType],
    out: tuple[SignalType, SignalType],
) -> Any:
    """Register a (negate, value) pair that has no partner on its level."""
    source_negate, source_bits = source
    negate, total = out
    width = len(total)
    value, widened = of_width(len(source_bits)), of_width(width)

    @always(clk.posedge)
    def register():
        if enable:
            total.next = widened[width:]
            negate.next = source_negate

    return as_signed(source_bits, value), copy(value, widened), register


@block
def signed_sum_tree(
    clk: SignalType,
    enable: SignalType,
    negates: SignalType,
    values: SignalType,
    negate: SignalType,
    total: SignalType,
    params: TreeParams,
) -> Any:
    """Add values that come as (negate, value) pairs; the total is such a pair again.

    (-1)^negate * total = sum_t (-1)^negates[t] * values[t], ``levels`` enabled cycles later.

    A node adds when its two flags agree and subtracts when they differ, and passes the left flag
    on, so nothing is ever negated. Neighbours meet in pairs; an odd last node passes to the next
    level. No reset: the registers only carry data. Each value must lie within ``-bound .. bound``.
    """
    # All nodes in one vector, level after level, so that a proof can name every one of them.
    shape = node_shape(params)
    node_negates = unsigned_signal(len(shape))
    node_totals = unsigned_signal(sum(width for _, width in shape))
    width = params.term_width
    level = [(negates(t), lane(values, width, t)) for t in range(params.terms)]
    outputs, offset, instances = [], 0, []
    for size in level_sizes(params.terms)[1:]:
        above = []
        for k in range(size):
            width = shape[len(outputs)][1]
            out = (Signal(bool(0)), unsigned_signal(width))
            pair = level[2 * k : 2 * k + 2]
            make = _node if len(pair) == 2 else _delay
            instances.append(make(clk, enable, *pair, out))
            above.append((node_negates(len(outputs)), node_totals(offset + width, offset)))
            outputs.append(out)
            offset += width
        level = above
    root_negate, root_total = outputs[-1]
    return [
        instances,
        join([flag for flag, _ in outputs], node_negates),
        join([value for _, value in outputs], node_totals),
        copy(root_negate, negate),
        as_signed(root_total, total),
    ]


BLOCK = Block(
    name="signed_sum_tree",
    summary="pipelined adder tree over (negate, value) pairs",
    family="ternary",
    rtl=signed_sum_tree,
    params=TreeParams,
    configs={"tiny": TreeParams(terms=3, bound=256), "tellme": TreeParams()},
    ports=_ports,
    latency="ceil(log2 terms) enabled cycles",
    throughput="one sum per enabled cycle",
    error="none; exact for every input in range",
    source="arXiv:2510.15926 section 3.2 (adder tree)",
    reference="tritproof.ref.ternary.dot.signed_sum",
)
