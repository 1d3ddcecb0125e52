# SPDX-License-Identifier: Apache-2.0
"""How the weight buffer is loaded: the walk through a matrix, and where the words of a beat go."""

from collections.abc import Sequence
from typing import Any

from myhdl import ResetSignal, Signal, SignalType, always, always_comb, block, concat
from tritproof.rtl.buffer.params import WeightBufferParams, count_ring
from tritproof.rtl.pieces import choose, keep_if, keep_unless, lane, sum_signal, unsigned_signal


@block
def mark_inside(left: SignalType, word: SignalType, index: int, marked: SignalType) -> Any:
    """Put in front of a word whether more than ``index`` words are left of the row."""
    inside = Signal(bool(0))

    @always_comb
    def compare():
        inside.next = left > index

    @always_comb
    def mark():
        marked.next = concat(inside, word)

    return compare, mark


@block
def rotate(amount: SignalType, given: Sequence[SignalType], rotated: Sequence[SignalType]) -> Any:
    """``rotated[(i + amount) mod n] = given[i]``, zero where nothing is given; n a power of two."""
    count, width = len(rotated), len(rotated[0])
    level: list[SignalType | None] = [*given, *[None] * (count - len(given))]
    instances = []
    for bit in range(len(amount)):
        last = bit == len(amount) - 1
        above: list[SignalType | None] = []
        for k in range(count):
            stays, comes = level[k], level[(k - (1 << bit)) % count]
            if stays is None and comes is None:
                above.append(None)
                continue
            out = rotated[k] if last else unsigned_signal(width)
            if stays is None:
                instances.append(keep_if(amount(bit), comes, out))
            elif comes is None:
                instances.append(keep_unless(amount(bit), stays, out))
            else:
                instances.append(choose(amount(bit), stays, comes, out))
            above.append(out)
        level = above
    return instances


@block
def spread_words(
    tdata: SignalType,
    left: SignalType,
    offset: SignalType,
    marked: Sequence[SignalType],
    params: WeightBufferParams,
) -> Any:
    """Give each bank of a part its word of a beat, marked in the highest bit, or zero.

    ``left``: words left of the row, this beat's included; ``offset``: bank of the beat's first.
    """
    width = params.word_width
    words = [unsigned_signal(width + 1) for _ in range(params.words)]
    return [
        [mark_inside(left, lane(tdata, width, i), i, words[i]) for i in range(params.words)],
        rotate(offset, words, marked),
    ]


@block
def address_banks(
    base: SignalType,
    column: SignalType,
    offset: SignalType,
    addresses: Sequence[SignalType],
    params: WeightBufferParams,
) -> Any:
    """Give each bank the address of its word: one more where the beat's words have wrapped."""
    near, far = (sum_signal(params.bank.address_width) for _ in range(2))

    @always_comb
    def add_column():
        near.next = base + column

    @always_comb
    def add_one():
        far.next = near + 1

    return [
        add_column,
        add_one,
        [_address(offset, near, far, k, addresses[k]) for k in range(params.banks)],
    ]


@block
def _address(
    offset: SignalType, near: SignalType, far: SignalType, bank: int, address: SignalType
) -> Any:
    wrapped = Signal(bool(0))

    @always_comb
    def compare():
        wrapped.next = offset > bank

    return compare, choose(wrapped, near, far, address)


@block
def load_walk(
    clk: SignalType,
    rst: ResetSignal,
    begin_load: SignalType,
    beats_given: SignalType,
    steps_last: SignalType,
    loading: SignalType,
    accept: SignalType,
    left: SignalType,
    column: SignalType,
    offset: SignalType,
    row_base: SignalType,
    part_done: SignalType,
    complete: SignalType,
    write_part: SignalType,
    params: WeightBufferParams,
) -> Any:
    """Walk through a matrix in the order in which the port brings it: parts, groups, words.

    ``left``: words of the row from this beat on; ``column`` and ``offset``: line of words and bank
    of this beat's first word in its row; ``row_base``: address of the row. ``part_done`` and
    ``complete`` go with the beat that ends a part, and the matrix; ``write_part`` is the part it
    goes to.
    """
    words, log2_q, log2_banks = params.words, params.log2_banks + 1, params.log2_banks
    row_beats, last_group, stride = params.row_beats, params.groups - 1, 2 * params.row_beats
    ahead_width = params.most_beats.bit_length()
    beats_ahead, more, more_next = (unsigned_signal(ahead_width) for _ in range(3))
    here_width = row_beats.bit_length()
    here, here_next, reload_beats = (unsigned_signal(here_width) for _ in range(3))
    reload_words = unsigned_signal(len(left))
    left_less, row_base_after = sum_signal(len(left)), sum_signal(len(row_base))
    place = unsigned_signal((params.outputs - 1).bit_length())
    step, group = sum_signal(params.step_number_width), unsigned_signal(params.group_width)
    row_end, at_last_group, at_last_step, more_parts = (Signal(bool(0)) for _ in range(4))
    row_done, wider = Signal(bool(0)), Signal(bool(0))

    # Of each step, the beats that lie in the next part, and those behind it.
    @always_comb
    def look_ahead():
        if loading:
            beats_ahead.next = more
        else:
            beats_ahead.next = beats_given[ahead_width:]

    @always_comb
    def cut_beats():
        if beats_ahead > row_beats:
            here_next.next = row_beats
            more_next.next = beats_ahead - row_beats
        else:
            here_next.next = beats_ahead[here_width:]
            more_next.next = 0

    @always_comb
    def find_ends():
        row_end.next = left <= words
        at_last_group.next = group == last_group
        at_last_step.next = step == steps_last
        more_parts.next = more != 0

    @always_comb
    def finish_row():
        row_done.next = accept and row_end

    @always_comb
    def finish_part():
        part_done.next = row_done and (at_last_group or at_last_step)

    @always_comb
    def finish():
        complete.next = row_done and at_last_step and not more_parts
        wider.next = part_done and more_parts

    @always_comb
    def choose_reload():
        if begin_load or wider:
            reload_beats.next = here_next
        else:
            reload_beats.next = here

    @always_comb
    def count():
        reload_words.next = reload_beats << log2_q
        left_less.next = left - words
        row_base_after.next = row_base + stride

    @always(clk.posedge)
    def walk_parts():
        if begin_load or wider:
            here.next = here_next
            more.next = more_next

    @always(clk.posedge)
    def walk_row():
        if begin_load or row_done:
            left.next = reload_words
            place.next = 0
        elif accept:
            left.next = left_less
            place.next = place + words

    @always(clk.posedge)
    def walk_groups():
        if begin_load or part_done:
            group.next = 0
            row_base.next = 0
        elif row_done:
            group.next = group + 1
            row_base.next = row_base_after
        if begin_load or wider:
            step.next = 0
        elif row_done:
            step.next = step + 1

    @always_comb
    def cut_place():
        offset.next = place[log2_banks:]
        column.next = place[:log2_banks]

    return [
        look_ahead,
        cut_beats,
        find_ends,
        finish_row,
        finish_part,
        finish,
        choose_reload,
        count,
        walk_parts,
        walk_row,
        walk_groups,
        cut_place,
        count_ring(clk, rst, part_done, write_part, params.parts),
    ]
