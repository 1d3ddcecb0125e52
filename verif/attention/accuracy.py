# SPDX-License-Identifier: Apache-2.0
"""Errors against float64: of real attention and of rows made to be bad."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tritproof.ref.attention.attention import signed_quotient
from tritproof.ref.softmax.divide import divide
from tritproof.ref.softmax.exp2 import exp2_neg
from tritproof.ref.softmax.scale import scaled_score
from tritproof.ref.softmax.softmax import distance
from tritproof.rtl.attention.params import AttentionParams

REAL = Path(__file__).parent.parent / "data" / "real" / "attention_inputs.npz"
SCORE_BITS, MANTISSA_BITS, LEAST_SHIFT = 23, 16, 1
"""Of the multiplications here: every scale up to 2 octaves for a unit of a score."""


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
    weights = _weights(row.scores, mantissa, shift, P, F)
    total = int(weights.sum())
    bits = {"N": (len(weights) << P + 7).bit_length(), "D": (len(weights) << P).bit_length()}
    widths = {"N": bits["N"] + max(K, R), "D": bits["D"], "ROUNDING": "half_even"}
    probabilities = divide.numpy(weights << K, total, Q=K + 1, **widths) / 2.0**K
    values = row.values
    if values is None:
        values = np.where(weights / total > real, 127, -128)[:, None]
    sums = values.astype(np.int64).T @ weights
    means = signed_quotient.numpy(sums << R, total, Q=R + 8, **widths) / 2.0**R
    return Errors(
        float(np.abs(probabilities - real).max()), float(np.abs(means - real @ values).max())
    )


def _weights(scores: np.ndarray, mantissa: int, shift: int, P: int, F: int) -> np.ndarray:
    """Return the specification's weights int64[n] of scores scaled by a multiplier."""
    scale = {"SCORE_WIDTH": SCORE_BITS, "MANTISSA_WIDTH": MANTISSA_BITS}
    scaled = scaled_score.numpy(
        scores, mantissa, shift - LEAST_SHIFT, LEAST_SHIFT=LEAST_SHIFT, SHIFT_WIDTH=6, **scale
    )
    params = AttentionParams(frac=F, precision=P)
    width = {"Z_WIDTH": params.distance_width}
    below = distance.numpy(scaled.max(), scaled, WIDTH=SCORE_BITS + MANTISSA_BITS, **width)
    return exp2_neg.numpy(below, F=F, P=P, **width)


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
