# SPDX-License-Identifier: Apache-2.0
"""The largest value of a row: an upper bound of its values that is one of them."""

from __future__ import annotations

from tritproof.ref.spec import Array, maximum, signed, specification


@specification(
    inputs=lambda N, WIDTH: {"values": Array(N, signed(WIDTH))},
    result=lambda N, WIDTH: signed(WIDTH),
)
def row_max(values, *, N, WIDTH):
    """The largest of N values of WIDTH bits."""
    largest = values[0]
    for value in values[1:]:
        largest = maximum(largest, value)
    return largest
