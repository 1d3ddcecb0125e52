# SPDX-License-Identifier: Apache-2.0
"""Dot products of int8 vectors."""

from __future__ import annotations

from tritproof.ref.spec import Array, Integer, signed, specification, tree_sum

INT8_PRODUCT = Integer(-128 * 127, 128 * 128)
"""Range of a product of two int8 numbers."""


@specification(
    inputs={"a": signed(8), "b": signed(8)},
    result=INT8_PRODUCT,
)
def int8_product(a, b):
    """a * b."""
    return a * b


@specification(
    inputs=lambda LANES: {"products": Array(LANES, INT8_PRODUCT)},
    result=None,
)
def beat_sum(products, *, LANES):
    """The sum of a beat's products."""
    return tree_sum(products)


@specification(
    inputs=lambda N: {"a": Array(N, signed(8)), "b": Array(N, signed(8))},
    result=lambda N: Integer(INT8_PRODUCT.low * N, INT8_PRODUCT.high * N),
)
def dot(a, b, *, N):
    """sum_i a_i * b_i over N elements."""
    return tree_sum([int8_product(x, y) for x, y in zip(a, b, strict=True)])
