# SPDX-License-Identifier: Apache-2.0
"""How large a table-lookup engine and its weight buffer are: the published model, corrected.

Source: arXiv:2510.15926 equations 7 to 9. An UltraRAM has 4096 words of 72 bits and two ports. Two
of the formulas, as printed, do not give what is built:

- equation 7 rounds T = 72 c / B up; then the T codes of a word do not fit c memories. The design
  has T = 28 for c = 2, which is rounded down (:func:`groups_in_a_word`);
- equation 9 gives each of Q / 2 banks Y / Q of the Y outputs; with half as many banks as outputs in
  a beat it is twice as many. The published table has 48 memories, not 32 (:func:`ultra_rams`).
"""

from __future__ import annotations

URAM_WIDTH, URAM_DEPTH = 72, 4096


def ceil_div(a: int, b: int) -> int:
    """Return a / b, rounded up."""
    return -(-a // b)


def code_bits(group: int) -> int:
    """Return B, the bits of the code of ``group`` trits."""
    return (3**group - 1).bit_length()


def groups_in_a_word(columns: int, group: int) -> int:
    """Return T, the most codes that fit a word of ``columns`` UltraRAMs side by side."""
    return URAM_WIDTH * columns // code_bits(group)


def groups_in_a_word_as_printed(columns: int, group: int) -> int:
    """Return what equation 7 says."""
    return ceil_div(URAM_WIDTH * columns, code_bits(group))


def steps_of(inputs: int, group: int, tables: int) -> int:
    """Return how many steps the inputs of a matrix take, each of ``tables`` groups."""
    return ceil_div(inputs, group * tables)


def bank_depth(groups: int, outputs: int, q: int) -> int:
    """Return the words of each of q / 2 banks that hold [groups][outputs] words."""
    return groups * ceil_div(outputs, q) * 2


def ultra_rams(parts: int, groups: int, outputs: int, q: int, columns: int) -> int:
    """Return the UltraRAMs of [parts][groups][outputs] words, each part in memories of its own."""
    return parts * ceil_div(bank_depth(groups, outputs, q), URAM_DEPTH) * columns * (q // 2)


def ultra_rams_in_one(groups: int, outputs: int, q: int, columns: int) -> int:
    """Return the UltraRAMs where all parts, ``groups`` together, share memories: equation 9,
    corrected."""
    return ultra_rams(1, groups, outputs, q, columns)


def ultra_rams_as_printed(groups: int, outputs: int, q: int, columns: int) -> int:
    """Return what equation 9 says."""
    return ceil_div(outputs // q * groups, URAM_DEPTH) * columns * (q // 2)


def matrices_of_a_layer(hidden: int, ffn: int) -> tuple[tuple[int, int], ...]:
    """Return (outputs, inputs) of q, k, v, o, up, gate and down."""
    return (*[(hidden, hidden)] * 4, *[(ffn, hidden)] * 2, (hidden, ffn))


def beats_of_regions(
    hidden: int, ffn: int, *, group: int, tables: int, words: int, whole: bool
) -> int:
    """Return the beats of the port for the weights of a layer, ``words`` words in each, in regions
    of ``hidden`` outputs and as many inputs.

    ``whole``: every region is transferred whole, as published; else only what a matrix fills.
    """
    rows, total = steps_of(hidden, group, tables), 0
    for outputs, inputs in matrices_of_a_layer(hidden, ffn):
        steps = steps_of(inputs, group, tables)
        if whole:
            regions = max(ceil_div(outputs, hidden), ceil_div(steps, rows))
            total += regions * rows * ceil_div(hidden, words)
        else:
            full, rest = divmod(outputs, hidden)
            total += steps * (full * ceil_div(hidden, words) + ceil_div(rest, words))
    return total
