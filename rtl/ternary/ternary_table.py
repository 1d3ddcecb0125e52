# SPDX-License-Identifier: Apache-2.0
"""The lookup table of one group of activations, filled online, double-banked, many read ports."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from myhdl import Signal, SignalType, always, always_comb, block, concat, intbv
from tritproof.rtl.manifest import Block, Params, Port
from tritproof.rtl.pieces import (
    add_or_subtract,
    as_signed,
    copy,
    join,
    lane,
    look_up,
    multiplex,
    signed_signal,
    signed_width,
    unsigned_signal,
)
from tritproof.rtl.ternary import codes
from tritproof.rtl.ternary.dot import ACTIVATION_WIDTH, group_bound

PORTS_PER_MEMORY = 7
"""Read ports that share one copy of the table: one write and seven reads fill a RAM32M16."""


@dataclasses.dataclass(frozen=True)
class TableParams(Params):
    """``g``: activations per group, 2 to 5; ``q``: read ports, 1 to 64; ``code_order``."""

    g: int = 3
    q: int = 16
    code_order: str = "sign_index"

    def __post_init__(self) -> None:
        self.require("g", 2, 5)
        self.require("q", 1, 64)
        codes.trits_of(self.code_order, self.g)

    @property
    def code_width(self) -> int:
        """Bits of one code word."""
        return codes.code_width(self.g)

    @property
    def index_width(self) -> int:
        """Bits of a half-table index, and of a fill step."""
        return codes.index_width(self.g)

    @property
    def entry_width(self) -> int:
        """Bits of one table entry."""
        return signed_width(group_bound(self.g))

    def constants(self) -> dict[str, Any]:
        """Return parameters, derived widths, and the tables that proofs are guided by."""
        schedule = fill_schedule(self.g)
        indices, negates = decoded(self.code_order, self.g)
        return super().constants() | {
            "CODE_WIDTH": self.code_width,
            "INDEX_WIDTH": self.index_width,
            "ENTRY_WIDTH": self.entry_width,
            "MEMORIES": len(memory_ports(self.q)),
            "PORTS_PER_MEMORY": PORTS_PER_MEMORY,
            "OPERAND_WIDTH": self.g.bit_length(),
            "FILL_ORDER": packed(schedule[0], self.index_width),
            "FILL_OPERANDS": packed(schedule[1], self.g.bit_length()),
            "FILL_MINUS": packed(schedule[2], 1),
            "DECODED_INDICES": packed(indices, self.index_width),
            "DECODED_NEGATES": packed(negates, 1),
        }

    def repeated(self) -> dict[str, int]:
        """Return the number of copies of the table."""
        return {"MEMORY": len(memory_ports(self.q))}


def decoded(order: str, group: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return, by code, the word of a bank that it reads, and 1 where that counts negatively.

    In order ``sign_index`` a code carries both; the word of an illegal code holds zero.
    """
    if order == "sign_index":
        words = range(1 << codes.code_width(group))
        index_range = 1 << codes.index_width(group)
        return tuple(w % index_range for w in words), tuple(w // index_range for w in words)
    return codes.half_decoder(order, group)


def packed(values: Sequence[int], width: int) -> int:
    """Return the values as one number, ``width`` bits each, the first lowest."""
    return sum(value << (width * position) for position, value in enumerate(values))


def fill_schedule(group: int) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """Return, by fill step: the half-table index written, the operand, and 1 where it subtracts.

    There are ``2^index_width`` steps. Operand ``group`` is none: the first steps write zero, to
    index 0 and to the indices that no code names, and the walk through the sums follows.
    """
    half, walk = codes.half_order(group), codes.fill_walk(group)
    steps = 1 << codes.index_width(group)
    index = [0, *range(len(half), steps)]
    operand, minus = [group] * len(index), [0] * len(index)
    for before, vector in zip(walk, walk[1:], strict=False):
        changed = next(j for j in range(group) if before[j] != vector[j])
        index.append(half.index(vector))
        operand.append(changed)
        minus.append(int(vector[changed] < before[changed]))
    return tuple(index), tuple(operand), tuple(minus)


def memory_ports(count: int) -> list[range]:
    """Return the read ports served by each copy of the table."""
    return [
        range(first, min(first + PORTS_PER_MEMORY, count))
        for first in range(0, count, PORTS_PER_MEMORY)
    ]


def _ports(params: TableParams) -> tuple[Port, ...]:
    step_doc = "fill steps 0, 1, ... in order, each in one cycle with fill high"
    return (
        Port("clk", "in", 1, doc="clock"),
        Port(
            "activations",
            "in",
            params.g * ACTIVATION_WIDTH,
            doc="int8 each, lowest first; held from the first to the last fill step",
        ),
        Port("fill", "in", 1, doc="perform a fill step"),
        Port("fill_step", "in", params.index_width, doc=step_doc),
        Port("fill_bank", "in", 1, doc="bank being filled"),
        Port("read", "in", 1, doc="the read registers advance"),
        Port("read_bank", "in", 1, doc="bank being read; never the one being filled"),
        Port("codes", "in", params.q * params.code_width, doc="one code per port, port 0 lowest"),
        Port("negates", "out", params.q, doc="bit q: the entry of port q counts negatively"),
        Port(
            "entries",
            "out",
            params.q * params.entry_width,
            doc=f"{params.entry_width}-bit two's complement each, port 0 lowest",
        ),
    )


@block
def _filler(
    clk: SignalType,
    activations: SignalType,
    fill: SignalType,
    fill_step: SignalType,
    fill_bank: SignalType,
    write: SignalType,
    write_address: SignalType,
    total: SignalType,
    group: int,
) -> Any:
    """Walk through the sums with one adder, and write each one cycle after it is formed."""
    index_of, operand_of, minus_of = fill_schedule(group)
    index = unsigned_signal(codes.index_width(group))
    operand_index = unsigned_signal(group.bit_length())
    minus = unsigned_signal(1)
    values = [signed_signal(1 << (ACTIVATION_WIDTH - 1)) for _ in range(group)]
    operand = signed_signal(1 << (ACTIVATION_WIDTH - 1))
    moved = signed_signal(group_bound(group))

    @always(clk.posedge)
    def accumulate():
        if fill:
            if operand_index >= group:
                total.next = 0
            else:
                total.next = moved

    @always(clk.posedge)
    def schedule_write():
        write.next = fill
        write_address.next = concat(fill_bank, index)

    return [
        look_up(fill_step, index_of, index),
        look_up(fill_step, operand_of, operand_index),
        look_up(fill_step, minus_of, minus),
        [as_signed(lane(activations, ACTIVATION_WIDTH, j), values[j]) for j in range(group)],
        multiplex(operand_index, values, 1 << (ACTIVATION_WIDTH - 1), operand),
        add_or_subtract(minus, total, operand, moved),
        accumulate,
        schedule_write,
    ]


@block
def _memory(
    clk: SignalType,
    write: SignalType,
    write_address: SignalType,
    total: SignalType,
    read: SignalType,
    addresses: Sequence[SignalType],
    entries: Sequence[SignalType],
) -> Any:
    """One copy of both banks; every port registers what it reads."""
    half = 1 << (len(total) - 1)
    memory = [Signal(intbv(0, min=-half, max=half)) for _ in range(1 << len(write_address))]

    @always(clk.posedge)
    def store():
        if write:
            memory[write_address].next = total

    return store, [
        _read_port(clk, memory, read, address, entry)
        for address, entry in zip(addresses, entries, strict=True)
    ]


@block
def _read_port(
    clk: SignalType,
    memory: Sequence[SignalType],
    read: SignalType,
    address: SignalType,
    entry: SignalType,
) -> Any:
    width = len(entry)
    word = signed_signal(1 << (width - 2))

    @always_comb
    def fetch():
        word.next = memory[address]

    @always(clk.posedge)
    def register():
        if read:
            entry.next = word[width:]

    return fetch, register


@block
def _decoder(
    clk: SignalType,
    read: SignalType,
    read_bank: SignalType,
    code: SignalType,
    negate: SignalType,
    address: SignalType,
    params: TableParams,
) -> Any:
    """Split a code into the entry's address and its sign."""
    indices, negated = codes.half_decoder(params.code_order, params.g)
    index, minus = unsigned_signal(params.index_width), unsigned_signal(1)

    @always_comb
    def form_address():
        address.next = concat(read_bank, index)

    @always(clk.posedge)
    def register():
        if read:
            negate.next = minus

    if params.code_order == "sign_index":
        width = params.code_width
        # MyHDL writes a slice of a slice as codes[9:5][3:0], which Verilog does not mean.
        whole = unsigned_signal(width)

        @always_comb
        def split():
            index.next = whole[width - 1 :]
            minus.next = whole[width - 1]

        return form_address, register, copy(code, whole), split
    return form_address, register, look_up(code, indices, index), look_up(code, negated, minus)


@block
def ternary_table(
    clk: SignalType,
    activations: SignalType,
    fill: SignalType,
    fill_step: SignalType,
    fill_bank: SignalType,
    read: SignalType,
    read_bank: SignalType,
    codes: SignalType,
    negates: SignalType,
    entries: SignalType,
    params: TableParams,
) -> Any:
    """Hold the half table of one group in two banks; fill one with a single adder, read the other.

    (-1)^negates[q] * entries[q] = sum_j w_j * a_j, one enabled cycle after code q named the trits
    w_j, for the activations a_j with which the bank read was last filled completely.

    The fill is a Gray walk through the sums, one trit changed in each step, ``2^index_width``
    steps; a step's sum reaches the memory one cycle later, so a bank is complete from the second
    cycle after its last step. Only one vector out of each +/- pair is stored and the sign is passed
    on, so nothing is negated. Indices that no code names hold zero. No reset: a bank holds nothing
    until it has been filled.
    """
    write = Signal(bool(0))
    write_address = unsigned_signal(params.index_width + 1)
    total = signed_signal(group_bound(params.g))
    # All read addresses in one vector, so that a proof can name every one of them.
    address_width = params.index_width + 1
    addresses = unsigned_signal(params.q * address_width)
    address = [unsigned_signal(address_width) for _ in range(params.q)]
    entry = [unsigned_signal(params.entry_width) for _ in range(params.q)]
    negate = [Signal(bool(0)) for _ in range(params.q)]
    return [
        _filler(
            clk,
            activations,
            fill,
            fill_step,
            fill_bank,
            write,
            write_address,
            total,
            params.g,
        ),
        [
            _decoder(
                clk,
                read,
                read_bank,
                lane(codes, params.code_width, q),
                negate[q],
                address[q],
                params,
            )
            for q in range(params.q)
        ],
        [
            _memory(
                clk,
                write,
                write_address,
                total,
                read,
                [lane(addresses, address_width, q) for q in ports],
                [entry[q] for q in ports],
            )
            for ports in memory_ports(params.q)
        ],
        join(address, addresses),
        join(negate, negates),
        join(entry, entries),
    ]


BLOCK = Block(
    name="ternary_table",
    summary="double-banked half table of one group, filled online, many read ports",
    family="ternary",
    rtl=ternary_table,
    params=TableParams,
    configs={
        "tiny": TableParams(g=2, q=2, code_order="base3"),
        "tiny_q4": TableParams(g=2, q=4, code_order="base3"),
        "tellme": TableParams(),
        "tellme_order": TableParams(code_order="tellme"),
        "base3": TableParams(code_order="base3"),
    },
    ports=_ports,
    latency="1 enabled cycle from code to entry",
    throughput="one lookup per port per cycle; 2^index_width cycles to fill a bank",
    error="none; exact for every int8 activation and every code",
    source="arXiv:2510.15926 section 3.2",
    reference="tritproof.ref.ternary.dot.ternary_dot",
)
