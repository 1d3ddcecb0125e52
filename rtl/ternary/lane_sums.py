# SPDX-License-Identifier: Apache-2.0
"""The sums of the engine's data path without memory: every dot product is computed anew."""

import dataclasses
from typing import Any

from myhdl import Signal, SignalType, always, block
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Block, Port
from tritproof.rtl.pieces import join, lane, signed_signal, unsigned_signal
from tritproof.rtl.ternary import (
    signed_sum_tree,
    ternary_dot_full,
    ternary_dot_half,
    ternary_dot_select,
)
from tritproof.rtl.ternary.dot import ACTIVATION_WIDTH, DotParams
from tritproof.rtl.ternary.lanes import LaneParams, add_lanes, lane_ports

METHODS = {
    "select": ternary_dot_select.BLOCK,
    "half": ternary_dot_half.BLOCK,
    "full": ternary_dot_full.BLOCK,
}
"""The published methods for one group, by name."""


@dataclasses.dataclass(frozen=True)
class LaneSumsParams(LaneParams):
    """Shape of the sums, and ``method``: how the dot product of one group is computed, ``select``,
    ``half`` or ``full``.
    """

    method: str = "select"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.method not in METHODS:
            raise ValueError(f"method must be one of {', '.join(METHODS)}, not {self.method!r}")

    @property
    def dot(self) -> DotParams:
        """Parameters of each dot product."""
        return DotParams(g=self.g, code_order=self.code_order)

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived widths."""
        return super().constants() | {"RESULT_WIDTH": self.tree.term_width}

    def repeated(self) -> dict[str, int]:
        """Return the numbers of dot products and trees."""
        return super().repeated() | {"DOT": self.q * self.t}


def _ports(params: LaneSumsParams) -> tuple[Port, ...]:
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("advance", "in", 1, doc="all registers advance"),
        Port("activations", "in", params.step_width, doc="int8 each, lowest first"),
        *lane_ports(params),
    )


@block
def _term(
    clk: SignalType, advance: SignalType, dot: SignalType, negate: SignalType, value: SignalType
) -> Any:
    """Register a dot product as a term of the tree that counts positively."""
    width = len(value)

    @always(clk.posedge)
    def register():
        if advance:
            negate.next = False
            value.next = dot[width:]

    return register


@block
def lane_sums(
    clk: SignalType,
    advance: SignalType,
    activations: SignalType,
    codes: SignalType,
    negates: SignalType,
    totals: SignalType,
    params: LaneSumsParams,
) -> Any:
    """Compute and add, for each lane, the dot products of all groups of one step.

    (-1)^negates[q] * totals[q] = sum_t sum_j w_qtj * a_tj, where code (q, t) names the trits w_qtj
    and a_tj are the activations of group t given with it.

    What ternary_lookup reads from memory this block computes for every code, by one of the three
    methods of TeLLMe v2, section 3.2.2: it is what the engine's area is compared with. Select is
    the plain engine that needs no table. An illegal code names the zero vector.

    ``1 + ceil(log2 T)`` cycles with ``advance`` from code to total. No reset: the registers only
    carry data.
    """
    method, tree = METHODS[params.method], params.tree
    count, lanes = params.t, params.q
    tree_negates = [unsigned_signal(count) for _ in range(lanes)]
    tree_values = [unsigned_signal(count * tree.term_width) for _ in range(lanes)]
    instances = []
    for q in range(lanes):
        term_negate = [Signal(bool(0)) for _ in range(count)]
        term_value = [unsigned_signal(tree.term_width) for _ in range(count)]
        for t in range(count):
            dot = signed_signal(tree.bound)
            instances += [
                instance(
                    method,
                    params.dot,
                    f"dot_{q * count + t}",
                    activations=lane(activations, params.g * ACTIVATION_WIDTH, t),
                    code=lane(codes, params.code_width, q * count + t),
                    result=dot,
                ),
                _term(clk, advance, dot, term_negate[t], term_value[t]),
            ]
        instances += [join(term_negate, tree_negates[q]), join(term_value, tree_values[q])]
    return instances, add_lanes(clk, advance, tree_negates, tree_values, negates, totals, params)


BLOCK = Block(
    name="lane_sums",
    summary="Q sums of T dot products, computed without memory by one of the published methods",
    family="ternary",
    rtl=lane_sums,
    params=LaneSumsParams,
    configs={
        "tiny": LaneSumsParams(g=2, t=3, q=2, code_order="base3"),
        **{method: LaneSumsParams(method=method) for method in METHODS},
    },
    ports=_ports,
    latency="1 + ceil(log2 T) advancing cycles from code to total",
    throughput="Q * T * G ternary multiply-accumulates per cycle",
    error="none; exact for every int8 activation and every code",
    source="arXiv:2510.15926 section 3.2.2",
    reference="tritproof.ref.ternary.dot.tlmm_beat",
    children=lambda params: (
        (METHODS[params.method], params.dot),
        (signed_sum_tree.BLOCK, params.tree),
    ),
    macs_per_cycle=lambda params: params.macs_per_cycle,
)
