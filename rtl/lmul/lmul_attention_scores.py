# SPDX-License-Identifier: Apache-2.0
"""Scores of keys with a query by L-Mul products and exact sums."""

from typing import Any

from myhdl import ResetSignal, Signal, SignalType, always, always_comb, always_seq, block
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.lmul import lmul_dot
from tritproof.rtl.lmul.lmul_dot import LmulDotParams, dot_params, sum_stream
from tritproof.rtl.manifest import Block, Port, stream_ports
from tritproof.rtl.pieces import copy, unsigned_signal

INSIDE_WIDTH = lmul_dot.STAGES.bit_length()
"""Bits of the number of keys in lmul_dot."""


def _ports(params: LmulDotParams) -> tuple[Port, ...]:
    each = f"{params.lanes} codes, the first lowest"
    width = params.lanes * params.width
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("rst", "in", 1, doc="synchronous reset, active high"),
        *stream_ports("s_axis_query", "in", width, tlast=True, doc=each),
        *stream_ports(
            "s_axis", "in", width, tlast=True, doc=f"{each}; tlast ends the query's last key"
        ),
        *sum_stream(params, tlast=True),
        Port("refused", "out", 1, doc="high for one cycle after a query that is too long"),
    )


@block
def _keep_query(
    clk: SignalType,
    write: SignalType,
    index: SignalType,
    beat: SignalType,
    place: SignalType,
    word: SignalType,
    depth: int,
) -> Any:
    """Keep the beats of a query; ``word`` is the one at ``place``."""
    words = [unsigned_signal(len(beat)) for _ in range(depth)]

    @always(clk.posedge)
    def store():
        if write:
            words[index].next = beat

    @always_comb
    def recall():
        word.next = words[place]

    return store, recall


@block
def lmul_attention_scores(
    clk: SignalType,
    rst: ResetSignal,
    s_axis_query_tdata: SignalType,
    s_axis_query_tvalid: SignalType,
    s_axis_query_tready: SignalType,
    s_axis_query_tlast: SignalType,
    s_axis_tdata: SignalType,
    s_axis_tvalid: SignalType,
    s_axis_tready: SignalType,
    s_axis_tlast: SignalType,
    m_axis_tdata: SignalType,
    m_axis_tvalid: SignalType,
    m_axis_tready: SignalType,
    m_axis_tlast: SignalType,
    refused: SignalType,
    params: LmulDotParams,
) -> Any:
    """Give the score of each key that follows a query.

    score_j = sum_i q_i * k_ji with the products of ``lmul``, summed up exactly, as ``lmul_dot``
    gives it: one beat for each key. A query of up to ``depth`` beats is kept; then keys come, each
    of as many beats, until tlast ends the last of them; its score has tlast. A key that ends early
    has a score of the beats it has. A query of more than ``depth`` beats is taken to its end,
    raises ``refused`` for one cycle and has no other effect. The next query is taken while the last
    scores are given out.
    """
    depth = params.depth
    last_index = depth - 1
    index_width = max(last_index.bit_length(), 1)
    held, ending, whole, write, wanted = (Signal(bool(0)) for _ in range(5))
    fits = Signal(bool(1))
    index, last_place, place = (unsigned_signal(index_width) for _ in range(3))
    flows, offers, taken, key_ends, given, last = (Signal(bool(0)) for _ in range(6))
    key_ready, query_ready, offered, too_long = (Signal(bool(0)) for _ in range(4))
    word = unsigned_signal(len(s_axis_tdata))
    scores = unsigned_signal(INSIDE_WIDTH)

    @always_comb
    def want():
        wanted.next = not held
        write.next = s_axis_query_tvalid and not held and fits

    @always_seq(clk.posedge, reset=rst)
    def load():
        refused.next = s_axis_query_tvalid and wanted and s_axis_query_tlast and not fits
        if s_axis_query_tvalid and wanted:
            if s_axis_query_tlast:
                index.next = 0
                fits.next = True
                held.next = fits
            elif index == last_index:
                fits.next = False
            else:
                index.next = index + 1
        elif taken and s_axis_tlast:
            held.next = False

    @always(clk.posedge)
    def keep_length():
        if write:
            last_place.next = index

    @always_comb
    def decide():
        flows.next = held and not ending
        whole.next = place == last_place

    @always_comb
    def offer():
        offers.next = s_axis_tvalid and flows
        key_ends.next = whole or s_axis_tlast

    @always_comb
    def take():
        taken.next = offers and key_ready
        s_axis_tready.next = flows and key_ready

    @always_seq(clk.posedge, reset=rst)
    def walk():
        if taken:
            if key_ends:
                place.next = 0
            else:
                place.next = place + 1
        if taken and s_axis_tlast:
            ending.next = True
        elif given and last:
            ending.next = False
        if taken and key_ends:
            if not given:
                scores.next = scores + 1
        elif given:
            scores.next = scores - 1

    @always_comb
    def mark():
        last.next = ending and scores == 1
        given.next = offered and m_axis_tready

    return [
        want,
        load,
        keep_length,
        _keep_query(clk, write, index, s_axis_query_tdata, place, word, depth),
        decide,
        offer,
        take,
        walk,
        mark,
        instance(
            lmul_dot.BLOCK, params, "dot",
            clk=clk, rst=rst,
            s_axis_tdata=s_axis_tdata, s_axis_tvalid=offers, s_axis_tready=key_ready,
            s_axis_tlast=key_ends,
            s_axis_other_tdata=word, s_axis_other_tvalid=offers, s_axis_other_tready=query_ready,
            m_axis_tdata=m_axis_tdata, m_axis_tvalid=offered, m_axis_tready=m_axis_tready,
            refused=too_long,
        ),
        copy(wanted, s_axis_query_tready),
        copy(offered, m_axis_tvalid),
        copy(last, m_axis_tlast),
    ]  # fmt: skip


BLOCK = Block(
    name="lmul_attention_scores",
    summary="scores of keys with a query by L-Mul products, exactly summed up",
    family="lmul",
    rtl=lmul_attention_scores,
    params=LmulDotParams,
    configs={
        "tiny": dot_params("e4m3", lanes=2, depth=3),
        "tellme": dot_params("e4m3", lanes=16, depth=6),
        "bitnet2b": dot_params("e4m3", lanes=16, depth=8),
        "float16": dot_params("float16", lanes=8, depth=16),
    },
    ports=_ports,
    children=lambda params: ((lmul_dot.BLOCK, params),),
    latency=f"{lmul_dot.STAGES} cycles from a key's last beat",
    throughput="one beat of keys per cycle",
    error="that of the products; their sum is exact",
    source="arXiv:2410.00907 section 3 (attention by L-Mul), with exact sums",
    reference="tritproof.ref.lmul.lmul.lmul_attention_scores",
)
