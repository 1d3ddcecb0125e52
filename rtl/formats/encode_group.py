# SPDX-License-Identifier: Apache-2.0
"""The code of a group of trits."""

import dataclasses
from typing import Any

from myhdl import SignalType, block
from tritproof.rtl.formats.flagged_table import LATENCY, look_up_flagged
from tritproof.rtl.formats.words import TRIT_WIDTH, pack_trits
from tritproof.rtl.manifest import Block, Params, Port
from tritproof.rtl.ternary import codes


@dataclasses.dataclass(frozen=True)
class GroupParams(Params):
    """``g``: trits of a group, 2 to 4; ``code_order``: how a code names them."""

    g: int = 3
    code_order: str = "sign_index"

    def __post_init__(self) -> None:
        self.require("g", 2, 4)
        codes.trits_of(self.code_order, self.g)

    @property
    def group_width(self) -> int:
        """Bits of the trits of a group."""
        return TRIT_WIDTH * self.g

    @property
    def code_width(self) -> int:
        """Bits of a code."""
        return codes.code_width(self.g)

    @property
    def table(self) -> tuple[int, ...]:
        """By the bits of a group: its code, below a flag where one is no trit, whose code is that
        of zeros. Of two codes for zeros, the lower one."""
        vectors = codes.trits_of(self.code_order, self.g)
        named = [(pack_trits(v), code) for code, v in enumerate(vectors) if v is not None]
        known = dict(reversed(named))
        illegal = known[0] + (1 << self.code_width)
        return tuple(known.get(bits, illegal) for bits in range(1 << self.group_width))


def _ports(params: GroupParams) -> tuple[Port, ...]:
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("enable", "in", 1, doc="all registers advance"),
        Port(
            "trits",
            "in",
            params.group_width,
            doc=f"{params.g} trits of 2 bits, two's complement, the first lowest",
        ),
        Port("code", "out", params.code_width, doc="their code; that of zeros where one is -2"),
        Port("illegal", "out", 1, doc="one is -2"),
    )


@block
def encode_group(
    clk: SignalType,
    enable: SignalType,
    trits: SignalType,
    code: SignalType,
    illegal: SignalType,
    params: GroupParams,
) -> Any:
    """Give the code of a group of trits in the order of an engine, by a table.

    No reset: the registers only carry data.
    """
    return look_up_flagged(clk, enable, trits, params.table, code, illegal)


BLOCK = Block(
    name="encode_group",
    summary="code of a group of trits",
    family="formats",
    rtl=encode_group,
    params=GroupParams,
    configs={
        "tellme": GroupParams(),
        "tiny": GroupParams(2, "base3"),
        "published": GroupParams(3, "tellme"),
        "base3": GroupParams(3, "base3"),
        "four": GroupParams(4, "sign_index"),
    },
    ports=_ports,
    latency=f"{LATENCY} enabled cycles",
    throughput="one group per enabled cycle",
    error="none; a group with -2 is reported, and counts as zeros",
    source="arXiv:2510.15926",
    reference="tritproof.ref.ternary.codes.encode",
    proved_by=("enumeration",),
    variants=True,
)
