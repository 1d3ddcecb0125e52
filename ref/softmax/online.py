# SPDX-License-Identifier: Apache-2.0
"""Softmax in one pass over a row, in order: an integer running maximum, floors everywhere.

For each score x in units of 2**-F, with its octave c = ceil(x / 2**F): the maximum m becomes c at a
row's first score and where c > m + TAU. Then

    rescale = m' - m (0 at the first score),
    power = floor(2**P * 2**(x / 2**F - m' - TAU)),
    sum' = floor(sum / 2**rescale) + power (power alone at the first).

Theorem ``online_sum_is_between``: the last sum lies between the sum of the powers relative to the
last maximum, each rounded down, and the same sum not rounded at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from tritproof.ref.softmax.exp2 import exp2_neg
from tritproof.ref.spec import (
    Array,
    Integer,
    logical_or,
    maximum,
    minimum,
    select,
    signed,
    specification,
    unsigned,
)


def _octaves(WIDTH: int, F: int) -> Integer:
    return signed(WIDTH - F + 1)


@specification(
    inputs=lambda WIDTH, F, TAU: {
        "first": unsigned(1), "before": _octaves(WIDTH, F), "value": signed(WIDTH),
    },
    result=lambda WIDTH, F, TAU: _octaves(WIDTH, F),
)
def running_maximum(first, before, value, *, WIDTH, F, TAU):
    """The maximum m' after a score ``value``, from the one before."""
    octave = -(-value >> F)
    return select(logical_or(first == 1, octave > before + TAU), octave, before)


@specification(
    inputs=lambda WIDTH, F, TAU, Z_WIDTH: {"after": _octaves(WIDTH, F), "value": signed(WIDTH)},
    result=lambda WIDTH, F, TAU, Z_WIDTH: unsigned(Z_WIDTH),
)
def online_distance(after, value, *, WIDTH, F, TAU, Z_WIDTH):
    """How far ``value`` is below ``after + TAU`` octaves, 2**Z_WIDTH - 1 from there on."""
    return minimum(maximum(((after + TAU) << F) - value, 0), (1 << Z_WIDTH) - 1)


@specification(
    inputs=lambda WIDTH, F, R_WIDTH: {
        "first": unsigned(1), "before": _octaves(WIDTH, F), "after": _octaves(WIDTH, F),
    },
    result=lambda WIDTH, F, R_WIDTH: unsigned(R_WIDTH),
)
def rescaling(first, before, after, *, WIDTH, F, R_WIDTH):
    """How far the sum is shifted down; 2**R_WIDTH - 1 from there on, which leaves nothing."""
    most = (1 << R_WIDTH) - 1
    return select(first == 1, 0, minimum(maximum(after - before, 0), most))


@specification(
    inputs=lambda SUM_WIDTH, R_WIDTH, P: {
        "first": unsigned(1), "before": unsigned(SUM_WIDTH), "rescale": unsigned(R_WIDTH),
        "power": Integer(0, 1 << P),
    },
    result=lambda SUM_WIDTH, R_WIDTH, P: Integer(0, (1 << SUM_WIDTH) - 1 + (1 << P)),
)
def online_sum(first, before, rescale, power, *, SUM_WIDTH, R_WIDTH, P):
    """The sum after a score, from the one before."""
    return select(first == 1, 0, before >> rescale) + power


class OnlineStep(NamedTuple):
    """What a score makes of a row: the maximum, the rescaling, the score's power, the sum."""

    highest: Any
    rescale: Any
    power: Any
    total: Any


def rescale_width(N: int, P: int) -> int:
    """Bits of the rescaling's shift for rows of up to N scores."""
    return (N << P).bit_length().bit_length()


def online_steps(values, *, N, WIDTH, F, P, TAU) -> Iterator[OnlineStep]:
    """Yield the steps of a row of N scores, in order."""
    z_width, r_width = F + (P + 1).bit_length(), rescale_width(N, P)
    highest, total = 0, 0
    for j, value in enumerate(values):
        first = int(j == 0)
        after = running_maximum(first, highest, value, WIDTH=WIDTH, F=F, TAU=TAU)
        rescale = rescaling(first, highest, after, WIDTH=WIDTH, F=F, R_WIDTH=r_width)
        below = online_distance(after, value, WIDTH=WIDTH, F=F, TAU=TAU, Z_WIDTH=z_width)
        power = exp2_neg(below, Z_WIDTH=z_width, F=F, P=P)
        total = (0 if first else total >> rescale) + power
        highest = after
        yield OnlineStep(highest, rescale, power, total)


@specification(
    inputs=lambda N, WIDTH, F, P, TAU: {"values": Array(N, signed(WIDTH))},
    result=lambda N, WIDTH, F, P, TAU: Array(2, Integer(-(1 << WIDTH), N << P)),
)
def online(values, *, N, WIDTH, F, P, TAU):
    """The last maximum and the last sum of a row of N scores."""
    *_, last = online_steps(values, N=N, WIDTH=WIDTH, F=F, P=P, TAU=TAU)
    return [last.highest, last.total]
