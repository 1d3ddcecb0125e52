# SPDX-License-Identifier: Apache-2.0
"""Attention of one position: the queries that share a key head, over all keys and values so far."""

from typing import Any

from myhdl import ResetSignal, SignalType, block
from tritproof.rtl.attention.engine import attention_engine, engine_children, engine_ports
from tritproof.rtl.attention.params import AttentionParams
from tritproof.rtl.manifest import Block


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
    the order of the keys or on ``lanes``. A command with another number of keys is taken, raises
    ``refused`` for one cycle and has no other effect. Results come element by element, all rows in
    a beat, tlast on the last; tkeep is set for every row.
    """
    return attention_engine(
        clk,
        rst,
        s_axis_command_tdata,
        s_axis_command_tvalid,
        s_axis_command_tready,
        s_axis_query_tdata,
        s_axis_query_tvalid,
        s_axis_query_tready,
        s_axis_key_tdata,
        s_axis_key_tvalid,
        s_axis_key_tready,
        s_axis_value_tdata,
        s_axis_value_tvalid,
        s_axis_value_tready,
        m_axis_tdata,
        m_axis_tvalid,
        m_axis_tready,
        m_axis_tlast,
        m_axis_tkeep,
        refused,
        params,
    )


BLOCK = Block(
    name="attention_decode",
    summary="attention of one position: true maximum, exact sums, one rounding",
    family="attention",
    rtl=attention_decode,
    params=AttentionParams,
    configs={
        "tiny": AttentionParams(
            head_dim=2, lanes=1, depth=4, mantissa_width=3, least_shift=9, shift_width=2,
            frac=3, precision=5, result_frac=1,
        ),
        "tellme": AttentionParams(),
        "wide": AttentionParams(lanes=96),
        "bitnet2b": AttentionParams(head_dim=128, rows=4),
    },
    ports=engine_ports,
    latency="both passes over the keys, then 24 + result_frac cycles to the first results",
    throughput="one beat of a key and one of a value per cycle",
    error="none but the stated roundings",
    source="arXiv:2510.15926 section 3.7, with the true maximum and exact sums",
    reference="tritproof.ref.attention.attention.attention",
    children=engine_children,
)  # fmt: skip
