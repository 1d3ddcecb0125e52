# SPDX-License-Identifier: Apache-2.0
"""Small pieces the blocks share, one operation per declared signal."""

from collections.abc import Sequence
from typing import Any

from myhdl import (
    ConcatSignal,
    Signal,
    SignalType,
    always,
    always_comb,
    always_seq,
    block,
    concat,
    intbv,
    modbv,
)


def signed_signal(bound: int) -> SignalType:
    """Return a two's complement signal just wide enough for ``-bound .. bound``."""
    return of_width(signed_width(bound))


def of_width(width: int) -> SignalType:
    """Return a two's complement signal of ``width`` bits."""
    half = 1 << (width - 1)
    return Signal(intbv(0, min=-half, max=half))


def signed_width(bound: int) -> int:
    """Return the bits of a two's complement number that holds ``-bound .. bound``."""
    return bound.bit_length() + 1


def unsigned_signal(width: int) -> SignalType:
    """Return an unsigned signal of ``width`` bits, also when ``width`` is 1."""
    return Signal(intbv(0)[width:])


def sum_signal(width: int, signed: bool = False) -> SignalType:
    """Return a signal for a sum or difference that fits ``width`` bits once its terms belong to one
    cycle; in between, MyHDL's simulation adds a new one to an old one, and the signal wraps."""
    half = 1 << (width - 1)
    return Signal(modbv(0, min=-half, max=half) if signed else modbv(0)[width:])


def lane(packed: SignalType, width: int, index: int) -> SignalType:
    """Return element ``index`` of a packed vector of ``width``-bit elements, lowest first."""
    return packed(width * index + width, width * index)


@block
def look_up(address: SignalType, table: tuple[int, ...], value: SignalType) -> Any:
    """``value = table[address]``."""

    @always_comb
    def read():
        value.next = table[address]

    return read


@block
def as_signed(raw: SignalType, value: SignalType) -> Any:
    """Read the bits of ``raw`` as two's complement."""

    @always_comb
    def interpret():
        value.next = raw.signed()

    return interpret


@block
def as_bits(value: SignalType, raw: SignalType) -> Any:
    """Give the two's complement bits of ``value`` as an unsigned vector of the same width."""
    width = len(raw)

    @always_comb
    def flatten():
        raw.next = value[width:]

    return flatten


@block
def add(a: SignalType, b: SignalType, total: SignalType) -> Any:
    """``total = a + b``."""

    @always_comb
    def compute():
        total.next = a + b

    return compute


@block
def add_all(values: Sequence[SignalType], bound: int, total: SignalType) -> Any:
    """``total`` = sum of ``values``, each within ``-bound .. bound``: a tree of neighbours."""
    instances = []
    level = [(value, 1) for value in values]
    while len(level) > 1:
        above = []
        for (left, some), (right, others) in zip(level[::2], level[1::2], strict=False):
            both = signed_signal(bound * (some + others))
            instances.append(add(left, right, both))
            above.append((both, some + others))
        level = above + level[2 * len(above) :]
    return instances, copy(level[0][0], total)


@block
def subtract(a: SignalType, b: SignalType, total: SignalType) -> Any:
    """``total = a - b``."""

    @always_comb
    def compute():
        total.next = a - b

    return compute


@block
def copy(source: SignalType, target: SignalType) -> Any:
    """``target = source``, widened when the target is wider."""

    @always_comb
    def drive():
        target.next = source

    return drive


@block
def negate(value: SignalType, result: SignalType) -> Any:
    """``result = -value``."""

    @always_comb
    def compute():
        result.next = -value

    return compute


@block
def magnitude_of(value: SignalType, negative: SignalType, magnitude: SignalType) -> Any:
    """``magnitude = |value|``, of as many bits; ``negative`` says which sign it had."""
    width = len(magnitude)
    wide, opposite = of_width(width + 1), of_width(width + 1)

    @always_comb
    def look():
        wide.next = value
        negative.next = value < 0

    @always_comb
    def turn():
        opposite.next = -wide

    @always_comb
    def take_magnitude():
        if negative:
            magnitude.next = opposite[width:]
        else:
            magnitude.next = wide[width:]

    return look, turn, take_magnitude


@block
def join(parts: Sequence[SignalType], packed: SignalType) -> Any:
    """Pack ``parts`` into one vector, the first in the lowest bits; all parts are unsigned."""
    if len(parts) == 1:
        return copy(parts[0], packed)
    joined = ConcatSignal(*reversed(parts))

    @always_comb
    def drive():
        packed.next = joined

    return drive


@block
def all_of(parts: Sequence[SignalType], result: SignalType) -> Any:
    """``result = 1`` where every part, one bit each, is set."""
    joined = unsigned_signal(len(parts))
    ones = (1 << len(parts)) - 1

    @always_comb
    def compare():
        result.next = joined == ones

    return join(parts, joined), compare


@block
def add_or_subtract(minus: SignalType, a: SignalType, b: SignalType, result: SignalType) -> Any:
    """``result = a - b`` where ``minus`` is set, else ``a + b``; ``result`` must hold both.

    One carry chain: ``b`` is complemented bit by bit, and the carry enters through an extra lowest
    bit position, so that synthesis needs one look-up table for each bit of the result.
    """
    width = len(result)
    left, right = unsigned_signal(width + 1), unsigned_signal(width + 1)
    total = unsigned_signal(width + 2)
    wide_a, wide_b, mask, flipped = (of_width(width) for _ in range(4))

    @always_comb
    def spread():
        if minus:
            mask.next = -1
        else:
            mask.next = 0

    @always_comb
    def flip():
        flipped.next = wide_b ^ mask

    @always_comb
    def extend():
        left.next = concat(wide_a[width:], True)
        right.next = concat(flipped[width:], minus)

    @always_comb
    def compute():
        total.next = left + right

    @always_comb
    def drop_carry():
        result.next = total[width + 1 : 1].signed()

    return copy(a, wide_a), copy(b, wide_b), spread, flip, extend, compute, drop_carry


@block
def delay_line(clk: SignalType, advance: SignalType, source: SignalType, line: SignalType) -> Any:
    """Carry a value along with the data: the newest in the lowest bits of ``line``."""
    kept = len(line) - len(source)

    @always(clk.posedge)
    def move():
        if advance:
            line.next = concat(line[kept:], source)

    return move


@block
def shift_down(value: SignalType, amount: SignalType, result: SignalType) -> Any:
    """``result = floor(value / 2**amount)``."""

    @always_comb
    def move_down():
        result.next = value >> amount

    return move_down


@block
def register(clk: SignalType, take: SignalType, source: SignalType, kept: SignalType) -> Any:
    """Register ``source`` in ``kept`` where ``take`` is set."""

    @always(clk.posedge)
    def keep():
        if take:
            kept.next = source

    return keep


@block
def accumulate(
    clk: SignalType, take: SignalType, first: SignalType, term: SignalType, total: SignalType
) -> Any:
    """Register in ``total`` the sum of the terms taken since and with the one marked ``first``."""
    so_far, after = (Signal(total.val) for _ in range(2))

    @always(clk.posedge)
    def register():
        if take:
            total.next = after

    return keep_unless(first, total, so_far), add(so_far, term, after), register


@block
def count_held(
    clk: SignalType, rst: SignalType, taken: SignalType, freed: SignalType, held: SignalType
) -> Any:
    """Count in ``held`` what was taken and is not freed yet."""

    @always_seq(clk.posedge, reset=rst)
    def count():
        if taken and not freed:
            held.next = held + 1
        elif freed and not taken:
            held.next = held - 1

    return count


@block
def register_product(
    clk: SignalType, enable: SignalType, left: SignalType, right: SignalType, kept: SignalType
) -> Any:
    """Register the bits of ``left * right``, two's complement all three; ``kept`` must hold it."""
    product, bits = of_width(len(kept)), unsigned_signal(len(kept))

    @always_comb
    def multiply():
        product.next = left * right

    @always(clk.posedge)
    def register():
        if enable:
            kept.next = bits

    return multiply, as_bits(product, bits), register


@block
def memory(
    clk: SignalType,
    write: SignalType,
    write_address: SignalType,
    word: SignalType,
    read: SignalType,
    read_address: SignalType,
    fetched: SignalType,
    depth: int,
) -> Any:
    """Keep ``depth`` words; ``fetched`` is the one at ``read_address`` when last ``read``."""
    words = [unsigned_signal(len(word)) for _ in range(depth)]

    @always(clk.posedge)
    def store():
        if write:
            words[write_address].next = word

    @always(clk.posedge)
    def fetch():
        if read:
            fetched.next = words[read_address]

    return store, fetch


@block
def choose(second: SignalType, a: SignalType, b: SignalType, result: SignalType) -> Any:
    """``result = b`` where ``second`` is set, else ``a``."""

    @always_comb
    def pick():
        if second:
            result.next = b
        else:
            result.next = a

    return pick


@block
def keep_if(keep: SignalType, value: SignalType, result: SignalType) -> Any:
    """``result = value`` where ``keep`` is set, else zero."""

    @always_comb
    def gate():
        if keep:
            result.next = value
        else:
            result.next = 0

    return gate


@block
def keep_unless(drop: SignalType, value: SignalType, result: SignalType) -> Any:
    """``result = 0`` where ``drop`` is set, else ``value``."""

    @always_comb
    def gate():
        if drop:
            result.next = 0
        else:
            result.next = value

    return gate


@block
def limit(value: SignalType, result: SignalType) -> Any:
    """``result = value``, all ones where it does not fit; ``value``, signed, is not negative."""
    width, top = len(result), max(len(value), len(result) + 1)
    ones = (1 << width) - 1
    wide = of_width(top)

    @always_comb
    def saturate():
        if wide[top:width] == 0:
            result.next = wide[width:]
        else:
            result.next = ones

    return copy(value, wide), saturate


@block
def multiplex(
    index: SignalType, entries: Sequence[SignalType | None], bound: int, result: SignalType
) -> Any:
    """``result = entries[index]``; a missing (None) entry or an index past the end reads zero.

    A tree of two-way choices, one index bit at each level; every signal holds ``-bound .. bound``.
    Entry ``0`` and at least one entry in each used half must exist.
    """
    instances = []
    level: list[SignalType | None] = list(entries)
    for bit in range(len(index)):
        level += [None] * (len(level) % 2)
        above: list[SignalType | None] = []
        for low, high in zip(level[::2], level[1::2], strict=True):
            if low is None and high is None:
                above.append(None)
                continue
            last = bit == len(index) - 1
            out = result if last else signed_signal(bound)
            if low is None:
                instances.append(keep_if(index(bit), high, out))
            elif high is None:
                instances.append(keep_unless(index(bit), low, out))
            else:
                instances.append(choose(index(bit), low, high, out))
            above.append(out)
        level = above
    assert len(level) == 1
    return instances
