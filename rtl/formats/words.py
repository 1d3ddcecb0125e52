# SPDX-License-Identifier: Apache-2.0
"""What the words of packed weights hold, as the hardware decodes them: trits, or nothing legal."""

from collections.abc import Callable
from functools import cache

from tritproof.rtl.ternary import codes
from tritproof.rtl.ternary.codes import Trits

TRIT_WIDTH = 2
"""Bits of a trit, two's complement."""


def _digits(number: int, base: int, count: int) -> list[int]:
    """The lowest ``count`` digits, the least significant first."""
    return [number // base**place % base for place in range(count)]


def _plain(word: int) -> Trits | None:
    return tuple(digit - 1 for digit in _digits(word, 3, 5)) if word < 3**5 else None


def _residue(word: int) -> Trits | None:
    return tuple((0, 1, -1)[digit] for digit in _digits(word, 3, 5)) if word < 3**5 else None


def _fields(word: int) -> Trits | None:
    fields = _digits(word, 4, 4)
    return None if 3 in fields else tuple(field - 1 for field in fields)


def _fields_down(word: int) -> Trits | None:
    found = _fields(word)
    return found and found[::-1]


def _fraction(word: int, count: int) -> Trits | None:
    """A fraction of 256, rounded up, of which one more digit to base 3 shows with each factor 3."""
    number = word * 3**5 // 256
    digits = _digits(number, 3, 5)[::-1]
    rounded_up = -(-number * 256 // 3**5)
    if word != rounded_up or any(digits[count:]):
        return None
    return tuple(digit - 1 for digit in digits[:count])


def _tellme(word: int) -> Trits | None:
    return codes.trits_of("tellme", 3)[word]


DECODERS: dict[str, tuple[int, int, Callable[[int], Trits | None]]] = {
    "tellme": (5, 3, _tellme),
    "base3": (8, 5, _plain),
    "base3_residue": (8, 5, _residue),
    "tq1_0_5": (8, 5, lambda word: _fraction(word, 5)),
    "tq1_0_4": (8, 4, lambda word: _fraction(word, 4)),
    "fields": (8, 4, _fields),
    "fields_down": (8, 4, _fields_down),
}
"""Of each code: bits of a word, trits of a word, and the trits of one, None where it is illegal."""


@cache
def table(code: str) -> tuple[int, ...]:
    """Return, by word, its trits packed, the first lowest, below a flag for an illegal word, whose
    trits are 0."""
    width, group, decode = DECODERS[code]
    return tuple(_entry(decode(word), group) for word in range(1 << width))


def _entry(trits: Trits | None, group: int) -> int:
    if trits is None:
        return 1 << TRIT_WIDTH * group
    return pack_trits(trits)


def pack_trits(trits: Trits) -> int:
    """Return trits as one number, the first lowest."""
    mask = (1 << TRIT_WIDTH) - 1
    return sum((trit & mask) << TRIT_WIDTH * place for place, trit in enumerate(trits))
