# SPDX-License-Identifier: Apache-2.0
"""One bank of a part of the weight buffer: a true dual-ported memory."""

import dataclasses
from typing import Any

from myhdl import SignalType, always, always_comb, block, concat
from tritproof.rtl.manifest import Block, Params, Port
from tritproof.rtl.pieces import unsigned_signal


@dataclasses.dataclass(frozen=True)
class WeightBankParams(Params):
    """``word_width``: bits of a word, 1 to 1024; ``depth``: words, an even number from 4 to 2^20.

    With 72-bit memories of 4096 words: ceil(word_width / 72) * ceil(depth / 4096) of them.
    """

    word_width: int = 140
    depth: int = 3648

    def __post_init__(self) -> None:
        self.require("word_width", 1, 1024)
        self.require("depth", 4, 1 << 20)
        if self.depth % 2:
            raise ValueError(f"depth must be even, not {self.depth}")

    @property
    def address_width(self) -> int:
        """Bits of an address."""
        return (self.depth - 1).bit_length()

    @property
    def line_width(self) -> int:
        """Bits of the address of two words."""
        return self.address_width - 1

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived widths."""
        return super().constants() | {
            "ADDRESS_WIDTH": self.address_width,
            "LINE_WIDTH": self.line_width,
        }


def _ports(params: WeightBankParams) -> tuple[Port, ...]:
    width = params.word_width
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("write", "in", 1, doc="write the word; nothing is read at the even address then"),
        Port("write_address", "in", params.address_width, doc="where to write it"),
        Port("word", "in", width, doc="the word"),
        Port("move", "in", 1, doc="read two words"),
        Port("line", "in", params.line_width, doc="half the address of the first of them"),
        Port("even", "out", width, doc="the word read last at address 2 * line"),
        Port("odd", "out", width, doc="the word read last at address 2 * line + 1"),
    )


@block
def weight_bank(
    clk: SignalType,
    write: SignalType,
    write_address: SignalType,
    word: SignalType,
    move: SignalType,
    line: SignalType,
    even: SignalType,
    odd: SignalType,
    params: WeightBankParams,
) -> Any:
    """Write one word, or read the two of a line, in each cycle.

    even = words[2 * line], odd = words[2 * line + 1], as they were before the clock edge at which
    ``move`` was set. The first port of the memory writes, or reads even addresses; the second reads
    odd ones. In a cycle with ``write`` the first port does not read: ``even`` stays, ``move`` or
    not. No reset, and no initial contents, which the memories meant for it do not take.

    Synthesis finds an UltraRAM of AMD UltraScale+ in it, without change on read of a written word;
    Vivado wants to be told so, by the property RAM_STYLE of ``words``, set to ultra.
    """
    words = [unsigned_signal(params.word_width) for _ in range(params.depth)]
    first, second = (unsigned_signal(params.address_width) for _ in range(2))

    @always_comb
    def locate():
        second.next = concat(line, True)
        if write:
            first.next = write_address
        else:
            first.next = concat(line, False)

    @always(clk.posedge)
    def use_first():
        if write:
            words[first].next = word
        elif move:
            even.next = words[first]

    @always(clk.posedge)
    def use_second():
        if move:
            odd.next = words[second]

    return locate, use_first, use_second


BLOCK = Block(
    name="weight_bank",
    summary="a dual-ported memory: one word in, or two words of a line out",
    family="buffer",
    rtl=weight_bank,
    params=WeightBankParams,
    configs={
        "tiny": WeightBankParams(word_width=5, depth=8),
        "tiny_q4": WeightBankParams(word_width=12, depth=8),
        "tellme": WeightBankParams(),
        "bitnet2b": WeightBankParams(depth=9920),
    },
    ports=_ports,
    latency="1 cycle",
    throughput="one word in, or two out, in a cycle",
    error="none",
    source="arXiv:2510.15926 section 3.4 (weight buffer, cyclic partition by Q/2)",
    reference="tritproof.ref.buffer.address.address_of",
)
