# SPDX-License-Identifier: Apache-2.0
"""Errors of the binary16 operations in units in the last place, and beside them those of the
published design, reproduced from its description (:mod:`tritproof.ref.stream.published`).

The unit in the last place of a real number v is 2**max(floor(log2 |v|) - 10, -24), also above the
greatest finite number: an infinity counts as 2**16, and so does every number beyond. Rounded once,
a number is off by half a unit at most.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from mpmath import MPContext
from tritproof.ref.float16.arithmetic import float16_add, float16_from_int, float16_mul
from tritproof.ref.float16.functions import FUNCTIONS, SCALE, float16_silu
from tritproof.ref.float16.nearest import nearest_code
from tritproof.ref.float16.rounding import INFINITY, SIGN, UNIT, binade, significand
from tritproof.ref.spec import Specification
from tritproof.ref.stream.published import (
    CODE_OF_127,
    LIMIT,
    published_quantize,
    published_silu,
)
from tritproof.ref.stream.quantize import GREATEST, quantize
from tritproof.ref.stream.rmsnorm import row_absmax
from tritproof.verif.float16.operations import random_pairs

HALF = 0.5
CODES = np.arange(2 * SIGN)
FINITE = CODES[CODES % SIGN < INFINITY]
"""All inputs of a function."""
INTEGERS = np.arange(-65519, 65520)
"""All integers whose code is finite."""
PAIRS = 1 << 22
"""Drawn for a sum and for a product; those of two finite numbers are measured."""
CHUNK = 1 << 18
ROWS, COUNT = 256, 1536
"""Gaussian rows that are quantised, and their length, that of the published model."""
GREATEST_ERROR_OF_SILU = 2.0**-9
"""For |a| <= 8: half a unit of numbers from 4 to 8."""
BEYOND = 2.0**16
EXACT = MPContext()
EXACT.prec = 80

Reals = tuple[np.ndarray, np.ndarray]
"""Real numbers, each the sum of two float64: the nearest one, and what is left."""


@dataclass(frozen=True)
class Measured:
    """What was measured of an operation, here and of the published design, where it has one.

    ``measure``: `ulp`, the largest error in units in the last place, or another quantity.
    ``drawn``: `all` inputs or `random` ones, ``inputs`` of them. ``within``: whether ``value`` is
    what is claimed of it.
    """

    operation: str
    measure: str
    drawn: str
    inputs: int
    value: float
    published: float | None
    within: bool


def numbers(codes) -> np.ndarray:
    """Return the numbers float64[...] of codes [...], of an infinity 2**16."""
    found = np.asarray(codes).astype(np.uint16).view(np.float16).astype(np.float64)
    return np.clip(found, -BEYOND, BEYOND)


def ulp(high, low=0.0) -> np.ndarray:
    """Return the units in the last place float64[...] of ``high`` + ``low``."""
    mantissa, exponent = np.frexp(high)
    below = (np.abs(mantissa) == HALF) & (low * np.sign(high) < 0)
    places = np.where(high == 0, UNIT, exponent - 1 - below - 10)
    return np.ldexp(1.0, np.maximum(places, UNIT))


def errors(codes, high, low=0.0) -> np.ndarray:
    """Return how far codes [...] are from ``high`` + ``low``, in units in the last place of that;
    NaN for a NaN."""
    low = np.where(np.abs(high) < BEYOND, low, 0.0)
    high = np.clip(high, -BEYOND, BEYOND)
    return np.abs(numbers(codes) - high - low) / ulp(high, low)


def _logistic(x):
    return 1 / (1 + EXACT.exp(-x))


REAL: dict[str, Callable] = {
    "recip": lambda x: 1 / x,
    "rsqrt": lambda x: 1 / EXACT.sqrt(x),
    "exp2": lambda x: EXACT.power(2, x),
    "sigmoid": _logistic,
    "silu": lambda x: x * _logistic(x),
}
"""Each function of real numbers, to 80 bits."""


def operands(name: str) -> np.ndarray:
    """Return the codes of the finite numbers of which a function is a real number."""
    if name == "recip":
        return FINITE[FINITE % SIGN > 0]
    if name == "rsqrt":
        return FINITE[(0 < FINITE) & (FINITE < SIGN)]
    return FINITE


def exact(real: Callable, codes: np.ndarray) -> Reals:
    """Return a function of real numbers of the numbers of codes int64[n]."""
    values = [real(EXACT.mpf(x)) for x in numbers(codes).tolist()]
    high = [float(value) for value in values]
    low = [float(value - rounded) for value, rounded in zip(values, high, strict=True)]
    return np.array(high), np.array(low)


@cache
def result(name: str, code: int) -> int:
    """Return the specification's code of a function of a code."""
    return FUNCTIONS[name](code)


def results(name: str, codes: Iterable[int]) -> np.ndarray:
    """Return the specification's codes int64[n] of a function of codes."""
    return np.array([result(name, int(code)) for code in codes], np.int64)


def scale_code(a: int) -> int:
    """Return 127 / a, rounded once, for a finite code a above 0."""
    quotient, rest = divmod(GREATEST << SCALE, significand(a))
    return nearest_code(0, quotient, -SCALE - binade(a) - UNIT, inexact=rest > 0)


def measurements() -> Iterator[Callable[[], list[Measured]]]:
    """Yield functions that measure, in order, each in some seconds."""
    yield lambda: [_of_pairs("float16_add", float16_add, np.add)]
    yield lambda: [_of_pairs("float16_mul", float16_mul, np.multiply)]
    yield lambda: [_of_integers()]
    for name in FUNCTIONS:
        yield lambda name=name: [_of_function(name)]
    yield lambda: [_of_scale()]
    yield lambda: [*_facts_of_silu(), _of_codes()]


def _of_pairs(name: str, operation: Specification, real: Callable) -> Measured:
    """Sums and products of binary16 numbers are exact in float64."""
    rng = np.random.default_rng(0)
    found, inputs = 0.0, 0
    for _ in range(0, PAIRS, CHUNK):
        a, b = random_pairs(rng, min(CHUNK, PAIRS))
        finite = (a % SIGN < INFINITY) & (b % SIGN < INFINITY)
        a, b = a[finite], b[finite]
        found = np.maximum(
            found, errors(operation.numpy(a, b), real(numbers(a), numbers(b))).max()
        )
        inputs += len(a)
    return _ulps(name, "random", inputs, float(found))


def _of_integers() -> Measured:
    codes = float16_from_int.numpy(INTEGERS, WIDTH=32)
    return _ulps("float16_from_int", "all", len(INTEGERS), _largest(codes, INTEGERS.astype(float)))


def _of_function(name: str) -> Measured:
    codes = operands(name)
    real = exact(REAL[name], codes)
    published = _largest(published_silu(codes), *real) if name == "silu" else None
    largest = _largest(results(name, codes), *real)
    return _ulps(f"float16_{name}", "all", len(codes), largest, published)


def _of_scale() -> Measured:
    """127 / a, by which the published quantiser multiplies, of every largest magnitude a."""
    codes = operands("rsqrt")
    real = exact(lambda x: GREATEST / x, codes)
    once = [scale_code(int(code)) for code in codes]
    twice = float16_mul.numpy(CODE_OF_127, results("recip", codes))
    return _ulps("127 / max", "all", len(codes), _largest(once, *real), _largest(twice, *real))


def _facts_of_silu() -> Iterator[Measured]:
    greatest = INFINITY - 1
    for code, claimed in ((0, 0.0), (greatest, float(numbers(greatest)))):
        value, published = (float(numbers(c)) for c in (float16_silu(code), published_silu(code)))
        quantity = f"value of {numbers(code):g}"
        yield Measured("float16_silu", quantity, "all", 1, value, published, value == claimed)
    codes = FINITE[np.abs(numbers(FINITE)) <= LIMIT]
    high, low = exact(REAL["silu"], codes)
    value, published = (
        float(np.abs(numbers(found) - high - low).max())
        for found in (results("silu", codes), published_silu(codes))
    )
    quantity, within = f"largest error for |a| <= {LIMIT}", value <= GREATEST_ERROR_OF_SILU
    yield Measured("float16_silu", quantity, "all", len(codes), value, published, within)


def _of_codes() -> Measured:
    """The share of int8 codes that are not the integer nearest to 127 x / max |x|, which float64
    tells as no quotient that is not a tie is closer to one than 2**-22."""
    rng = np.random.default_rng(0)
    different = np.zeros(2)
    for _ in range(ROWS):
        x = rng.normal(0, 1, COUNT)
        codes = (x / np.sqrt(np.mean(x**2))).astype(np.float16).view(np.uint16).astype(np.int64)
        absmax = row_absmax(codes)
        nearest = np.rint(GREATEST * numbers(codes) / numbers(absmax))
        different += [
            np.count_nonzero(found != nearest)
            for found in (quantize(codes, absmax), published_quantize(codes, absmax))
        ]
    value, published = (different / (ROWS * COUNT)).tolist()
    quantity = "share of int8 codes not nearest"
    return Measured("quantize", quantity, "random", ROWS * COUNT, value, published, value == 0)


def _largest(codes, high, low=0.0) -> float:
    return float(errors(codes, high, low).max())


def _ulps(
    operation: str, drawn: str, inputs: int, value: float, published: float | None = None
) -> Measured:
    return Measured(operation, "ulp", drawn, inputs, value, published, value <= HALF)
