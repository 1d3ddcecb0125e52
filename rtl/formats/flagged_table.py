# SPDX-License-Identifier: Apache-2.0
"""A table whose entries have a flag above their bits, between two registers."""

from typing import Any

from myhdl import SignalType, always_comb, block
from tritproof.rtl.pieces import look_up, register, unsigned_signal

LATENCY = 2
"""Enabled cycles of `look_up_flagged`."""


@block
def look_up_flagged(
    clk: SignalType,
    enable: SignalType,
    address: SignalType,
    table: tuple[int, ...],
    value: SignalType,
    flag: SignalType,
) -> Any:
    """``(flag, value) = table[address]``, two enabled cycles later."""
    width = len(value)
    given, found, kept = (unsigned_signal(size) for size in (len(address), width + 1, width + 1))

    @always_comb
    def split():
        value.next = kept[width:]
        flag.next = kept[width]

    return [
        register(clk, enable, address, given),
        look_up(given, table, found),
        register(clk, enable, found, kept),
        split,
    ]
