# SPDX-License-Identifier: Apache-2.0
"""What the three one-group dot products share: parameters, ports, ranges."""

import dataclasses
from typing import Any

from tritproof.rtl.manifest import Params, Port
from tritproof.rtl.pieces import signed_width
from tritproof.rtl.ternary import codes

ACTIVATION_WIDTH = 8
"""Bits of an activation: int8, two's complement, -128 included."""


def group_bound(group: int) -> int:
    """Return the largest magnitude of a dot product of ``group`` int8 activations with trits."""
    return group << (ACTIVATION_WIDTH - 1)


@dataclasses.dataclass(frozen=True)
class DotParams(Params):
    """``g``: activations per group, 2 to 5; ``code_order``: how a code word names a trit vector."""

    g: int = 3
    code_order: str = "sign_index"

    def __post_init__(self) -> None:
        self.require("g", 2, 5)
        codes.trits_of(self.code_order, self.g)

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived widths."""
        return super().constants() | {
            "CODE_WIDTH": codes.code_width(self.g),
            "RESULT_WIDTH": signed_width(group_bound(self.g)),
        }


DOT_CONFIGS = {
    "tiny": DotParams(g=2, code_order="base3"),
    "tellme": DotParams(g=3, code_order="tellme"),
    "base3": DotParams(g=3, code_order="base3"),
    "sign_index": DotParams(g=3),
    "group4": DotParams(g=4, code_order="base3"),
}


def dot_ports(params: DotParams) -> tuple[Port, ...]:
    """Return the port table of a combinational dot product of one group."""
    group = params.g
    return (
        Port(
            "activations",
            "in",
            group * ACTIVATION_WIDTH,
            doc="int8 each, activation j in bits 8j+7..8j",
        ),
        Port("code", "in", codes.code_width(group), doc="names the trit of each activation"),
        Port(
            "result",
            "out",
            signed_width(group_bound(group)),
            signed=True,
            doc="the dot product; zero for an illegal code",
        ),
    )
