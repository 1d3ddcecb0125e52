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
    ``head_width``: bits of a head's number, 1 to 8."""

    depth: int = 1024
    rows: int = 8
    head_width: int = 5

    def __post_init__(self) -> None:
        self.require_power_of_two("depth", 2, 8192)
        self.require("rows", 1, 64)
        self.require("head_width", 1, 8)

    @property
    def token_width(self) -> int:
        """Bits of a token's number."""
        return (self.depth - 1).bit_length()

    @property
    def beat_width(self) -> int:
        """Bits of a beat: a token's number in 16, then the head's."""
        return 16 + self.head_width

    @property
    def sequence_width(self) -> int:
        """Bits of a sequence's beat: its last token in 16, the steps of a tile, its last head."""
        return 16 + STEPS_WIDTH + self.head_width

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
            f"{low - 1}..16, last head in {params.sequence_width - 1}..{low}",
        ),
        *stream_ports(
            "m_axis", "out", whole_bytes(params.beat_width), tlast=True,
            doc="a token in bits 15..0, the head above; tlast ends a head's tile",
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
    """Give the tokens of a sequence tile by tile from its last token down, each for every head.

    Tile t begins at token i_t = last - rows * t, while that is one. Its step s gives token
    max(i_t - s, 0), for as many steps as the sequence says or, if it says 0, for i_t + 1, down to
    token 0: row r of the tile, the query i_t - r, is then given keys i_t to 0, of which those from
    step r on are not after it. A tile is walked for heads 0 to the last, then comes the next tile:
    as the keys of a tile come while the values of the one before do, tiles of equal length go
    together.

    A second sequence is taken while the first is under way, and follows it at once.
    """
    width, low, high = params.token_width, 16 + STEPS_WIDTH, params.sequence_width
    rows = params.rows
    room, accept, load = (Signal(bool(0)) for _ in range(3))
    waiting, active = Signal(bool(0)), Signal(bool(0))
    waiting_token, begin_token, begin_after, token = (unsigned_signal(width) for _ in range(4))
    waiting_head, last_head, head = (unsigned_signal(params.head_width) for _ in range(3))
    number = unsigned_signal(16)
    waiting_steps, steps, step = (unsigned_signal(STEPS_WIDTH) for _ in range(3))
    next_step = unsigned_signal(STEPS_WIDTH + 1)
    move, at_zero, at_last_head, at_last_tile = (Signal(bool(0)) for _ in range(4))
    ends_tile, ends = Signal(bool(0)), Signal(bool(0))

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
        at_last_head.next = head == last_head
        at_last_tile.next = begin_token < rows

    @always_comb
    def count_up():
        next_step.next = step + 1

    @always_comb
    def find_end():
        if steps == 0:
            ends_tile.next = at_zero
        else:
            ends_tile.next = next_step[STEPS_WIDTH:] == steps

    @always_comb
    def decide_end():
        ends.next = active and m_axis_tready and ends_tile and at_last_head and at_last_tile

    @always_comb
    def find_next():
        if not at_last_head:
            begin_after.next = begin_token
        elif begin_token < rows:
            begin_after.next = 0
        else:
            begin_after.next = begin_token - rows

    @always_comb
    def decide_load():
        load.next = waiting and (ends or not active)

    @always(clk.posedge)
    def keep():
        if accept:
            waiting_token.next = s_axis_tdata[width:]
            waiting_steps.next = s_axis_tdata[low:16]
            waiting_head.next = s_axis_tdata[high:low]

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
            last_head.next = waiting_head
            steps.next = waiting_steps
            head.next = 0
            step.next = 0
        elif move:
            if ends_tile:
                token.next = begin_after
                begin_token.next = begin_after
                step.next = 0
                if at_last_head:
                    head.next = 0
                else:
                    head.next = head + 1
            else:
                step.next = next_step[STEPS_WIDTH:]
                if not at_zero:
                    token.next = token - 1

    @always_comb
    def offer():
        m_axis_tdata.next = concat(head, number)

    return [
        decide_accept, decide_move, locate, count_up, find_end, decide_end, find_next, decide_load,
        keep, follow, walk, offer,
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
        "tiny": TileWalkParams(depth=4, rows=2, head_width=1),
        "tellme": TileWalkParams(),
    },
    ports=_ports,
    latency="2 cycles",
    throughput="one token per cycle",
    error="none",
    source="arXiv:2510.15926 section 3.6 (reversed reordering)",
    reference="tritproof.ref.attention.tiles.tile_walk",
)
