# SPDX-License-Identifier: Apache-2.0
"""The order of tokens in a reversed prefill: tiles of queries from the last token down."""

import dataclasses
from typing import Any

from myhdl import ResetSignal, Signal, SignalType, always, always_comb, always_seq, block, concat
from tritproof.rtl.manifest import Block, Params, Port, stream_ports
from tritproof.rtl.pieces import copy, unsigned_signal
from tritproof.rtl.stream import whole_bytes

STEPS_WIDTH = 7
"""Bits of the steps of a tile, as many as it has rows at most."""


@dataclasses.dataclass(frozen=True)
class TileWalkParams(Params):
    """``depth``: most tokens, a power of two, 2 to 8192; ``rows``: tokens of a tile, 1 to 64;
    ``tag_width``: bits carried along, 1 to 64."""

    depth: int = 1024
    rows: int = 8
    tag_width: int = 21

    def __post_init__(self) -> None:
        self.require("depth", 2, 8192)
        if self.depth & (self.depth - 1):
            raise ValueError(f"depth must be a power of two, not {self.depth}")
        self.require("rows", 1, 64)
        self.require("tag_width", 1, 64)

    @property
    def token_width(self) -> int:
        """Bits of a token's number."""
        return (self.depth - 1).bit_length()

    @property
    def beat_width(self) -> int:
        """Bits of a beat: a token's number in 16, then the tag."""
        return 16 + self.tag_width

    @property
    def sequence_width(self) -> int:
        """Bits of a sequence's beat: its last token in 16, the steps of a tile, the tag."""
        return self.beat_width + STEPS_WIDTH

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived widths."""
        return super().constants() | {"TOKEN_WIDTH": self.token_width}


def _ports(params: TileWalkParams) -> tuple[Port, ...]:
    low = 16 + STEPS_WIDTH
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("rst", "in", 1, doc="synchronous reset, active high"),
        *stream_ports(
            "s_axis", "in", whole_bytes(params.sequence_width),
            doc=f"last token in bits {params.token_width - 1}..0, steps of a tile, or 0, in "
            f"{low - 1}..16, tag in {params.sequence_width - 1}..{low}",
        ),
        *stream_ports(
            "m_axis", "out", whole_bytes(params.beat_width), tlast=True,
            doc="a token in bits 15..0, the sequence's tag above; tlast ends a tile",
        ),
    )  # fmt: skip


@block
def tile_walk(
    clk: SignalType,
    rst: ResetSignal,
    s_axis_tdata: SignalType,
    s_axis_tvalid: SignalType,
    s_axis_tready: SignalType,
    m_axis_tdata: SignalType,
    m_axis_tvalid: SignalType,
    m_axis_tready: SignalType,
    m_axis_tlast: SignalType,
    params: TileWalkParams,
) -> Any:
    """Give the tokens of a sequence tile by tile, from its last token down.

    Tile t begins at token i_t = last - rows * t, while that is one; its step s gives token
    max(i_t - s, 0). A tile has the sequence's number of steps or, if that is 0, i_t + 1, down to
    token 0: its row r, the query i_t - r, is then given keys i_t to 0, of which those from step r
    on are not after it.

    A second sequence is taken while the first is under way, and follows it at once.
    """
    width, low, high = params.token_width, 16 + STEPS_WIDTH, params.sequence_width
    rows = params.rows
    room, accept, load = (Signal(bool(0)) for _ in range(3))
    waiting, active = Signal(bool(0)), Signal(bool(0))
    waiting_token, begin_token, token = (unsigned_signal(width) for _ in range(3))
    waiting_tag, tag = (unsigned_signal(params.tag_width) for _ in range(2))
    number = unsigned_signal(16)
    waiting_steps, steps, step = (unsigned_signal(STEPS_WIDTH) for _ in range(3))
    next_step = unsigned_signal(STEPS_WIDTH + 1)
    move, at_zero, ends_tile, ends = (Signal(bool(0)) for _ in range(4))

    @always_comb
    def decide_accept():
        room.next = not waiting
        accept.next = s_axis_tvalid and not waiting

    @always_comb
    def decide_move():
        move.next = active and m_axis_tready

    @always_comb
    def locate():
        at_zero.next = token == 0
        ends.next = active and m_axis_tready and ends_tile and begin_token < rows

    @always_comb
    def decide_load():
        load.next = waiting and (ends or not active)

    @always(clk.posedge)
    def keep():
        if accept:
            waiting_token.next = s_axis_tdata[width:]
            waiting_steps.next = s_axis_tdata[low:16]
            waiting_tag.next = s_axis_tdata[high:low]

    @always_seq(clk.posedge, reset=rst)
    def follow():
        if accept:
            waiting.next = True
        elif load:
            waiting.next = False
        if load:
            active.next = True
        elif ends:
            active.next = False

    @always(clk.posedge)
    def walk():
        if load:
            token.next = waiting_token
            begin_token.next = waiting_token
            tag.next = waiting_tag
            steps.next = waiting_steps
        elif move and not ends:
            if ends_tile:
                token.next = begin_token - rows
                begin_token.next = begin_token - rows
            elif not at_zero:
                token.next = token - 1

    @always_comb
    def count_up():
        next_step.next = step + 1

    @always_comb
    def find_end():
        if steps == 0:
            ends_tile.next = at_zero
        else:
            ends_tile.next = next_step[STEPS_WIDTH:] == steps

    @always(clk.posedge)
    def count():
        if load:
            step.next = 0
        elif move:
            if ends_tile:
                step.next = 0
            else:
                step.next = next_step[STEPS_WIDTH:]

    @always_comb
    def offer():
        m_axis_tdata.next = concat(tag, number)

    return [
        decide_accept, decide_move, locate, decide_load, keep, follow, walk, count_up, find_end,
        count, offer,
        copy(token, number), copy(room, s_axis_tready), copy(active, m_axis_tvalid),
        copy(ends_tile, m_axis_tlast),
    ]  # fmt: skip


BLOCK = Block(
    name="tile_walk",
    summary="the order of tokens in a reversed prefill",
    family="attention",
    rtl=tile_walk,
    params=TileWalkParams,
    configs={
        "tiny": TileWalkParams(depth=4, rows=2, tag_width=5),
        "tellme": TileWalkParams(),
    },
    ports=_ports,
    latency="2 cycles",
    throughput="one token per cycle",
    error="none",
    source="arXiv:2510.15926 section 3.6 (reversed reordering)",
    reference="tritproof.ref.attention.tiles.tile_walk",
)
