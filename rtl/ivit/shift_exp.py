# SPDX-License-Identifier: Apache-2.0
"""The integer exponential of I-ViT."""

import dataclasses
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from myhdl import Signal, SignalType, always_comb, block, concat, intbv
from tritproof.rtl.manifest import Block, Params, Port
from tritproof.rtl.pieces import copy, register, shift_down, sum_signal, unsigned_signal
from tritproof.rtl.softmax.division import divide_step

DISTANCE_WIDTH = 9
"""Bits of a distance of two int8 numbers, two's complement."""
GREATEST_FAR = 367
"""Of a distance in units: at most so much, either way, but for one unit."""


@dataclasses.dataclass(frozen=True)
class OctavesParams(Params):
    """``n``: most octaves below 0, 1 to 31; ``unit_width``: bits of a unit, 2 to 10."""

    n: int = 15
    unit_width: int = 8
    powers_of_two = False  # a parameter of those that can do without a division

    def __post_init__(self) -> None:
        self.require("n", 1, 31)
        self.require("unit_width", 2, 10)


@dataclasses.dataclass(frozen=True)
class ShiftExpParams(OctavesParams):
    """``n``: most octaves below 0, 1 to 31; ``unit_width``: bits of a unit, 2 to 10; ``headroom``:
    most octaves above 0, 0 to 31 - n; ``powers_of_two``: so are all units, and nothing is divided;
    any other counts as the greatest power of two below it."""

    headroom: int = 0
    powers_of_two: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require("headroom", 0, 31 - self.n)

    @property
    def octaves(self) -> int:
        """All octaves, above 0 and below."""
        return self.n + self.headroom

    @property
    def quotient_width(self) -> int:
        """Bits of a number of octaves."""
        return self.octaves.bit_length()

    @property
    def far_width(self) -> int:
        """Bits of a distance below the highest octave, in units."""
        most = (1 << self.unit_width) - 1
        return min(self.headroom * most + GREATEST_FAR, self.octaves * most).bit_length()

    @property
    def result_width(self) -> int:
        """Bits of a result, at most the unit times 2**octaves."""
        return self.unit_width + self.octaves

    @property
    def latency(self) -> int:
        """Enabled cycles."""
        return 3 if self.powers_of_two else self.quotient_width + 2

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived widths."""
        return super().constants() | {"RESULT_WIDTH": self.result_width, "LATENCY": self.latency}


def _ports(params: ShiftExpParams) -> tuple[Port, ...]:
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("enable", "in", 1, doc="all registers advance"),
        Port("z", "in", DISTANCE_WIDTH, signed=True, doc="distance below 0"),
        Port("unit", "in", params.unit_width, doc="u = ceil(1 / S), unsigned; 0 counts as 1"),
        Port("value", "out", params.result_width, doc="unsigned"),
    )


@block
def at_least_one(unit: SignalType, one: SignalType) -> Any:
    """``one`` is the unit, 1 of 0."""

    @always_comb
    def choose():
        if unit == 0:
            one.next = 1
        else:
            one.next = unit

    return choose


@block
def _to_units(z: SignalType, units: SignalType) -> Any:
    """``units = z + ceil(z / 2) - ceil(z / 16)``, which is a distance in units of an octave."""
    width = len(units)
    wide, half_up, sixteenth_up = (sum_signal(width, signed=True) for _ in range(3))
    half, sixteenth, less = (sum_signal(width, signed=True) for _ in range(3))

    @always_comb
    def raise_both():
        half_up.next = wide + 1
        sixteenth_up.next = wide + 15

    @always_comb
    def round_up():
        half.next = half_up[width:1].signed()
        sixteenth.next = sixteenth_up[width:4].signed()

    @always_comb
    def take_less():
        less.next = wide - sixteenth

    @always_comb
    def add_half():
        units.next = less + half

    return copy(z, wide), raise_both, round_up, take_less, add_half


@block
def _below_the_top(
    units: SignalType, unit: SignalType, far: SignalType, one: SignalType, params: ShiftExpParams
) -> Any:
    """``far`` is the distance below the highest octave, none at least and all octaves at most;
    ``one`` the unit, 1 of 0."""
    headroom, octaves, width = params.headroom, params.octaves, params.far_width
    size = ((octaves << params.unit_width) + GREATEST_FAR).bit_length() + 1
    wide, top, most, below = (sum_signal(size, signed=True) for _ in range(4))

    @always_comb
    def bound():
        top.next = wide * headroom
        most.next = wide * octaves

    @always_comb
    def lower():
        below.next = units + top

    @always_comb
    def limit():
        if below < 0:
            far.next = 0
        elif below > most:
            far.next = most[width:]
        else:
            far.next = below[width:]

    return at_least_one(unit, one), copy(one, wide), bound, lower, limit


@block
def _divide_step(
    clk: SignalType,
    enable: SignalType,
    state: tuple[SignalType, SignalType, SignalType],
    after: tuple[SignalType, SignalType, SignalType],
) -> Any:
    """One digit of a quotient, registered: of (remainder, digits, divisor), the dividend's next bit
    highest in the digits."""
    remainder, digits, divisor = state
    high = len(digits) - 1
    digit, rest = Signal(bool(0)), unsigned_signal(len(divisor))
    moved = unsigned_signal(len(digits))

    @always_comb
    def move():
        moved.next = concat(digits[high:], digit)

    return [
        divide_step(remainder, digits(high), divisor, digit, rest),
        move,
        register(clk, enable, rest, after[0]),
        register(clk, enable, moved, after[1]),
        register(clk, enable, divisor, after[2]),
    ]


@block
def _prefer(bit: SignalType, value: int, otherwise: SignalType | int, result: SignalType) -> Any:
    """``result = value`` where ``bit`` is set, else what it was without."""

    @always_comb
    def pick():
        if bit:
            result.next = value
        else:
            result.next = otherwise

    return pick


@block
def _by_highest_bit(unit: SignalType, values: Sequence[int], result: SignalType) -> Any:
    """``result = values[k]`` for the highest bit k of the unit that is set, the first of none."""
    found = [values[0], *(unsigned_signal(len(result)) for _ in values[2:]), result]
    return [_prefer(unit(k), values[k], found[k - 1], found[k]) for k in range(1, len(values))]


@block
def _split(
    clk: SignalType,
    enable: SignalType,
    far: SignalType,
    unit: SignalType,
    level: SignalType,
    remainder: SignalType,
    octaves: SignalType,
    unit_kept: SignalType,
) -> Any:
    """Register quotient and remainder of a distance by a unit 2**level."""
    width, digits, unit_width = max(len(far), len(unit)), len(octaves), len(unit)
    wide, above = unsigned_signal(width), unsigned_signal(width)
    mask, wide_mask, below = (unsigned_signal(w) for w in (unit_width, width, width))

    @always_comb
    def find_mask():
        mask.next = unit - 1

    @always_comb
    def cut():
        below.next = wide & wide_mask

    return [
        copy(far, wide),
        find_mask,
        copy(mask, wide_mask),
        cut,
        shift_down(wide, level, above),
        register(clk, enable, below(unit_width, 0), remainder),
        register(clk, enable, above(digits, 0), octaves),
        register(clk, enable, unit, unit_kept),
    ]


@block
def _line(
    remainder: SignalType, octaves: SignalType, unit: SignalType, value: SignalType, n: int
) -> Any:
    """``value = floor((2 unit - remainder) * 2**(n - octaves - 1))``."""
    width = len(unit) + 1
    twice, once = unsigned_signal(width), unsigned_signal(width)
    line = sum_signal(width)
    raised = unsigned_signal(width + n)
    wide, places = unsigned_signal(width + n), sum_signal(n.bit_length())

    @always_comb
    def double():
        twice.next = concat(unit, intbv(0)[1:])

    @always_comb
    def subtract():
        line.next = twice - once

    @always_comb
    def count():
        places.next = n - octaves

    @always_comb
    def move_up():
        raised.next = wide << places

    @always_comb
    def drop_half():
        value.next = raised[:1]

    return copy(remainder, once), double, subtract, copy(line, wide), count, move_up, drop_half


@block
def shift_exp(
    clk: SignalType,
    enable: SignalType,
    z: SignalType,
    unit: SignalType,
    value: SignalType,
    params: ShiftExpParams,
) -> Any:
    """Give the integer exponential of -z, as I-ViT has it.

    far = min(max(z + ceil(z / 2) - ceil(z / 16), -headroom * unit), n * unit),
    q = floor(far / unit), r = far - q * unit, value = floor((2 * unit - r) * 2^(n - q - 1)).
    If the units are powers of two, q and r are bits of far; else a digit of q is found in each
    cycle. No reset: the registers only carry data.
    """
    digits, width = params.quotient_width, params.far_width
    units = sum_signal(DISTANCE_WIDTH + 1, signed=True)
    far, first = unsigned_signal(width), unsigned_signal(width)
    one = unsigned_signal(params.unit_width)
    made = unsigned_signal(params.result_width)
    steps = 1 if params.powers_of_two else digits
    states = [
        tuple(unsigned_signal(w) for w in (params.unit_width, digits, params.unit_width))
        for _ in range(steps + 1)
    ]
    remainder, lower, divisor = states[0]
    top = min(width, digits + params.unit_width)
    last_remainder, octaves, last_unit = states[-1]
    level_width = (params.unit_width - 1).bit_length()
    power = unsigned_signal(params.unit_width)
    level, level_kept = unsigned_signal(level_width), unsigned_signal(level_width)

    @always_comb
    def split():
        remainder.next = first[top:digits]
        lower.next = first[digits:]

    if params.powers_of_two:
        places = range(params.unit_width)
        division = [
            _by_highest_bit(unit, places, level),
            _by_highest_bit(unit, [1 << k for k in places], power),
            register(clk, enable, level, level_kept),
            _split(clk, enable, first, divisor, level_kept, *states[1]),
        ]
    else:
        division = [split, [_divide_step(clk, enable, *pair) for pair in pairwise(states)]]

    return [
        _to_units(z, units),
        _below_the_top(units, power if params.powers_of_two else unit, far, one, params),
        register(clk, enable, far, first),
        register(clk, enable, one, divisor),
        division,
        _line(last_remainder, octaves, last_unit, made, params.octaves),
        register(clk, enable, made, value),
    ]


BLOCK = Block(
    name="shift_exp",
    summary="integer exponential by shifts",
    family="ivit",
    rtl=shift_exp,
    params=ShiftExpParams,
    configs={
        "tiny": ShiftExpParams(n=3, unit_width=3),
        "softmax": ShiftExpParams(),
        "wide": ShiftExpParams(unit_width=10),
        "powers_tiny": ShiftExpParams(n=3, unit_width=3, powers_of_two=True),
        "powers": ShiftExpParams(powers_of_two=True),
        "powers_wide": ShiftExpParams(unit_width=10, powers_of_two=True),
        "gelu_tiny": ShiftExpParams(n=16, unit_width=3),
        "gelu_tiny_zero": ShiftExpParams(n=16, unit_width=3, headroom=15),
        "gelu": ShiftExpParams(n=23),
        "gelu_zero": ShiftExpParams(n=23, headroom=8),
        "gelu_wide": ShiftExpParams(n=23, unit_width=10),
        "gelu_wide_zero": ShiftExpParams(n=23, unit_width=10, headroom=8),
    },
    ports=_ports,
    latency="the digits of n + headroom in base 2, and 2 enabled cycles; 3 without division",
    throughput="one number per enabled cycle",
    error="the stated floors; within an octave, 1 - f / 2 is up to 6.2% above 2^-f",
    source="arXiv:2207.01405 section 3.3 (ShiftExp), as published in PyTorch, exact",
    reference="tritproof.ref.ivit.exponential.int_exp",
    proved_by=("enumeration",),
    variants=True,
)
