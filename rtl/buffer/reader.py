# SPDX-License-Identifier: Apache-2.0
"""How the weight buffer is read: the walk through a matrix, as often as it is given out."""

from typing import Any

from myhdl import ResetSignal, Signal, SignalType, always_comb, always_seq, block
from tritproof.rtl.buffer.params import WeightBufferParams, next_part
from tritproof.rtl.pieces import sum_signal, unsigned_signal


@block
def read_walk(
    clk: SignalType,
    rst: ResetSignal,
    take: SignalType,
    final_step: SignalType,
    final_beat: SignalType,
    final_read: SignalType,
    base_part: SignalType,
    part: SignalType,
    line: SignalType,
    pass_end: SignalType,
    leave: SignalType,
    finish: SignalType,
    params: WeightBufferParams,
) -> Any:
    """Walk through a matrix in the engine's order, one beat at each ``take``.

    ``final_*``: the last step, beat and pass of the matrix that begins at ``base_part``. ``line``
    of ``part`` is to be read. ``pass_end``: the beat ends a pass; ``leave`` goes with the last beat
    ever read of a part, ``finish`` with that of the matrix.
    """
    last_group, last_column, row_beats = params.groups - 1, params.row_beats - 1, params.row_beats
    step, beat, turn = (
        unsigned_signal(len(final)) for final in (final_step, final_beat, final_read)
    )
    group = unsigned_signal(params.group_width)
    column = unsigned_signal(max(1, last_column.bit_length()))
    row_line, row_line_after = sum_signal(len(line)), sum_signal(len(line))
    step_part, part_after = (unsigned_signal(params.part_width) for _ in range(2))
    step_end, row_end, at_last_step, at_last_group, last_turn = (Signal(bool(0)) for _ in range(5))
    part_end = Signal(bool(0))

    @always_comb
    def find_ends():
        step_end.next = beat == final_beat
        at_last_step.next = step == final_step
        at_last_group.next = group == last_group
        last_turn.next = turn == final_read

    @always_comb
    def find_row_end():
        row_end.next = column == last_column or step_end
        pass_end.next = step_end and at_last_step

    @always_comb
    def find_part_end():
        part_end.next = row_end and (at_last_group or at_last_step)

    @always_comb
    def decide():
        leave.next = take and last_turn and part_end
        finish.next = take and last_turn and pass_end

    @always_comb
    def locate():
        line.next = row_line + column
        row_line_after.next = row_line + row_beats

    @always_seq(clk.posedge, reset=rst)
    def walk_beats():
        if take:
            if row_end:
                column.next = 0
            else:
                column.next = column + 1
            if step_end:
                beat.next = 0
            else:
                beat.next = beat + 1

    @always_seq(clk.posedge, reset=rst)
    def walk_steps():
        if take and step_end:
            if at_last_step:
                step.next = 0
                if last_turn:
                    turn.next = 0
                else:
                    turn.next = turn + 1
            else:
                step.next = step + 1
            if at_last_step or at_last_group:
                group.next = 0
                row_line.next = 0
            else:
                group.next = group + 1
                row_line.next = row_line_after

    # A wide matrix, whose steps reach into the next parts, returns to its first part at each step;
    # a narrow one goes on to the next part behind the last group of each.
    @always_seq(clk.posedge, reset=rst)
    def walk_parts():
        if finish:
            base_part.next = part_after
            step_part.next = part_after
            part.next = part_after
        elif take:
            if pass_end:
                step_part.next = base_part
                part.next = base_part
            elif step_end:
                if at_last_group:
                    step_part.next = part_after
                    part.next = part_after
                else:
                    part.next = step_part
            elif row_end:
                part.next = part_after

    return [
        find_ends,
        find_row_end,
        find_part_end,
        decide,
        locate,
        walk_beats,
        walk_steps,
        walk_parts,
        next_part(part, part_after, params.parts),
    ]
