# SPDX-License-Identifier: Apache-2.0
"""Errors against float64: of real attention and of rows made to be bad."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tritproof.ref.softmax.exp2 import exp2_neg

REAL = Path(__file__).parent.parent / "data" / "real" / "attention_inputs.npz"
MANTISSA_BITS = 16


@dataclass(frozen=True)
class Row:
    """Scores int64[n] of one query and the real number ``scale`` that makes octaves of them; int8
    ``values`` [n, head_dim], or None where the worst ones are to be taken."""

    scores: np.ndarray
    scale: float
    values: np.ndarray | None = None


@dataclass(frozen=True)
class Errors:
    """The largest errors of a row."""

    probability: float
    mean: float


def multiplier(scale: float, F: int) -> tuple[int, int]:
    """Return the mantissa of 16 bits, and the shift, nearest to ``scale`` in units of 2**-F."""
    exponent = int(np.floor(np.log2(scale))) + 1
    mantissa = min(round(scale * 2.0 ** (MANTISSA_BITS - exponent)), (1 << MANTISSA_BITS) - 1)
    return mantissa, MANTISSA_BITS - exponent - F


def errors(row: Row, P: int, F: int, K: int, R: int) -> Errors:
    """Return how far the specification's probabilities and means are from the real ones.

    Both take the same multiplier; the real ones are of scores that are not rounded.
    """
    mantissa, shift = multiplier(row.scale, F)
    octaves = row.scores * (mantissa / 2.0 ** (shift + F))
    real = np.exp2(octaves - octaves.max())
    real /= real.sum()
    scaled = row.scores * mantissa >> shift if shift >= 0 else row.scores * mantissa << -shift
    distances = np.minimum(scaled.max() - scaled, (P + 2) << F)
    width = int(distances.max()).bit_length() + 1
    weights = exp2_neg.numpy(distances, Z_WIDTH=width, F=F, P=P)
    total = int(weights.sum())
    probability = np.abs(_rounded(weights << K, total) / 2.0**K - real).max()
    values = row.values
    if values is None:
        values = np.where(weights / total > real, 127, -128)[:, None]
    sums = values.astype(np.int64).T @ weights
    means = np.sign(sums) * _rounded(np.abs(sums) << R, total) / 2.0**R
    return Errors(float(probability), float(np.abs(means - real @ values).max()))


def _rounded(numerators: np.ndarray, divisor: int) -> np.ndarray:
    """Return quotients rounded to nearest, ties to even, as float64."""
    numerators = numerators.astype(object)
    quotients, remainders = numerators // divisor, numerators % divisor
    up = (2 * remainders > divisor) | ((2 * remainders == divisor) & (quotients % 2 == 1))
    return (quotients + up).astype(np.float64)


def real_rows() -> Iterator[Row]:
    """Yield the causal attention of every head and token of the committed model data."""
    with np.load(REAL) as data:
        queries, keys, values, scales = (data[k] for k in ("queries", "keys", "values", "scales"))
    for head in range(len(queries)):
        for token in range(queries.shape[1]):
            met = keys[head, : token + 1].astype(np.int64)
            yield Row(
                met @ queries[head, token].astype(np.int64),
                float(scales[head]),
                values[head, : token + 1],
            )


def adversarial_rows(n: int, P: int) -> Iterator[Row]:
    """Yield rows of up to ``n`` scores that make roundings large or many."""
    rng = np.random.default_rng(0)
    for scale in (0.37, 1 / 3, 2.0**-10 * 0.99999, 2.0**-12 * 1.7):
        for gap in range(0, 40):
            yield Row(np.array([gap, 0]), scale)
            yield Row(np.array([0, gap, -gap]), scale)
    for octave in (P - 1, P, P + 1):  # all but the largest just below a unit of a weight
        yield Row(np.array([octave << 12] + [0] * (n - 1)), 2.0**-12 * 1.00001)
    for size in (2, 3, 17, 256, n):
        yield Row(np.zeros(size, np.int64), 1.0)
        yield Row(np.arange(size) * -3, 2.0**-9)
        for spread in (5, 200, 60000):
            for scale in (2.0**-12, 2.0**-9 * 1.3, 2.0**-6 / 3):
                yield Row(rng.integers(-spread, spread + 1, size), scale)
