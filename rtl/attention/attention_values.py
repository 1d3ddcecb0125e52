# SPDX-License-Identifier: Apache-2.0
"""Weighted means of a stream of values, the weights given as distances."""

from typing import Any

from myhdl import ResetSignal, Signal, SignalType, always, always_comb, always_seq, block, concat
from tritproof.rtl.attention import weighted_sum
from tritproof.rtl.attention.params import ATTENTION_CONFIGS, AttentionParams
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Block, Port, stream_ports
from tritproof.rtl.pieces import (
    accumulate,
    as_bits,
    as_signed,
    choose,
    copy,
    count_held,
    delay_line,
    join,
    keep_unless,
    lane,
    multiplex,
    negate,
    of_width,
    unsigned_signal,
)
from tritproof.rtl.softmax import divide_pipelined, exp2_neg
from tritproof.rtl.stream import whole_bytes

POWER_LATENCY = 2
"""Cycles of exp2_neg."""
SUM_LATENCY = 2
"""Cycles of weighted_sum."""


def _ports(params: AttentionParams) -> tuple[Port, ...]:
    distances, rows, width = params.buffer.output_width, params.rows, params.lane_width
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("rst", "in", 1, doc="synchronous reset, active high"),
        *stream_ports(
            "s_axis_distance",
            "in",
            whole_bytes(distances + 2),
            tlast=True,
            doc=f"a value's {rows} distances of {params.distance_width} bits, row 0 lowest; the "
            f"first value of a request in bit {distances}; tlast on its last",
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
def _mean(
    clk: SignalType,
    move: SignalType,
    numerator: SignalType,
    divisor: SignalType,
    result: SignalType,
    keep: SignalType,
    row: int,
    params: AttentionParams,
) -> Any:
    """Divide the magnitude of a sum, put the sign back; nothing where there were no weights."""
    width, result_frac = params.weighted.total_width, params.result_frac
    stages = params.division.quotient_width + 1
    last_stage, result_bits = stages - 1, params.result_width
    opposite, magnitude = of_width(width + 1), of_width(width + 1)
    wide_numerator = of_width(width + 1)
    negative, kept_divisor = Signal(bool(0)), unsigned_signal(params.sum_width)
    kept_magnitude, bits = unsigned_signal(width), unsigned_signal(width)
    wide, dividend = (unsigned_signal(params.division.dividend_width) for _ in range(2))
    was_negative, sign = Signal(bool(0)), Signal(bool(0))
    sign_line = unsigned_signal(stages)
    quotient, overflow = unsigned_signal(params.division.result_width), Signal(bool(0))
    positive, reversed_sign, signed_mean = (
        of_width(params.division.result_width + 1) for _ in range(3)
    )
    mean_bits = unsigned_signal(params.division.result_width + 1)
    lane_bytes, ones = params.lane_width // 8, (1 << (params.lane_width // 8)) - 1
    narrow, kept = unsigned_signal(result_bits), unsigned_signal(result_bits)
    number, wide_number = of_width(result_bits), of_width(params.lane_width)

    @always_comb
    def find_sign():
        negative.next = numerator < 0

    @always_comb
    def take_magnitude():
        bits.next = magnitude[width:]

    @always(clk.posedge)
    def register():
        if move:
            kept_magnitude.next = bits
            kept_divisor.next = divisor
            was_negative.next = negative

    @always_comb
    def scale_up():
        dividend.next = wide << result_frac

    @always_comb
    def tap():
        sign.next = sign_line[last_stage]

    @always_comb
    def narrow_down():
        narrow.next = mean_bits[result_bits:]

    @always_comb
    def mark():
        if overflow:
            keep.next = 0
        else:
            keep.next = ones

    assert lane_bytes == len(keep)
    return [
        copy(numerator, wide_numerator),
        negate(wide_numerator, opposite),
        find_sign,
        choose(negative, wide_numerator, opposite, magnitude),
        take_magnitude,
        register,
        copy(kept_magnitude, wide),
        scale_up,
        delay_line(clk, move, was_negative, sign_line),
        tap,
        instance(
            divide_pipelined.BLOCK, params.division, f"mean_{row}",
            clk=clk, enable=move, dividend=dividend, divisor=kept_divisor, quotient=quotient,
            overflow=overflow,
        ),
        copy(quotient, positive),
        negate(positive, reversed_sign),
        choose(sign, positive, reversed_sign, signed_mean),
        as_bits(signed_mean, mean_bits),
        narrow_down,
        keep_unless(overflow, narrow, kept),
        as_signed(kept, number),
        copy(number, wide_number),
        as_bits(wide_number, result),
        mark,
    ]  # fmt: skip


@block
def _row_mean(
    clk: SignalType,
    enable: SignalType,
    distance: SignalType,
    take: SignalType,
    counts_0: SignalType,
    counts_1: SignalType,
    first: SignalType,
    bank: SignalType,
    place: SignalType,
    values: SignalType,
    move: SignalType,
    read_bank: SignalType,
    read_place: SignalType,
    element: SignalType,
    result: SignalType,
    keep: SignalType,
    row: int,
    params: AttentionParams,
) -> Any:
    """One row: powers of its distances, their sum, the weighted sums, the means."""
    width, lanes = params.weighted.total_width, params.lanes
    power = unsigned_signal(params.power.value_width)
    sum_0, sum_1, divisor = (unsigned_signal(params.sum_width) for _ in range(3))
    totals = unsigned_signal(lanes * width)
    numbers = [of_width(width) for _ in range(lanes)]
    numerator = of_width(width)
    return [
        instance(
            exp2_neg.BLOCK, params.power, f"power_{row}",
            clk=clk, enable=enable, z=distance, value=power,
        ),
        accumulate(clk, counts_0, first, power, sum_0),
        accumulate(clk, counts_1, first, power, sum_1),
        instance(
            weighted_sum.BLOCK, params.weighted, f"sum_{row}",
            clk=clk, enable=enable, take=take, first=first, bank=bank, index=place, power=power,
            values=values, read_bank=read_bank, read_index=read_place, total=totals,
        ),
        [as_signed(lane(totals, width, i), numbers[i]) for i in range(lanes)],
        multiplex(element, numbers, (1 << (width - 1)) - 1, numerator),
        choose(read_bank, sum_0, sum_1, divisor),
        _mean(clk, move, numerator, divisor, result, keep, row, params),
    ]  # fmt: skip


@block
def attention_values(
    clk: SignalType,
    rst: ResetSignal,
    s_axis_distance_tdata: SignalType,
    s_axis_distance_tvalid: SignalType,
    s_axis_distance_tready: SignalType,
    s_axis_distance_tlast: SignalType,
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

    Sums are exact; there is one division and one rounding. The results of a request come element by
    element, all rows in a beat, tlast on the last element. A row whose weights are all zero gives
    zeros and is cleared in tkeep. Two banks alternate: the values of the next request are summed
    up while the present one is divided.
    """
    rows, beats, lanes = params.rows, params.beats, params.lanes
    distance_width, distances = params.distance_width, params.buffer.output_width
    place_width, last_beat, last_lane = params.place_width, beats - 1, lanes - 1
    line, power_last = POWER_LATENCY + SUM_LATENCY, POWER_LATENCY - 1
    last_line = line - 1
    stages = params.division.quotient_width + 2
    last_stage = stages - 1

    place = unsigned_signal(place_width)
    write_bank, read_bank = Signal(bool(0)), Signal(bool(0))
    held, ready = unsigned_signal(2), unsigned_signal(2)
    room, accept, at_last_beat, starts, closes, counts_now = (Signal(bool(0)) for _ in range(6))
    value_ready, distance_ready = Signal(bool(0)), Signal(bool(0))
    enable, whole = Signal(bool(0)), Signal(bool(0))
    valid_line, close_line = unsigned_signal(line), unsigned_signal(line)
    first_line, count_line, bank_line = (unsigned_signal(POWER_LATENCY) for _ in range(3))
    place_line = unsigned_signal(POWER_LATENCY * place_width)
    value_line = unsigned_signal(POWER_LATENCY * params.beat_width)
    take, counts, counts_0, counts_1, first, bank = (Signal(bool(0)) for _ in range(6))
    weighed_place, weighed = unsigned_signal(place_width), unsigned_signal(params.beat_width)
    distance = [unsigned_signal(distance_width) for _ in range(rows)]
    all_distances = unsigned_signal(distances)

    move, reading, at_end, done = (Signal(bool(0)) for _ in range(4))
    read_place = unsigned_signal(place_width)
    element = unsigned_signal(max(1, last_lane.bit_length()))
    result_valid, result_last = unsigned_signal(stages), unsigned_signal(stages)
    offered, ending = Signal(bool(0)), Signal(bool(0))
    result = [unsigned_signal(params.lane_width) for _ in range(rows)]
    keep = [unsigned_signal(params.lane_width // 8) for _ in range(rows)]

    @always_comb
    def decide_accept():
        room.next = held != 2
        at_last_beat.next = place == last_beat
        all_distances.next = s_axis_distance_tdata[distances:]

    @always_comb
    def decide_ready():
        value_ready.next = room and s_axis_distance_tvalid
        accept.next = room and s_axis_distance_tvalid and s_axis_value_tvalid

    @always_comb
    def decide_flags():
        distance_ready.next = accept and at_last_beat
        closes.next = accept and at_last_beat and s_axis_distance_tlast
        counts_now.next = accept and place == 0
        starts.next = s_axis_distance_tdata[distances]

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
    def choose_sum():
        counts_0.next = counts and not bank
        counts_1.next = counts and bank

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
        choose_sum,
        count_held(clk, rst, closes, done, held),
        count_held(clk, rst, whole, done, ready),
        decide_move,
        locate,
        finish,
        read_on,
        carry_results,
        offer,
        copy(value_ready, s_axis_value_tready),
        copy(distance_ready, s_axis_distance_tready),
        delay_line(clk, enable, starts, first_line),
        delay_line(clk, enable, counts_now, count_line),
        delay_line(clk, enable, write_bank, bank_line),
        delay_line(clk, enable, place, place_line),
        delay_line(clk, enable, s_axis_value_tdata, value_line),
        delay_line(clk, move, at_end, result_last),
        [copy(lane(all_distances, distance_width, row), distance[row]) for row in range(rows)],
        [
            _row_mean(
                clk, enable, distance[row], take, counts_0, counts_1, first, bank, weighed_place,
                weighed, move, read_bank, read_place, element, result[row], keep[row], row, params,
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
    summary="weighted means of a stream of values, the weights given as distances",
    family="attention",
    rtl=attention_values,
    params=AttentionParams,
    configs=ATTENTION_CONFIGS,
    ports=_ports,
    latency="15 + result_frac cycles from a request's last value to its first results",
    throughput="one beat of a value per cycle, for all rows; one element's results per cycle",
    error="none but the stated roundings",
    source="arXiv:2510.15926 sections 3.6 and 3.7 (weighted values)",
    reference="tritproof.ref.attention.attention.attention",
    children=lambda params: (
        (exp2_neg.BLOCK, params.power),
        (weighted_sum.BLOCK, params.weighted),
        (divide_pipelined.BLOCK, params.division),
    ),
)
