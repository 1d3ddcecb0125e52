# SPDX-License-Identifier: Apache-2.0
"""Sums of int8 vectors, each with a weight, that come in several beats."""

import dataclasses
from typing import Any

from myhdl import Signal, SignalType, always, always_comb, block, concat
from tritproof.rtl.attention import weighted_lane
from tritproof.rtl.attention.weighted_lane import WeightedLaneParams
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Block, Port
from tritproof.rtl.pieces import as_signed, join, lane, of_width, register, unsigned_signal


@dataclasses.dataclass(frozen=True)
class WeightedSumParams(WeightedLaneParams):
    """Those of weighted_lane, and ``lanes``: elements of a beat, 1 to 128."""

    lanes: int = 16

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require("lanes", 1, 128)

    @property
    def lane(self) -> WeightedLaneParams:
        """Parameters of each element's sums."""
        return WeightedLaneParams(self.beats, self.precision, self.depth, self.rescale_width)

    def repeated(self) -> dict[str, int]:
        """Return how many lanes there are."""
        return {"LANE": self.lanes}


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
        *params.rescale_ports,
    )


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
    rescale: SignalType | None = None,
) -> Any:
    """Add up int8 vectors, each times its weight, beat by beat, into one of two sums.

    total[i] = sum over the beats given to (read_bank, read_index), since and with the one marked
    ``first``, of power * values[i]; read in the same cycle, from two enabled cycles after a beat
    on. Exact for up to ``depth`` beats of one place with weights up to 2**precision.

    With ``rescale_width``, a beat first shifts the sums before it down:
    total' = floor(total / 2**rescale) + power * values.

    Beats of one place may follow each other at once. No reset: the registers only carry data, and
    what a ``take`` from power-up adds to a word is dropped by the ``first`` that begins a sum.
    """
    lanes, address_width = params.lanes, params.index_width + 1
    numbers = [of_width(8) for _ in range(lanes)]
    sums = [unsigned_signal(params.total_width) for _ in range(lanes)]
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

    rescaling: dict[str, SignalType] = {}
    carry_rescale: list[Any] = []
    if rescale is not None:
        rescaling["rescale"] = unsigned_signal(params.rescale_width)
        carry_rescale.append(register(clk, enable, rescale, rescaling["rescale"]))
    return [
        carry_rescale,
        carry_marks,
        locate,
        decide_write,
        [as_signed(lane(values, 8, i), numbers[i]) for i in range(lanes)],
        [
            instance(
                weighted_lane.BLOCK, params.lane, f"lane_{i}",
                clk=clk, enable=enable, power=power, value=numbers[i], write=write,
                restart=restart, address=address, read_address=read_address, total=sums[i],
                **rescaling,
            )
            for i in range(lanes)
        ],
        join(sums, total),
    ]  # fmt: skip


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
        "online_tiny": WeightedSumParams(lanes=2, beats=2, precision=12, depth=4, rescale_width=4),
        "online": WeightedSumParams(rescale_width=6),
        "online_bitnet2b": WeightedSumParams(beats=8, rescale_width=6),
    },
    ports=_ports,
    latency="2 enabled cycles",
    throughput="one beat per enabled cycle",
    error="none",
    source="arXiv:2510.15926 sections 3.6 and 3.7 (weighted values)",
    reference="tritproof.ref.attention.weighted_sum.weighted_sum",
    children=lambda params: ((weighted_lane.BLOCK, params.lane),),
)
