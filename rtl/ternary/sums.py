# SPDX-License-Identifier: Apache-2.0
"""The dot products of many trit vectors with the same activations, each built on another."""

from collections.abc import Sequence
from typing import Any

from myhdl import SignalType, block
from tritproof.rtl.pieces import add, copy, negate, signed_signal, subtract
from tritproof.rtl.ternary.codes import Trits


def sum_signals(vectors: Sequence[Trits], bound: int) -> dict[Trits, SignalType | None]:
    """Return a signal for each vector's dot product; None for the zero vector, the first."""
    return {vectors[0]: None} | {vector: signed_signal(bound) for vector in vectors[1:]}


@block
def all_sums(activations: Sequence[SignalType], totals: dict[Trits, SignalType | None]) -> Any:
    """Drive the signals of :func:`sum_signals`: each is another sum plus or minus one activation.

    The sum a vector builds on is a vector of ``totals`` with one trit less.
    """
    instances = []
    for vector, total in totals.items():
        if total is None:
            continue
        smaller = {j: (*vector[:j], 0, *vector[j + 1 :]) for j, trit in enumerate(vector) if trit}
        dropped = max(j for j, rest in smaller.items() if rest in totals)
        operand, base = activations[dropped], totals[smaller[dropped]]
        rises = vector[dropped] > 0
        if base is None:
            instances.append(copy(operand, total) if rises else negate(operand, total))
        else:
            instances.append((add if rises else subtract)(base, operand, total))
    return instances
