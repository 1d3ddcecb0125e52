# SPDX-License-Identifier: Apache-2.0
"""Sums of int8 vectors, each with a weight, that come in several beats."""

import dataclasses
from typing import Any

from myhdl import Signal, SignalType, always, always_comb, block, concat
from tritproof.rtl.manifest import Block, Params, Port
from tritproof.rtl.pieces import (
    add,
    as_bits,
    as_signed,
    copy,
    join,
    keep_unless,
    lane,
    of_width,
    register_product,
    unsigned_signal,
)


@dataclasses.dataclass(frozen=True)
class WeightedSumParams(Params):
    """``lanes``: elements of a beat, 1 to 128; ``beats``: beats of a vector, 1 to 256;
    ``precision``: fraction bits of a weight, 2 to 28; ``depth``: most vectors of a sum, 1 to
    65536."""

    lanes: int = 16
    beats: int = 6
    precision: int = 24
    depth: int = 1024

    def __post_init__(self) -> None:
        self.require("lanes", 1, 128)
        self.require("beats", 1, 256)
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
        """Bits of one lane's sum, whose least value is ``-depth * 2**precision * 128``."""
        return ((self.depth << (self.precision + 7)) - 1).bit_length() + 1

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived widths."""
        return super().constants() | {
            "INDEX_WIDTH": self.index_width,
            "PRODUCT_WIDTH": self.product_width,
            "TOTAL_WIDTH": self.total_width,
        }


def _ports(params: WeightedSumParams) -> tuple[Port, ...]:
    lanes, one = params.lanes, 1 << params.precision
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("enable", "in", 1, doc="all registers advance"),
        Port("take", "in", 1, doc="a beat is given"),
        Port("first", "in", 1, doc="it belongs to the first vector of a sum"),
        Port("bank", "in", 1, doc="which of two sums it belongs to"),
        Port("index", "in", params.index_width, doc="which beat of its vector it is, unsigned"),
        Port("power", "in", params.power_width, doc=f"the vector's weight, unsigned, up to {one}"),
        Port("values", "in", 8 * lanes, doc=f"{lanes} int8 elements, the first lowest"),
        Port("read_bank", "in", 1, doc="which of two sums is read"),
        Port("read_index", "in", params.index_width, doc="which beat of it, unsigned"),
        Port(
            "total",
            "out",
            lanes * params.total_width,
            doc=f"{lanes} sums of {params.total_width} bits, two's complement, the first lowest",
        ),
    )


@block
def _accumulate_lane(
    restart: SignalType, present_bits: SignalType, product_bits: SignalType, result: SignalType
) -> Any:
    """``result`` = bits of the lane's sum so far, zero where it starts again, plus a product."""
    width = len(result)
    product = of_width(len(product_bits))
    present, so_far, after = of_width(width), of_width(width), of_width(width)
    return [
        as_signed(product_bits, product),
        as_signed(present_bits, present),
        keep_unless(restart, present, so_far),
        add(so_far, product, after),
        as_bits(after, result),
    ]


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
def weighted_sum(
    clk: SignalType,
    enable: SignalType,
    take: SignalType,
    first: SignalType,
    bank: SignalType,
    index: SignalType,
    power: SignalType,
    values: SignalType,
    read_bank: SignalType,
    read_index: SignalType,
    total: SignalType,
    params: WeightedSumParams,
) -> Any:
    """Add up int8 vectors, each times its weight, beat by beat, into one of two sums.

    total[i] = sum over the beats given to (read_bank, read_index), since and with the one marked
    ``first``, of power * values[i]; read in the same cycle, from two enabled cycles after a beat
    on. Exact for up to ``depth`` beats of one place with weights up to 2**precision.

    Beats of one place may follow each other at once: the word is read and written in one cycle. No
    reset: the registers only carry data, and what a ``take`` from power-up adds to a word is
    dropped by the ``first`` that begins a sum.
    """
    lanes, width, product_width = params.lanes, params.total_width, params.product_width
    address_width = params.index_width + 1
    factor = of_width(params.power_width + 1)
    numbers = [of_width(8) for _ in range(lanes)]
    kept = [unsigned_signal(product_width) for _ in range(lanes)]
    products = unsigned_signal(lanes * product_width)
    results = [unsigned_signal(width) for _ in range(lanes)]
    present, word = unsigned_signal(lanes * width), unsigned_signal(lanes * width)
    adds, restart, write = (Signal(bool(0)) for _ in range(3))
    address, read_address = unsigned_signal(address_width), unsigned_signal(address_width)

    @always(clk.posedge)
    def carry_marks():
        if enable:
            adds.next = take
            restart.next = first
            address.next = concat(bank, index)

    @always_comb
    def locate():
        read_address.next = concat(read_bank, read_index)

    @always_comb
    def decide_write():
        write.next = enable and adds

    return [
        copy(power, factor),
        [as_signed(lane(values, 8, i), numbers[i]) for i in range(lanes)],
        [register_product(clk, enable, factor, numbers[i], kept[i]) for i in range(lanes)],
        join(kept, products),
        carry_marks,
        locate,
        decide_write,
        [
            _accumulate_lane(
                restart,
                lane(present, width, i),
                lane(products, product_width, i),
                results[i],
            )
            for i in range(lanes)
        ],
        join(results, word),
        _memory(clk, write, address, word, present, read_address, total),
    ]


BLOCK = Block(
    name="weighted_sum",
    summary="sums of int8 vectors with weights, some elements a beat",
    family="attention",
    rtl=weighted_sum,
    params=WeightedSumParams,
    configs={
        "tiny": WeightedSumParams(lanes=2, beats=2, precision=5, depth=4),
        "tellme": WeightedSumParams(),
        "wide": WeightedSumParams(lanes=96, beats=1),
        "bitnet2b": WeightedSumParams(beats=8),
    },
    ports=_ports,
    latency="2 enabled cycles",
    throughput="one beat per enabled cycle",
    error="none",
    source="arXiv:2510.15926 sections 3.6 and 3.7 (weighted values)",
    reference="tritproof.ref.attention.weighted_sum.weighted_sum",
)
