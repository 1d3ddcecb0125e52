# SPDX-License-Identifier: Apache-2.0
"""An unsigned divider that takes a division in every cycle."""

from typing import Any

from myhdl import Signal, SignalType, always, always_comb, block, concat
from tritproof.rtl.manifest import Block, Port
from tritproof.rtl.pieces import copy, join, lane, unsigned_signal
from tritproof.rtl.softmax.division import (
    DIVIDE_CONFIGS,
    DivideParams,
    divide_step,
    round_quotient,
)

State = tuple[SignalType, SignalType, SignalType, SignalType]
"""Remainder, digits (bits of the dividend above bits of the quotient), divisor, overflow."""


def _ports(params: DivideParams) -> tuple[Port, ...]:
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("enable", "in", 1, doc="all registers advance"),
        Port("dividend", "in", params.dividend_width, doc="unsigned"),
        Port("divisor", "in", params.divisor_width, doc="unsigned"),
        Port("quotient", "out", params.result_width, doc="rounded; all ones on overflow"),
        Port("overflow", "out", 1, doc="the floor of the quotient does not fit"),
    )


def _state(params: DivideParams) -> State:
    return (
        unsigned_signal(params.divisor_width),
        unsigned_signal(params.quotient_width),
        unsigned_signal(params.divisor_width),
        Signal(bool(0)),
    )


@block
def _stage(
    clk: SignalType,
    enable: SignalType,
    before: State,
    after: State,
    params: DivideParams,
) -> Any:
    """Register the state after one more step."""
    remainder, digits, divisor, overflow = _state(params)
    remainder_after, digits_after, divisor_after, overflow_after = after
    rest, quotient_bit = unsigned_signal(params.divisor_width), Signal(bool(0))
    top = params.quotient_width - 1

    @always(clk.posedge)
    def register():
        if enable:
            remainder_after.next = rest
            digits_after.next = concat(digits[top:], quotient_bit)
            divisor_after.next = divisor
            overflow_after.next = overflow

    return [
        _copy_state(before, (remainder, digits, divisor, overflow)),
        divide_step(remainder, digits(top), divisor, quotient_bit, rest),
        register,
    ]


@block
def _copy_state(source: State, target: State) -> Any:
    return [copy(one, other) for one, other in zip(source, target, strict=True)]


@block
def divide_pipelined(
    clk: SignalType,
    enable: SignalType,
    dividend: SignalType,
    divisor: SignalType,
    quotient: SignalType,
    overflow: SignalType,
    params: DivideParams,
) -> Any:
    """Divide unsigned integers, one division begun in every enabled cycle.

    quotient = dividend / divisor, rounded once: floor, or half_even (to the nearest, a tie to the
    even neighbour), quotient_width + 1 enabled cycles later.

    Restoring division, one step in a stage, rounded in the last. If the floor of the quotient does
    not fit ``quotient_width`` bits, division by zero included, the quotient is all ones and
    ``overflow`` is set. No reset: the registers only carry data.
    """
    steps, width = params.quotient_width, params.divisor_width
    top = params.dividend_width
    upper, lower = unsigned_signal(width), unsigned_signal(steps)
    given, too_large = unsigned_signal(width), Signal(bool(0))
    # All stages in one vector each, so that a proof can name every one of them.
    remainders, divisors = unsigned_signal(steps * width), unsigned_signal(steps * width)
    digits, overflows = unsigned_signal(steps * steps), unsigned_signal(steps)
    after = [_state(params) for _ in range(steps)]
    before = [(upper, lower, given, too_large)]
    before += [
        (lane(remainders, width, k), lane(digits, steps, k), lane(divisors, width, k), overflows(k))
        for k in range(steps)
    ]
    last = _state(params)
    last_remainder, last_digits, last_divisor, last_overflow = last
    rounded = unsigned_signal(params.result_width)

    @always_comb
    def split():
        upper.next = dividend[top:steps]
        lower.next = dividend[steps:]

    @always_comb
    def compare():
        too_large.next = upper >= given

    @always(clk.posedge)
    def deliver():
        if enable:
            quotient.next = rounded
            overflow.next = last_overflow

    return [
        split,
        copy(divisor, given),
        compare,
        [_stage(clk, enable, before[k], after[k], params) for k in range(steps)],
        join([state[0] for state in after], remainders),
        join([state[1] for state in after], digits),
        join([state[2] for state in after], divisors),
        join([state[3] for state in after], overflows),
        _copy_state(before[steps], last),
        round_quotient(
            last_digits, last_remainder, last_divisor, last_overflow, rounded, params.rounding
        ),
        deliver,
    ]


BLOCK = Block(
    name="divide_pipelined",
    summary="unsigned division with one rounding, one in every cycle",
    family="softmax",
    rtl=divide_pipelined,
    params=DivideParams,
    configs=DIVIDE_CONFIGS,
    ports=_ports,
    latency="quotient_width + 1 enabled cycles",
    throughput="one division per enabled cycle",
    error="none; the exact quotient, rounded once",
    source="restoring division; arXiv:2510.15926 sections 3.6 and 3.7 (normalisation)",
    reference="tritproof.ref.softmax.divide.divide",
)
