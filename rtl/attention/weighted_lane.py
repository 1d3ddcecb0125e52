# SPDX-License-Identifier: Apache-2.0
"""One element of weighted sums: its product, and a sum at each of some places."""

import dataclasses
from typing import Any

from myhdl import SignalType, always, always_comb, block
from tritproof.rtl.manifest import Block, Params, Port
from tritproof.rtl.pieces import (
    add,
    as_bits,
    as_signed,
    copy,
    keep_unless,
    of_width,
    register_product,
    shift_down,
    unsigned_signal,
)


@dataclasses.dataclass(frozen=True)
class WeightedLaneParams(Params):
    """``beats``: beats of a vector, 1 to 256; ``precision``: fraction bits of a weight, 2 to 28;
    ``depth``: most vectors of a sum, 1 to 65536; ``rescale_width``: bits of a rescaling's shift,
    0 where sums are never rescaled, to 6."""

    beats: int = 6
    precision: int = 24
    depth: int = 1024
    rescale_width: int = 0

    def __post_init__(self) -> None:
        self.require("beats", 1, 256)
        self.require("rescale_width", 0, 6)
        self.require("precision", 2, 28)
        self.require("depth", 1, 65536)

    @property
    def index_width(self) -> int:
        """Bits of a beat's place in its vector."""
        return max(1, (self.beats - 1).bit_length())

    @property
    def power_width(self) -> int:
        """Bits of a weight, unsigned, 1 included."""
        return self.precision + 1

    @property
    def product_width(self) -> int:
        """Bits of a weight, at most 1, times an int8 element."""
        return self.precision + 8

    @property
    def total_width(self) -> int:
        """Bits of a sum, whose least value is ``-depth * 2**precision * 128``."""
        return ((self.depth << (self.precision + 7)) - 1).bit_length() + 1

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived widths."""
        rescales = {"RESCALES": 1} if self.rescale_width else {}
        return (
            super().constants()
            | rescales
            | {
                "INDEX_WIDTH": self.index_width,
                "PRODUCT_WIDTH": self.product_width,
                "TOTAL_WIDTH": self.total_width,
            }
        )

    @property
    def rescale_ports(self) -> tuple[Port, ...]:
        """The input that rescales, if there is one."""
        doc = "how far the sum before is shifted down, unsigned"
        return (Port("rescale", "in", self.rescale_width, doc=doc),) if self.rescale_width else ()


def _ports(params: WeightedLaneParams) -> tuple[Port, ...]:
    one, address = 1 << params.precision, params.index_width + 1
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("enable", "in", 1, doc="the product is replaced"),
        Port("power", "in", params.power_width, doc=f"a weight, unsigned, up to {one}"),
        Port("value", "in", 8, signed=True, doc="an int8 element"),
        Port("write", "in", 1, doc="the product before is added"),
        Port("restart", "in", 1, doc="it is the first of its sum"),
        Port("address", "in", address, doc="its place, unsigned"),
        Port("read_address", "in", address, doc="the place read, unsigned"),
        Port("total", "out", params.total_width, doc="the sum there, two's complement"),
        *params.rescale_ports,
    )


@block
def _memory(
    clk: SignalType,
    write: SignalType,
    address: SignalType,
    word: SignalType,
    present: SignalType,
    read_address: SignalType,
    fetched: SignalType,
) -> Any:
    """Give the words at both addresses in the same cycle; write one of them at its end."""
    words = [unsigned_signal(len(word)) for _ in range(1 << len(address))]

    @always(clk.posedge)
    def store():
        if write:
            words[address].next = word

    @always_comb
    def recall():
        present.next = words[address]

    @always_comb
    def fetch():
        fetched.next = words[read_address]

    return store, recall, fetch


@block
def weighted_lane(
    clk: SignalType,
    enable: SignalType,
    power: SignalType,
    value: SignalType,
    write: SignalType,
    restart: SignalType,
    address: SignalType,
    read_address: SignalType,
    total: SignalType,
    params: WeightedLaneParams,
    rescale: SignalType | None = None,
) -> Any:
    """Add up int8 numbers, each times its weight, at each of some places.

    total = sum of power * value over the writes to ``read_address`` since and with the one marked
    ``restart``, read in the same cycle; each write adds the product of what was given in the last
    enabled cycle. Exact for up to ``depth`` writes with weights up to 2**precision.

    With ``rescale_width``, a write first shifts the sum before it down:
    total' = floor(total / 2**rescale) + power * value.

    Writes to one place may follow each other at once: the word is read and written in one cycle. No
    reset: what is written from power-up on is dropped by the ``restart`` that begins a sum.
    """
    width = params.total_width
    factor, product_bits = of_width(params.power_width + 1), unsigned_signal(params.product_width)
    product = of_width(params.product_width)
    present_bits, word = unsigned_signal(width), unsigned_signal(width)
    present, so_far, after = of_width(width), of_width(width), of_width(width)
    shifted, rescaling = present, []
    if rescale is not None:
        shifted = of_width(width)
        rescaling = [shift_down(present, rescale, shifted)]
    return [
        copy(power, factor),
        register_product(clk, enable, factor, value, product_bits),
        as_signed(product_bits, product),
        as_signed(present_bits, present),
        rescaling,
        keep_unless(restart, shifted, so_far),
        add(so_far, product, after),
        as_bits(after, word),
        _memory(clk, write, address, word, present_bits, read_address, total),
    ]


BLOCK = Block(
    name="weighted_lane",
    summary="sums of int8 numbers with weights, at some places",
    family="attention",
    rtl=weighted_lane,
    params=WeightedLaneParams,
    configs={
        "tiny": WeightedLaneParams(beats=2, precision=5, depth=4),
        "tellme": WeightedLaneParams(),
        "wide": WeightedLaneParams(beats=1),
        "bitnet2b": WeightedLaneParams(beats=8),
        "online_tiny": WeightedLaneParams(beats=2, precision=12, depth=4, rescale_width=4),
        "online": WeightedLaneParams(rescale_width=6),
        "online_bitnet2b": WeightedLaneParams(beats=8, rescale_width=6),
    },
    ports=_ports,
    latency="1 enabled cycle and a write",
    throughput="one product per enabled cycle",
    error="none",
    source="arXiv:2510.15926 sections 3.6 and 3.7 (weighted values)",
    reference="tritproof.ref.attention.weighted_sum.weighted_sum",
)
