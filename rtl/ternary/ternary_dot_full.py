# SPDX-License-Identifier: Apache-2.0
"""Dot product of one group by a full table, as TeLLMe reads it."""

from typing import Any

from myhdl import SignalType, block
from tritproof.rtl.manifest import Block
from tritproof.rtl.pieces import as_signed, lane, multiplex, negate, signed_signal
from tritproof.rtl.ternary import codes
from tritproof.rtl.ternary.dot import (
    ACTIVATION_WIDTH,
    DOT_CONFIGS,
    DotParams,
    dot_ports,
    group_bound,
)
from tritproof.rtl.ternary.sums import all_sums, sum_signals


@block
def ternary_dot_full(
    activations: SignalType, code: SignalType, result: SignalType, params: DotParams
) -> Any:
    """Look the dot product up in a table of all 3^G vectors, addressed by the code word itself.

    result = sum_j w_j * a_j, where the code word names the trits w_j in the chosen code order.

    TeLLMe v2, section 3.2.2, method 3: symmetry builds the table and does not read it. An illegal
    code names the zero vector. The result is exact for every int8 activation, -128 included.
    Combinational.
    """
    group, bound = params.g, group_bound(params.g)
    values = [signed_signal(1 << (ACTIVATION_WIDTH - 1)) for _ in range(group)]
    sums = sum_signals(codes.half_order(group), bound)
    adders = all_sums(values, dict(sums))
    negations = []
    for vector in codes.half_order(group)[1:]:
        opposite = signed_signal(bound)
        negations.append(negate(sums[vector], opposite))
        sums[tuple(-trit for trit in vector)] = opposite
    entries = [
        None if vector is None else sums[vector]
        for vector in codes.trits_of(params.code_order, group)
    ]
    return [
        [as_signed(lane(activations, ACTIVATION_WIDTH, j), values[j]) for j in range(group)],
        adders,
        negations,
        multiplex(code, entries, bound, result),
    ]


BLOCK = Block(
    name="ternary_dot_full",
    summary="ternary dot product of one group: full table",
    family="ternary",
    rtl=ternary_dot_full,
    params=DotParams,
    configs=DOT_CONFIGS,
    ports=dot_ports,
    latency="combinational",
    throughput="one dot product per evaluation",
    error="none; exact for every input",
    source="arXiv:2510.15926 section 3.2.2, method 3",
    reference="tritproof.ref.ternary.dot.ternary_dot",
)
