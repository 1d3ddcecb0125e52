# SPDX-License-Identifier: Apache-2.0
"""Attention of one position: the queries that share a key head, over all keys and values so far."""

from typing import Any

from myhdl import ResetSignal, Signal, SignalType, block
from tritproof.rtl.attention import attention_scores, attention_values
from tritproof.rtl.attention.attention_scores import command_ports
from tritproof.rtl.attention.params import ATTENTION_CONFIGS, AttentionParams
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Block, Port, stream_ports
from tritproof.rtl.pieces import unsigned_signal
from tritproof.rtl.softmax import score_buffer
from tritproof.rtl.stream import whole_bytes


def engine_ports(params: AttentionParams) -> tuple[Port, ...]:
    width, elements = params.lane_width, f"{params.lanes} int8 elements, the first lowest"
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("rst", "in", 1, doc="synchronous reset, active high"),
        *command_ports(params),
        *stream_ports(
            "s_axis_query", "in", params.beat_width,
            doc=f"{elements}; {params.beats} beats a query, row 0 first",
        ),
        *stream_ports(
            "s_axis_key", "in", params.beat_width, doc=f"{elements}; {params.beats} beats a key"
        ),
        *stream_ports(
            "s_axis_value", "in", params.beat_width,
            doc=f"{elements}; {params.beats} beats a value, in the order of the keys",
        ),
        *stream_ports(
            "m_axis", "out", params.rows * width, tlast=True,
            tkeep_width=params.rows * width // 8,
            doc=f"an element's {params.rows} results of {width} bits, two's complement, in units "
            f"of 2^-{params.result_frac}, row 0 lowest; {params.head_dim} beats a request",
        ),
        Port("refused", "out", 1, doc="high for one cycle after a number of keys out of range"),
    )  # fmt: skip


@block
def attention_decode(
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
    params: AttentionParams,
) -> Any:
    """Attend to all keys and values, for each query of a request.

    s_rj = sum_i q_ri k_ji,  x_rj = floor(s_rj * mantissa_r / 2^(least_shift + shift_r)),
    z_rj = max_i x_ri - x_rj,  e_rj = floor(2^precision * 2^(-z_rj / 2^frac)),
    o_rd = round(2^result_frac * sum_j e_rj v_jd / sum_j e_rj), a tie to the even neighbour, the
    sign aside.

    A request is one command, the ``rows`` queries that share a key head, and as many keys and
    values as the command says, from 1 to ``depth``: one request for each key head. Keys come
    first, values in their order; the keys of the next request may come while the values of the
    present one do. The maximum is the true one and all sums are exact, so that no result depends on
    the order of the keys or on ``lanes``. Staggered rows begin late: query r takes no part in the
    first r keys, and has no results if there are no more. A command with another number of keys is
    taken, raises ``refused`` for one cycle and has no other effect. Results come element by
    element, all rows in a beat, tlast on the last; tkeep is 0 for rows without results.
    """
    scores = unsigned_signal(whole_bytes(params.scores_width))
    score_valid, score_ready, score_last = (Signal(bool(0)) for _ in range(3))
    distances = unsigned_signal(whole_bytes(params.weights_width + 2))
    distance_valid, distance_ready, distance_last = (Signal(bool(0)) for _ in range(3))
    too_long = Signal(bool(0))
    return [
        instance(
            attention_scores.BLOCK, params, "scores",
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
        instance(
            score_buffer.BLOCK, params.buffer, "buffer",
            clk=clk, rst=rst,
            s_axis_tdata=scores, s_axis_tvalid=score_valid, s_axis_tready=score_ready,
            s_axis_tlast=score_last,
            m_axis_tdata=distances, m_axis_tvalid=distance_valid, m_axis_tready=distance_ready,
            m_axis_tlast=distance_last, refused=too_long,
        ),
        instance(
            attention_values.BLOCK, params, "values",
            clk=clk, rst=rst,
            s_axis_weight_tdata=distances, s_axis_weight_tvalid=distance_valid,
            s_axis_weight_tready=distance_ready, s_axis_weight_tlast=distance_last,
            s_axis_value_tdata=s_axis_value_tdata,
            s_axis_value_tvalid=s_axis_value_tvalid,
            s_axis_value_tready=s_axis_value_tready,
            m_axis_tdata=m_axis_tdata, m_axis_tvalid=m_axis_tvalid, m_axis_tready=m_axis_tready,
            m_axis_tlast=m_axis_tlast, m_axis_tkeep=m_axis_tkeep,
        ),
    ]  # fmt: skip


BLOCK = Block(
    name="attention_decode",
    summary="attention of one position: true maximum, exact sums, one rounding",
    family="attention",
    rtl=attention_decode,
    params=AttentionParams,
    configs={
        "tiny": ATTENTION_CONFIGS["single"],
        "tellme": ATTENTION_CONFIGS["decode"],
        "wide": ATTENTION_CONFIGS["wide"],
        "bitnet2b": ATTENTION_CONFIGS["grouped"],
        "staggered_tiny": ATTENTION_CONFIGS["tiny"],
        "staggered": ATTENTION_CONFIGS["prefill"],
        "staggered_bitnet2b": ATTENTION_CONFIGS["prefill_bitnet2b"],
    },
    ports=engine_ports,
    latency="both passes over the keys, then 21 + result_frac cycles to the first results",
    throughput="one beat of a key and one of a value per cycle",
    error="none but the stated roundings",
    source="arXiv:2510.15926 section 3.7, with the true maximum and exact sums",
    reference="tritproof.ref.attention.attention.attention",
    children=lambda params: (
        (attention_scores.BLOCK, params),
        (score_buffer.BLOCK, params.buffer),
        (attention_values.BLOCK, params),
    ),
)
