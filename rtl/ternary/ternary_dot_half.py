# SPDX-License-Identifier: Apache-2.0
"""Dot product of one group by a half table and a sign."""

from typing import Any

from myhdl import SignalType, block
from tritproof.rtl.manifest import Block
from tritproof.rtl.pieces import (
    as_signed,
    choose,
    lane,
    look_up,
    multiplex,
    negate,
    signed_signal,
    unsigned_signal,
)
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
def ternary_dot_half(
    activations: SignalType, code: SignalType, result: SignalType, params: DotParams
) -> Any:
    """Look the dot product up in a table of one vector out of each +/- pair, and negate by sign.

    result = sum_j w_j * a_j, where the code word names the trits w_j in the chosen code order.

    TeLLMe v2, section 3.2.2, method 2. An illegal code names the zero vector. The result is exact
    for every int8 activation, -128 included. Combinational.
    """
    group, bound = params.g, group_bound(params.g)
    indices, negated = codes.half_decoder(params.code_order, group)
    index, minus = unsigned_signal(codes.index_width(group)), unsigned_signal(1)
    values = [signed_signal(1 << (ACTIVATION_WIDTH - 1)) for _ in range(group)]
    sums = sum_signals(codes.half_order(group), bound)
    adders = all_sums(values, dict(sums))
    entry, opposite = signed_signal(bound), signed_signal(bound)
    return [
        look_up(code, indices, index),
        look_up(code, negated, minus),
        [as_signed(lane(activations, ACTIVATION_WIDTH, j), values[j]) for j in range(group)],
        adders,
        multiplex(index, [sums[vector] for vector in codes.half_order(group)], bound, entry),
        negate(entry, opposite),
        choose(minus, entry, opposite, result),
    ]


BLOCK = Block(
    name="ternary_dot_half",
    summary="ternary dot product of one group: half table and sign",
    family="ternary",
    rtl=ternary_dot_half,
    params=DotParams,
    configs=DOT_CONFIGS,
    ports=dot_ports,
    latency="combinational",
    throughput="one dot product per evaluation",
    error="none; exact for every input",
    source="arXiv:2510.15926 section 3.2.2, method 2",
    reference="tritproof.ref.ternary.dot.ternary_dot",
)
