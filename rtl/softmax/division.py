# SPDX-License-Identifier: Apache-2.0
"""What the serial and the pipelined divider share: parameters, one step, the rounding."""

import dataclasses
from typing import Any

from myhdl import Signal, SignalType, always_comb, block, concat
from tritproof.rtl.manifest import Params
from tritproof.rtl.pieces import copy, of_width, unsigned_signal

ROUNDINGS = ("floor", "half_even")


@dataclasses.dataclass(frozen=True)
class DivideParams(Params):
    """Unsigned widths: ``dividend_width`` to 62, ``divisor_width`` to 48, ``quotient_width`` to 32;
    a dividend may be at most as wide as quotient and divisor together. ``rounding``: ``floor`` or
    ``half_even``."""

    dividend_width: int = 50
    divisor_width: int = 35
    quotient_width: int = 16
    rounding: str = "half_even"

    def __post_init__(self) -> None:
        self.require("divisor_width", 1, 48)
        self.require("quotient_width", 2, 32)
        widest = min(self.quotient_width + self.divisor_width, 62)
        self.require("dividend_width", self.quotient_width + 1, widest)
        if self.rounding not in ROUNDINGS:
            raise ValueError(f"rounding must be {' or '.join(ROUNDINGS)}, not {self.rounding!r}")

    @property
    def result_width(self) -> int:
        """Bits of the rounded quotient: half_even may carry into one more than the floor has."""
        return self.quotient_width + (self.rounding == "half_even")

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived widths."""
        return super().constants() | {"RESULT_WIDTH": self.result_width}


DIVIDE_CONFIGS = {
    "tiny": DivideParams(dividend_width=6, divisor_width=4, quotient_width=3),
    "floor": DivideParams(12, 8, 6, "floor"),
    "small": DivideParams(9, 8, 4),
    "mean": DivideParams(16, 8, 9),
    "online_mean": DivideParams(23, 15, 9),
    "softmax": DivideParams(40, 35, 16),
    "quantize": DivideParams(18, 20, 7),
    "tellme": DivideParams(),
}


@block
def divide_step(
    remainder: SignalType,
    following: SignalType,
    divisor: SignalType,
    quotient_bit: SignalType,
    rest: SignalType,
) -> Any:
    """One step of restoring division: bring down the dividend's next bit, subtract if it fits.

    ``2 remainder + following = quotient_bit * divisor + rest`` with ``rest < divisor``, if the
    remainder was below the divisor.
    """
    width = len(divisor)
    brought_down, difference = unsigned_signal(width + 1), of_width(width + 2)

    @always_comb
    def bring_down():
        brought_down.next = concat(remainder, following)

    @always_comb
    def subtract():
        difference.next = brought_down - divisor

    @always_comb
    def decide():
        quotient_bit.next = not difference[width + 1]

    @always_comb
    def choose():
        if difference[width + 1]:
            rest.next = brought_down[width:]
        else:
            rest.next = difference[width:]

    return bring_down, subtract, decide, choose


@block
def round_quotient(
    quotient: SignalType,
    remainder: SignalType,
    divisor: SignalType,
    overflow: SignalType,
    result: SignalType,
    rounding: str,
) -> Any:
    """``result = quotient`` rounded by its remainder; all ones where ``overflow`` is set."""
    width = len(divisor)
    twice, once = unsigned_signal(width + 1), unsigned_signal(width + 1)
    up = Signal(bool(0))
    rounded = unsigned_signal(len(result))
    ones = (1 << len(result)) - 1
    nearest = rounding == "half_even"

    @always_comb
    def double():
        twice.next = concat(remainder, False)

    @always_comb
    def decide():
        up.next = nearest and (twice > once or (twice == once and quotient[0]))

    @always_comb
    def add():
        rounded.next = quotient + up

    @always_comb
    def saturate():
        if overflow:
            result.next = ones
        else:
            result.next = rounded

    return copy(divisor, once), double, decide, add, saturate
