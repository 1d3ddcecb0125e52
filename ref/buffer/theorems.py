# SPDX-License-Identifier: Apache-2.0
"""Theorems about the weight buffer, each proved by running its function."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise, product

import numpy as np
import sympy
from tritproof.ref.buffer.address import (
    address_of,
    bank_of,
    beat_of,
    group_of,
    output_of,
    part_beats,
    part_count,
    part_groups,
    part_of,
    port_of,
    step_of,
)
from tritproof.ref.buffer.schedule import load_cycles, read_cycles, schedule
from tritproof.ref.buffer.sizing_theorems import prove_sizing
from tritproof.ref.theorem import NotProvedError, Theorem, require_equal

SHAPES = ((3, 2, 16, 8, 3), (3, 19, 1536, 16, 5), (3, 31, 2560, 16, 5))
"""PARTS, GROUPS, OUTPUTS, Q and words of a beat, of the shapes that blocks are built with."""


def require(condition: bool | np.ndarray, case: str) -> None:
    """Go on if the condition holds, everywhere if it is an array.

    Raises:
        NotProvedError: it does not; the message names ``case``.
    """
    if not np.all(condition):
        raise NotProvedError(case)


def places_are_a_bijection(GROUPS: int, OUTPUTS: int, Q: int) -> Theorem:
    """Every place of a part's banks belongs to exactly one group and output."""
    group, output = np.arange(GROUPS)[:, None], np.arange(OUTPUTS)[None, :]
    bank = bank_of.numpy(output, OUTPUTS=OUTPUTS, Q=Q)
    address = address_of.numpy(group, output, GROUPS=GROUPS, OUTPUTS=OUTPUTS, Q=Q)
    depth = GROUPS * OUTPUTS // (Q // 2)
    places = np.sort((bank * depth + address).reshape(-1))
    require(np.array_equal(places, np.arange(Q // 2 * depth)), "a place twice, or never")
    return Theorem(f"places_are_a_bijection[{GROUPS} x {OUTPUTS}, Q={Q}]",
                   "(group, output) -> (bank, address) is one to one onto all places of all banks",
                   f"all {GROUPS * OUTPUTS} words")


def place_gives_the_word_back() -> Theorem:
    """Group and output follow from bank and address, for all sizes."""
    # output = H line + bank and address = ROW group + line, with 0 <= bank < H, 0 <= line < ROW.
    H, ROW = sympy.symbols("H ROW", integer=True, positive=True)
    group, line, bank = sympy.symbols("group line bank", integer=True, nonnegative=True)
    address = ROW * group + line
    require_equal((address - line) / ROW, group, "the group is the whole part of address / ROW")
    require_equal(H * (address - ROW * group) + bank, H * line + bank, "the output")
    return Theorem("place_gives_the_word_back",
                   "group = floor(address / ROW), output = H (address mod ROW) + bank", "symbolic")


def reads_never_meet(GROUPS: int, OUTPUTS: int, Q: int) -> Theorem:
    """The Q words of a beat lie one at each port of each bank, all at one line of it."""
    beat, lane = np.arange(OUTPUTS // Q)[:, None], np.arange(Q)[None, :]
    output = output_of.numpy(beat, lane, ROW_BEATS=OUTPUTS // Q, PARTS=1, Q=Q)
    bank = bank_of.numpy(output, OUTPUTS=OUTPUTS, Q=Q)
    port = port_of.numpy(output, OUTPUTS=OUTPUTS, Q=Q)
    require(np.sort(2 * bank + port, axis=1) == np.arange(Q), "two words at one port")
    for group in range(GROUPS):
        address = address_of.numpy(group, output, GROUPS=GROUPS, OUTPUTS=OUTPUTS, Q=Q)
        require(address % 2 == port, "the port is not that of the address")
        require(address // 2 == address[:, :1] // 2, "two lines in one beat")
    return Theorem(f"reads_never_meet[{GROUPS} x {OUTPUTS}, Q={Q}]",
                   "the Q words of a beat lie at the Q ports of Q / 2 banks, port = address mod 2",
                   f"all {GROUPS * OUTPUTS // Q} beats of a part")


def writes_never_meet(OUTPUTS: int, Q: int, words: int) -> Theorem:
    """Words that come in one beat of the port go to different banks: one port takes them."""
    bank = bank_of.numpy(np.arange(OUTPUTS), OUTPUTS=OUTPUTS, Q=Q)
    for ahead in range(1, words):
        require(bank[:-ahead] != bank[ahead:], f"words {ahead} apart in one bank")
    return Theorem(f"writes_never_meet[{OUTPUTS} outputs, Q={Q}, {words} words]",
                   "fewer than Q / 2 words apart, two outputs have different banks",
                   "all outputs and distances")


def orders_are_inverse(PARTS: int, GROUPS: int, ROW_BEATS: int, Q: int) -> Theorem:
    """Where a word lies and when it goes out follow from each other, in both shapes."""
    shape = {"PARTS": PARTS, "GROUPS": GROUPS, "ROW_BEATS": ROW_BEATS}
    step, beat = np.arange(PARTS * GROUPS), np.arange(PARTS * ROW_BEATS)
    part, group = part_of.numpy(step, 0, **shape), group_of.numpy(step, PARTS=PARTS, GROUPS=GROUPS)
    require((part == step // GROUPS) & (group == step % GROUPS), "division by GROUPS")
    require(step_of.numpy(1, part, group, **shape) == step, "a step of a narrow matrix")
    part = part_of.numpy(0, beat, **shape)
    require(part == beat // ROW_BEATS, "division by ROW_BEATS")
    for lane in range(Q):
        output = output_of.numpy(beat, lane, ROW_BEATS=ROW_BEATS, PARTS=PARTS, Q=Q)
        found = beat_of.numpy(PARTS * ROW_BEATS, part, output, Q=Q, **shape)
        require((found == beat) & (output % Q == lane), "a beat of a wide matrix")
    return Theorem(f"orders_are_inverse[{PARTS} x {GROUPS} x {ROW_BEATS * Q}]",
                   "(step, beat, lane) <-> (part, group, output), one to one",
                   "all steps of a narrow matrix, all beats of a wide one, all lanes")


def parts_hold_the_matrix(PARTS: int, GROUPS: int, ROW_BEATS: int) -> Theorem:
    """The parts of every legal matrix have as many words as it, and none more than a part."""
    shape = {"PARTS": PARTS, "GROUPS": GROUPS, "ROW_BEATS": ROW_BEATS}
    for most_steps, most_beats in ((PARTS * GROUPS, ROW_BEATS), (GROUPS, PARTS * ROW_BEATS)):
        steps, beats = np.arange(1, most_steps + 1)[:, None], np.arange(1, most_beats + 1)[None, :]
        count, held = part_count.numpy(steps, beats, **shape), 0
        for part in range(PARTS):
            size = part_groups.numpy(steps, beats, part, **shape) * part_beats.numpy(
                steps, beats, part, **shape)
            require((size > 0) == (part < count), f"part {part} is empty, or more than counted")
            held = held + size
        require(held == steps * beats, "words lost or made up")
    return Theorem(f"parts_hold_the_matrix[{PARTS} x {GROUPS} x {ROW_BEATS} beats]",
                   "sum over the parts of groups * beats = steps * beats", "all legal sizes")


def loading_hides(PARTS: int) -> Theorem:
    """Of equal matrices of one part each, loaded in L cycles and read in R: the engine never waits
    between two of them if and only if R >= L, and the port never if and only if R <= L."""
    R, read = sympy.symbols("R read", integer=True)
    room = sympy.Symbol("room", integer=True, nonnegative=True)  # R - L
    # Step: matrix k was loaded by the time k - 1 was read, at `read` = last_read[k - 1]. Then its
    # own last read is at read + R, and k + 1 is loaded at the latest L cycles, command included,
    # behind the later of last_load[k] and last_read[k + 1 - PARTS], neither later than `read`.
    require_equal(read + R - (read + (R - room)), room, "k + 1 is loaded by the time k was read")
    # If R < L the second matrix is late: last_load[1] = last_load[0] + L, past last_load[0] + R.
    shape = {"PARTS": PARTS, "GROUPS": 1, "ROW_BEATS": 1}
    for words, reads in product(range(1, 9), range(1, 13)):
        # One beat of so many words, one in each beat of the port.
        times = schedule([(1, 1, reads)] * 40, words, 1, **shape)
        load, read = load_cycles(1, 1, words, 1, **shape), read_cycles(1, 1, reads)
        pairs = list(pairwise(times))
        engine = [after.first_read - now.last_read - 1 for now, after in pairs]
        port = [after.last_load - now.last_load - load for now, after in pairs]
        require((max(engine) == 0) == (read >= load), f"engine, L = {load}, R = {read}")
        require((max(port) == 0) == (read <= load), f"port, L = {load}, R = {read}")
    return Theorem(f"loading_hides[{PARTS} parts]",
                   "the engine never waits <=> R >= L;  the port never waits <=> R <= L",
                   "induction, its step symbolic; both ways for all L from 2 to 9 and R to 12")


def prove_all() -> list[Theorem]:
    """Prove every theorem at every shape a block is built at.

    Raises:
        NotProvedError: one does not hold.
    """
    proofs: list[Callable[[], Theorem]] = [
        place_gives_the_word_back,
        *(lambda s=s: places_are_a_bijection(s[1], s[2], s[3]) for s in SHAPES),
        *(lambda s=s: reads_never_meet(s[1], s[2], s[3]) for s in SHAPES),
        *(lambda s=s: writes_never_meet(s[2], s[3], s[4]) for s in SHAPES),
        *(lambda s=s: orders_are_inverse(s[0], s[1], s[2] // s[3], s[3]) for s in SHAPES),
        *(lambda s=s: parts_hold_the_matrix(s[0], s[1], s[2] // s[3]) for s in SHAPES),
        *(lambda p=p: loading_hides(p) for p in (2, 3)),
    ]
    return [*(prove() for prove in proofs), *prove_sizing()]
