# SPDX-License-Identifier: Apache-2.0
"""The pipeline of all float16 functions: find the segment, read its row, two steps, one rounding.

A key finds a row of the function's table (:mod:`tritproof.rtl.float16.function_table`), whose
polynomial is as exact as the rounding needs at every key. The key is the code itself, or where one
is a power of two times another and so is the function, the significand and what the exponents leave
open. Only NaNs go past the table: an infinity, or an operand that gives one, is a large number to
the rounding, and what gives zero is a small one.
"""

import dataclasses
from typing import Any

from myhdl import Signal, SignalType, always, always_comb, block, concat, intbv
from tritproof.rtl.float16 import float16_round
from tritproof.rtl.float16.float16_round import RoundParams, normalise
from tritproof.rtl.float16.function_table import FunctionTable, read_table
from tritproof.rtl.float16.numbers import NAN, keep_bits
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Params, Port
from tritproof.rtl.pieces import (
    add,
    as_bits,
    as_signed,
    copy,
    look_up,
    of_width,
    register,
    signed_signal,
    subtract,
    sum_signal,
    unsigned_signal,
)

FUNCTIONS = ("recip", "rsqrt", "exp2", "sigmoid", "silu")
TO_ROUNDING = 4
"""Enabled cycles from a key to its magnitude."""
LATENCY = TO_ROUNDING + float16_round.LATENCY
PLACE_WIDTH = 8
PLACE_OF_ZERO, PLACE_OF_INFINITY = -16, 80
"""Read as 2**-40 and 2**56, whose reciprocals and reciprocal roots are rounded to what those of a
zero and an infinity are."""


@dataclasses.dataclass(frozen=True)
class FunctionParams(Params):
    """``function``: recip, rsqrt, exp2, sigmoid or silu; the format fixes every width."""

    function: str

    def __post_init__(self) -> None:
        if self.function not in FUNCTIONS:
            names = ", ".join(FUNCTIONS)
            raise ValueError(f"function must be one of {names}, not {self.function!r}")

    @property
    def table(self) -> FunctionTable:
        """The segments of the function."""
        return read_table(self.function)

    @property
    def has_places(self) -> bool:
        """Whether the key is a significand, and the exponent follows from the operand's."""
        return self.function in ("recip", "rsqrt")

    @property
    def rounding(self) -> RoundParams:
        """Of the polynomials' values: one unit for all functions."""
        return float16_round.BLOCK.configs["function"]


def function_ports(result: str) -> tuple[Port, ...]:
    """The ports of a function of one number."""
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("enable", "in", 1, doc="all registers advance"),
        Port("a", "in", 16, doc="IEEE 754 binary16"),
        Port("result", "out", 16, doc=result),
    )


@block
def normal_form(a: SignalType, fraction: SignalType, place: SignalType) -> Any:
    """Give the magnitude of ``a`` as (1 + ``fraction`` / 2**10) * 2**(``place`` - 24).

    ``place``, two's complement, is 0 to 39, and of a zero and an infinity as named above.
    """
    field, below, normal = unsigned_signal(5), unsigned_signal(10), unsigned_signal(10)
    zeros = unsigned_signal(4)
    of_subnormal, of_normal = of_width(PLACE_WIDTH), of_width(PLACE_WIDTH)

    @always_comb
    def place_subnormal():
        of_subnormal.next = 9 - zeros

    @always_comb
    def place_normal():
        of_normal.next = field + 9

    @always_comb
    def pick():
        if field == 31:
            place.next = PLACE_OF_INFINITY
            fraction.next = 0
        elif field != 0:
            place.next = of_normal
            fraction.next = below
        elif below != 0:
            place.next = of_subnormal
            fraction.next = concat(normal[9:], False)
        else:
            place.next = PLACE_OF_ZERO
            fraction.next = 0

    return [
        copy(a(15, 10), field),
        copy(a(10, 0), below),
        normalise(below, normal, zeros),
        place_subnormal,
        place_normal,
        pick,
    ]


@block
def _locate(
    key: SignalType, segment: SignalType, position: SignalType, table: FunctionTable
) -> Any:
    """Give the number of the key's segment and the position in it."""
    if table.uniform:
        width = table.position_width
        return copy(key(len(key), width), segment), copy(key(width, 0), position)
    base_width, shift_width, mask_width = table.directory_widths
    entry = unsigned_signal(sum(table.directory_widths))
    base, shift = unsigned_signal(base_width), unsigned_signal(shift_width)
    mask, within = unsigned_signal(mask_width), unsigned_signal(10)
    binade, least_width = unsigned_signal(len(key) - 10), table.least_width
    finest, index = (unsigned_signal(10 - least_width) for _ in range(2))

    @always_comb
    def count():
        index.next = finest >> shift

    @always_comb
    def cut():
        position.next = within & mask

    return [
        copy(key(len(key), 10), binade),
        copy(key(10, 0), within),
        copy(key(10, least_width), finest),
        look_up(binade, table.directory, entry),
        copy(entry(len(entry), shift_width + mask_width), base),
        copy(entry(shift_width + mask_width, mask_width), shift),
        copy(entry(mask_width, 0), mask),
        count,
        add(base, index, segment),
        cut,
    ]


@block
def _read(
    clk: SignalType,
    enable: SignalType,
    segment: SignalType,
    column: str,
    value: SignalType,
    table: FunctionTable,
) -> Any:
    """Read one number of the segment's row, an enabled cycle later; two's complement but c0."""
    width = len(value)
    entry, kept = unsigned_signal(width), unsigned_signal(width)
    return [
        look_up(segment, table.column(column), entry),
        register(clk, enable, entry, kept),
        copy(kept, value) if column == "c0" else as_signed(kept, value),
    ]


@block
def _multiply(a: SignalType, b: SignalType, product: SignalType) -> Any:
    """``product = a * b``."""

    @always_comb
    def compute():
        product.next = a * b

    return compute


@block
def _polynomial(
    clk: SignalType,
    enable: SignalType,
    position: SignalType,
    c0: SignalType,
    c1: SignalType,
    c2: SignalType,
    magnitude: SignalType,
    table: FunctionTable,
) -> Any:
    """``magnitude = c0 + (c1 + c2 * position) * position``, two enabled cycles later."""
    bend_bound, slope_bound, rise_bound, _ = table.bounds
    width, length_width = len(magnitude), table.position_width + 1
    length, length_1 = (of_width(length_width) for _ in range(2))
    bend, rise = signed_signal(bend_bound), signed_signal(rise_bound)
    slope_1 = signed_signal(slope_bound)
    slope = sum_signal(len(slope_1), signed=True)
    wide_rise, rise_bits = of_width(width), unsigned_signal(width)
    start, start_1 = (unsigned_signal(width) for _ in range(2))
    total = sum_signal(width)

    @always_comb
    def add_rise():
        total.next = start_1 + rise_bits

    return [
        copy(position, length),
        copy(c0, start),
        _multiply(c2, length, bend),
        add(c1, bend, slope),
        register(clk, enable, length, length_1),
        register(clk, enable, slope, slope_1),
        register(clk, enable, start, start_1),
        _multiply(slope_1, length_1, rise),
        copy(rise, wide_rise),
        as_bits(wide_rise, rise_bits),
        add_rise,
        register(clk, enable, total, magnitude),
    ]


@block
def _scale(
    clk: SignalType,
    enable: SignalType,
    place: SignalType | None,
    row_exponent: SignalType,
    exponent: SignalType,
) -> Any:
    """``exponent = row_exponent - place``, two enabled cycles later; ``place`` belongs to the key
    two enabled cycles before the row; None is 0."""
    low, high = exponent.min, exponent.max
    scaled, scaled_1 = (Signal(intbv(0, min=low, max=high)) for _ in range(2))
    registers = [
        register(clk, enable, scaled, scaled_1),
        register(clk, enable, scaled_1, exponent),
    ]
    if place is None:
        return registers, copy(row_exponent, scaled)
    place_1, place_2 = (of_width(len(place)) for _ in range(2))
    return [
        registers,
        register(clk, enable, place, place_1),
        register(clk, enable, place_1, place_2),
        subtract(row_exponent, place_2, scaled),
    ]


@block
def _keep_sign(
    clk: SignalType, enable: SignalType, sign: SignalType | None, kept: SignalType
) -> Any:
    """Give the sign again when its magnitude comes; None is plus."""
    if sign is not None:
        return keep_bits(clk, enable, (sign,), (kept,), TO_ROUNDING)

    @always(clk.posedge)
    def plus():
        if enable:
            kept.next = False

    return plus


@block
def round_function(
    clk: SignalType,
    enable: SignalType,
    key: SignalType,
    place: SignalType | None,
    sign: SignalType | None,
    nan: SignalType,
    result: SignalType,
    params: FunctionParams,
) -> Any:
    """Give the function's value at a key, rounded once, ``LATENCY`` enabled cycles later.

    ``place``, two's complement, is subtracted from the row's exponent, None is 0; ``sign``, one
    bit, is that of the value, None is plus; ``nan``, one bit, makes the result the one NaN.
    """
    table, rounding = params.table, params.rounding
    exponent_width, c0_width, c1_width, c2_width = table.field_widths
    segment, segment_1 = sum_signal(table.segment_width), unsigned_signal(table.segment_width)
    position, position_1, position_2 = (unsigned_signal(table.position_width) for _ in range(3))
    row_exponent, exponent = of_width(exponent_width), of_width(rounding.exponent_width)
    c0, c1, c2 = unsigned_signal(c0_width), of_width(c1_width), of_width(c2_width)
    columns = (("exponent", row_exponent), ("c0", c0), ("c1", c1), ("c2", c2))
    magnitude, code = unsigned_signal(rounding.width), unsigned_signal(16)
    kept_sign, kept_nan = Signal(bool(0)), Signal(bool(0))

    @always_comb
    def put_nan():
        if kept_nan:
            result.next = NAN
        else:
            result.next = code

    return [
        _locate(key, segment, position, table),
        register(clk, enable, segment, segment_1),
        register(clk, enable, position, position_1),
        register(clk, enable, position_1, position_2),
        [_read(clk, enable, segment_1, name, value, table) for name, value in columns],
        _polynomial(clk, enable, position_2, c0, c1, c2, magnitude, table),
        _scale(clk, enable, place, row_exponent, exponent),
        _keep_sign(clk, enable, sign, kept_sign),
        instance(
            float16_round.BLOCK, rounding, "round",
            clk=clk, enable=enable, sign=kept_sign, magnitude=magnitude, exponent=exponent,
            code=code,
        ),
        keep_bits(clk, enable, (nan,), (kept_nan,), LATENCY),
        put_nan,
    ]  # fmt: skip
