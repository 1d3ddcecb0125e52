# SPDX-License-Identifier: Apache-2.0
"""A stream of trits as the codes of an engine."""

import dataclasses
from typing import Any

from myhdl import ResetSignal, Signal, SignalType, block
from tritproof.rtl.formats import encode_group
from tritproof.rtl.formats.beats import beat_ports, deliver_beats
from tritproof.rtl.formats.encode_group import GroupParams
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Block, Port
from tritproof.rtl.pieces import copy, join, lane, unsigned_signal
from tritproof.rtl.stream import whole_bytes

LATENCY = encode_group.LATENCY + 1


@dataclasses.dataclass(frozen=True)
class TranscodeParams(GroupParams):
    """``g``: trits of a group, 2 to 4; ``code_order``: how a code names them; ``groups``: in a
    beat, 1 to 512; ``width``: bits of a beat of codes, in whole bytes, 0 for what they take."""

    groups: int = 140
    width: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require("groups", 1, 512)
        needed = whole_bytes(self.groups * self.code_width)
        if self.width == 0:
            object.__setattr__(self, "width", needed)
        if self.width < needed or self.width % 8:
            raise ValueError(f"width must be a multiple of 8 from {needed}, not {self.width}")

    @property
    def group(self) -> GroupParams:
        """Of one group."""
        return GroupParams(self.g, self.code_order)

    @property
    def in_width(self) -> int:
        """Bits of a beat of trits, in whole bytes."""
        return whole_bytes(self.groups * self.group_width)

    def constants(self) -> dict[str, Any]:
        """Return the parameters and derived widths."""
        return super().constants() | {
            "IN_WIDTH": self.in_width,
            "OUT_WIDTH": self.width,
            "CODE_WIDTH": self.code_width,
        }

    def repeated(self) -> dict[str, int]:
        """Return how many groups there are."""
        return {"GROUP": self.groups}


def _ports(params: TranscodeParams) -> tuple[Port, ...]:
    trits = params.groups * params.g
    given = f"{trits} trits of 2 bits, two's complement, the first lowest"
    made = f"{params.groups} codes of {params.code_width} bits, the first lowest, then zeros"
    return beat_ports(params.in_width, given, params.width, made)


@block
def transcode(
    clk: SignalType,
    rst: ResetSignal,
    s_axis_tdata: SignalType,
    s_axis_tvalid: SignalType,
    s_axis_tready: SignalType,
    s_axis_tlast: SignalType,
    m_axis_tdata: SignalType,
    m_axis_tvalid: SignalType,
    m_axis_tready: SignalType,
    m_axis_tlast: SignalType,
    error: SignalType,
    params: TranscodeParams,
) -> Any:
    """Give the codes of a stream of trits, in the order that an engine reads.

    Each beat of groups of consecutive trits gives a beat of their codes. Rows of any number of
    beats, ended by tlast. A group with a -2 in it gives the code of zeros; ``error`` is raised with
    the first beat that has one, in the cycle in which it is first offered, and stays until reset.
    """
    advance, taken = Signal(bool(0)), Signal(bool(0))
    valid, lasts = unsigned_signal(LATENCY), unsigned_signal(LATENCY)
    found = [unsigned_signal(params.code_width) for _ in range(params.groups)]
    illegal = [Signal(bool(0)) for _ in range(params.groups)]
    joined, made = unsigned_signal(params.groups * params.code_width), unsigned_signal(params.width)
    groups = [
        instance(
            encode_group.BLOCK, params.group, f"group_{number}",
            clk=clk, enable=advance, trits=lane(s_axis_tdata, params.group_width, number),
            code=code, illegal=illegal[number],
        )
        for number, code in enumerate(found)
    ]  # fmt: skip
    return [
        groups,
        join(found, joined),
        copy(joined, made),
        deliver_beats(
            clk, rst, s_axis_tlast, s_axis_tvalid, taken, advance, valid, lasts, made, illegal,
            m_axis_tdata, m_axis_tvalid, m_axis_tready, m_axis_tlast, error,
        ),
        copy(taken, s_axis_tready),
    ]  # fmt: skip


BLOCK = Block(
    name="transcode",
    summary="stream of trits as codes of an engine",
    family="formats",
    rtl=transcode,
    params=TranscodeParams,
    configs={
        "tiny": TranscodeParams(2, "base3", groups=3),
        "tellme": TranscodeParams(width=768),
        "published": TranscodeParams(3, "tellme", width=768),
        "base3": TranscodeParams(3, "base3", groups=140),
        "three_words": TranscodeParams(groups=84, width=440),
        "tiny_q4": TranscodeParams(2, "base3", groups=6, width=32),
    },
    ports=_ports,
    latency=f"{LATENCY} cycles",
    throughput="one beat per cycle",
    error="none; a group with -2 is reported, and counts as zeros",
    source="arXiv:2510.15926",
    reference="tritproof.ref.ternary.codes.encode",
    children=lambda params: ((encode_group.BLOCK, params.group),),
)
