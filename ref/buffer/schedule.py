# SPDX-License-Identifier: Apache-2.0
"""When the weight buffer is loaded and read: cycle by cycle, and how much bandwidth hides loading.

Of matrices that follow each other, with beats always offered and always taken: a matrix is loaded
into part after part, one beat in each cycle in which a part is free; one cycle between matrices is
for the command. It is read from the cycle behind its last beat, and behind the matrix before it,
one beat in each cycle; a part is free from the cycle after its last beat was read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tritproof.ref.buffer.address import regions

LATENCY = 2
"""Cycles from reading a beat to giving it out."""


@dataclass(frozen=True)
class Times:
    """Cycles, counted from the first command: the first and last beat that a matrix is loaded with,
    and the first and last beat that is read of it."""

    first_load: int
    last_load: int
    first_read: int
    last_read: int


def schedule(
    matrices: Sequence[tuple[int, int, int]], q: int, words: int, **sizes: int
) -> list[Times]:
    """Return when matrices of (steps, beats, reads) move; ``sizes``: PARTS, GROUPS, ROW_BEATS."""
    freed: list[int] = []  # the cycle of the last read of each part so far
    found: list[Times] = []
    command, used = 0, 0
    for steps, beats, reads in matrices:
        parts = regions(steps, beats, **sizes)
        cycle, starts = command, []
        for groups, row in parts:
            behind = used - sizes["PARTS"]
            start = max(cycle + 1, freed[behind] + 1 if behind >= 0 else 0)
            starts.append(start)
            cycle = start + groups * -(-row * q // words) - 1
            used += 1
        last_load, command = cycle, cycle + 1
        first_read = max(last_load, found[-1].last_read if found else 0) + 1
        last_pass = first_read + (reads - 1) * steps * beats
        narrow, done = beats <= sizes["ROW_BEATS"], 0
        for groups, row in parts:
            done += groups * row if narrow else row
            freed.append(last_pass + (done if narrow else (steps - 1) * beats + done) - 1)
        last_read = first_read + read_cycles(steps, beats, reads) - 1
        found.append(Times(starts[0], last_load, first_read, last_read))
    return found


def load_cycles(steps: int, beats: int, q: int, words: int, **sizes: int) -> int:
    """Return the cycles that loading a matrix takes when it never waits, its command included."""
    return 1 + sum(groups * -(-row * q // words) for groups, row in regions(steps, beats, **sizes))


def read_cycles(steps: int, beats: int, reads: int) -> int:
    """Return the cycles that giving a matrix out takes when nobody waits."""
    return steps * beats * reads
