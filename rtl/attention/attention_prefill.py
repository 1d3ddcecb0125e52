# SPDX-License-Identifier: Apache-2.0
"""Attention of a whole prompt: tiles of queries from the last token down, masked steps left out."""

import dataclasses
from typing import Any

from myhdl import ResetSignal, Signal, SignalType, always_comb, always_seq, block, concat
from tritproof.rtl.attention import attention_decode, tile_walk
from tritproof.rtl.attention.params import ATTENTION_CONFIGS, AttentionParams
from tritproof.rtl.attention.tile_walk import STEPS_WIDTH, TileWalkParams
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Block, Port, stream_ports
from tritproof.rtl.pieces import copy, join, unsigned_signal
from tritproof.rtl.stream import whole_bytes

TO_ZERO = 0
"""Steps of a tile of keys, as tile_walk has it: down to token 0."""


@dataclasses.dataclass(frozen=True)
class PrefillParams(AttentionParams):
    """Those of the attention engine, its rows staggered, and ``head_width``: bits of a head's
    number, 1 to 8."""

    rows: int = 8
    staggered: bool = True
    head_width: int = 5

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.staggered:
            raise ValueError("staggered must be True: a query has no keys after it")

    @property
    def engine(self) -> AttentionParams:
        """Parameters of the attention engine."""
        return self.engine_with()

    @property
    def request_width(self) -> int:
        """Bits of a command: 16 for the number of tokens, the last head."""
        return 16 + self.head_width

    @property
    def walk(self) -> TileWalkParams:
        """Parameters of each walk over the tiles."""
        return TileWalkParams(self.depth, self.rows, self.head_width)

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived widths."""
        return super().constants() | {"FETCH_WIDTH": self.walk.beat_width}


def _fetch_ports(name: str, params: PrefillParams, what: str) -> tuple[Port, ...]:
    return stream_ports(
        f"m_axis_{name}_fetch", "out", whole_bytes(params.walk.beat_width), tlast=True,
        doc=f"the token whose {what} is to come next, in bits 15..0, the head above; tlast ends a "
        "head's tile",
    )  # fmt: skip


def _ports(params: PrefillParams) -> tuple[Port, ...]:
    mantissa, multiplier = params.mantissa_width, params.multiplier_width
    engine = [
        port
        for port in attention_decode.BLOCK.ports(params.engine)
        if not port.name.startswith("s_axis_command")
    ]
    refused = engine.pop()
    return (
        *engine[:2],
        *stream_ports(
            "s_axis_command", "in", whole_bytes(params.request_width),
            doc=f"number of tokens in bits 15..0, last head in {params.request_width - 1}..16",
        ),
        *_fetch_ports("query", params, "query"),
        *_fetch_ports("key", params, "key"),
        *_fetch_ports("value", params, "value"),
        *stream_ports(
            "s_axis_multiplier", "in", whole_bytes(multiplier),
            doc=f"of a head's tile: mantissa in bits {mantissa - 1}..0, shift in {multiplier - 1}.."
            f"{mantissa}",
        ),
        *engine[2:],
        dataclasses.replace(refused, doc="high for a cycle after a number of tokens out of range"),
    )  # fmt: skip


@block
def _walk(
    name: str,
    clk: SignalType,
    rst: ResetSignal,
    last_token: SignalType,
    last_head: SignalType,
    begin_request: SignalType,
    room: SignalType,
    m_axis_tdata: SignalType,
    m_axis_tvalid: SignalType,
    m_axis_tready: SignalType,
    m_axis_tlast: SignalType,
    steps: int,
    params: PrefillParams,
) -> Any:
    """A walk over the tiles of tokens up to ``last_token``, ``steps`` steps each."""
    offset = steps << 16
    start, sequence = unsigned_signal(16 + STEPS_WIDTH), unsigned_signal(params.walk.sequence_width)
    request = unsigned_signal(whole_bytes(params.walk.sequence_width))

    @always_comb
    def begin_at():
        start.next = offset + last_token

    @always_comb
    def gather():
        sequence.next = concat(last_head, start)

    return [
        begin_at,
        gather,
        copy(sequence, request),
        instance(
            tile_walk.BLOCK, params.walk, name,
            clk=clk, rst=rst, s_axis_tdata=request, s_axis_tvalid=begin_request, s_axis_tready=room,
            m_axis_tdata=m_axis_tdata, m_axis_tvalid=m_axis_tvalid, m_axis_tready=m_axis_tready,
            m_axis_tlast=m_axis_tlast,
        ),
    ]  # fmt: skip


@block
def attention_prefill(
    clk: SignalType,
    rst: ResetSignal,
    s_axis_command_tdata: SignalType,
    s_axis_command_tvalid: SignalType,
    s_axis_command_tready: SignalType,
    m_axis_query_fetch_tdata: SignalType,
    m_axis_query_fetch_tvalid: SignalType,
    m_axis_query_fetch_tready: SignalType,
    m_axis_query_fetch_tlast: SignalType,
    m_axis_key_fetch_tdata: SignalType,
    m_axis_key_fetch_tvalid: SignalType,
    m_axis_key_fetch_tready: SignalType,
    m_axis_key_fetch_tlast: SignalType,
    m_axis_value_fetch_tdata: SignalType,
    m_axis_value_fetch_tvalid: SignalType,
    m_axis_value_fetch_tready: SignalType,
    m_axis_value_fetch_tlast: SignalType,
    s_axis_multiplier_tdata: SignalType,
    s_axis_multiplier_tvalid: SignalType,
    s_axis_multiplier_tready: SignalType,
    s_axis_query_tdata: SignalType,
    s_axis_query_tvalid: SignalType,
    s_axis_query_tready: SignalType,
    s_axis_key_tdata: SignalType,
    s_axis_key_tvalid: SignalType,
    s_axis_key_tready: SignalType,
    s_axis_value_tdata: SignalType,
    s_axis_value_tvalid: SignalType,
    s_axis_value_tready: SignalType,
    m_axis_tdata: SignalType,
    m_axis_tvalid: SignalType,
    m_axis_tready: SignalType,
    m_axis_tlast: SignalType,
    m_axis_tkeep: SignalType,
    refused: SignalType,
    params: PrefillParams,
) -> Any:
    """Attend every token of a prompt to itself and all tokens before it, in every head.

    Tile t holds ``rows`` queries, token i_t = N - 1 - rows * t in row 0, the token before it in row
    1 and so on. Keys and values of a tile come from token i_t down to token 0: N - rows * t steps,
    of which row r takes part from step r on. Arithmetic as in attention_decode, so that row r has
    the bits of a decode at position i_t - r. Tile 0 comes for heads 0 to the last, then tile 1.

    A command is taken for each prompt. What is to come next on the query, key and value streams is
    asked for on the fetch streams, in order, and a multiplier is taken for each tile of each head.
    Rows of the last tile that hold no token are given the query of token 0 again and have no
    results: their tkeep is 0. A number of tokens of 0 or above ``depth`` is taken, raises
    ``refused`` for one cycle and has no other effect.
    """
    rows, multiplier_width, depth = params.rows, params.multiplier_width, params.depth
    top = params.request_width
    size, last_token = unsigned_signal(16), unsigned_signal(16)
    last_head = unsigned_signal(params.head_width)
    legal, ready, begin_request = (Signal(bool(0)) for _ in range(3))
    tile_room, query_room, key_room, value_room = (Signal(bool(0)) for _ in range(4))

    tile = unsigned_signal(whole_bytes(params.walk.beat_width))
    tile_valid, tile_ready, tile_last = (Signal(bool(0)) for _ in range(3))
    engine_valid, engine_ready, engine_refused = (Signal(bool(0)) for _ in range(3))
    multiplier_ready = Signal(bool(0))
    count, multiplier = unsigned_signal(16), unsigned_signal(multiplier_width)
    multipliers = unsigned_signal(rows * multiplier_width)
    command = unsigned_signal(whole_bytes(params.command_width))

    @always_comb
    def split():
        size.next = s_axis_command_tdata[16:]
        last_head.next = s_axis_command_tdata[top:16]
        multiplier.next = s_axis_multiplier_tdata[multiplier_width:]

    @always_comb
    def check_size():
        legal.next = size != 0 and size <= depth

    @always_comb
    def find_last():
        if size == 0:
            last_token.next = 0
        else:
            last_token.next = size - 1

    @always_comb
    def decide_ready():
        ready.next = tile_room and query_room and key_room and value_room

    @always_comb
    def decide_request():
        begin_request.next = s_axis_command_tvalid and ready and legal

    @always_seq(clk.posedge, reset=rst)
    def refuse():
        refused.next = s_axis_command_tvalid and ready and not legal

    @always_comb
    def command_tile():
        count.next = tile[16:] + 1

    @always_comb
    def join_multiplier():
        engine_valid.next = tile_valid and s_axis_multiplier_tvalid
        tile_ready.next = engine_ready and s_axis_multiplier_tvalid
        multiplier_ready.next = engine_ready and tile_valid

    @always_comb
    def command_engine():
        command.next = concat(multipliers, count)

    return [
        split, check_size, find_last, decide_ready, decide_request, refuse,
        copy(ready, s_axis_command_tready),
        _walk(
            "tile_walk", clk, rst, last_token, last_head, begin_request, tile_room,
            tile, tile_valid, tile_ready, tile_last, 1, params,
        ),
        _walk(
            "query_walk", clk, rst, last_token, last_head, begin_request, query_room,
            m_axis_query_fetch_tdata, m_axis_query_fetch_tvalid, m_axis_query_fetch_tready,
            m_axis_query_fetch_tlast, rows, params,
        ),
        _walk(
            "key_walk", clk, rst, last_token, last_head, begin_request, key_room,
            m_axis_key_fetch_tdata, m_axis_key_fetch_tvalid, m_axis_key_fetch_tready,
            m_axis_key_fetch_tlast, TO_ZERO, params,
        ),
        _walk(
            "value_walk", clk, rst, last_token, last_head, begin_request, value_room,
            m_axis_value_fetch_tdata, m_axis_value_fetch_tvalid, m_axis_value_fetch_tready,
            m_axis_value_fetch_tlast, TO_ZERO, params,
        ),
        command_tile, join([multiplier] * rows, multipliers), join_multiplier,
        command_engine, copy(multiplier_ready, s_axis_multiplier_tready),
        instance(
            attention_decode.BLOCK, params.engine, "engine",
            clk=clk, rst=rst,
            s_axis_command_tdata=command, s_axis_command_tvalid=engine_valid,
            s_axis_command_tready=engine_ready,
            s_axis_query_tdata=s_axis_query_tdata, s_axis_query_tvalid=s_axis_query_tvalid,
            s_axis_query_tready=s_axis_query_tready,
            s_axis_key_tdata=s_axis_key_tdata, s_axis_key_tvalid=s_axis_key_tvalid,
            s_axis_key_tready=s_axis_key_tready,
            s_axis_value_tdata=s_axis_value_tdata, s_axis_value_tvalid=s_axis_value_tvalid,
            s_axis_value_tready=s_axis_value_tready,
            m_axis_tdata=m_axis_tdata, m_axis_tvalid=m_axis_tvalid, m_axis_tready=m_axis_tready,
            m_axis_tlast=m_axis_tlast, m_axis_tkeep=m_axis_tkeep, refused=engine_refused,
        ),
    ]  # fmt: skip


BLOCK = Block(
    name="attention_prefill",
    summary="attention of a prompt: reversed tiles, no masked step",
    family="attention",
    rtl=attention_prefill,
    params=PrefillParams,
    configs={
        "tiny": PrefillParams(**dataclasses.asdict(ATTENTION_CONFIGS["tiny"]), head_width=1),
        "tellme": PrefillParams(),
        "bitnet2b": PrefillParams(head_dim=128),
    },
    ports=_ports,
    latency="both passes over a tile's keys, then 24 + result_frac cycles to its first results",
    throughput="one beat of a key and one of a value per cycle",
    error="none but the stated roundings",
    source="arXiv:2510.15926 section 3.6, with the true maximum and exact sums",
    reference="tritproof.ref.attention.tiles.prefill",
    children=lambda params: (
        (tile_walk.BLOCK, params.walk),
        (attention_decode.BLOCK, params.engine),
    ),
)
