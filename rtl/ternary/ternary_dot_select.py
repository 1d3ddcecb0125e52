# SPDX-License-Identifier: Apache-2.0
"""Dot product of one group by selecting, negating or dropping each activation."""

from typing import Any

from myhdl import SignalType, block
from tritproof.rtl.manifest import Block
from tritproof.rtl.pieces import (
    add,
    as_signed,
    choose,
    copy,
    keep_if,
    lane,
    look_up,
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


@block
def ternary_dot_select(
    activations: SignalType, code: SignalType, result: SignalType, params: DotParams
) -> Any:
    """Select, negate or drop each activation, and add.

    result = sum_j w_j * a_j, where the code word names the trits w_j in the chosen code order.

    TeLLMe v2, section 3.2.2, method 1. An illegal code names the zero vector. The result is exact
    for every int8 activation, -128 included. Combinational.
    """
    group = params.g
    vectors = [vector or (0,) * group for vector in codes.trits_of(params.code_order, group)]
    bound = group_bound(group)
    partial = None
    instances = []
    for j in range(group):
        value, negated = (
            signed_signal(1 << (ACTIVATION_WIDTH - 1)),
            signed_signal(1 << (ACTIVATION_WIDTH - 1)),
        )
        chosen, term = signed_signal(bound), signed_signal(bound)
        used, minus = unsigned_signal(1), unsigned_signal(1)
        instances += [
            look_up(code, tuple(int(vector[j] != 0) for vector in vectors), used),
            look_up(code, tuple(int(vector[j] < 0) for vector in vectors), minus),
            as_signed(lane(activations, ACTIVATION_WIDTH, j), value),
            negate(value, negated),
            choose(minus, value, negated, chosen),
            keep_if(used, chosen, term),
        ]
        if partial is None:
            partial = term
        else:
            total = signed_signal(bound)
            instances.append(add(partial, term, total))
            partial = total
    instances.append(copy(partial, result))
    return instances


BLOCK = Block(
    name="ternary_dot_select",
    summary="ternary dot product of one group: select, negate or drop, then add",
    family="ternary",
    rtl=ternary_dot_select,
    params=DotParams,
    configs=DOT_CONFIGS,
    ports=dot_ports,
    latency="combinational",
    throughput="one dot product per evaluation",
    error="none; exact for every input",
    source="arXiv:2510.15926 section 3.2.2, method 1",
    reference="tritproof.ref.ternary.dot.ternary_dot",
)
