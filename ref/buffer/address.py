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

from tritproof.ref.spec import (
    Integer,
    logical_and,
    logical_or,
    maximum,
    minimum,
    select,
    specification,
    unsigned,
)


def _whole(value, size, parts):
    """``value // size`` below ``parts``, by comparisons, which solvers follow more easily."""
    return sum(select(value >= part * size, 1, 0) for part in range(1, parts))


@specification(
    inputs=lambda GROUPS, ROW_BEATS, PARTS: {
        "step": Integer(0, PARTS * GROUPS - 1), "beat": Integer(0, PARTS * ROW_BEATS - 1)
    },
    result=lambda GROUPS, ROW_BEATS, PARTS: Integer(0, 2 * PARTS - 2),
)  # fmt: skip
def part_of(step, beat, *, GROUPS, ROW_BEATS, PARTS):
    """The part, counted from the matrix's first, of a beat of a step."""
    return _whole(step, GROUPS, PARTS) + _whole(beat, ROW_BEATS, PARTS)


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


def _place(PARTS, GROUPS, ROW_BEATS, **name):
    """The ranges of the beats of a matrix, a part of it, and what is named."""
    return {"beats": Integer(1, PARTS * ROW_BEATS), "part": Integer(0, PARTS - 1), **name}


@specification(
    inputs=lambda GROUPS, **sizes: _place(GROUPS=GROUPS, **sizes, group=Integer(0, GROUPS - 1)),
    result=lambda PARTS, GROUPS, **_: Integer(0, PARTS * GROUPS - 1),
)
def step_of(beats, part, group, *, PARTS, GROUPS, ROW_BEATS):
    """The step in which a word goes out, of a matrix of that many beats in each."""
    return group + select(beats <= ROW_BEATS, part * GROUPS, 0)


@specification(
    inputs=lambda ROW_BEATS, Q, **sizes: _place(
        ROW_BEATS=ROW_BEATS, **sizes, output=Integer(0, ROW_BEATS * Q - 1)
    ),
    result=lambda PARTS, ROW_BEATS, **_: Integer(0, PARTS * ROW_BEATS - 1),
)
def beat_of(beats, part, output, *, PARTS, GROUPS, ROW_BEATS, Q):
    """The beat of its step in which a word goes out, at lane ``output % Q``."""
    return output // Q + select(beats <= ROW_BEATS, 0, part * ROW_BEATS)


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


@specification(
    inputs={"steps": unsigned(16), "beats": unsigned(16), "reads": unsigned(16)},
    result=lambda **_: Integer(0, 1),
)
def is_legal(steps, beats, reads, *, PARTS, GROUPS, ROW_BEATS):
    """1 where a matrix of that many steps, and beats in each, fits the buffer and is read."""
    narrow = logical_and(beats <= ROW_BEATS, steps <= PARTS * GROUPS)
    wide = logical_and(beats <= PARTS * ROW_BEATS, steps <= GROUPS)
    some = logical_and(steps >= 1, beats >= 1, reads >= 1)
    return select(logical_and(some, logical_or(narrow, wide)), 1, 0)


def _sizes(PARTS, GROUPS, ROW_BEATS, **_):
    """The ranges of the sizes of a legal matrix."""
    return {"steps": Integer(1, PARTS * GROUPS), "beats": Integer(1, PARTS * ROW_BEATS)}


@specification(inputs=_sizes, result=lambda PARTS, **_: Integer(1, PARTS))
def part_count(steps, beats, *, PARTS, GROUPS, ROW_BEATS):
    """How many parts a legal matrix fills."""
    narrow = sum(select(steps > part * GROUPS, 1, 0) for part in range(PARTS))
    wide = sum(select(beats > part * ROW_BEATS, 1, 0) for part in range(PARTS))
    return maximum(1, select(beats <= ROW_BEATS, narrow, wide))


@specification(
    inputs=lambda PARTS, **sizes: {**_sizes(PARTS, **sizes), "part": Integer(0, PARTS - 1)},
    result=lambda GROUPS, **_: Integer(0, GROUPS),
)
def part_groups(steps, beats, part, *, PARTS, GROUPS, ROW_BEATS):
    """The groups of a part that a legal matrix fills; of a part that it has."""
    here = select(beats <= ROW_BEATS, steps - part * GROUPS, steps)
    return minimum(GROUPS, maximum(0, here))


@specification(
    inputs=lambda PARTS, **sizes: {**_sizes(PARTS, **sizes), "part": Integer(0, PARTS - 1)},
    result=lambda ROW_BEATS, **_: Integer(0, ROW_BEATS),
)
def part_beats(steps, beats, part, *, PARTS, GROUPS, ROW_BEATS):
    """The beats in each group of a part of a legal matrix; of a part that it has."""
    here = select(beats <= ROW_BEATS, beats, beats - part * ROW_BEATS)
    return minimum(ROW_BEATS, maximum(0, here))


def regions(steps: int, beats: int, **sizes: int) -> list[tuple[int, int]]:
    """Return (groups, beats in each) of every part of a legal matrix, in order.

    ``sizes``: PARTS, GROUPS and ROW_BEATS.
    """
    return [
        (part_groups.exact(steps, beats, part, **sizes),
         part_beats.exact(steps, beats, part, **sizes))
        for part in range(part_count.exact(steps, beats, **sizes))
    ]  # fmt: skip


def load_order(
    steps: int, beats: int, q: int, words: int, **sizes: int
) -> Iterator[tuple[int, int, range]]:
    """Yield (part, group, outputs) of each beat of the port: ``words`` words, fewer at the end of a
    row, which begins a new beat."""
    for part, (groups, row) in enumerate(regions(steps, beats, **sizes)):
        for group in range(groups):
            for first in range(0, row * q, words):
                yield part, group, range(first, min(first + words, row * q))


def load_beats(steps: int, beats: int, q: int, words: int, **sizes: int) -> int:
    """Return how many beats of the port bring a matrix."""
    return sum(groups * -(-row * q // words) for groups, row in regions(steps, beats, **sizes))
