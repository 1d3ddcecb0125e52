# SPDX-License-Identifier: Apache-2.0
"""What attention engines are made of: scores, buffer and weighted means, and their ports."""

from typing import Any

from myhdl import ResetSignal, Signal, SignalType, block
from tritproof.rtl.attention import attention_scores, attention_values
from tritproof.rtl.attention.attention_scores import command_ports
from tritproof.rtl.attention.params import AttentionParams
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Block, Port, stream_ports
from tritproof.rtl.pieces import unsigned_signal
from tritproof.rtl.softmax import score_buffer
from tritproof.rtl.stream import whole_bytes


def engine_children(params: AttentionParams) -> tuple[tuple[Block, Any], ...]:
    """Return the parts of an attention engine."""
    return (
        (attention_scores.BLOCK, params),
        (score_buffer.BLOCK, params.buffer),
        (attention_values.BLOCK, params),
    )


def engine_ports(params: AttentionParams) -> tuple[Port, ...]:
    """Return the ports of an attention engine."""
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
def attention_engine(
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
    """Connect scores, buffer and weighted means."""
    scores = unsigned_signal(whole_bytes(params.scores_width))
    score_valid, score_ready, score_last = (Signal(bool(0)) for _ in range(3))
    distances = unsigned_signal(whole_bytes(params.buffer.output_width + 2))
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
            s_axis_distance_tdata=distances, s_axis_distance_tvalid=distance_valid,
            s_axis_distance_tready=distance_ready, s_axis_distance_tlast=distance_last,
            s_axis_value_tdata=s_axis_value_tdata,
            s_axis_value_tvalid=s_axis_value_tvalid,
            s_axis_value_tready=s_axis_value_tready,
            m_axis_tdata=m_axis_tdata, m_axis_tvalid=m_axis_tvalid, m_axis_tready=m_axis_tready,
            m_axis_tlast=m_axis_tlast, m_axis_tkeep=m_axis_tkeep,
        ),
    ]  # fmt: skip
