# SPDX-License-Identifier: Apache-2.0
"""Softmax of rows kept on chip: true maximum first, then the sum, then the quotients."""

from typing import Any

from myhdl import ResetSignal, Signal, SignalType, always, always_comb, always_seq, block, concat
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Block, Port, stream_ports
from tritproof.rtl.pieces import (
    accumulate,
    as_signed,
    copy,
    delay_line,
    of_width,
    unsigned_signal,
)
from tritproof.rtl.softmax import divide_pipelined, exp2_neg, score_buffer, score_scale
from tritproof.rtl.softmax.params import SoftmaxParams
from tritproof.rtl.stream import whole_bytes

POWER_LATENCY = 2
"""Enabled cycles of exp2_neg."""


def _ports(params: SoftmaxParams) -> tuple[Port, ...]:
    mantissa, shift = params.mantissa_width, params.shift_width
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("rst", "in", 1, doc="synchronous reset, active high"),
        *stream_ports(
            "s_axis_scale",
            "in",
            whole_bytes(mantissa + shift),
            doc=f"one beat a row: mantissa in bits {mantissa - 1}..0, shift in the {shift} above",
        ),
        *stream_ports(
            "s_axis",
            "in",
            whole_bytes(params.score_width),
            tlast=True,
            doc=f"a score, two's complement, in the lowest {params.score_width} bits",
        ),
        *stream_ports(
            "m_axis",
            "out",
            whole_bytes(params.result_frac + 1),
            tlast=True,
            doc=f"a probability, ufix<{params.result_frac + 1},{params.result_frac}>, at most 1",
        ),
        Port("refused", "out", 1, doc="high for one cycle after a row longer than the buffer"),
    )


@block
def softmax_buffered(
    clk: SignalType,
    rst: ResetSignal,
    s_axis_scale_tdata: SignalType,
    s_axis_scale_tvalid: SignalType,
    s_axis_scale_tready: SignalType,
    s_axis_tdata: SignalType,
    s_axis_tvalid: SignalType,
    s_axis_tready: SignalType,
    s_axis_tlast: SignalType,
    m_axis_tdata: SignalType,
    m_axis_tvalid: SignalType,
    m_axis_tready: SignalType,
    m_axis_tlast: SignalType,
    refused: SignalType,
    params: SoftmaxParams,
) -> Any:
    """Turn rows of integer scores into probabilities, in base 2.

    x_j = floor(s_j * mantissa / 2^(least_shift + shift)), z_j = max_i x_i - x_j,
    e_j = floor(2^precision * 2^(-z_j / 2^frac)),
    p_j = round(2^result_frac * e_j / sum_i e_i), a tie to the even neighbour.

    The maximum is the row's true one, the sum is exact, and there is one division and one rounding:
    no result depends on the order of the row. A row takes one beat of ``s_axis_scale`` and then its
    scores; it is scaled and stored while the rows before are summed up and divided. A row of more
    than ``depth`` scores is taken to its end, with its scale, raises ``refused`` for one cycle and
    has no other effect.
    """
    mantissa_width, scale_width = params.mantissa_width, params.mantissa_width + params.shift_width
    score_width, value_width = params.score_width, params.scale.value_width
    distance_width, result_width = params.distance_width, params.result_frac + 1
    buffer_width, padding = whole_bytes(value_width), whole_bytes(result_width)
    stages, power_last = params.division.quotient_width + 1, POWER_LATENCY - 1
    result_frac, last_stage = params.result_frac, params.division.quotient_width

    scaled, scale_wanted = Signal(bool(0)), Signal(bool(0))
    mantissa, shift = unsigned_signal(mantissa_width), unsigned_signal(params.shift_width)
    score_bits, score = unsigned_signal(score_width), of_width(score_width)
    value = of_width(value_width)
    scale_move, score_ready, accept = (Signal(bool(0)) for _ in range(3))
    scale_valid, scale_last = unsigned_signal(2), unsigned_signal(2)
    stored, stored_last, room = (Signal(bool(0)) for _ in range(3))
    stored_value = unsigned_signal(buffer_width)

    found = unsigned_signal(whole_bytes(distance_width + 2))
    found_valid, found_last, found_first, found_again = (Signal(bool(0)) for _ in range(4))
    distance = unsigned_signal(distance_width)
    move = Signal(bool(0))
    power_valid, power_first, power_end, power_again = (
        unsigned_signal(POWER_LATENCY) for _ in range(4)
    )
    power = unsigned_signal(params.power.value_width)
    adds, begins, divides, ends = (Signal(bool(0)) for _ in range(4))
    total = unsigned_signal(params.sum_width)
    wide_power, dividend = (unsigned_signal(params.division.dividend_width) for _ in range(2))
    quotient, overflow = unsigned_signal(params.division.result_width), Signal(bool(0))
    result_valid, result_last = unsigned_signal(stages), unsigned_signal(stages)
    offered = Signal(bool(0))
    result = unsigned_signal(padding)

    @always_comb
    def want_scale():
        scale_wanted.next = not scaled

    @always_seq(clk.posedge, reset=rst)
    def follow_rows():
        if accept and s_axis_tlast:
            scaled.next = False
        elif s_axis_scale_tvalid and not scaled:
            scaled.next = True

    @always(clk.posedge)
    def keep_scale():
        if not scaled:
            mantissa.next = s_axis_scale_tdata[mantissa_width:]
            shift.next = s_axis_scale_tdata[scale_width:mantissa_width]

    @always_comb
    def take_score():
        score_bits.next = s_axis_tdata[score_width:]

    @always_comb
    def decide_scale_move():
        scale_move.next = room or not scale_valid[1]

    @always_comb
    def decide_ready():
        score_ready.next = scaled and scale_move

    @always_comb
    def decide_accept():
        accept.next = score_ready and s_axis_tvalid

    @always_seq(clk.posedge, reset=rst)
    def carry_scaled():
        if scale_move:
            scale_valid.next = concat(scale_valid[0], accept)

    @always_comb
    def store():
        stored.next = scale_valid[1]
        stored_last.next = scale_last[1]
        stored_value.next = value[value_width:]

    @always_comb
    def unpack():
        distance.next = found[distance_width:]
        found_first.next = found[distance_width]
        found_again.next = found[distance_width + 1]

    @always_comb
    def decide_move():
        move.next = m_axis_tready or not offered

    @always_seq(clk.posedge, reset=rst)
    def carry_valid():
        if move:
            power_valid.next = concat(power_valid[power_last:], found_valid)
            result_valid.next = concat(result_valid[last_stage:], divides)

    @always_comb
    def decide_use():
        adds.next = move and power_valid[power_last] and not power_again[power_last]
        begins.next = power_first[power_last]
        divides.next = power_valid[power_last] and power_again[power_last]
        ends.next = power_end[power_last]

    @always_comb
    def scale_up():
        dividend.next = wide_power << result_frac

    @always_comb
    def offer():
        offered.next = result_valid[last_stage]
        result.next = quotient[result_width:]

    @always_comb
    def mark_last():
        m_axis_tlast.next = result_last[last_stage]

    return [
        want_scale,
        follow_rows,
        keep_scale,
        take_score,
        decide_scale_move,
        decide_ready,
        decide_accept,
        carry_scaled,
        store,
        unpack,
        decide_move,
        carry_valid,
        decide_use,
        scale_up,
        offer,
        mark_last,
        as_signed(score_bits, score),
        copy(scale_wanted, s_axis_scale_tready),
        copy(score_ready, s_axis_tready),
        delay_line(clk, scale_move, s_axis_tlast, scale_last),
        instance(
            score_scale.BLOCK, params.scale, "scale",
            clk=clk, enable=scale_move, score=score, mantissa=mantissa, shift=shift, value=value,
        ),
        instance(
            score_buffer.BLOCK, params.buffer, "buffer",
            clk=clk, rst=rst,
            s_axis_tdata=stored_value, s_axis_tvalid=stored, s_axis_tready=room,
            s_axis_tlast=stored_last,
            m_axis_tdata=found, m_axis_tvalid=found_valid, m_axis_tready=move,
            m_axis_tlast=found_last,
            refused=refused,
        ),
        delay_line(clk, move, found_first, power_first),
        delay_line(clk, move, found_last, power_end),
        delay_line(clk, move, found_again, power_again),
        instance(
            exp2_neg.BLOCK, params.power, "power", clk=clk, enable=move, z=distance, value=power
        ),
        accumulate(clk, adds, begins, power, total),
        copy(power, wide_power),
        delay_line(clk, move, ends, result_last),
        instance(
            divide_pipelined.BLOCK, params.division, "quotient",
            clk=clk, enable=move, dividend=dividend, divisor=total, quotient=quotient,
            overflow=overflow,
        ),
        copy(offered, m_axis_tvalid),
        copy(result, m_axis_tdata),
    ]  # fmt: skip


BLOCK = Block(
    name="softmax_buffered",
    summary="softmax of rows kept on chip: exact sum, one rounding",
    family="softmax",
    rtl=softmax_buffered,
    params=SoftmaxParams,
    configs={
        "tiny": SoftmaxParams(
            score_width=4, mantissa_width=3, least_shift=1, shift_width=2,
            frac=2, precision=5, depth=4, result_frac=3,
        ),
        "tellme": SoftmaxParams(),
    },
    ports=_ports,
    latency="a row's length, then 9 + result_frac cycles to its first probability",
    throughput="one score in two cycles",
    error="none but the stated roundings",
    source="arXiv:2510.15926 sections 3.6 and 3.7 (softmax), with the true maximum",
    reference="tritproof.ref.softmax.softmax.softmax",
    children=lambda params: (
        (score_scale.BLOCK, params.scale),
        (score_buffer.BLOCK, params.buffer),
        (exp2_neg.BLOCK, params.power),
        (divide_pipelined.BLOCK, params.division),
    ),
)  # fmt: skip
