# SPDX-License-Identifier: Apache-2.0
"""Where the words of a ternary matrix lie in the weight buffer, and in which order they move.

A word is the codes of one output in one step, T of them, for T groups of G inputs. The buffer is an
array [parts][groups][outputs] of words. A matrix of ``steps`` x ``beats`` x Q words, in the order
in which the engine takes them, fills as many parts as it needs, in one of two shapes:

- *narrow*, at most OUTPUTS wide: its steps are cut into parts of GROUPS;
- *wide*, at most GROUPS deep: its outputs are cut into parts of OUTPUTS.

Source: arXiv:2510.15926 equation 10, where q, k, v and o fill one part, up and gate are wide and
down is narrow.

Within a part, words lie in Q / 2 banks, cyclic in the output, each of which gives two words a
cycle: an even address at its first port, the odd one above at its second.
"""

from __future__ import annotations

from collections.abc import Iterator

from tritproof.ref.spec import Integer, specification


@specification(
    inputs=lambda GROUPS, ROW_BEATS, PARTS: {
        "step": Integer(0, PARTS * GROUPS - 1), "beat": Integer(0, PARTS * ROW_BEATS - 1)
    },
    result=lambda GROUPS, ROW_BEATS, PARTS: Integer(0, 2 * PARTS - 2),
)  # fmt: skip
def part_of(step, beat, *, GROUPS, ROW_BEATS, PARTS):
    """The part, counted from the matrix's first, of a beat of a step."""
    return step // GROUPS + beat // ROW_BEATS


@specification(
    inputs=lambda GROUPS, PARTS: {"step": Integer(0, PARTS * GROUPS - 1)},
    result=lambda GROUPS, PARTS: Integer(0, GROUPS - 1),
)
def group_of(step, *, GROUPS, PARTS):
    """The group of a step in its part."""
    return step % GROUPS


@specification(
    inputs=lambda ROW_BEATS, PARTS, Q: {
        "beat": Integer(0, PARTS * ROW_BEATS - 1), "lane": Integer(0, Q - 1)
    },
    result=lambda ROW_BEATS, PARTS, Q: Integer(0, ROW_BEATS * Q - 1),
)  # fmt: skip
def output_of(beat, lane, *, ROW_BEATS, PARTS, Q):
    """The output, in its part, that a lane of a beat belongs to."""
    return beat % ROW_BEATS * Q + lane


@specification(
    inputs=lambda OUTPUTS, Q: {"output": Integer(0, OUTPUTS - 1)},
    result=lambda OUTPUTS, Q: Integer(0, Q // 2 - 1),
)
def bank_of(output, *, OUTPUTS, Q):
    """The bank of an output's words."""
    return output % (Q // 2)


@specification(
    inputs=lambda OUTPUTS, Q: {"output": Integer(0, OUTPUTS - 1)}, result=lambda **_: Integer(0, 1)
)
def port_of(output, *, OUTPUTS, Q):
    """The port of the bank at which an output's words are read."""
    return output // (Q // 2) % 2


@specification(
    inputs=lambda GROUPS, OUTPUTS, Q: {
        "group": Integer(0, GROUPS - 1), "output": Integer(0, OUTPUTS - 1)
    },
    result=lambda GROUPS, OUTPUTS, Q: Integer(0, GROUPS * OUTPUTS // (Q // 2) - 1),
)  # fmt: skip
def address_of(group, output, *, GROUPS, OUTPUTS, Q):
    """The address of a word in its bank."""
    return group * (OUTPUTS // (Q // 2)) + output // (Q // 2)


def is_legal(steps: int, beats: int, *, parts: int, groups: int, row_beats: int) -> bool:
    """Whether a matrix of that many steps, and beats in each, fits the buffer."""
    narrow = 1 <= beats <= row_beats and 1 <= steps <= parts * groups
    wide = 1 <= steps <= groups and 1 <= beats <= parts * row_beats
    return narrow or wide


def regions(steps: int, beats: int, *, groups: int, row_beats: int) -> list[tuple[int, int]]:
    """Return (groups, beats) that a legal matrix fills of each part, in order."""
    if beats <= row_beats:
        return [(min(groups, steps - s), beats) for s in range(0, steps, groups)]
    return [(steps, min(row_beats, beats - b)) for b in range(0, beats, row_beats)]


def load_order(
    steps: int, beats: int, *, groups: int, row_beats: int, q: int, words: int
) -> Iterator[tuple[int, int, range]]:
    """Yield (part, group, outputs) of each beat of the port: ``words`` words, fewer at the end of a
    row, which begins a new beat."""
    sizes = regions(steps, beats, groups=groups, row_beats=row_beats)
    for part, (rows, row) in enumerate(sizes):
        for group in range(rows):
            for first in range(0, row * q, words):
                yield part, group, range(first, min(first + words, row * q))


def load_beats(
    steps: int, beats: int, *, groups: int, row_beats: int, q: int, words: int
) -> int:
    """Return how many beats of the port bring a matrix."""
    sizes = regions(steps, beats, groups=groups, row_beats=row_beats)
    return sum(rows * -(-row * q // words) for rows, row in sizes)


def read_order(
    steps: int, beats: int, *, groups: int, row_beats: int, parts: int
) -> Iterator[tuple[int, int, int]]:
    """Yield (part, group, line of the group) of each beat of the engine."""
    for step in range(steps):
        for beat in range(beats):
            part = part_of(step, beat, GROUPS=groups, ROW_BEATS=row_beats, PARTS=parts)
            group = group_of(step, GROUPS=groups, PARTS=parts)
            yield part, group, beat % row_beats
