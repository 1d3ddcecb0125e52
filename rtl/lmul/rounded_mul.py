# SPDX-License-Identifier: Apache-2.0
"""A product of floating-point numbers, rounded once: what L-Mul is measured against."""

from typing import Any

from myhdl import Signal, SignalType, always_comb, block, concat
from tritproof.rtl.lmul import lmul
from tritproof.rtl.lmul.lmul import (
    LmulParams,
    choose_code,
    classify_pair,
    product_ports,
    split_fields,
)
from tritproof.rtl.manifest import Block
from tritproof.rtl.pieces import copy, join, of_width, register, unsigned_signal

LATENCY = 2


@block
def _round(product: SignalType, exponents: SignalType, total: SignalType, m: int) -> Any:
    """``total`` is the code of the product of two significands of m + 1 bits, rounded to nearest, a
    tie to even, when ``exponents`` is the field of its exponent if it is below 2."""
    high, place = 2 * m + 1, m + 1
    normal = unsigned_signal(2 * m + 2)
    kept = unsigned_signal(m + 1)
    half, below, up = (Signal(bool(0)) for _ in range(3))
    raised, fraction, based = (of_width(len(total)) for _ in range(3))
    field, whole = unsigned_signal(m), of_width(len(total))

    @always_comb
    def normalise():
        if product[high]:
            normal.next = product
            raised.next = exponents + 1
        else:
            normal.next = product << 1
            raised.next = exponents

    @always_comb
    def cut():
        kept.next = normal[:place]
        half.next = normal[m]
        below.next = normal[m:] != 0

    @always_comb
    def decide():
        up.next = half and (below or kept[0])
        field.next = kept[m:]

    @always_comb
    def place_exponent():
        based.next = raised << m

    @always_comb
    def join_fraction():
        whole.next = based + fraction

    @always_comb
    def round_up():
        total.next = whole + up

    return [
        normalise,
        cut,
        decide,
        copy(field, fraction),
        place_exponent,
        join_fraction,
        round_up,
    ]


@block
def rounded_mul(
    clk: SignalType,
    enable: SignalType,
    a: SignalType,
    b: SignalType,
    result: SignalType,
    params: LmulParams,
) -> Any:
    """Multiply two floating-point numbers, rounded once, to nearest, a tie to even.

    Two enabled cycles later; the codes of what is no normal number are those of ``lmul``: subnormal
    operands count as zeros, results below the smallest normal number are zeros, those above the
    largest finite number that, or infinity without ``saturate``. No reset: the registers only carry
    data.
    """
    m, high = params.mantissa_bits, params.width - 1
    field_width = params.width - 1
    bias = params.bias
    left, right = unsigned_signal(m + 1), unsigned_signal(m + 1)
    product, product_1 = unsigned_signal(2 * m + 2), unsigned_signal(2 * m + 2)
    wide_left, wide_right, added, exponents, exponents_1, exponent = (
        of_width(params.exponent_bits + 3) for _ in range(6)
    )
    fraction = unsigned_signal(m)
    total = of_width(field_width + 3)
    zero, infinite, nan, sign = (Signal(bool(0)) for _ in range(4))
    zero_1, infinite_1, nan_1, sign_1 = (Signal(bool(0)) for _ in range(4))
    given, marks = unsigned_signal(4), unsigned_signal(4)
    code = unsigned_signal(params.width)

    @always_comb
    def read():
        left.next = concat(True, a[m:])
        right.next = concat(True, b[m:])

    @always_comb
    def multiply():
        product.next = left * right

    @always_comb
    def add_exponents():
        added.next = wide_left + wide_right

    @always_comb
    def take_bias():
        exponents.next = added - bias

    @always_comb
    def split():
        sign_1.next = marks[0]
        zero_1.next = marks[1]
        infinite_1.next = marks[2]
        nan_1.next = marks[3]

    return [
        read,
        multiply,
        copy(a(high, m), wide_left),
        copy(b(high, m), wide_right),
        add_exponents,
        take_bias,
        classify_pair(a, b, sign, zero, infinite, nan, params),
        join((sign, zero, infinite, nan), given),
        register(clk, enable, given, marks),
        split,
        register(clk, enable, product, product_1),
        register(clk, enable, exponents, exponents_1),
        _round(product_1, exponents_1, total, m),
        split_fields(total, exponent, fraction),
        choose_code(exponent, fraction, sign_1, zero_1, infinite_1, nan_1, code, params),
        register(clk, enable, code, result),
    ]


BLOCK = Block(
    name="rounded_mul",
    summary="a product of floating-point numbers, rounded once",
    family="lmul",
    rtl=rounded_mul,
    params=LmulParams,
    configs={
        name: lmul.BLOCK.configs[name]
        for name in ("tiny", "e4m3", "e5m2", "e3m4", "float16", "bfloat16", "float32")
    },
    ports=product_ports,
    latency=f"{LATENCY} enabled cycles",
    throughput="one product per enabled cycle",
    error="half a unit in the last place",
    source="arXiv:2410.00907, what its product stands for",
    reference="tritproof.ref.lmul.rounded.rounded_mul",
)
