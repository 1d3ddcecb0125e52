# SPDX-License-Identifier: Apache-2.0
"""Scaled scores of some queries and a stream of keys."""

from typing import Any

from myhdl import ResetSignal, Signal, SignalType, always, always_comb, always_seq, block, concat
from tritproof.rtl.attention import dot_int8
from tritproof.rtl.attention.params import ATTENTION_CONFIGS, ONLINE_CONFIGS, AttentionParams
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Block, Port, stream_ports
from tritproof.rtl.pieces import (
    as_bits,
    copy,
    count_held,
    delay_line,
    join,
    lane,
    of_width,
    unsigned_signal,
)
from tritproof.rtl.softmax import score_scale
from tritproof.rtl.stream import whole_bytes

DOT_LATENCY = 3
"""Moves from a key's last beat to its dot product."""
SCALE_LATENCY = 2
"""Moves from a dot product to the scaled score."""


def command_ports(params: AttentionParams) -> tuple[Port, ...]:
    """Return the stream of commands of an attention engine."""
    mantissa, multiplier = params.mantissa_width, params.multiplier_width
    return stream_ports(
        "s_axis_command",
        "in",
        whole_bytes(params.command_width),
        doc=f"number of keys in bits 15..0, above it for each row {multiplier} bits, row 0 lowest: "
        f"the mantissa in the lowest {mantissa}, then the shift",
    )


def _ports(params: AttentionParams) -> tuple[Port, ...]:
    elements = f"{params.lanes} int8 elements, the first lowest"
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("rst", "in", 1, doc="synchronous reset, active high"),
        *command_ports(params),
        *stream_ports(
            "s_axis_query",
            "in",
            params.beat_width,
            doc=f"{elements}; {params.beats} beats a row, row 0 first",
        ),
        *stream_ports(
            "s_axis_key", "in", params.beat_width, doc=f"{elements}; {params.beats} beats a key"
        ),
        *stream_ports(
            "m_axis",
            "out",
            whole_bytes(params.scores_width),
            tlast=True,
            doc=f"a key's {params.rows} scaled scores of {params.scale.value_width} bits, two's "
            "complement, row 0 lowest",
        ),
        Port("refused", "out", 1, doc="high for one cycle after a number of keys out of range"),
    )


@block
def _query(
    clk: SignalType,
    write: SignalType,
    write_row: SignalType,
    write_address: SignalType,
    beat: SignalType,
    read_address: SignalType,
    query: SignalType,
    row: int,
    depth: int,
) -> Any:
    """Memory of one row's query, two banks of it."""
    words = [unsigned_signal(len(beat)) for _ in range(depth)]

    @always(clk.posedge)
    def store():
        if write and write_row == row:
            words[write_address].next = beat

    @always_comb
    def fetch():
        query.next = words[read_address]

    return store, fetch


@block
def _row_score(
    clk: SignalType,
    move: SignalType,
    accept: SignalType,
    first: SignalType,
    query: SignalType,
    key: SignalType,
    multiplier: SignalType,
    score_bits: SignalType,
    row: int,
    params: AttentionParams,
) -> Any:
    """Dot product of query and key, then the scaling."""
    low, high = params.mantissa_width, params.multiplier_width
    own = unsigned_signal(high)
    mantissa, shift = unsigned_signal(low), unsigned_signal(params.shift_width)
    dot, wide_dot = of_width(params.dot.score_width), of_width(params.score_width)
    score = of_width(params.scale.value_width)

    @always_comb
    def split():
        mantissa.next = own[low:]
        shift.next = own[high:low]

    return [
        copy(multiplier, own),
        split,
        instance(
            dot_int8.BLOCK, params.dot, f"dot_{row}",
            clk=clk, enable=move, take=accept, first=first, a=query, b=key, score=dot,
        ),
        copy(dot, wide_dot),
        instance(
            score_scale.BLOCK, params.scale, f"scale_{row}",
            clk=clk, enable=move, score=wide_dot, mantissa=mantissa, shift=shift, value=score,
        ),
        as_bits(score, score_bits),
    ]  # fmt: skip


@block
def attention_scores(
    clk: SignalType,
    rst: ResetSignal,
    s_axis_command_tdata: SignalType,
    s_axis_command_tvalid: SignalType,
    s_axis_command_tready: SignalType,
    s_axis_query_tdata: SignalType,
    s_axis_query_tvalid: SignalType,
    s_axis_query_tready: SignalType,
    s_axis_key_tdata: SignalType,
    s_axis_key_tvalid: SignalType,
    s_axis_key_tready: SignalType,
    m_axis_tdata: SignalType,
    m_axis_tvalid: SignalType,
    m_axis_tready: SignalType,
    m_axis_tlast: SignalType,
    refused: SignalType,
    params: AttentionParams,
) -> Any:
    """Score each key of a request against every query of it.

    x_rj = floor(mantissa_r * sum_i q_ri k_ji / 2^(least_shift + shift_r)), for keys j in order.

    A request is one command, ``rows`` queries and as many keys as the command says. A command
    with no keys or more than ``depth`` is taken, raises ``refused`` for one cycle and has no other
    effect: it takes neither queries nor keys. Queries are held in two banks: those of the next
    request may come while keys of the present one do.
    """
    rows, place_width = params.rows, params.place_width
    depth, last_beat, last_row = params.depth, params.beats - 1, params.rows - 1
    size_width, multipliers_width = params.size_width, rows * params.multiplier_width
    command_width, value_width = params.command_width, params.scale.value_width
    stages = DOT_LATENCY + SCALE_LATENCY
    last_stage = stages - 1

    size, keys = unsigned_signal(16), unsigned_signal(size_width)
    legal, active, wanted, begin_request = (Signal(bool(0)) for _ in range(4))
    multipliers = unsigned_signal(multipliers_width)
    multiplier_line = unsigned_signal(DOT_LATENCY * multipliers_width)
    scoring = unsigned_signal(multipliers_width)

    query_room, query_accept, query_done = (Signal(bool(0)) for _ in range(3))
    query_bank, read_bank = Signal(bool(0)), Signal(bool(0))
    query_place, place = unsigned_signal(place_width), unsigned_signal(place_width)
    query_row = unsigned_signal(max(1, last_row.bit_length()))
    query_address, read_address = (unsigned_signal(place_width + 1) for _ in range(2))
    held = unsigned_signal(2)
    query = [unsigned_signal(params.beat_width) for _ in range(rows)]

    key, next_key = unsigned_signal(size_width), unsigned_signal(size_width)
    move, key_ready, accept, first, completes, ends, finish = (Signal(bool(0)) for _ in range(7))
    at_last_beat, at_last_key, offered, ending = (Signal(bool(0)) for _ in range(4))
    valid_line, end_line = unsigned_signal(stages), unsigned_signal(stages)
    score = [unsigned_signal(value_width) for _ in range(rows)]
    scores, beat = unsigned_signal(params.scores_width), unsigned_signal(len(m_axis_tdata))

    @always_comb
    def take_size():
        size.next = s_axis_command_tdata[16:]

    @always_comb
    def check_size():
        legal.next = size != 0 and size <= depth
        wanted.next = not active

    @always_comb
    def decide_request():
        begin_request.next = s_axis_command_tvalid and wanted and legal

    @always_seq(clk.posedge, reset=rst)
    def follow_requests():
        refused.next = s_axis_command_tvalid and wanted and not legal
        if begin_request:
            active.next = True
        elif finish:
            active.next = False

    @always(clk.posedge)
    def keep_request():
        if begin_request:
            keys.next = s_axis_command_tdata[size_width:]
            multipliers.next = s_axis_command_tdata[command_width:16]

    @always_comb
    def decide_query():
        query_room.next = held != 2
        query_address.next = concat(query_bank, query_place)

    @always_comb
    def accept_query():
        query_accept.next = s_axis_query_tvalid and query_room
        query_done.next = (
            s_axis_query_tvalid
            and query_room
            and query_place == last_beat
            and query_row == last_row
        )

    @always_seq(clk.posedge, reset=rst)
    def fill():
        if query_accept:
            if query_place == last_beat:
                query_place.next = 0
                if query_row == last_row:
                    query_row.next = 0
                else:
                    query_row.next = query_row + 1
            else:
                query_place.next = query_place + 1
        if query_done:
            query_bank.next = not query_bank

    @always_comb
    def decide_move():
        move.next = m_axis_tready or not offered

    @always_comb
    def count_up():
        next_key.next = key + 1

    @always_comb
    def locate():
        first.next = place == 0
        at_last_beat.next = place == last_beat
        at_last_key.next = next_key == keys
        read_address.next = concat(read_bank, place)

    @always_comb
    def decide_ready():
        key_ready.next = active and held != 0 and move

    @always_comb
    def decide_accept():
        accept.next = s_axis_key_tvalid and key_ready

    @always_comb
    def decide_end():
        completes.next = accept and at_last_beat
        ends.next = at_last_key
        finish.next = accept and at_last_beat and at_last_key

    @always_seq(clk.posedge, reset=rst)
    def walk():
        if accept:
            if at_last_beat:
                place.next = 0
                if at_last_key:
                    key.next = 0
                else:
                    key.next = next_key
            else:
                place.next = place + 1
        if finish:
            read_bank.next = not read_bank

    @always_seq(clk.posedge, reset=rst)
    def carry_valid():
        if move:
            valid_line.next = concat(valid_line[last_stage:], completes)

    @always_comb
    def tap():
        offered.next = valid_line[last_stage]
        ending.next = end_line[last_stage]
        scoring.next = multiplier_line[DOT_LATENCY * multipliers_width : 2 * multipliers_width]

    return [
        take_size,
        check_size,
        decide_request,
        follow_requests,
        keep_request,
        decide_query,
        accept_query,
        fill,
        count_held(clk, rst, query_done, finish, held),
        decide_move,
        count_up,
        locate,
        decide_ready,
        decide_accept,
        decide_end,
        walk,
        carry_valid,
        tap,
        copy(wanted, s_axis_command_tready),
        copy(query_room, s_axis_query_tready),
        copy(key_ready, s_axis_key_tready),
        delay_line(clk, move, multipliers, multiplier_line),
        delay_line(clk, move, ends, end_line),
        [
            _query(
                clk, query_accept, query_row, query_address, s_axis_query_tdata, read_address,
                query[row], row, 2 << place_width,
            )
            for row in range(rows)
        ],
        [
            _row_score(
                clk, move, accept, first, query[row], s_axis_key_tdata,
                lane(scoring, params.multiplier_width, row), score[row], row, params,
            )
            for row in range(rows)
        ],
        join(score, scores),
        copy(scores, beat),
        copy(beat, m_axis_tdata),
        copy(offered, m_axis_tvalid),
        copy(ending, m_axis_tlast),
    ]  # fmt: skip


BLOCK = Block(
    name="attention_scores",
    summary="scaled scores of some queries and a stream of keys",
    family="attention",
    rtl=attention_scores,
    params=AttentionParams,
    configs=ATTENTION_CONFIGS | {"online_tiny": ONLINE_CONFIGS["online_tiny"].engine_with()},
    ports=_ports,
    latency="5 moves from a key's last beat to its scores",
    throughput="one beat of a key per cycle, against all rows",
    error="none but the floor of the scaling",
    source="arXiv:2510.15926 sections 3.6 and 3.7 (scores)",
    reference="tritproof.ref.attention.attention.attention",
    children=lambda params: (
        (dot_int8.BLOCK, params.dot),
        (score_scale.BLOCK, params.scale),
    ),
)
