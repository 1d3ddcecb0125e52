# SPDX-License-Identifier: Apache-2.0
"""Theorems about the sizes of the weight buffer: why two printed formulas cannot be meant."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import sympy
from tritproof.ref.buffer.sizing import (
    URAM_DEPTH,
    URAM_WIDTH,
    bank_depth,
    beats_of_regions,
    code_bits,
    groups_in_a_word,
    groups_in_a_word_as_printed,
    matrices_of_a_layer,
    steps_of,
    ultra_rams,
    ultra_rams_as_printed,
    ultra_rams_in_one,
)
from tritproof.ref.theorem import NotProvedError, Theorem, require_equal

HIDDEN, FFN, GROUP, COLUMNS, Q, WORDS, BUS = 1536, 4096, 3, 2, 16, 5, 768
"""The published design."""


def codes_fit_when_rounded_down() -> Theorem:
    """T = floor(72 c / B) is the most that fits; one more, which is the printed T unless B divides
    72 c, does not."""
    # 72 c = T B + rest with 0 <= rest < B.
    T, B = sympy.symbols("T B", integer=True, positive=True)
    rest, room = sympy.symbols("rest room", integer=True, nonnegative=True)
    width = T * B + rest
    require_equal(width - T * B, rest, "T codes leave the rest")
    require_equal((T + 1) * B - width, B - rest, "one more lacks B - rest")
    if not (B - (B - 1 - room)).is_positive:
        raise NotProvedError("B - rest > 0")
    for group, columns in product(range(1, 9), range(1, 9)):
        bits, fits = code_bits(group), groups_in_a_word(columns, group)
        printed, wide = groups_in_a_word_as_printed(columns, group), URAM_WIDTH * columns
        if not fits * bits <= wide < (fits + 1) * bits or printed != fits + (wide % bits > 0):
            raise NotProvedError(f"G = {group}, c = {columns}")
    if (groups_in_a_word(COLUMNS, GROUP), groups_in_a_word_as_printed(COLUMNS, GROUP)) != (28, 29):
        raise NotProvedError("the published T is 28, the printed formula gives 29")
    return Theorem("codes_fit_when_rounded_down",
                   "T = floor(72 c / B) is the largest T with T B <= 72 c; rounded up, 145 > 144",
                   "symbolic; all G and c to 8")


def memories_hold_the_buffer() -> Theorem:
    """Q / 2 banks of 2 Y / Q outputs hold Y outputs, of Y / Q outputs half of them."""
    Y, q, steps = sympy.symbols("Y q steps", positive=True)
    require_equal((q / 2) * (2 * Y / q) * steps, Y * steps, "words in banks of 2 Y / Q")
    require_equal((q / 2) * (Y / q) * steps, Y * steps / 2, "words in banks of Y / Q")
    tables = groups_in_a_word(COLUMNS, GROUP)
    rows = steps_of(HIDDEN, GROUP, tables)
    parts = -(-FFN // HIDDEN)
    bits = parts * rows * HIDDEN * tables * code_bits(GROUP)
    memory = URAM_WIDTH * URAM_DEPTH
    printed = ultra_rams_as_printed(parts * rows, HIDDEN, Q, COLUMNS)
    in_one = ultra_rams_in_one(parts * rows, HIDDEN, Q, COLUMNS)
    apart = ultra_rams(parts, rows, HIDDEN, Q, COLUMNS)
    if (printed, in_one, apart) != (32, 48, 48):
        raise NotProvedError(f"{printed}, {in_one} and {apart} memories, not 32, 48 and 48")
    if not printed * memory < bits <= in_one * memory:
        raise NotProvedError("32 memories are too few, 48 enough")
    if bank_depth(rows, HIDDEN, Q) != 3648:
        raise NotProvedError("a bank of a part has 3648 words, fewer than 4096")
    return Theorem("memories_hold_the_buffer",
                   "U = ceil(2 Y / Q ceil(X / (G T)) / 4096) c Q / 2 = 48, for parts apart also; "
                   "the printed formula's 32 hold fewer bits", "symbolic; integers")


def bits_on_the_bus() -> Theorem:
    """2.064 bits of the bus for each weight are those of whole regions, counted per true weight."""
    tables = groups_in_a_word(COLUMNS, GROUP)
    shape = {"group": GROUP, "tables": tables, "words": WORDS}
    weights = sum(outputs * inputs for outputs, inputs in matrices_of_a_layer(HIDDEN, FFN))
    whole, filled = (
        Fraction(BUS * beats_of_regions(HIDDEN, FFN, whole=one, **shape), weights)
        for one in (True, False)
    )
    if (round(float(whole), 3), round(float(filled), 3)) != (2.064, 1.891):
        raise NotProvedError(f"{float(whole)} and {float(filled)}")
    square = Fraction(BUS * 19 * 308, HIDDEN * HIDDEN)
    if round(float(square), 3) != 1.905:
        raise NotProvedError(f"{float(square)} of a square matrix")
    return Theorem("bits_on_the_bus",
                   "13 regions of 19 x 308 beats of 768 bits = 2.064 for each weight of a layer; "
                   "1.891 without what pads up, gate and down", "rational arithmetic")


def prove_sizing() -> list[Theorem]:
    """Prove all of them.

    Raises:
        NotProvedError: one does not hold.
    """
    return [codes_fit_when_rounded_down(), memories_hold_the_buffer(), bits_on_the_bus()]
