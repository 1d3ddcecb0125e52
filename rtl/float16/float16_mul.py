# SPDX-License-Identifier: Apache-2.0
"""Product of two IEEE 754 binary16 numbers."""

import dataclasses
from typing import Any

from myhdl import Signal, SignalType, always, always_comb, block
from tritproof.rtl.float16 import float16_round
from tritproof.rtl.float16.float16_round import RoundParams
from tritproof.rtl.float16.numbers import (
    BINADE_WIDTH,
    SIGNIFICAND_WIDTH,
    UNIT,
    Float16Params,
    Number,
    binary_ports,
    find_infinite,
    find_nan,
    number,
    replace_specials,
    take_apart,
)
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Block
from tritproof.rtl.pieces import copy, of_width, unsigned_signal

LATENCY = 1 + float16_round.LATENCY


@dataclasses.dataclass(frozen=True)
class MulParams(Float16Params):
    """None: the format fixes every width."""

    @property
    def rounding(self) -> RoundParams:
        """Of the exact product of two significands."""
        most = 2 * ((1 << BINADE_WIDTH) - 2 + UNIT)
        return RoundParams(2 * SIGNIFICAND_WIDTH, 2 * UNIT, most)

    def constants(self) -> dict[str, Any]:
        """Return the sizes of the rounding."""
        return self.rounding.constants()


@block
def float16_mul(
    clk: SignalType,
    enable: SignalType,
    a: SignalType,
    b: SignalType,
    result: SignalType,
    params: MulParams,
) -> Any:
    """Multiply two IEEE 754 binary16 numbers.

    result = RN(a * b), four enabled cycles later, for all codes: to nearest, a tie to even, with
    subnormals, zeros of both signs and infinities; zero times infinity, and any NaN, give the NaN
    7E00. No reset: the registers only carry data.
    """
    rounding = params.rounding
    left, right = number(), number()
    left_significand, right_significand = left.significand, right.significand
    left_binade, right_binade = left.binade, right.binade
    sign, nan, infinite, sign_1 = (Signal(bool(0)) for _ in range(4))
    marks = unsigned_signal(3 * LATENCY)
    product, product_1 = (unsigned_signal(rounding.width) for _ in range(2))
    binades = unsigned_signal(BINADE_WIDTH + 1)
    wide, exponent, exponent_1 = (of_width(rounding.exponent_width) for _ in range(3))
    code = unsigned_signal(16)

    @always_comb
    def multiply():
        product.next = left_significand * right_significand

    @always_comb
    def add_binades():
        binades.next = left_binade + right_binade

    @always_comb
    def scale():
        exponent.next = wide + 2 * UNIT

    @always(clk.posedge)
    def first():
        if enable:
            product_1.next = product
            exponent_1.next = exponent
            sign_1.next = sign

    return [
        take_apart(a, left),
        take_apart(b, right),
        multiply,
        add_binades,
        copy(binades, wide),
        scale,
        _specials(a, b, left, right, sign, nan, infinite),
        first,
        instance(
            float16_round.BLOCK,
            rounding,
            "round",
            clk=clk,
            enable=enable,
            sign=sign_1,
            magnitude=product_1,
            exponent=exponent_1,
            code=code,
        ),
        replace_specials(clk, enable, (nan, infinite, sign), marks, code, result),
    ]


@block
def _specials(
    a: SignalType,
    b: SignalType,
    left: Number,
    right: Number,
    sign: SignalType,
    nan: SignalType,
    infinite: SignalType,
) -> Any:
    """The product's sign, and whether it is no number, or infinite."""
    left_sign, right_sign = left.sign, right.sign
    left_significand, right_significand = left.significand, right.significand
    left_nan, left_infinite, left_zero = (Signal(bool(0)) for _ in range(3))
    right_nan, right_infinite, right_zero = (Signal(bool(0)) for _ in range(3))
    invalid = Signal(bool(0))

    @always_comb
    def find_zeros():
        left_zero.next = left_significand == 0
        right_zero.next = right_significand == 0

    @always_comb
    def find_invalid():
        invalid.next = (left_zero and right_infinite) or (left_infinite and right_zero)

    @always_comb
    def decide():
        sign.next = left_sign != right_sign
        nan.next = left_nan or right_nan or invalid
        infinite.next = left_infinite or right_infinite

    return [
        find_nan(a, left_nan),
        find_nan(b, right_nan),
        find_infinite(a, left_infinite),
        find_infinite(b, right_infinite),
        find_zeros,
        find_invalid,
        decide,
    ]


BLOCK = Block(
    name="float16_mul",
    summary="product of two binary16 numbers",
    family="float16",
    rtl=float16_mul,
    params=MulParams,
    configs={"tiny": MulParams()},
    ports=lambda params: binary_ports("a * b"),
    children=lambda params: ((float16_round.BLOCK, params.rounding),),
    latency="4 enabled cycles",
    throughput="one product per enabled cycle",
    error="half a unit in the last place",
    source="IEEE 754-2019, binary16, roundTiesToEven",
    reference="tritproof.ref.float16.arithmetic.float16_mul",
)
