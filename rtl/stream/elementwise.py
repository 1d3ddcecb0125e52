# SPDX-License-Identifier: Apache-2.0
"""What the element-wise streams share: streams that move together through one pipeline."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from myhdl import ResetSignal, Signal, SignalType, always_comb, always_seq, block, concat
from tritproof.rtl.manifest import Params, Port, stream_ports
from tritproof.rtl.pieces import all_of, copy, delay_line, sum_signal, unsigned_signal

CODE_WIDTH = 16
"""Bits of an IEEE 754 binary16 code."""


@dataclasses.dataclass(frozen=True)
class LanesParams(Params):
    """``lanes``: numbers in a beat, an even number from 2 to 64."""

    lanes: int = 16

    def __post_init__(self) -> None:
        self.require("lanes", 2, 64)
        if self.lanes % 2:
            raise ValueError(f"lanes must be even, not {self.lanes}")

    @property
    def beat_width(self) -> int:
        """Bits of a beat of codes."""
        return self.lanes * CODE_WIDTH

    def repeated(self) -> dict[str, int]:
        """Return how many lanes, and pairs of lanes, there are."""
        return {"LANE": self.lanes, "PAIR": self.lanes // 2}


LANES_CONFIGS = {"tiny": LanesParams(lanes=2), "tellme": LanesParams()}


def elementwise_ports(params: LanesParams, second: str, doc: str, result: str) -> tuple[Port, ...]:
    """The ports of a block that makes one stream of two: ``s_axis``, whose tlast ends a row, and
    ``s_axis_<second>``, in step with it."""
    each = f"{params.lanes} binary16 numbers, the first lowest"
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("rst", "in", 1, doc="synchronous reset, active high"),
        *stream_ports("s_axis", "in", params.beat_width, tlast=True, doc=each),
        *stream_ports(f"s_axis_{second}", "in", params.beat_width, doc=doc),
        *stream_ports("m_axis", "out", params.beat_width, tlast=True, doc=result),
    )


@block
def move_together(
    clk: SignalType,
    rst: ResetSignal,
    offered: Sequence[SignalType],
    last: SignalType,
    taken: SignalType,
    advance: SignalType,
    valid: SignalType,
    lasts: SignalType,
    m_axis_tvalid: SignalType,
    m_axis_tready: SignalType,
    m_axis_tlast: SignalType,
) -> Any:
    """Take a beat of each stream when all are offered and the pipeline advances.

    ``offered`` are the tvalid of the streams, ``taken`` is the tready of all of them, ``last`` the
    tlast of the first. The pipeline advances unless its end waits. ``valid`` and ``lasts``, one bit
    for each of its registers, say where beats are and which are last.
    """
    stages = len(valid)
    together, ending = Signal(bool(0)), Signal(bool(0))

    @always_comb
    def decide():
        advance.next = m_axis_tready or not ending

    @always_comb
    def take():
        taken.next = together and advance

    @always_seq(clk.posedge, reset=rst)
    def carry():
        if advance:
            valid.next = concat(valid[stages - 1:], taken)

    return [
        all_of(offered, together),
        copy(valid(stages - 1), ending),
        decide,
        take,
        carry,
        delay_line(clk, advance, last, lasts),
        copy(ending, m_axis_tvalid),
        copy(lasts(stages - 1), m_axis_tlast),
    ]


@block
def hold_for_row(
    clk: SignalType,
    rst: ResetSignal,
    accepted: SignalType,
    ended: SignalType,
    held: SignalType,
) -> Any:
    """Say that a row's own beat, ``accepted`` before it, is held until the row's last beat is
    taken, which is when it ``ended``."""

    @always_seq(clk.posedge, reset=rst)
    def follow():
        if accepted:
            held.next = True
        elif ended:
            held.next = False

    return follow


@block
def ask_for_row(
    clk: SignalType,
    rst: ResetSignal,
    advance: SignalType,
    accept: SignalType,
    last: SignalType,
    begins: SignalType,
    asks: SignalType,
    length: SignalType,
    depth: int,
    lanes: int,
    latency: int,
) -> Any:
    """Count the beats of a row; ``latency`` advances after the last, when the sums over the row
    have all of them, ``asks`` for what is made of them, unless the row has more than ``depth``
    beats, with the numbers in it as its ``length``."""
    last_stage = latency - 1
    beats = unsigned_signal(depth.bit_length())
    count, lengths = sum_signal(len(length)), unsigned_signal(len(length) * latency)
    with_this, ends = sum_signal(depth.bit_length()), Signal(bool(0))
    complete = unsigned_signal(latency)

    @always_comb
    def decide():
        begins.next = beats == 0
        ends.next = accept and last and beats < depth

    @always_comb
    def count_beats():
        with_this.next = beats + 1

    @always_comb
    def count_numbers():
        count.next = with_this * lanes

    @always_seq(clk.posedge, reset=rst)
    def follow():
        if accept:
            if last:
                beats.next = 0
            elif beats < depth:
                beats.next = beats + 1
        if advance:
            complete.next = concat(complete[last_stage:], ends)

    return [
        decide,
        count_beats,
        count_numbers,
        follow,
        delay_line(clk, advance, count, lengths),
        copy(complete(last_stage), asks),
        copy(lengths(len(lengths), len(lengths) - len(length)), length),
    ]
