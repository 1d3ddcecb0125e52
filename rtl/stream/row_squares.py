# SPDX-License-Identifier: Apache-2.0
"""The exact sum of the squares of a row of binary16 numbers."""

import dataclasses
from typing import Any

from myhdl import Signal, SignalType, always_comb, block, concat
from tritproof.rtl.float16.numbers import BINADE_WIDTH, SIGNIFICAND_WIDTH, take_magnitude
from tritproof.rtl.manifest import Block, Port
from tritproof.rtl.pieces import (
    accumulate,
    add_all,
    copy,
    delay_line,
    join,
    keep_if,
    keep_unless,
    lane,
    register,
    signed_width,
    unsigned_signal,
)
from tritproof.rtl.stream.elementwise import LanesParams
from tritproof.rtl.stream.rms_scale import GREATEST_SQUARE

LATENCY = 4
"""Enabled cycles from a beat to the total with it."""
MAGNITUDE_WIDTH = 15
SQUARE_WIDTH, TERM_WIDTH = 2 * SIGNIFICAND_WIDTH, GREATEST_SQUARE.bit_length()


@dataclasses.dataclass(frozen=True)
class RowSquaresParams(LanesParams):
    """``lanes``: numbers in a beat, an even number from 2 to 64; ``depth``: most beats in a row, 1
    to 4096, of at most 32768 numbers."""

    depth: int = 256

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require("depth", 1, 1 << 12)
        if self.max_count > 1 << 15:
            raise ValueError(
                f"{self.depth} beats of {self.lanes} numbers are {self.max_count}: need at most "
                f"{1 << 15}"
            )

    @property
    def max_count(self) -> int:
        """Most numbers in a row."""
        return self.lanes * self.depth

    @property
    def total_width(self) -> int:
        """Bits of a sum of squares."""
        return (self.max_count * GREATEST_SQUARE).bit_length()

    @property
    def sum_width(self) -> int:
        """Bits of the sum of a beat's squares, and a sign that is 0."""
        return signed_width(self.lanes * GREATEST_SQUARE)

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived widths."""
        return super().constants() | {
            "TOTAL_WIDTH": self.total_width,
            "SUM_WIDTH": self.sum_width,
            "TERM_WIDTH": TERM_WIDTH,
        }


def _ports(params: RowSquaresParams) -> tuple[Port, ...]:
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("enable", "in", 1, doc="all registers advance"),
        Port("take", "in", 1, doc="a beat is given"),
        Port("first", "in", 1, doc="it begins a row"),
        Port(
            "magnitudes",
            "in",
            MAGNITUDE_WIDTH * params.lanes,
            doc=f"{params.lanes} binary16 numbers without their signs, the first lowest",
        ),
        Port("total", "out", params.total_width, doc="sum of squares, units of 2^-48, unsigned"),
        Port("broken", "out", 1, doc="an infinity or a NaN was among the numbers"),
    )


@block
def _take_finite(
    magnitude: SignalType, significand: SignalType, binade: SignalType, special: SignalType
) -> Any:
    """Take a number apart; one that is not finite has the significand 0."""
    field, finite = unsigned_signal(BINADE_WIDTH), Signal(bool(0))
    any_significand = unsigned_signal(SIGNIFICAND_WIDTH)

    @always_comb
    def look():
        finite.next = field != 31
        special.next = field == 31

    return [
        copy(magnitude(15, 10), field),
        look,
        take_magnitude(magnitude, any_significand, binade),
        keep_if(finite, any_significand, significand),
    ]


@block
def _square(significand: SignalType, square: SignalType) -> Any:
    """``square = significand**2``."""

    @always_comb
    def multiply():
        square.next = significand * significand

    return multiply


@block
def _scale(square: SignalType, binade: SignalType, term: SignalType) -> Any:
    """``term = square * 4**binade``, of a finite number or 0."""
    wide, twice = unsigned_signal(TERM_WIDTH), unsigned_signal(BINADE_WIDTH + 1)

    @always_comb
    def double():
        twice.next = concat(binade, False)

    @always_comb
    def move_up():
        term.next = wide << twice

    return copy(square, wide), double, move_up


@block
def row_squares(
    clk: SignalType,
    enable: SignalType,
    take: SignalType,
    first: SignalType,
    magnitudes: SignalType,
    total: SignalType,
    broken: SignalType,
    params: RowSquaresParams,
) -> Any:
    """Sum up the squares of the numbers of a row, exactly.

    total = sum of k_i^2 for the numbers k_i 2^-24 of the beats taken since and with the one marked
    ``first``, four enabled cycles after the last of them; of an infinity or a NaN k_i = 0, and
    broken = 1. A row has at most ``depth`` beats. No reset: the first beat begins anew.
    """
    count = params.lanes
    significands = [unsigned_signal(SIGNIFICAND_WIDTH) for _ in range(count)]
    binades = [unsigned_signal(BINADE_WIDTH) for _ in range(count)]
    specials = [Signal(bool(0)) for _ in range(count)]
    squares = [unsigned_signal(SQUARE_WIDTH) for _ in range(count)]
    terms = [unsigned_signal(TERM_WIDTH) for _ in range(count)]
    taken = unsigned_signal(SIGNIFICAND_WIDTH * count)
    squared, squares_1 = (unsigned_signal(SQUARE_WIDTH * count) for _ in range(2))
    read, binades_1 = (unsigned_signal(BINADE_WIDTH * count) for _ in range(2))
    scaled, terms_2 = (unsigned_signal(TERM_WIDTH * count) for _ in range(2))
    added, sum_3 = (unsigned_signal(params.sum_width) for _ in range(2))
    special, marks = unsigned_signal(count), unsigned_signal(9)
    given = unsigned_signal(3)
    bad, adds, begins, spoils = (Signal(bool(0)) for _ in range(4))
    so_far, with_these = Signal(bool(0)), Signal(bool(0))

    @always_comb
    def notice():
        bad.next = special != 0

    @always_comb
    def decide():
        adds.next = enable and marks[6]
        begins.next = marks[7]
        spoils.next = marks[8]

    @always_comb
    def collect():
        with_these.next = so_far or spoils

    lanes = [
        (
            _take_finite(
                lane(magnitudes, MAGNITUDE_WIDTH, n), significands[n], binades[n], specials[n]
            ),
            _square(lane(taken, SIGNIFICAND_WIDTH, n), squares[n]),
            _scale(lane(squares_1, SQUARE_WIDTH, n), lane(binades_1, BINADE_WIDTH, n), terms[n]),
        )
        for n in range(count)
    ]
    return [
        lanes,
        join(significands, taken),
        join(squares, squared),
        join(binades, read),
        join(specials, special),
        notice,
        register(clk, enable, squared, squares_1),
        register(clk, enable, read, binades_1),
        join(terms, scaled),
        register(clk, enable, scaled, terms_2),
        add_all(
            [lane(terms_2, TERM_WIDTH, n) for n in range(count)], GREATEST_SQUARE, added
        ),
        register(clk, enable, added, sum_3),
        join((take, first, bad), given),
        delay_line(clk, enable, given, marks),
        decide,
        accumulate(clk, adds, begins, sum_3, total),
        keep_unless(begins, broken, so_far),
        collect,
        register(clk, adds, with_these, broken),
    ]


BLOCK = Block(
    name="row_squares",
    summary="exact sum of the squares of a row of binary16 numbers",
    family="stream",
    rtl=row_squares,
    params=RowSquaresParams,
    configs={
        "tiny": RowSquaresParams(lanes=2, depth=4),
        "tellme": RowSquaresParams(),
        "bitnet2b": RowSquaresParams(depth=432),
    },
    ports=_ports,
    latency="4 enabled cycles",
    throughput="one beat per enabled cycle",
    error="none",
    source="arXiv:2510.15926 section 3.5 (normalisation), with an exact sum",
    reference="tritproof.ref.stream.rmsnorm.sum_of_squares",
)
