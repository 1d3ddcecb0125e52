# SPDX-License-Identifier: Apache-2.0
"""Softmax in one pass: powers relative to a running integer maximum, and their rescaled sum."""

import dataclasses
from typing import Any

from myhdl import ResetSignal, Signal, SignalType, always, always_comb, always_seq, block, concat
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Block, Port, stream_ports
from tritproof.rtl.pieces import (
    as_signed,
    copy,
    delay_line,
    limit,
    of_width,
    shift_down,
    signed_signal,
    subtract,
    unsigned_signal,
)
from tritproof.rtl.softmax import exp2_neg
from tritproof.rtl.softmax.params import WeightParams
from tritproof.rtl.stream import whole_bytes

STAGES = 3
"""Moves from a score to the sum: the running maximum, then exp2_neg."""


@dataclasses.dataclass(frozen=True)
class OnlineParams(WeightParams):
    """``value_width``: bits of a scaled score, two's complement, above ``frac`` + 1, to 40;
    ``frac``: its fraction bits F; ``precision``: fraction bits of a power, P; ``tau``: octaves by
    which a score may pass the running maximum before the sum is rescaled, 0 to 8; ``depth``: most
    scores of a row, 2 to 65535."""

    value_width: int = 27
    frac: int = 10
    precision: int = 24
    tau: int = 0
    depth: int = 1024

    def __post_init__(self) -> None:
        self.require("value_width", self.frac + 2, 40)
        self.require("tau", 0, 8)
        self.require("depth", 2, 65535)
        self.constants()  # the parts refuse what they cannot hold

    @property
    def octave_width(self) -> int:
        """Bits of a score's octave, two's complement: its value rounded up to a whole number."""
        return self.value_width - self.frac + 1

    @property
    def rescale_width(self) -> int:
        """Bits of a rescaling's shift; all ones leave nothing of a sum."""
        return self.sum_width.bit_length()

    @property
    def fields(self) -> tuple[tuple[str, int], ...]:
        """Names and widths of a beat's fields, the lowest first."""
        return (
            ("sum", self.sum_width),
            ("power", self.power.value_width),
            ("rescale", self.rescale_width),
            ("first", 1),
            ("too_long", 1),
        )

    @property
    def beat_width(self) -> int:
        """Bits of a beat's fields."""
        return sum(width for _, width in self.fields)

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived widths."""
        return super().constants() | {
            "OCTAVE_WIDTH": self.octave_width,
            "RESCALE_WIDTH": self.rescale_width,
            "BEAT_WIDTH": self.beat_width,
        }


def _ports(params: OnlineParams) -> tuple[Port, ...]:
    widths = ", ".join(f"{name} ({width})" for name, width in params.fields)
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("rst", "in", 1, doc="synchronous reset, active high"),
        *stream_ports(
            "s_axis",
            "in",
            whole_bytes(params.value_width),
            tlast=True,
            doc=f"a scaled score, two's complement, in the lowest {params.value_width} bits",
        ),
        *stream_ports(
            "m_axis",
            "out",
            whole_bytes(params.beat_width),
            tlast=True,
            doc=f"fields and their bits, the lowest first: {widths}",
        ),
    )


@block
def _running_maximum(
    clk: SignalType,
    take: SignalType,
    first: SignalType,
    value: SignalType,
    distance: SignalType,
    rescale: SignalType,
    params: OnlineParams,
) -> Any:
    """Move the maximum to the score's octave if that is more than tau above it."""
    frac, tau, width, top = params.frac, params.tau, params.octave_width, params.value_width + 1
    ones = (1 << frac) - 1
    raised = of_width(top)
    octave_bits = unsigned_signal(width)
    octave, maximum, after = (of_width(width) for _ in range(3))
    rise, risen = of_width(width + 1), of_width(width + 1)
    rises = Signal(bool(0))
    anchor = signed_signal((1 << (width - 1)) + tau)
    wide_anchor, anchor_value, gap = (of_width(len(anchor) + 1 + frac) for _ in range(3))

    @always_comb
    def round_up():
        raised.next = value + ones

    @always_comb
    def take_octave():
        octave_bits.next = raised[top:frac]

    @always_comb
    def compare():
        rises.next = rise > tau

    @always_comb
    def decide():
        if rises and not first:
            risen.next = rise
        else:
            risen.next = 0

    @always_comb
    def follow():
        if rises or first:
            after.next = octave
        else:
            after.next = maximum

    @always_comb
    def add_room():
        anchor.next = after + tau

    @always_comb
    def align():
        anchor_value.next = wide_anchor << frac

    @always_comb
    def measure():
        gap.next = anchor_value - value

    @always(clk.posedge)
    def register():
        if take:
            maximum.next = after

    return [
        round_up,
        take_octave,
        as_signed(octave_bits, octave),
        subtract(octave, maximum, rise),
        compare,
        decide,
        follow,
        add_room,
        copy(anchor, wide_anchor),
        align,
        measure,
        limit(gap, distance),
        limit(risen, rescale),
        register,
    ]


@block
def _rescaled_sum(
    clk: SignalType,
    take: SignalType,
    first: SignalType,
    rescale: SignalType,
    power: SignalType,
    total: SignalType,
) -> Any:
    """Shift the sum so far down by ``rescale``, rounded down, and add ``power``."""
    before, kept, after = (unsigned_signal(len(total)) for _ in range(3))

    @always_comb
    def start():
        if first:
            kept.next = 0
        else:
            kept.next = before

    @always_comb
    def add():
        after.next = kept + power

    @always(clk.posedge)
    def register():
        if take:
            total.next = after

    return shift_down(total, rescale, before), start, add, register


@block
def softmax_online(
    clk: SignalType,
    rst: ResetSignal,
    s_axis_tdata: SignalType,
    s_axis_tvalid: SignalType,
    s_axis_tready: SignalType,
    s_axis_tlast: SignalType,
    m_axis_tdata: SignalType,
    m_axis_tvalid: SignalType,
    m_axis_tready: SignalType,
    m_axis_tlast: SignalType,
    params: OnlineParams,
) -> Any:
    """Give each score's power relative to a running integer maximum, and the sum so far.

    c = ceil(x / 2^frac);  m' = c for the first score of a row and where c > m + tau, else m;
    rescale = m' - m, 0 for the first;
    power = floor(2^precision * 2^(x / 2^frac - m' - tau));
    sum' = floor(sum / 2^rescale) + power, power alone for the first.

    One beat out for each score in, in order: the power, how far all that was summed up before has
    to be shifted down, and the sum. The sum of a row's last beat lies between the sums of its
    powers relative to the last m', rounded down each and not rounded at all. A rescale too large
    for its field is given as all ones, which leaves nothing. A row of more than ``depth`` scores
    sets ``too_long`` from the first beat past ``depth``: its sum means nothing.
    """
    depth, value_width, padding = params.depth, params.value_width, whole_bytes(params.beat_width)
    value_bits, value = unsigned_signal(value_width), of_width(value_width)
    move, accept = Signal(bool(0)), Signal(bool(0))
    count = unsigned_signal(depth.bit_length())
    begins, beyond = Signal(bool(0)), Signal(bool(0))
    near, distance = (unsigned_signal(params.distance_width) for _ in range(2))
    shift, rescale, rescale_out = (unsigned_signal(params.rescale_width) for _ in range(3))
    valid_line = unsigned_signal(STAGES + 1)
    first_line, beyond_line, last_line = (unsigned_signal(STAGES + 1) for _ in range(3))
    rescale_line = unsigned_signal(STAGES * params.rescale_width)
    power, power_out = (unsigned_signal(params.power.value_width) for _ in range(2))
    total = unsigned_signal(params.sum_width)
    add, adds_first = Signal(bool(0)), Signal(bool(0))
    first_out, beyond_out, offered, ending = (Signal(bool(0)) for _ in range(4))
    beat = unsigned_signal(padding)
    summing, low, high = STAGES - 1, (STAGES - 1) * params.rescale_width, len(rescale_line)

    @always_comb
    def take_value():
        value_bits.next = s_axis_tdata[value_width:]

    @always_comb
    def decide_move():
        move.next = m_axis_tready or not offered

    @always_comb
    def decide_accept():
        accept.next = s_axis_tvalid and move

    @always_comb
    def look_at_count():
        begins.next = count == 0
        beyond.next = count == depth

    @always_seq(clk.posedge, reset=rst)
    def count_scores():
        if accept:
            if s_axis_tlast:
                count.next = 0
            elif not beyond:
                count.next = count + 1

    @always(clk.posedge)
    def register():
        if move:
            distance.next = near
            power_out.next = power
            rescale_out.next = rescale

    @always_seq(clk.posedge, reset=rst)
    def carry_valid():
        if move:
            valid_line.next = concat(valid_line[STAGES:], accept)

    @always_comb
    def tap():
        add.next = move and valid_line[summing]
        adds_first.next = first_line[summing]
        rescale.next = rescale_line[high:low]
        offered.next = valid_line[STAGES]
        first_out.next = first_line[STAGES]
        beyond_out.next = beyond_line[STAGES]
        ending.next = last_line[STAGES]

    @always_comb
    def pack():
        beat.next = concat(beyond_out, first_out, rescale_out, power_out, total)

    return [
        take_value,
        as_signed(value_bits, value),
        decide_move,
        decide_accept,
        look_at_count,
        count_scores,
        _running_maximum(clk, accept, begins, value, near, shift, params),
        register,
        carry_valid,
        delay_line(clk, move, begins, first_line),
        delay_line(clk, move, beyond, beyond_line),
        delay_line(clk, move, s_axis_tlast, last_line),
        delay_line(clk, move, shift, rescale_line),
        tap,
        instance(
            exp2_neg.BLOCK, params.power, "power", clk=clk, enable=move, z=distance, value=power
        ),
        _rescaled_sum(clk, add, adds_first, rescale, power, total),
        pack,
        copy(beat, m_axis_tdata),
        copy(move, s_axis_tready),
        copy(offered, m_axis_tvalid),
        copy(ending, m_axis_tlast),
    ]


BLOCK = Block(
    name="softmax_online",
    summary="softmax in one pass: powers, rescalings and the sum so far",
    family="softmax",
    rtl=softmax_online,
    params=OnlineParams,
    configs={
        "tiny": OnlineParams(value_width=6, frac=2, precision=4, tau=1, depth=4),
        "attention": OnlineParams(value_width=6, frac=2, precision=12, tau=1, depth=4),
        "narrow": OnlineParams(value_width=6, frac=4, precision=5, tau=8, depth=4),
        "tellme": OnlineParams(),
        "tau": OnlineParams(precision=28, tau=4),
    },
    ports=_ports,
    latency="4 moves",
    throughput="one score per cycle",
    error="sum below the exact one by less than one unit for each score, never above",
    source="arXiv:2510.15926 section 3.6 (equation 11), with an integer maximum in base 2",
    reference="tritproof.ref.softmax.online.online",
    children=lambda params: ((exp2_neg.BLOCK, params.power),),
)
