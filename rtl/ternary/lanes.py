# SPDX-License-Identifier: Apache-2.0
"""What blocks share that add, for each of Q lanes, the dot products of T groups."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from myhdl import Signal, SignalType, block
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Params, Port
from tritproof.rtl.pieces import as_bits, join, signed_signal, unsigned_signal
from tritproof.rtl.ternary import codes, signed_sum_tree
from tritproof.rtl.ternary.dot import ACTIVATION_WIDTH, group_bound
from tritproof.rtl.ternary.signed_sum_tree import TreeParams


@dataclasses.dataclass(frozen=True)
class LaneParams(Params):
    """``g`` activations per group (2 to 5), ``t`` groups (3 to 256), ``q`` lanes (2 to 64).

    ``code_order``: how a code word names a trit vector.
    """

    g: int = 3
    t: int = 28
    q: int = 16
    code_order: str = "sign_index"

    def __post_init__(self) -> None:
        self.require("g", 2, 5)
        self.require("t", 3, 256)
        self.require("q", 2, 64)
        codes.trits_of(self.code_order, self.g)

    @property
    def macs_per_cycle(self) -> int:
        """Ternary multiply-accumulates in a cycle, at most."""
        return self.q * self.t * self.g

    @property
    def tree(self) -> TreeParams:
        """Parameters of each adder tree."""
        return TreeParams(terms=self.t, bound=group_bound(self.g))

    @property
    def code_width(self) -> int:
        """Bits of one code word."""
        return codes.code_width(self.g)

    @property
    def step_width(self) -> int:
        """Bits of all activations of one step: ``t * g`` int8."""
        return self.t * self.g * ACTIVATION_WIDTH

    @property
    def codes_width(self) -> int:
        """Bits of all codes of one step."""
        return self.t * self.q * self.code_width

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived widths."""
        return super().constants() | {
            "CODE_WIDTH": self.code_width,
            "CODES_WIDTH": self.codes_width,
            "TREE_LEVELS": self.tree.levels,
            "TOTAL_WIDTH": self.tree.total_width,
        }

    def repeated(self) -> dict[str, int]:
        """Return the number of trees."""
        return {"TREE": self.q}


def lane_ports(params: LaneParams) -> tuple[Port, ...]:
    """Return the ports through which codes come and totals leave."""
    width = params.tree.total_width
    return (
        Port(
            "codes",
            "in",
            params.codes_width,
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
def add_lanes(
    clk: SignalType,
    advance: SignalType,
    tree_negates: Sequence[SignalType],
    tree_values: Sequence[SignalType],
    negates: SignalType,
    totals: SignalType,
    params: LaneParams,
) -> Any:
    """Add the terms of each lane in a tree of its own, ``u_tree_<lane>``."""
    tree = params.tree
    negate = [Signal(bool(0)) for _ in range(params.q)]
    total = [signed_signal(tree.bound * tree.terms) for _ in range(params.q)]
    total_bits = [unsigned_signal(tree.total_width) for _ in range(params.q)]
    instances = []
    for q in range(params.q):
        instances += [
            instance(
                signed_sum_tree.BLOCK,
                tree,
                f"tree_{q}",
                clk=clk,
                enable=advance,
                negates=tree_negates[q],
                values=tree_values[q],
                negate=negate[q],
                total=total[q],
            ),
            as_bits(total[q], total_bits[q]),
        ]
    return instances, join(negate, negates), join(total_bits, totals)
