# SPDX-License-Identifier: Apache-2.0
"""What the blocks share that make a digit of a result in a cycle: one task at a time, by steps."""

from typing import Any

from myhdl import ResetSignal, Signal, SignalType, always_comb, always_seq, block
from tritproof.rtl.pieces import copy


@block
def take_steps(
    clk: SignalType,
    rst: ResetSignal,
    offered: SignalType,
    wanted: SignalType,
    take: SignalType,
    running: SignalType,
    step: SignalType,
    done: SignalType,
    ready: SignalType,
    steps: int,
) -> Any:
    """Take a task when it is ``offered`` and none is here, run ``steps`` cycles, offer the result.

    ``wanted`` tells that none is here, ``take`` that one is taken; ``running`` is set for all
    steps, numbered by ``step``, then ``done`` until the result is taken by ``ready``.
    """
    last_step = steps - 1
    idle, taken = Signal(bool(0)), Signal(bool(0))

    @always_comb
    def decide():
        idle.next = not running and not done

    @always_comb
    def handshake():
        take.next = idle and offered
        taken.next = done and ready

    @always_seq(clk.posedge, reset=rst)
    def control():
        if take:
            running.next = True
        elif running:
            if step == last_step:
                step.next = 0
                running.next = False
                done.next = True
            else:
                step.next = step + 1
        elif taken:
            done.next = False

    return decide, handshake, control, copy(idle, wanted)
