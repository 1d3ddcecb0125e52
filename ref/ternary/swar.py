# SPDX-License-Identifier: Apache-2.0
"""The thirteen sums of three activations, plainly and by lane-packed addition.

The published precompute packs ten-bit two's-complement patterns twelve bits apart into a word,
without extending their signs, and adds whole words. Three patterns add up to at most
3 * (2**10 - 1) < 2**12, so no lane carries into the next; and a sum lies in [-384, 384], which
ten bits hold, so cutting a lane to ten bits recovers it
(:func:`tritproof.ref.ternary.theorems.swar_lanes_are_isolated`).
"""

from __future__ import annotations

from tritproof.ref.spec import Array, bits, signed, signed_bits, specification
from tritproof.ref.ternary.codes import half_order
from tritproof.ref.ternary.dot import ACTIVATION, signed_terms

GROUP = 3
SUM_WIDTH = 10
LANE_PITCH = 12

WORDS = (half_order(GROUP)[3:7], half_order(GROUP)[7:9], half_order(GROUP)[9:])
"""The vectors whose sums share one word, lowest lane first: a+b a-b a+c a-c; b+c b-c; the four
of three activations."""

_ACTIVATIONS = {"activations": Array(GROUP, ACTIVATION)}
_SUMS = Array(len(half_order(GROUP)), signed(SUM_WIDTH))


@specification(inputs=_ACTIVATIONS, result=_SUMS)
def swar_sums(activations):
    """The sums by increasing code of the half order: a, b, c, a+b, ..., -a+b+c."""
    return [signed_terms(vector, activations) for vector in half_order(GROUP)]


@specification(inputs=_ACTIVATIONS, result=_SUMS)
def swar_sums_packed(activations):
    """The same sums, those of two and three activations by addition of packed words."""
    sums = list(activations)
    for vectors in WORDS:
        word = packed_sum(vectors, activations)
        sums += [signed_bits(word, LANE_PITCH * k + SUM_WIDTH - 1, LANE_PITCH * k)
                 for k in range(len(vectors))]
    return sums


def packed_sum(vectors, activations):
    """One word: the sum over the operands of their patterns, vector k in lane k.

    Operand n of a vector is its n-th non-zero trit times its activation.
    """
    operands = [[activations[j] if trit > 0 else -activations[j]
                 for j, trit in enumerate(vector) if trit] for vector in vectors]
    words = [sum(bits(value, SUM_WIDTH - 1, 0) << (LANE_PITCH * k) for k, value in enumerate(lanes))
             for lanes in zip(*operands, strict=True)]
    return sum(words)
