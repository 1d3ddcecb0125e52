# SPDX-License-Identifier: Apache-2.0
"""An unsigned divider that makes one bit of the quotient in a cycle."""

from typing import Any

from myhdl import ResetSignal, Signal, SignalType, always, always_comb, block, concat
from tritproof.rtl.manifest import Block, Port, stream_ports
from tritproof.rtl.pieces import copy, unsigned_signal
from tritproof.rtl.serial import take_steps
from tritproof.rtl.softmax.division import (
    DIVIDE_CONFIGS,
    DivideParams,
    divide_step,
    round_quotient,
)
from tritproof.rtl.stream import whole_bytes


def _ports(params: DivideParams) -> tuple[Port, ...]:
    operands = whole_bytes(params.dividend_width + params.divisor_width)
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("rst", "in", 1, doc="synchronous reset"),
        *stream_ports(
            "s_axis",
            "in",
            operands,
            doc=f"dividend in the lowest {params.dividend_width} bits, divisor in the "
            f"{params.divisor_width} above, both unsigned",
        ),
        *stream_ports(
            "m_axis",
            "out",
            whole_bytes(params.result_width + 1),
            doc=f"quotient in the lowest {params.result_width} bits, overflow in the one above",
        ),
    )


@block
def divide(
    clk: SignalType,
    rst: ResetSignal,
    s_axis_tdata: SignalType,
    s_axis_tvalid: SignalType,
    s_axis_tready: SignalType,
    m_axis_tdata: SignalType,
    m_axis_tvalid: SignalType,
    m_axis_tready: SignalType,
    params: DivideParams,
) -> Any:
    """Divide unsigned integers, one bit of the quotient in a cycle.

    quotient = dividend / divisor, rounded once: floor, or half_even (to the nearest, a tie to the
    even neighbour).

    Restoring division. If the floor of the quotient does not fit ``quotient_width`` bits, division
    by zero included, the quotient is all ones and the overflow bit is set. A division is accepted
    when the one before has been delivered.
    """
    low, high = params.dividend_width, params.dividend_width + params.divisor_width
    steps, padding = params.quotient_width, whole_bytes(params.result_width + 1)
    last_step = steps - 1
    running, done = Signal(bool(0)), Signal(bool(0))
    take = Signal(bool(0))
    step = unsigned_signal(last_step.bit_length())
    given, upper, divisor = (unsigned_signal(params.divisor_width) for _ in range(3))
    lower = unsigned_signal(steps)
    remainder, rest = (unsigned_signal(params.divisor_width) for _ in range(2))
    digits = unsigned_signal(steps)  # bits of the dividend going out, of the quotient coming in
    too_large, overflow, quotient_bit = (Signal(bool(0)) for _ in range(3))
    result, beat = unsigned_signal(params.result_width), unsigned_signal(padding)

    @always_comb
    def split():
        upper.next = s_axis_tdata[low:steps]
        lower.next = s_axis_tdata[steps:]
        given.next = s_axis_tdata[high:low]

    @always_comb
    def compare():
        too_large.next = upper >= given

    @always(clk.posedge)
    def divide_on():
        if take:
            divisor.next = given
            overflow.next = too_large
            remainder.next = upper
            digits.next = lower
        elif running:
            remainder.next = rest
            digits.next = concat(digits[last_step:], quotient_bit)

    @always_comb
    def pack():
        beat.next = concat(overflow, result)

    return [
        take_steps(
            clk, rst, s_axis_tvalid, s_axis_tready, take, running, step, done, m_axis_tready, steps
        ),
        split,
        compare,
        divide_step(remainder, digits(last_step), divisor, quotient_bit, rest),
        divide_on,
        round_quotient(digits, remainder, divisor, overflow, result, params.rounding),
        pack,
        copy(done, m_axis_tvalid),
        copy(beat, m_axis_tdata),
    ]


BLOCK = Block(
    name="divide",
    summary="unsigned division with one rounding, one bit in a cycle",
    family="softmax",
    rtl=divide,
    params=DivideParams,
    configs=DIVIDE_CONFIGS
    | {
        "factor_tiny": DivideParams(31, 8, 28, "floor"),
        "factor": DivideParams(31, 31, 16, "floor"),
        "newton_tiny": DivideParams(6, 4, 4, "floor"),
        "newton": DivideParams(41, 25, 25, "floor"),
        "newton_short_rows": DivideParams(32, 17, 25, "floor"),
        "layernorm_tiny": DivideParams(31, 16, 30, "floor"),
        "layernorm": DivideParams(31, 21, 30, "floor"),
    },
    ports=_ports,
    latency="quotient_width + 1 cycles",
    throughput="one division in quotient_width + 2 cycles",
    error="none; the exact quotient, rounded once",
    source="restoring division; arXiv:2510.15926 sections 3.6 and 3.7 (normalisation)",
    reference="tritproof.ref.softmax.divide.divide",
)
