# SPDX-License-Identifier: Apache-2.0
"""Attention of one position in a single pass: a running maximum, rescaled sums."""

from typing import Any

from myhdl import ResetSignal, Signal, SignalType, always, always_comb, always_seq, block, concat
from tritproof.rtl.attention import attention_scores, attention_values
from tritproof.rtl.attention.attention_decode import engine_ports
from tritproof.rtl.attention.params import ONLINE_CONFIGS, OnlineAttentionParams
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Block
from tritproof.rtl.pieces import all_of, copy, join, lane, unsigned_signal
from tritproof.rtl.softmax import softmax_online
from tritproof.rtl.stream import whole_bytes


@block
def _row_softmax(
    clk: SignalType,
    rst: ResetSignal,
    score: SignalType,
    score_valid: SignalType,
    score_ready: SignalType,
    score_last: SignalType,
    beat: SignalType,
    weight: SignalType,
    first: SignalType,
    weight_valid: SignalType,
    weight_ready: SignalType,
    weight_last: SignalType,
    row: int,
    params: OnlineAttentionParams,
) -> Any:
    """Give one row's weights, the lowest fields of its softmax's beats."""
    value_width, weight_width = params.online.value_width, params.weight_width
    own = unsigned_signal(value_width)
    padded = unsigned_signal(whole_bytes(value_width))

    @always_comb
    def take_fields():
        weight.next = beat[weight_width:]
        first.next = beat[weight_width]

    return [
        copy(score, own),
        copy(own, padded),
        instance(
            softmax_online.BLOCK, params.online, f"row_{row}",
            clk=clk, rst=rst,
            s_axis_tdata=padded, s_axis_tvalid=score_valid, s_axis_tready=score_ready,
            s_axis_tlast=score_last,
            m_axis_tdata=beat, m_axis_tvalid=weight_valid, m_axis_tready=weight_ready,
            m_axis_tlast=weight_last,
        ),
        take_fields,
    ]  # fmt: skip


@block
def attention_online(
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
    s_axis_value_tdata: SignalType,
    s_axis_value_tvalid: SignalType,
    s_axis_value_tready: SignalType,
    m_axis_tdata: SignalType,
    m_axis_tvalid: SignalType,
    m_axis_tready: SignalType,
    m_axis_tlast: SignalType,
    m_axis_tkeep: SignalType,
    refused: SignalType,
    params: OnlineAttentionParams,
) -> Any:
    """Attend to all keys and values in one pass, for each query of a request.

    s_rj, x_rj as in attention_decode; with each key, in order, as in softmax_online, the running
    maximum m, the rescaling, the power e and the sum l, and
    t_d' = floor(t_d / 2^rescale) + e * v_jd, e * v_jd alone for the first key; at the end
    o_rd = round(2^result_frac * t_d / l), a tie to the even neighbour, the sign aside.

    Requests, streams and refusals are those of attention_decode; a key and its value may come
    together, as no key waits for the last one. Sums are rounded down where the maximum rises, so
    that results depend on the order of the keys; how far they are from those of attention_decode is
    bounded (``ref.attention.online_theorems``).
    """
    rows, value_width, weights_width = params.rows, params.online.value_width, params.weights_width
    scores = unsigned_signal(whole_bytes(params.scores_width))
    beat = [unsigned_signal(whole_bytes(params.online.beat_width)) for _ in range(rows)]
    weight = [unsigned_signal(params.weight_width) for _ in range(rows)]
    ready, valid, first, last = ([Signal(bool(0)) for _ in range(rows)] for _ in range(4))
    score_valid, score_ready, score_last, score_goes = (Signal(bool(0)) for _ in range(4))
    weight_valid, weight_ready, weight_goes, begins = (Signal(bool(0)) for _ in range(4))
    room, given, ends, ended = (Signal(bool(0)) for _ in range(4))
    together, kept = unsigned_signal(weights_width), unsigned_signal(weights_width + 1)
    marked = unsigned_signal(weights_width + 1)
    weights = unsigned_signal(whole_bytes(weights_width + 2))

    @always_comb
    def go():
        score_goes.next = score_valid and score_ready
        room.next = weight_ready or not given

    @always_comb
    def take():
        weight_goes.next = weight_valid and room

    @always_comb
    def pack():
        marked.next = concat(begins, together)

    # A key's weights wait here for the beats of its value, and no key waits for them.
    @always_seq(clk.posedge, reset=rst)
    def hold():
        if room:
            given.next = weight_valid

    @always(clk.posedge)
    def keep():
        if weight_goes:
            kept.next = marked
            ended.next = ends

    return [
        instance(
            attention_scores.BLOCK, params.engine_with(), "scores",
            clk=clk, rst=rst,
            s_axis_command_tdata=s_axis_command_tdata,
            s_axis_command_tvalid=s_axis_command_tvalid,
            s_axis_command_tready=s_axis_command_tready,
            s_axis_query_tdata=s_axis_query_tdata,
            s_axis_query_tvalid=s_axis_query_tvalid,
            s_axis_query_tready=s_axis_query_tready,
            s_axis_key_tdata=s_axis_key_tdata,
            s_axis_key_tvalid=s_axis_key_tvalid,
            s_axis_key_tready=s_axis_key_tready,
            m_axis_tdata=scores, m_axis_tvalid=score_valid, m_axis_tready=score_ready,
            m_axis_tlast=score_last, refused=refused,
        ),
        [
            _row_softmax(
                clk, rst, lane(scores, value_width, row), score_goes, ready[row], score_last,
                beat[row], weight[row], first[row], valid[row], weight_goes, last[row], row, params,
            )
            for row in range(rows)
        ],
        all_of(ready, score_ready),
        all_of(valid, weight_valid),
        all_of(first, begins),
        all_of(last, ends),
        go,
        take,
        join(weight, together),
        pack,
        hold,
        keep,
        copy(kept, weights),
        instance(
            attention_values.BLOCK, params, "values",
            clk=clk, rst=rst,
            s_axis_weight_tdata=weights, s_axis_weight_tvalid=given,
            s_axis_weight_tready=weight_ready, s_axis_weight_tlast=ended,
            s_axis_value_tdata=s_axis_value_tdata,
            s_axis_value_tvalid=s_axis_value_tvalid,
            s_axis_value_tready=s_axis_value_tready,
            m_axis_tdata=m_axis_tdata, m_axis_tvalid=m_axis_tvalid, m_axis_tready=m_axis_tready,
            m_axis_tlast=m_axis_tlast, m_axis_tkeep=m_axis_tkeep,
        ),
    ]  # fmt: skip


BLOCK = Block(
    name="attention_online",
    summary="attention of one position in one pass: running maximum, rescaled sums",
    family="attention",
    rtl=attention_online,
    params=OnlineAttentionParams,
    configs={
        "tiny": ONLINE_CONFIGS["online_tiny"],
        "tellme": ONLINE_CONFIGS["online"],
        "bitnet2b": ONLINE_CONFIGS["online_bitnet2b"],
    },
    ports=engine_ports,
    latency="one pass over keys and values, then 29 + result_frac cycles to the first results",
    throughput="one beat of a key and one of a value per cycle",
    error="bounded against attention_decode; see ref.attention.online_theorems",
    source="arXiv:2510.15926 section 3.6 (equation 11), with an integer maximum in base 2",
    reference="tritproof.ref.attention.online.attention_online",
    children=lambda params: (
        (attention_scores.BLOCK, params.engine_with()),
        (softmax_online.BLOCK, params.online),
        (attention_values.BLOCK, params),
    ),
)
