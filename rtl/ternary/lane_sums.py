# SPDX-License-Identifier: Apache-2.0
"""The sums of the engine's data path without memory: every dot product is computed anew."""

import dataclasses
from typing import Any

from myhdl import Signal, SignalType, always, block
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Block, Params, Port
from tritproof.rtl.ternary import codes as ternary_codes
from tritproof.rtl.ternary import (
    signed_sum_tree,
    ternary_dot_full,
    ternary_dot_half,
    ternary_dot_select,
)
from tritproof.rtl.ternary.dot import ACTIVATION_WIDTH, DotParams, group_bound
from tritproof.rtl.ternary.pieces import as_bits, join, lane, signed_signal, unsigned_signal
from tritproof.rtl.ternary.signed_sum_tree import TreeParams

METHODS = {
    "select": ternary_dot_select.BLOCK,
    "half": ternary_dot_half.BLOCK,
    "full": ternary_dot_full.BLOCK,
}
"""The published methods for one group, by name."""


@dataclasses.dataclass(frozen=True)
class LaneSumsParams(Params):
    """``g`` activations per group (2 to 5), ``t`` groups (3 to 256), ``q`` lanes (2 to 64).

    ``code_order``: how a code word names a trit vector; ``method``: how the dot product of one
    group is computed, ``select``, ``half`` or ``full``.
    """

    g: int = 3
    t: int = 28
    q: int = 16
    code_order: str = "sign_index"
    method: str = "select"

    def __post_init__(self) -> None:
        self.require("g", 2, 5)
        self.require("t", 3, 256)
        self.require("q", 2, 64)
        ternary_codes.trits_of(self.code_order, self.g)
        if self.method not in METHODS:
            raise ValueError(f"method must be one of {', '.join(METHODS)}, not {self.method!r}")

    @property
    def dot(self) -> DotParams:
        """Parameters of each dot product."""
        return DotParams(g=self.g, code_order=self.code_order)

    @property
    def tree(self) -> TreeParams:
        """Parameters of each adder tree."""
        return TreeParams(terms=self.t, bound=group_bound(self.g))

    @property
    def code_width(self) -> int:
        """Bits of one code word."""
        return ternary_codes.code_width(self.g)

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived widths."""
        return super().constants() | {
            "CODE_WIDTH": self.code_width,
            "RESULT_WIDTH": self.tree.term_width,
            "TREE_LEVELS": self.tree.levels,
            "TOTAL_WIDTH": self.tree.total_width,
        }

    def repeated(self) -> dict[str, int]:
        """Return the numbers of dot products and trees."""
        return {"DOT": self.q * self.t, "TREE": self.q}


def _ports(params: LaneSumsParams) -> tuple[Port, ...]:
    width = params.tree.total_width
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("advance", "in", 1, doc="all registers advance"),
        Port(
            "activations",
            "in",
            params.t * params.g * ACTIVATION_WIDTH,
            doc="int8 each, lowest first",
        ),
        Port(
            "codes",
            "in",
            params.q * params.t * params.code_width,
            doc=f"code of group t for lane q: element q * {params.t} + t, lowest first",
        ),
        Port("negates", "out", params.q, doc="bit q: the total of lane q counts negatively"),
        Port(
            "totals",
            "out",
            params.q * width,
            doc=f"{width}-bit two's complement each, lane 0 lowest",
        ),
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
    count, lanes, bound = params.t, params.q, group_bound(params.g)
    negate = [Signal(bool(0)) for _ in range(lanes)]
    total = [signed_signal(bound * count) for _ in range(lanes)]
    total_bits = [unsigned_signal(tree.total_width) for _ in range(lanes)]
    instances = []
    for q in range(lanes):
        term_negate = [Signal(bool(0)) for _ in range(count)]
        term_value = [unsigned_signal(tree.term_width) for _ in range(count)]
        tree_negates, tree_values = (
            unsigned_signal(count),
            unsigned_signal(count * tree.term_width),
        )
        for t in range(count):
            dot = signed_signal(bound)
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
        instances += [
            join(term_negate, tree_negates),
            join(term_value, tree_values),
            instance(
                signed_sum_tree.BLOCK,
                tree,
                f"tree_{q}",
                clk=clk,
                enable=advance,
                negates=tree_negates,
                values=tree_values,
                negate=negate[q],
                total=total[q],
            ),
            as_bits(total[q], total_bits[q]),
        ]
    return instances, join(negate, negates), join(total_bits, totals)


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
    macs_per_cycle=lambda params: params.q * params.t * params.g,
)
