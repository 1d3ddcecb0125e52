# SPDX-License-Identifier: Apache-2.0
"""The product that L-Mul stands for, rounded once, with L-Mul's rules for all other codes.

The exact product of two normal numbers is rounded to the nearest number of the format, as if its
exponents had no end, a tie to even. What is then below the smallest normal number is a zero, what
is above the largest finite one is that or infinity. Subnormals count as zeros. So it differs from
:func:`tritproof.ref.lmul.lmul.lmul` in the approximation alone.
"""

from __future__ import annotations

from tritproof.ref.lmul.lmul import Format, product_of_total
from tritproof.ref.softmax.divide import rounded_quotient
from tritproof.ref.spec import Integer, select, specification, unsigned


def _shape(EXPONENT_BITS, MANTISSA_BITS, BIAS, INFINITIES, **_) -> Format:
    return Format(EXPONENT_BITS, MANTISSA_BITS, BIAS, bool(INFINITIES))


def _codes(**sizes):
    code = unsigned(_shape(**sizes).width)
    return {"a": code, "b": code}


@specification(
    inputs=lambda **sizes: {"a": unsigned(_shape(**sizes).width)},
    result=lambda **sizes: Integer(
        _shape(**sizes).least, 2 * _shape(**sizes).least - 1
    ),
)
def normal_significand(a, *, EXPONENT_BITS, MANTISSA_BITS, BIAS, INFINITIES):
    """The significand of a normal code, its leading one included."""
    return (1 << MANTISSA_BITS) + a % (1 << MANTISSA_BITS)


@specification(
    inputs=lambda **sizes: _codes(**sizes) | {
        "product": unsigned(2 * _shape(**sizes).mantissa_bits + 2),
    },
    result=lambda **sizes: unsigned(_shape(**sizes).width),
)
def rounded_product(a, b, product, *, EXPONENT_BITS, MANTISSA_BITS, BIAS, INFINITIES, SATURATE):
    """a * b, when ``product`` is that of their significands. No solver multiplies twice."""
    form = Format(EXPONENT_BITS, MANTISSA_BITS, BIAS, bool(INFINITIES))
    m, field = MANTISSA_BITS, 1 << (form.width - 1)
    upper = product >= 1 << (2 * m + 1)
    sizes = {"D": m + 2, "Q": m + 2, "ROUNDING": "half_even"}
    low, high = (
        rounded_quotient(product >> places, product % (1 << places), 1 << places, **sizes)
        for places in (m, m + 1)
    )
    exponents = ((a % field) >> m) + ((b % field) >> m) - form.bias
    # A significand rounded up to a power of two carries into the exponent by itself.
    total = select(upper, (exponents + 1 << m) + high, (exponents << m) + low) - (1 << m)
    return product_of_total(a, b, total, form, SATURATE)


@specification(inputs=_codes, result=lambda **sizes: unsigned(_shape(**sizes).width))
def rounded_mul(a, b, *, EXPONENT_BITS, MANTISSA_BITS, BIAS, INFINITIES, SATURATE):
    """a * b."""
    shape = {"EXPONENT_BITS": EXPONENT_BITS, "MANTISSA_BITS": MANTISSA_BITS,
             "BIAS": BIAS, "INFINITIES": INFINITIES}  # fmt: skip
    product = normal_significand(a, **shape) * normal_significand(b, **shape)
    return rounded_product(a, b, product, SATURATE=SATURATE, **shape)
