# SPDX-License-Identifier: Apache-2.0
"""Rows of beats kept until their last has come."""

import dataclasses
from typing import Any

from myhdl import (
    ResetSignal,
    Signal,
    SignalType,
    always_comb,
    always_seq,
    block,
    concat,
    modbv,
)
from tritproof.rtl.manifest import Block, Params, Port, stream_ports
from tritproof.rtl.pieces import copy, memory, unsigned_signal


@dataclasses.dataclass(frozen=True)
class RowBufferParams(Params):
    """``width``: bits of a beat, in whole bytes, 8 to 1024; ``depth``: most beats of a row, 1 to
    4096. Any two rows fit."""

    width: int = 256
    depth: int = 256

    def __post_init__(self) -> None:
        self.require("width", 8, 1024)
        if self.width % 8:
            raise ValueError(f"width must be a multiple of 8, not {self.width}")
        self.require("depth", 1, 1 << 12)

    @property
    def address_width(self) -> int:
        """Bits of the place of a beat."""
        return (2 * self.depth - 1).bit_length()

    @property
    def taken_width(self) -> int:
        """Bits of the number of beats of a row."""
        return self.depth.bit_length()

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived widths."""
        return super().constants() | {
            "ADDRESS_WIDTH": self.address_width,
            "TAKEN_WIDTH": self.taken_width,
        }


def _ports(params: RowBufferParams) -> tuple[Port, ...]:
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("rst", "in", 1, doc="synchronous reset, active high"),
        *stream_ports("s_axis", "in", params.width, tlast=True, doc="any bits"),
        *stream_ports("m_axis", "out", params.width, tlast=True, doc="the same bits"),
        Port("refused", "out", 1, doc="high for one cycle after a row longer than the buffer"),
    )


@block
def row_buffer(
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
    refused: SignalType,
    params: RowBufferParams,
) -> Any:
    """Give rows out again, each when its last beat has come.

    The beats of all rows, in order, one beat a cycle on each side: a row is taken while the ones
    before are given out. A row of more than ``depth`` beats is taken to its end, raises ``refused``
    for one cycle and has no other effect.
    """
    depth, width = params.depth, params.width
    capacity = 1 << params.address_width
    # Pointers have one bit more than places, which tells a full buffer from an empty one.
    written, begun, given, used = (
        Signal(modbv(0)[params.address_width + 1 :]) for _ in range(4)
    )
    write_address, read_address = (unsigned_signal(params.address_width) for _ in range(2))
    taken = unsigned_signal(params.taken_width)
    room, accept, fits, store, complete, refuse = (Signal(bool(0)) for _ in range(6))
    present, move, fetch, valid = (Signal(bool(0)) for _ in range(4))
    word, fetched = unsigned_signal(width + 1), unsigned_signal(width + 1)

    @always_comb
    def count():
        used.next = written - given
        fits.next = taken < depth

    @always_comb
    def decide_room():
        room.next = used != capacity

    @always_comb
    def decide_accept():
        accept.next = s_axis_tvalid and room

    @always_comb
    def decide():
        store.next = accept and fits
        complete.next = accept and fits and s_axis_tlast
        refuse.next = accept and s_axis_tlast and not fits

    @always_comb
    def locate():
        write_address.next = written[params.address_width :]
        read_address.next = given[params.address_width :]
        present.next = given != begun

    @always_comb
    def pack():
        word.next = concat(s_axis_tlast, s_axis_tdata)

    @always_seq(clk.posedge, reset=rst)
    def fill():
        refused.next = refuse
        if refuse:
            written.next = begun
        elif store:
            written.next = written + 1
        if complete:
            begun.next = written + 1
        if accept:
            if s_axis_tlast:
                taken.next = 0
            elif fits:
                taken.next = taken + 1

    @always_comb
    def decide_move():
        move.next = m_axis_tready or not valid

    @always_comb
    def decide_fetch():
        fetch.next = move and present

    @always_seq(clk.posedge, reset=rst)
    def empty():
        if move:
            valid.next = present
        if fetch:
            given.next = given + 1

    @always_comb
    def offer():
        m_axis_tdata.next = fetched[width:]
        m_axis_tlast.next = fetched[width]

    return [
        count,
        decide_room,
        decide_accept,
        decide,
        locate,
        pack,
        fill,
        decide_move,
        decide_fetch,
        empty,
        memory(clk, store, write_address, word, fetch, read_address, fetched, capacity),
        offer,
        copy(room, s_axis_tready),
        copy(valid, m_axis_tvalid),
    ]


BLOCK = Block(
    name="row_buffer",
    summary="rows of beats, given out when they are complete",
    family="stream",
    rtl=row_buffer,
    params=RowBufferParams,
    configs={
        "tiny": RowBufferParams(width=8, depth=3),
        "lanes2": RowBufferParams(width=32, depth=4),
        "tellme": RowBufferParams(),
        "bitnet2b": RowBufferParams(depth=432),
        "int8_short": RowBufferParams(width=8, depth=256),
        "int8": RowBufferParams(width=8, depth=4096),
        "int16_tiny": RowBufferParams(width=16, depth=4),
        "int16": RowBufferParams(width=16, depth=2048),
    },
    ports=_ports,
    latency="2 cycles from a row's last beat to its first",
    throughput="one beat in and one beat out per cycle",
    error="none",
    source="arXiv:2510.15926 section 3.5 (normalisation: the row is read twice)",
    reference="tritproof.ref.stream.rmsnorm.kept_rows",
)
