# SPDX-License-Identifier: Apache-2.0
"""Weighted means of a stream of values, by a stream of weights."""

from typing import Any

from myhdl import ResetSignal, Signal, SignalType, always_comb, always_seq, block, concat
from tritproof.rtl.attention import row_mean
from tritproof.rtl.attention.params import ATTENTION_CONFIGS, ONLINE_CONFIGS, AttentionParams
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Block, Port, stream_ports
from tritproof.rtl.pieces import copy, count_held, delay_line, join, lane, unsigned_signal
from tritproof.rtl.stream import whole_bytes

POWER_LATENCY = 2
"""Cycles of exp2_neg."""
SUM_LATENCY = 2
"""Cycles of weighted_sum."""


def _ports(params: AttentionParams) -> tuple[Port, ...]:
    weights, rows, width = params.weights_width, params.rows, params.lane_width
    fields = ", ".join(f"{name} ({bits})" for name, bits in params.weight_fields)
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("rst", "in", 1, doc="synchronous reset, active high"),
        *stream_ports(
            "s_axis_weight",
            "in",
            whole_bytes(weights + 2),
            tlast=True,
            doc=f"a value's weights for {rows} rows, row 0 lowest, each {fields}; the first value "
            f"of a request in bit {weights}; tlast on its last",
        ),
        *stream_ports(
            "s_axis_value",
            "in",
            params.beat_width,
            doc=f"{params.lanes} int8 elements, the first lowest; {params.beats} beats a value",
        ),
        *stream_ports(
            "m_axis",
            "out",
            rows * width,
            tlast=True,
            tkeep_width=rows * width // 8,
            doc=f"an element's {rows} results of {width} bits, two's complement, in units of "
            f"2^-{params.result_frac}, row 0 lowest; {params.head_dim} beats a request",
        ),
    )


@block
def attention_values(
    clk: SignalType,
    rst: ResetSignal,
    s_axis_weight_tdata: SignalType,
    s_axis_weight_tvalid: SignalType,
    s_axis_weight_tready: SignalType,
    s_axis_weight_tlast: SignalType,
    s_axis_value_tdata: SignalType,
    s_axis_value_tvalid: SignalType,
    s_axis_value_tready: SignalType,
    m_axis_tdata: SignalType,
    m_axis_tvalid: SignalType,
    m_axis_tready: SignalType,
    m_axis_tlast: SignalType,
    m_axis_tkeep: SignalType,
    params: AttentionParams,
) -> Any:
    """Weigh a stream of values and divide by the sum of the weights, for several rows at once.

    e_rj = floor(2^precision * 2^(-z_rj / 2^frac)),
    o_rd = round(2^result_frac * sum_j e_rj v_jd / sum_j e_rj), a tie to the even neighbour, the
    sign aside.

    Where weights come from softmax_online, in its fields, sums are its own and rescaled as it says.

    Sums are exact; there is one division and one rounding. The results of a request come element by
    element, all rows in a beat, tlast on the last element. A row whose weights are all zero gives
    zeros and is cleared in tkeep. Two banks alternate: the values of the next request are summed
    up while the present one is divided.
    """
    rows, beats, lanes = params.rows, params.beats, params.lanes
    weight_width, weights = params.weight_width, params.weights_width
    place_width, last_beat, last_lane = params.place_width, beats - 1, lanes - 1
    line, power_last = POWER_LATENCY + SUM_LATENCY, POWER_LATENCY - 1
    last_line = line - 1
    stages = params.division.quotient_width + 2
    last_stage = stages - 1

    place = unsigned_signal(place_width)
    write_bank, read_bank = Signal(bool(0)), Signal(bool(0))
    held, ready = unsigned_signal(2), unsigned_signal(2)
    room, accept, at_last_beat, starts, closes, counts_now = (Signal(bool(0)) for _ in range(6))
    value_ready, weight_ready = Signal(bool(0)), Signal(bool(0))
    enable, whole = Signal(bool(0)), Signal(bool(0))
    valid_line, close_line = unsigned_signal(line), unsigned_signal(line)
    first_line, count_line, bank_line = (unsigned_signal(POWER_LATENCY) for _ in range(3))
    place_line = unsigned_signal(POWER_LATENCY * place_width)
    value_line = unsigned_signal(POWER_LATENCY * params.beat_width)
    take, counts, first, bank = (Signal(bool(0)) for _ in range(4))
    weighed_place, weighed = unsigned_signal(place_width), unsigned_signal(params.beat_width)
    weight = [unsigned_signal(weight_width) for _ in range(rows)]
    all_weights = unsigned_signal(weights)

    move, reading, at_end, done = (Signal(bool(0)) for _ in range(4))
    read_place = unsigned_signal(place_width)
    element = unsigned_signal(params.element_width)
    result_valid, result_last = unsigned_signal(stages), unsigned_signal(stages)
    offered, ending = Signal(bool(0)), Signal(bool(0))
    result = [unsigned_signal(params.lane_width) for _ in range(rows)]
    keep = [unsigned_signal(params.lane_width // 8) for _ in range(rows)]

    @always_comb
    def decide_accept():
        room.next = held != 2
        at_last_beat.next = place == last_beat
        all_weights.next = s_axis_weight_tdata[weights:]

    @always_comb
    def decide_ready():
        value_ready.next = room and s_axis_weight_tvalid
        accept.next = room and s_axis_weight_tvalid and s_axis_value_tvalid

    @always_comb
    def decide_flags():
        weight_ready.next = accept and at_last_beat
        closes.next = accept and at_last_beat and s_axis_weight_tlast
        counts_now.next = accept and place == 0
        starts.next = s_axis_weight_tdata[weights]

    @always_seq(clk.posedge, reset=rst)
    def walk():
        if accept:
            if at_last_beat:
                place.next = 0
            else:
                place.next = place + 1
        if closes:
            write_bank.next = not write_bank

    @always_seq(clk.posedge, reset=rst)
    def carry_valid():
        valid_line.next = concat(valid_line[last_line:], accept)
        close_line.next = concat(close_line[last_line:], closes)

    @always_comb
    def decide_enable():
        enable.next = accept or valid_line != 0

    @always_comb
    def tap():
        take.next = valid_line[power_last]
        counts.next = valid_line[power_last] and count_line[power_last]
        first.next = first_line[power_last]
        bank.next = bank_line[power_last]
        whole.next = close_line[last_line]
        weighed_place.next = place_line[POWER_LATENCY * place_width : power_last * place_width]
        weighed.next = value_line[len(value_line) : len(weighed)]

    @always_comb
    def decide_move():
        move.next = m_axis_tready or not offered

    @always_comb
    def locate():
        reading.next = ready != 0
        at_end.next = read_place == last_beat and element == last_lane

    @always_comb
    def finish():
        done.next = move and reading and at_end

    @always_seq(clk.posedge, reset=rst)
    def read_on():
        if move and reading:
            if element == last_lane:
                element.next = 0
                if read_place == last_beat:
                    read_place.next = 0
                else:
                    read_place.next = read_place + 1
            else:
                element.next = element + 1
        if done:
            read_bank.next = not read_bank

    @always_seq(clk.posedge, reset=rst)
    def carry_results():
        if move:
            result_valid.next = concat(result_valid[last_stage:], reading)

    @always_comb
    def offer():
        offered.next = result_valid[last_stage]
        ending.next = result_last[last_stage]

    return [
        decide_accept,
        decide_ready,
        decide_flags,
        walk,
        carry_valid,
        decide_enable,
        tap,
        count_held(clk, rst, closes, done, held),
        count_held(clk, rst, whole, done, ready),
        decide_move,
        locate,
        finish,
        read_on,
        carry_results,
        offer,
        copy(value_ready, s_axis_value_tready),
        copy(weight_ready, s_axis_weight_tready),
        delay_line(clk, enable, starts, first_line),
        delay_line(clk, enable, counts_now, count_line),
        delay_line(clk, enable, write_bank, bank_line),
        delay_line(clk, enable, place, place_line),
        delay_line(clk, enable, s_axis_value_tdata, value_line),
        delay_line(clk, move, at_end, result_last),
        [copy(lane(all_weights, weight_width, row), weight[row]) for row in range(rows)],
        [
            instance(
                row_mean.BLOCK, params.row, f"row_{row}",
                clk=clk, enable=enable, weight=weight[row], take=take, counts=counts,
                first=first, bank=bank, place=weighed_place, values=weighed, move=move,
                read_bank=read_bank, read_place=read_place, element=element, result=result[row],
                keep=keep[row],
            )
            for row in range(rows)
        ],
        join(result, m_axis_tdata),
        join(keep, m_axis_tkeep),
        copy(offered, m_axis_tvalid),
        copy(ending, m_axis_tlast),
    ]  # fmt: skip


BLOCK = Block(
    name="attention_values",
    summary="weighted means of a stream of values, by a stream of weights",
    family="attention",
    rtl=attention_values,
    params=AttentionParams,
    configs=ATTENTION_CONFIGS | ONLINE_CONFIGS,
    ports=_ports,
    latency="15 + result_frac cycles from a request's last value to its first results",
    throughput="one beat of a value per cycle, for all rows; one element's results per cycle",
    error="none but the stated roundings",
    source="arXiv:2510.15926 sections 3.6 and 3.7 (weighted values)",
    reference="tritproof.ref.attention.attention.attention",
    children=lambda params: ((row_mean.BLOCK, params.row),),
)
