# SPDX-License-Identifier: Apache-2.0
"""How the weight buffer takes a command: one at a time, of a matrix that it can hold."""

from typing import Any

from myhdl import ResetSignal, Signal, SignalType, always, always_comb, always_seq, block
from tritproof.rtl.buffer.params import COUNT_WIDTH, WeightBufferParams
from tritproof.rtl.pieces import copy, sum_signal, unsigned_signal


@block
def _less_one(given: SignalType, less: SignalType) -> Any:
    """``less = given - 1``, where that fits it; of others, it does not matter what."""
    width = len(less)
    low, wrapped = unsigned_signal(width), sum_signal(width)

    @always_comb
    def cut():
        low.next = given[width:]

    @always_comb
    def compute():
        wrapped.next = low - 1

    return cut, compute, copy(wrapped, less)


@block
def split_sizes(sizes: SignalType, steps: SignalType, beats: SignalType, reads: SignalType) -> Any:
    """The three numbers of a command, or of what is kept of one; steps are lowest."""
    low = len(steps)
    high = low + len(beats)

    @always_comb
    def split():
        steps.next = sizes[low:]
        beats.next = sizes[high:low]
        reads.next = sizes[:high]

    return split


@block
def take_command(
    clk: SignalType,
    rst: ResetSignal,
    tdata: SignalType,
    tvalid: SignalType,
    complete: SignalType,
    ready: SignalType,
    loading: SignalType,
    begin_load: SignalType,
    beats_given: SignalType,
    steps_last: SignalType,
    beats_last: SignalType,
    reads_last: SignalType,
    refused: SignalType,
    params: WeightBufferParams,
) -> Any:
    """Take a command while none is loaded, and refuse one whose matrix does not fit.

    ``begin_load``, with the number of its beats in ``beats_given``: one that fits is taken.
    ``*_last``, from the next cycle: its last step, beat and pass. ``loading`` from then until its
    matrix is ``complete``. ``refused``: one that does not fit was taken one cycle ago.
    """
    row_beats, groups = params.row_beats, params.groups
    most_steps, most_beats = params.most_steps, params.most_beats
    steps_given, reads_given = (unsigned_signal(COUNT_WIDTH) for _ in range(2))
    steps_less, beats_less, reads_less = (
        unsigned_signal(len(last)) for last in (steps_last, beats_last, reads_last)
    )
    some, narrow, wide, legal = (Signal(bool(0)) for _ in range(4))

    @always_comb
    def check_sizes():
        some.next = steps_given != 0 and beats_given != 0 and reads_given != 0
        narrow.next = beats_given <= row_beats and steps_given <= most_steps
        wide.next = beats_given <= most_beats and steps_given <= groups

    @always_comb
    def decide_legal():
        legal.next = some and (narrow or wide)
        ready.next = not loading

    @always_comb
    def decide_begin():
        begin_load.next = tvalid and ready and legal

    @always_seq(clk.posedge, reset=rst)
    def load():
        refused.next = tvalid and ready and not legal
        if begin_load:
            loading.next = True
        elif complete:
            loading.next = False

    @always(clk.posedge)
    def keep_sizes():
        if begin_load:
            steps_last.next = steps_less
            beats_last.next = beats_less
            reads_last.next = reads_less

    return [
        split_sizes(tdata, steps_given, beats_given, reads_given),
        check_sizes,
        decide_legal,
        decide_begin,
        load,
        keep_sizes,
        _less_one(steps_given, steps_less),
        _less_one(beats_given, beats_less),
        _less_one(reads_given, reads_less),
    ]
