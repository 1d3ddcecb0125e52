# SPDX-License-Identifier: Apache-2.0
"""Errors of Shiftmax and ShiftGELU against float64."""

from dataclasses import dataclass
from fractions import Fraction
from math import erf, sqrt
from types import SimpleNamespace

import numpy as np
from tritproof.ref.ivit.exponential import (
    GELU_FACTOR,
    greatest_row,
    int_exp,
    unit_of_scale,
)
from tritproof.verif.ivit.gelu import gelu, normalised

ROWS = 8
"""Random rows of each scale and length."""
INT8 = np.arange(-128, 128)


@dataclass(frozen=True)
class SoftmaxErrors:
    """Of probabilities: mean magnitude of the error, of random rows, and greatest, of all rows
    measured; least and greatest sum of a row; ``within``: rows are no longer than the constants
    allow."""

    mean: float
    greatest: float
    least_sum: float
    greatest_sum: float
    within: bool


def softmax_errors(
    scale: Fraction, count: int, output_bits: int = 16, n: int = 15
) -> SoftmaxErrors:
    """Measure rows of ``count`` int8 numbers of one scale, 2 or more: random ones, and all rows of
    one or two different numbers, whose errors add up."""
    rng = np.random.default_rng(count)
    unit = unit_of_scale(scale)
    random = np.rint(rng.normal(0, min(40, 2 / float(scale)), (ROWS, count))).clip(-128, 127)
    below = (random.max(1, keepdims=True) - random).astype(np.int64)
    distance, largest = (one.ravel() for one in np.mgrid[:256, 1:count])
    two = np.stack([np.zeros_like(distance), distance], 1)
    times = np.stack([largest, count - largest], 1)
    powers = np.array([int_exp(-z, unit, n) for z in range(256)])
    reals = np.exp(-np.arange(256) * float(scale))
    errors, sums = [], []
    for z, each in ((below, np.ones_like(below)), (two, times)):
        e, real = powers[z], reals[z]
        total = (e * each).sum(1, keepdims=True)
        found = normalised(e, total, output_bits) / 2.0 ** (output_bits - 1)
        errors.append(np.abs(found - real / (real * each).sum(1, keepdims=True)))
        sums.append((found * each).sum(1))
    return SoftmaxErrors(
        float(errors[0].mean()),
        float(max(one.max() for one in errors)),
        float(min(one.min() for one in sums)),
        float(max(one.max() for one in sums)),
        count <= greatest_row(unit, n),
    )


@dataclass(frozen=True)
class GeluErrors:
    """Greatest magnitude of the error of a result, in units of its real number, against the real
    GELU; and the sigmoid of the greatest number, of which 1 is right."""

    greatest: float
    last_sigmoid: float


def real_gelu(x: np.ndarray) -> np.ndarray:
    """x times the normal distribution of x, float64."""
    return x * np.array([(1 + erf(one / sqrt(2))) / 2 for one in x])


def gelu_curve(scale: Fraction, largest: int | None, n: int, output_bits: int = 8) -> np.ndarray:
    """ShiftGELU of the int8 numbers up to ``largest`` in a row that has it, or of each by itself
    (None), as real numbers, float64."""
    x = INT8 if largest is None else INT8[: largest + 129]
    unit = unit_of_scale(scale * GELU_FACTOR)
    sizes = SimpleNamespace(n=n, unit_width=unit.bit_length(), output_bits=output_bits)
    top = np.maximum(x, 0) if largest is None else np.full_like(x, largest)
    return gelu(x, top, np.full_like(x, unit), sizes) * float(scale) / (1 << output_bits - 1)


def gelu_errors(scale: Fraction, largest: int | None, n: int, output_bits: int = 8) -> GeluErrors:
    """Measure all int8 numbers of one scale, as :func:`gelu_curve` has them."""
    found = gelu_curve(scale, largest, n, output_bits)
    x = INT8[: len(found)] * float(scale)
    errors = np.abs(found - real_gelu(x))
    return GeluErrors(float(errors.max()), float(found[-1] / x[-1]) if x[-1] else 0.0)
