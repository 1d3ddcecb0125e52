# SPDX-License-Identifier: Apache-2.0
"""What the float16 blocks share: reading codes, and results that are no rounded numbers."""

import dataclasses
from typing import Any

from myhdl import Signal, SignalType, always_comb, block, concat, intbv
from tritproof.rtl.manifest import Params, Port
from tritproof.rtl.pieces import copy, delay_line, join, unsigned_signal

INFINITY = 0x7C00
NAN = 0x7E00
"""The one NaN of every result."""
UNIT = -24
"""Exponent of the smallest subnormal."""
SIGNIFICAND_WIDTH = 11
BINADE_WIDTH = 5


@dataclasses.dataclass(frozen=True)
class Float16Params(Params):
    """None: the format fixes every width."""


@dataclasses.dataclass(frozen=True)
class Number:
    """A finite number taken apart: ``sign``, one bit, and the magnitude, ``significand`` (0 to
    2047) times 2**(``binade`` - 24)."""

    sign: SignalType
    significand: SignalType
    binade: SignalType


def number() -> Number:
    """Return the signals of a number."""
    return Number(
        Signal(bool(0)),
        unsigned_signal(SIGNIFICAND_WIDTH),
        unsigned_signal(BINADE_WIDTH),
    )


@block
def take_apart(code: SignalType, number: Number) -> Any:
    """Read the fields of a code; of one that is not finite they mean nothing."""
    return [
        copy(code(15), number.sign),
        take_magnitude(code, number.significand, number.binade),
    ]


@block
def take_magnitude(code: SignalType, significand: SignalType, binade: SignalType) -> Any:
    """Read the fields of a code but its sign, as those of a :class:`Number`."""
    magnitude = unsigned_signal(15)

    @always_comb
    def read():
        if magnitude[15:10] == 0:
            significand.next = concat(False, magnitude[10:])
            binade.next = 0
        else:
            significand.next = concat(True, magnitude[10:])
            binade.next = magnitude[15:10] - 1

    return copy(code(15, 0), magnitude), read


@block
def find_nan(code: SignalType, nan: SignalType) -> Any:
    """Whether a code is a NaN."""
    magnitude = unsigned_signal(15)

    @always_comb
    def look():
        nan.next = magnitude > INFINITY

    return copy(code(15, 0), magnitude), look


@block
def find_infinite(code: SignalType, infinite: SignalType) -> Any:
    """Whether a code is an infinity."""
    magnitude = unsigned_signal(15)

    @always_comb
    def look():
        infinite.next = magnitude == INFINITY

    return copy(code(15, 0), magnitude), look


@block
def replace_specials(
    clk: SignalType,
    enable: SignalType,
    specials: tuple[SignalType, SignalType, SignalType],
    marks: SignalType,
    code: SignalType,
    result: SignalType,
) -> Any:
    """``result = code``, or the one NaN, or the infinity of the sign.

    ``specials`` are NaN, infinite and sign of the operation's input; ``marks``, three bits for each
    enabled cycle from there to ``code``, carries them.
    """
    packed, oldest = unsigned_signal(3), unsigned_signal(3)

    @always_comb
    def pick():
        if oldest[0]:
            result.next = NAN
        elif oldest[1]:
            result.next = concat(oldest[2], intbv(INFINITY)[15:])
        else:
            result.next = code

    return [
        join(specials, packed),
        delay_line(clk, enable, packed, marks),
        copy(marks(len(marks), len(marks) - 3), oldest),
        pick,
    ]


@block
def keep_bits(
    clk: SignalType,
    enable: SignalType,
    sources: tuple[SignalType, ...],
    kept: tuple[SignalType, ...],
    moves: int,
) -> Any:
    """Give single bits again ``moves`` enabled cycles later, two or more."""
    count = len(sources)
    packed, line = unsigned_signal(count), unsigned_signal(count * moves)
    oldest = count * (moves - 1)
    taken = [copy(line(oldest + number), bit) for number, bit in enumerate(kept)]
    return join(sources, packed), delay_line(clk, enable, packed, line), taken


def binary_ports(result: str) -> tuple[Port, ...]:
    """The ports of a pipeline from two codes to one."""
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("enable", "in", 1, doc="all registers advance"),
        Port("a", "in", 16, doc="IEEE 754 binary16"),
        Port("b", "in", 16, doc="IEEE 754 binary16"),
        Port("result", "out", 16, doc=result),
    )
