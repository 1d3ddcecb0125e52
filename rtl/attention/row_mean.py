# SPDX-License-Identifier: Apache-2.0
"""One row of weighted means: its weights, their sum, the weighted sums, the divisions."""

from typing import Any

from myhdl import Signal, SignalType, always, always_comb, block
from tritproof.rtl.attention import weighted_sum
from tritproof.rtl.attention.params import (
    ATTENTION_CONFIGS,
    ONLINE_CONFIGS,
    AttentionParams,
    OnlineAttentionParams,
)
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Block, Port
from tritproof.rtl.pieces import (
    accumulate,
    as_bits,
    as_signed,
    choose,
    copy,
    delay_line,
    keep_unless,
    lane,
    multiplex,
    negate,
    of_width,
    register,
    unsigned_signal,
)
from tritproof.rtl.softmax import divide_pipelined, exp2_neg


def _ports(params: AttentionParams) -> tuple[Port, ...]:
    width, lanes = params.lane_width, params.lanes
    fields = ", ".join(f"{name} ({bits})" for name, bits in params.weight_fields)
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("enable", "in", 1, doc="the writing side advances"),
        Port("weight", "in", params.weight_width, doc=f"of a value: {fields}"),
        Port("take", "in", 1, doc="a beat is given, of the weight two advances before"),
        Port("counts", "in", 1, doc="its weight is added up, in every cycle"),
        Port("first", "in", 1, doc="it belongs to the first value of a request"),
        Port("bank", "in", 1, doc="which of two sums it belongs to"),
        Port("place", "in", params.place_width, doc="which beat of its value it is, unsigned"),
        Port("values", "in", params.beat_width, doc=f"{lanes} int8 elements, the first lowest"),
        Port("move", "in", 1, doc="the reading side advances"),
        Port("read_bank", "in", 1, doc="which of two sums is divided"),
        Port("read_place", "in", params.place_width, doc="which beat of it, unsigned"),
        Port("element", "in", params.element_width, doc="which element of the beat, unsigned"),
        Port("result", "out", width, doc="the mean, two's complement"),
        Port("keep", "out", width // 8, doc="all ones, or zero where there are no weights"),
    )


@block
def _mean(
    clk: SignalType,
    move: SignalType,
    numerator: SignalType,
    divisor: SignalType,
    result: SignalType,
    keep: SignalType,
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
            divide_pipelined.BLOCK, params.division, "division",
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
def _weight_of_distance(
    clk: SignalType,
    enable: SignalType,
    distance: SignalType,
    counts_0: SignalType,
    counts_1: SignalType,
    first: SignalType,
    power: SignalType,
    sum_0: SignalType,
    sum_1: SignalType,
    params: AttentionParams,
) -> Any:
    """Give the power of a distance two advances before, and add it up in its bank."""
    return [
        instance(
            exp2_neg.BLOCK, params.power, "power",
            clk=clk, enable=enable, z=distance, value=power,
        ),
        accumulate(clk, counts_0, first, power, sum_0),
        accumulate(clk, counts_1, first, power, sum_1),
    ]  # fmt: skip


@block
def _given_weight(
    clk: SignalType,
    enable: SignalType,
    weight: SignalType,
    counts_0: SignalType,
    counts_1: SignalType,
    power: SignalType,
    rescale: SignalType,
    sum_0: SignalType,
    sum_1: SignalType,
) -> Any:
    """Give the power and rescaling of two advances before, and keep the sum in its bank."""
    width, sum_width = len(weight), len(sum_0)
    line, total = unsigned_signal(2 * width), unsigned_signal(sum_width)
    power_low, rescale_low = width + sum_width, width + sum_width + len(power)

    @always_comb
    def split():
        total.next = line[power_low:width]
        power.next = line[rescale_low:power_low]
        rescale.next = line[2 * width : rescale_low]

    return [
        delay_line(clk, enable, weight, line),
        split,
        register(clk, counts_0, total, sum_0),
        register(clk, counts_1, total, sum_1),
    ]


@block
def row_mean(
    clk: SignalType,
    enable: SignalType,
    weight: SignalType,
    take: SignalType,
    counts: SignalType,
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
    params: AttentionParams,
) -> Any:
    """Weigh a row's values and divide by the sum of their weights.

    e_j = floor(2^precision * 2^(-z_j / 2^frac)),
    result = round(2^result_frac * sum_j e_j v_j / sum_j e_j), a tie to the even neighbour, the sign
    aside, of the element read quotient_width + 2 moves before, over the beats given to its bank and
    place since and with the one marked ``first``, and the weights counted likewise.

    Where weights come from softmax_online, e_j is the power given, the sum of weights the last sum
    given, and each beat shifts the weighted sums before it down by the rescaling given.

    A weight comes two advances before its beat. No reset: the registers only carry data.
    """
    width, lanes = params.weighted.total_width, params.lanes
    power = unsigned_signal(params.power.value_width)
    counts_0, counts_1 = Signal(bool(0)), Signal(bool(0))
    sum_0, sum_1, divisor = (unsigned_signal(params.sum_width) for _ in range(3))
    totals = unsigned_signal(lanes * width)
    numbers = [of_width(width) for _ in range(lanes)]
    numerator, place_in_beat = of_width(width), unsigned_signal(params.element_width)

    @always_comb
    def choose_sum():
        counts_0.next = counts and not bank
        counts_1.next = counts and bank

    rescaling: dict[str, SignalType] = {}
    if isinstance(params, OnlineAttentionParams):
        rescaling["rescale"] = unsigned_signal(params.rescale_width)
        weigh = _given_weight(
            clk, enable, weight, counts_0, counts_1, power, rescaling["rescale"], sum_0, sum_1
        )
    else:
        weigh = _weight_of_distance(
            clk, enable, weight, counts_0, counts_1, first, power, sum_0, sum_1, params
        )
    return [
        choose_sum,
        weigh,
        instance(
            weighted_sum.BLOCK, params.weighted, "sum",
            clk=clk, enable=enable, take=take, first=first, bank=bank, index=place, power=power,
            values=values, read_bank=read_bank, read_index=read_place, total=totals, **rescaling,
        ),
        [as_signed(lane(totals, width, i), numbers[i]) for i in range(lanes)],
        copy(element, place_in_beat),
        multiplex(place_in_beat, numbers, (1 << (width - 1)) - 1, numerator),
        choose(read_bank, sum_0, sum_1, divisor),
        _mean(clk, move, numerator, divisor, result, keep, params),
    ]  # fmt: skip


BLOCK = Block(
    name="row_mean",
    summary="one row of weighted means",
    family="attention",
    rtl=row_mean,
    params=AttentionParams,
    configs={
        "tiny": ATTENTION_CONFIGS["single"],
        "tellme": ATTENTION_CONFIGS["decode"],
        "wide": ATTENTION_CONFIGS["wide"],
        "bitnet2b": ATTENTION_CONFIGS["grouped"].row,
        **{name: params.row for name, params in ONLINE_CONFIGS.items()},
    },
    ports=_ports,
    latency="quotient_width + 2 moves from a sum to its result",
    throughput="one beat of a value and one result per cycle",
    error="none but the stated roundings",
    source="arXiv:2510.15926 sections 3.6 and 3.7 (weighted values)",
    reference="tritproof.ref.attention.attention.attention",
    children=lambda params: (
        *(() if isinstance(params, OnlineAttentionParams) else ((exp2_neg.BLOCK, params.power),)),
        (weighted_sum.BLOCK, params.weighted),
        (divide_pipelined.BLOCK, params.division),
    ),
)
