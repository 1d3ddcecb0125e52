# SPDX-License-Identifier: Apache-2.0
"""The trits of a word of packed weights."""

import dataclasses
from typing import Any

from myhdl import SignalType, block
from tritproof.rtl.formats.flagged_table import LATENCY, look_up_flagged
from tritproof.rtl.formats.words import DECODERS, TRIT_WIDTH, table
from tritproof.rtl.manifest import Block, Params, Port


@dataclasses.dataclass(frozen=True)
class WordParams(Params):
    """``code``: how a word names its trits."""

    code: str = "tellme"

    def __post_init__(self) -> None:
        if self.code not in DECODERS:
            raise ValueError(f"code must be one of {', '.join(DECODERS)}, not {self.code!r}")

    @property
    def width(self) -> int:
        """Bits of a word."""
        return DECODERS[self.code][0]

    @property
    def trits_width(self) -> int:
        """Bits of its trits."""
        return TRIT_WIDTH * DECODERS[self.code][1]


def _ports(params: WordParams) -> tuple[Port, ...]:
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("enable", "in", 1, doc="all registers advance"),
        Port("word", "in", params.width, doc="the word"),
        Port(
            "trits",
            "out",
            params.trits_width,
            doc="its trits of 2 bits, two's complement, the first lowest; 0 of an illegal word",
        ),
        Port("illegal", "out", 1, doc="the word names no trits"),
    )


@block
def unpack_word(
    clk: SignalType,
    enable: SignalType,
    word: SignalType,
    trits: SignalType,
    illegal: SignalType,
    params: WordParams,
) -> Any:
    """Give the trits that a word of packed weights names, by a table.

    ``tellme``: index of the published order of 27 vectors. ``base3``, ``base3_residue``: digits to
    base 3, the first least significant, w + 1 or w modulo 3. ``tq1_0_5``, ``tq1_0_4``: digits w + 1
    of a fraction of 256, the first most significant. ``fields``, ``fields_down``: two bits w + 1,
    the first in the lowest or in the highest bits. No reset: the registers only carry data.
    """
    return look_up_flagged(clk, enable, word, table(params.code), trits, illegal)


BLOCK = Block(
    name="unpack_word",
    summary="trits of a word of packed weights",
    family="formats",
    rtl=unpack_word,
    params=WordParams,
    configs={
        "tellme": WordParams(),
        "tiny": WordParams(),
        **{code: WordParams(code) for code in DECODERS if code != "tellme"},
    },
    ports=_ports,
    latency=f"{LATENCY} enabled cycles",
    throughput="one word per enabled cycle",
    error="none; an illegal word is reported, and gives zeros",
    source="llama.cpp, bitnet.cpp, arXiv:2510.15926",
    reference="tritproof.ref.formats.code",
    proved_by=("enumeration",),
    variants=True,
)
