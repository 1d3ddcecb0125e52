# SPDX-License-Identifier: Apache-2.0
"""L-Mul (arXiv:2410.00907): a product of floating-point numbers by one addition of their codes.

The paper prints the significand as

.. math:: (1 + x_m)(1 + y_m) \\approx 1 + x_m + y_m + 2^{-l(m)}, \\quad
          l(m) = m \\;(m \\le 3), \\quad 3 \\;(m = 4), \\quad 4 \\;(m > 4)

and computes the whole code, exponent and mantissa in one integer f, as

.. math:: T = f_x + f_y - (bias \\cdot 2^m - o), \\quad o = 2^{m - l(m)}

The two differ: in the sum of codes a carry out of the mantissa doubles its weight, so that a sum s
of 1 or more means 2 s, not 1 + s. The sum of codes is normative here (:func:`lmul`);
:func:`printed_significand` is the other, and the theorems say where they agree. o is a parameter:
0 is Mitchell's multiplication.

Neither paper nor code gives a rule for what is no normal number. Here: a NaN operand, and an
infinity times a zero, give the NaN; an infinity times another number is an infinity; a subnormal
operand counts as a zero of its sign, and a zero gives a zero; T below the smallest normal code
gives a zero; T above the largest finite code gives that code or infinity. The sign of what is not
the NaN is the product of the signs.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from tritproof.ref.float16.rounding import first_that_holds
from tritproof.ref.spec import (
    Integer,
    logical_and,
    logical_or,
    maximum,
    minimum,
    select,
    specification,
    unsigned,
)


def offset_level(m: int) -> int:
    """Return the paper's l(m), for m bits of mantissa."""
    return m if m <= 3 else 3 if m == 4 else 4


@dataclass(frozen=True)
class Format:
    """A floating-point format: bits of exponent and mantissa, the bias, and whether it has
    infinities.

    ``bias`` is what the exponent field is above the exponent, 1 to 2**exponent_bits - 2, so that 1
    is a normal number. With infinities the largest exponent means infinities and NaNs, as in
    IEEE 754. Without, as in OCP's E4M3, only the code of all ones is a NaN, and all others are
    finite.
    """

    exponent_bits: int
    mantissa_bits: int
    bias: int
    infinities: bool = True

    def __post_init__(self) -> None:
        most = (1 << self.exponent_bits) - 2
        if not 1 <= self.bias <= most:
            raise ValueError(f"bias={self.bias}: must be from 1 to {most}, so that 1 is normal")

    @property
    def width(self) -> int:
        """Bits of a code."""
        return 1 + self.exponent_bits + self.mantissa_bits

    @property
    def least(self) -> int:
        """The smallest normal code."""
        return 1 << self.mantissa_bits

    @property
    def largest(self) -> int:
        """The largest finite code."""
        ones = (1 << (self.exponent_bits + self.mantissa_bits)) - 1
        return ones - (1 << self.mantissa_bits if self.infinities else 1)

    @property
    def infinity(self) -> int:
        """The code of infinity, of a format that has one."""
        return self.largest + 1

    @property
    def nan(self) -> int:
        """The one NaN of every result."""
        quiet = 1 << (self.mantissa_bits - 1) if self.infinities else 0
        return self.largest + 1 + quiet

    @property
    def paper_offset(self) -> int:
        """2**(m - l(m)), in units of the last place."""
        return 1 << (self.mantissa_bits - offset_level(self.mantissa_bits))

    @property
    def shape(self) -> dict[str, int]:
        """The parameters of the specifications that take a code apart."""
        return {
            "EXPONENT_BITS": self.exponent_bits, "MANTISSA_BITS": self.mantissa_bits,
            "BIAS": self.bias, "INFINITIES": int(self.infinities),
        }

    def sizes(self, offset: int | None = None, saturate: bool = True) -> dict[str, int]:
        """Return the parameters of the specifications."""
        return self.shape | {
            "SATURATE": int(saturate), "OFFSET": self.paper_offset if offset is None else offset,
        }

    def value(self, code: int) -> Fraction:
        """Return the real number of a finite code."""
        field = code % (1 << (self.width - 1))
        exponent, mantissa = divmod(field, 1 << self.mantissa_bits)
        hidden = 1 << self.mantissa_bits if exponent else 0
        scale = Fraction(2) ** (max(exponent, 1) - self.bias - self.mantissa_bits)
        return (-1) ** (code >> (self.width - 1)) * (hidden + mantissa) * scale


FORMATS = {
    "e4m3": Format(4, 3, 7, infinities=False),
    "e5m2": Format(5, 2, 15),
    "e3m4": Format(3, 4, 3),
    "float16": Format(5, 10, 15),
    "bfloat16": Format(8, 7, 127),
    "float32": Format(8, 23, 127),
}
"""By name, the formats of the OCP 8-bit specification, of IEEE 754, and two others in use."""


def _code(EXPONENT_BITS, MANTISSA_BITS, **_):
    return unsigned(1 + EXPONENT_BITS + MANTISSA_BITS)


@specification(inputs=lambda **sizes: {"a": _code(**sizes), "b": _code(**sizes)}, result=_code)
def lmul(a, b, *, EXPONENT_BITS, MANTISSA_BITS, BIAS, INFINITIES, OFFSET, SATURATE):
    """The L-Mul product of two codes, by the sum of codes, OFFSET units of the last place added.

    Raises:
        ValueError: OFFSET is not a fraction, or the format has no infinity to give.
    """
    if not 0 <= OFFSET < 1 << MANTISSA_BITS:
        most = (1 << MANTISSA_BITS) - 1
        raise ValueError(f"OFFSET={OFFSET}: must be from 0 to {most}, less than a unit")
    form = Format(EXPONENT_BITS, MANTISSA_BITS, BIAS, bool(INFINITIES))
    signs = 1 << (form.width - 1)
    total = a % signs + b % signs - (form.bias << MANTISSA_BITS) + OFFSET
    return product_of_total(a, b, total, form, SATURATE)


def product_of_total(a, b, total, form: Format, saturate):
    """The code of a product, when ``total`` is that of its magnitude, if it is a normal number.

    Raises:
        ValueError: the format has no infinity, which a product that is too large shall be.
    """
    if not (saturate or form.infinities):
        raise ValueError("saturate=False: a format without infinities must saturate")
    signs = 1 << (form.width - 1)
    left, right = a % signs, b % signs
    sign = (a // signs + b // signs) % 2
    nan, infinite = (_any(left, right, test) for test in _specials(form))
    zero = logical_or(left < form.least, right < form.least)
    above = form.largest if saturate else form.infinity
    magnitude = first_that_holds(
        (infinite, form.infinity),
        (logical_or(zero, total < form.least), 0),
        (total > form.largest, above),
        otherwise=total % signs,
    )
    return select(
        logical_or(nan, logical_and(infinite, zero)), form.nan, sign * signs + magnitude
    )


def _specials(form: Format):
    """The tests of a code without its sign for a NaN and for an infinity."""
    if not form.infinities:
        return (lambda code: code == form.nan), (lambda code: code > form.nan)
    return (lambda code: code > form.infinity), (lambda code: code == form.infinity)


def _any(left, right, test):
    return logical_or(test(left), test(right))


@specification(
    inputs=lambda **sizes: {"code": _code(**sizes)},
    result=lambda EXPONENT_BITS, MANTISSA_BITS, **_: Integer(
        -((2 << MANTISSA_BITS) - 1 << (1 << EXPONENT_BITS) - 2),
        (2 << MANTISSA_BITS) - 1 << (1 << EXPONENT_BITS) - 2,
    ),
)
def fixed_point(code, *, EXPONENT_BITS, MANTISSA_BITS, BIAS, INFINITIES):
    """The value of a normal code in units of 2**(1 - bias - m), the last place of the smallest; 0
    of all other codes."""
    form = Format(EXPONENT_BITS, MANTISSA_BITS, BIAS, bool(INFINITIES))
    signs = 1 << (form.width - 1)
    field = code % signs
    finite = logical_and(field >= form.least, field <= form.largest)
    significand = field % form.least + form.least
    shift = maximum(minimum(field >> MANTISSA_BITS, (1 << EXPONENT_BITS) - 1) - 1, 0)
    magnitude = select(finite, significand << shift, 0)
    return select(code >= signs, -magnitude, magnitude)


@specification(inputs=lambda **sizes: {"code": _code(**sizes)}, result=unsigned(1))
def is_no_number(code, *, EXPONENT_BITS, MANTISSA_BITS, BIAS, INFINITIES):
    """1 of an infinity and of a NaN."""
    form = Format(EXPONENT_BITS, MANTISSA_BITS, BIAS, bool(INFINITIES))
    return select(code % (1 << (form.width - 1)) > form.largest, 1, 0)


def lmul_dot(a, b, form: Format, **options) -> tuple[int, bool]:
    """Return the exact sum of the L-Mul products of codes [N] and [N], in units of
    2**(1 - bias - m), and whether all products were finite; others count as 0.

    ``options``: offset and saturate of :meth:`Format.sizes`.

    Raises:
        ValueError: not as many codes in one as in the other.
    """
    if np.shape(a) != np.shape(b):
        raise ValueError(
            f"codes {list(np.shape(a))} and {list(np.shape(b))}: each needs one to be multiplied by"
        )
    products = lmul.numpy(np.asarray(a), np.asarray(b), **form.sizes(**options)).reshape(-1)
    if form.largest >> form.mantissa_bits < 48:
        terms = fixed_point.numpy(products, **form.shape).tolist()
    else:
        terms = [fixed_point.exact(one, **form.shape) for one in products.tolist()]
    return sum(terms), not is_no_number.numpy(products, **form.shape).any()


def lmul_attention_scores(query, keys, form: Format, **options) -> list[tuple[int, bool]]:
    """Return :func:`lmul_dot` of each key [N] of ``keys`` with the query [N]; it raises as that
    does."""
    return [lmul_dot(key, query, form, **options) for key in keys]


def printed_significand(left: Fraction, right: Fraction, offset: Fraction) -> Fraction:
    """Return 1 + x + y + 2**-l, the formula of the paper, of two mantissas below 1."""
    return 1 + left + right + offset


def added_significand(left: Fraction, right: Fraction, offset: Fraction) -> Fraction:
    """Return what the sum of codes makes of two mantissas below 1: a carry doubles, two double
    twice."""
    total = left + right + offset
    if total < 1:
        return 1 + total
    return 2 * total if total < 2 else 4 * (total - 1)
