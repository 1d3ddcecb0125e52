# SPDX-License-Identifier: Apache-2.0
"""The thirteen sums of three activations by lane-packed additions."""

import dataclasses
from typing import Any

from myhdl import SignalType, always_comb, block
from tritproof.rtl.manifest import Block, Params, Port
from tritproof.rtl.pieces import (
    as_bits,
    as_signed,
    join,
    lane,
    negate,
    signed_signal,
    signed_width,
    unsigned_signal,
)
from tritproof.rtl.ternary import codes
from tritproof.rtl.ternary.dot import ACTIVATION_WIDTH, group_bound

GROUP = 3
SUM_WIDTH = signed_width(group_bound(GROUP))
PITCH = SUM_WIDTH + 2
"""Bits from lane to lane: three patterns of SUM_WIDTH bits add up to less than 2^PITCH."""

WORDS = (codes.half_order(GROUP)[4:8], codes.half_order(GROUP)[8:10], codes.half_order(GROUP)[10:])
"""The vectors whose sums share one packed word, lowest lane first."""


@dataclasses.dataclass(frozen=True)
class SwarParams(Params):
    """The block has one shape: three int8 activations, as published."""


def _ports(params: SwarParams) -> tuple[Port, ...]:
    count = len(codes.half_order(GROUP)) - 1
    return (
        Port(
            "activations",
            "in",
            GROUP * ACTIVATION_WIDTH,
            doc="int8 each, activation j in bits 8j+7..8j",
        ),
        Port(
            "sums",
            "out",
            count * SUM_WIDTH,
            doc=f"{SUM_WIDTH}-bit two's complement each, half-table index 1 lowest",
        ),
    )


@block
def _pack(lanes: list[SignalType], word: SignalType) -> Any:
    """Place the lanes PITCH bits apart; the gap bits are zero, whatever the lane's sign."""
    padded = [unsigned_signal(PITCH) for _ in lanes]
    return [_pad(part, wide) for part, wide in zip(lanes, padded, strict=True)], join(padded, word)


@block
def _pad(part: SignalType, wide: SignalType) -> Any:
    @always_comb
    def extend():
        wide.next = part

    return extend


@block
def _add_words(a: SignalType, b: SignalType, total: SignalType) -> Any:
    width = len(total)
    full = unsigned_signal(width + 1)

    @always_comb
    def compute():
        full.next = a + b

    @always_comb
    def truncate():
        total.next = full[width:]

    return compute, truncate


@block
def swar_table(activations: SignalType, sums: SignalType, params: SwarParams) -> Any:
    """Compute the 13 sums of TeLLMe's half table with additions of several lanes in one word.

    sum_i = sum_j v_ij * a_j for the vectors v_i of the published half order, i = 1 .. 13.

    The patterns of +a, -a, +b ... are packed 12 bits apart without sign extension and added as one
    unsigned number: four lanes of two operands, two of two, and four of three. A lane's low ten
    bits are its sum modulo 2^10, and no lane reaches the next, because 3 * (2^10 - 1) < 2^12.
    Exact for every int8 activation, -128 included. Combinational.
    """
    positive, negative, instances = [], [], []
    for j in range(GROUP):
        value, opposite = signed_signal(group_bound(GROUP)), signed_signal(group_bound(GROUP))
        plus, minus = unsigned_signal(SUM_WIDTH), unsigned_signal(SUM_WIDTH)
        instances += [
            as_signed(lane(activations, ACTIVATION_WIDTH, j), value),
            negate(value, opposite),
            as_bits(value, plus),
            as_bits(opposite, minus),
        ]
        positive.append(plus)
        negative.append(minus)
    results = list(positive)
    for vectors in WORDS:
        used = [j for j in range(GROUP) if any(vector[j] for vector in vectors)]
        total, terms = None, []
        for position in range(sum(map(abs, vectors[0]))):
            lanes = []
            for vector in vectors:
                j = [k for k in used if vector[k]][position]
                lanes.append(positive[j] if vector[j] > 0 else negative[j])
            word = unsigned_signal(PITCH * len(vectors))
            instances.append(_pack(lanes, word))
            terms.append(word)
        for word in terms:
            if total is None:
                total = word
                continue
            added = unsigned_signal(len(word))
            instances.append(_add_words(total, word, added))
            total = added
        results += [total(PITCH * k + SUM_WIDTH, PITCH * k) for k in range(len(vectors))]
    instances.append(join(results, sums))
    return instances


BLOCK = Block(
    name="swar_table",
    summary="the thirteen sums of three activations by lane-packed additions",
    family="ternary",
    rtl=swar_table,
    params=SwarParams,
    configs={"tellme": SwarParams()},
    ports=_ports,
    latency="combinational",
    throughput="one table per evaluation",
    error="none; exact for every input",
    source="arXiv:2510.15926 section 3.2.2; packing of the authors' released design",
    reference="tritproof.ref.ternary.swar.swar_sums",
)
