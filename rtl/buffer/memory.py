# SPDX-License-Identifier: Apache-2.0
"""The memories of the weight buffer: the banks of one part."""

from collections.abc import Sequence
from typing import Any

from myhdl import Signal, SignalType, always_comb, block
from tritproof.rtl.buffer import weight_bank
from tritproof.rtl.buffer.params import WeightBufferParams
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.pieces import join, unsigned_signal


@block
def _bank(
    clk: SignalType,
    accept: SignalType,
    here: SignalType,
    marked: SignalType,
    address: SignalType,
    move: SignalType,
    line: SignalType,
    even: SignalType,
    odd: SignalType,
    label: str,
    params: WeightBufferParams,
) -> Any:
    """One bank: a beat accepted for its part writes the word that is marked."""
    width = params.word_width
    write, word = Signal(bool(0)), unsigned_signal(width)

    @always_comb
    def decide():
        write.next = accept and here and marked[width]
        word.next = marked[width:]

    return [
        decide,
        instance(
            weight_bank.BLOCK, params.bank, label,
            clk=clk, write=write, write_address=address, word=word, move=move, line=line,
            even=even, odd=odd,
        ),
    ]  # fmt: skip


@block
def memory_part(
    clk: SignalType,
    accept: SignalType,
    here: SignalType,
    marked: Sequence[SignalType],
    addresses: Sequence[SignalType],
    move: SignalType,
    line: SignalType,
    fetched: SignalType,
    part: int,
    params: WeightBufferParams,
) -> Any:
    """The banks of one part; ``fetched``: the words of the line read last, lane 0 lowest."""
    lanes = [unsigned_signal(params.word_width) for _ in range(params.q)]
    return [
        [
            _bank(
                clk, accept, here, marked[k], addresses[k], move, line, lanes[k],
                lanes[k + params.banks], f"bank_{part * params.banks + k}", params,
            )
            for k in range(params.banks)
        ],
        join(lanes, fetched),
    ]  # fmt: skip
