# SPDX-License-Identifier: Apache-2.0
"""Sums of int8 vectors, each with a weight that is a fixed-point number from 0 to 1."""

from __future__ import annotations

from tritproof.ref.spec import Array, Integer, signed, specification, tree_sum


@specification(
    inputs=lambda PRECISION: {"power": Integer(0, 1 << PRECISION), "value": signed(8)},
    result=lambda PRECISION: Integer(-128 << PRECISION, 127 << PRECISION),
)
def weighted_value(power, value, *, PRECISION):
    """power * value, in units of 2**-PRECISION."""
    return power * value


@specification(
    inputs=lambda N, PRECISION: {
        "powers": Array(N, Integer(0, 1 << PRECISION)), "values": Array(N, signed(8)),
    },
    result=lambda N, PRECISION: Integer(-128 * N << PRECISION, 127 * N << PRECISION),
)
def weighted_sum(powers, values, *, N, PRECISION):
    """sum_j powers_j * values_j over N vectors' elements, in units of 2**-PRECISION."""
    return tree_sum([
        weighted_value(power, value, PRECISION=PRECISION)
        for power, value in zip(powers, values, strict=True)
    ])
