# SPDX-License-Identifier: Apache-2.0
"""What the streams of weights share: ports, and how a beat and its illegal words are delivered."""

from collections.abc import Sequence
from typing import Any

from myhdl import ResetSignal, Signal, SignalType, always_comb, always_seq, block
from tritproof.rtl.manifest import Port, stream_ports
from tritproof.rtl.pieces import join, register, unsigned_signal
from tritproof.rtl.stream.elementwise import move_together


def beat_ports(in_width: int, given: str, out_width: int, made: str) -> tuple[Port, ...]:
    """The ports of a block that makes one beat of each, and reports what is illegal."""
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("rst", "in", 1, doc="synchronous reset, active high"),
        *stream_ports("s_axis", "in", in_width, tlast=True, doc=given),
        *stream_ports("m_axis", "out", out_width, tlast=True, doc=made),
        Port(
            "error",
            "out",
            1,
            doc="high from the cycle in which a beat with an illegal word in it is first offered "
            "until the next reset",
        ),
    )


@block
def deliver_beats(
    clk: SignalType,
    rst: ResetSignal,
    last: SignalType,
    offered: SignalType,
    taken: SignalType,
    advance: SignalType,
    valid: SignalType,
    lasts: SignalType,
    made: SignalType,
    illegal: Sequence[SignalType],
    m_axis_tdata: SignalType,
    m_axis_tvalid: SignalType,
    m_axis_tready: SignalType,
    m_axis_tlast: SignalType,
    error: SignalType,
) -> Any:
    """Take beats while there is room, and deliver what is ``made`` of each before the last of their
    registers, see ``move_together``; ``error`` rises with the first that has an ``illegal`` word.
    """
    flags = unsigned_signal(len(illegal))
    wrong = Signal(bool(0))
    nearly = len(valid) - 2

    @always_comb
    def look():
        wrong.next = advance and valid[nearly] and flags != 0

    @always_seq(clk.posedge, reset=rst)
    def raise_error():
        if wrong:
            error.next = True

    return [
        move_together(
            clk, rst, (offered,), last, taken, advance, valid, lasts,
            m_axis_tvalid, m_axis_tready, m_axis_tlast,
        ),
        join(illegal, flags),
        look,
        raise_error,
        register(clk, advance, made, m_axis_tdata),
    ]  # fmt: skip
