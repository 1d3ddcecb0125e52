# SPDX-License-Identifier: Apache-2.0
"""Rotary position embedding on consecutive pairs of binary16 codes.

.. math:: y_{2t} = RN(RN(x_{2t} c_t) - RN(x_{2t+1} s_t)), \\quad
          y_{2t+1} = RN(RN(x_{2t} s_t) + RN(x_{2t+1} c_t))

with c_t and s_t the cosine and sine of p * theta**(-2 t / d) at position p. Source:
arXiv:2510.15926 section 3.4, equations 4 to 6: the usual convention pairs t with t + d/2, and a
permutation of the rows of the query and key weights turns that into consecutive pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import NamedTuple

import numpy as np
from tritproof.ref.float16.arithmetic import float16_add, float16_mul
from tritproof.ref.float16.nearest import INTERVALS, enclosed_digits, nearest
from tritproof.ref.float16.rounding import CODE, SIGN
from tritproof.ref.spec import Array, specification

Rotation = Callable[..., tuple[np.ndarray, np.ndarray]]
"""Of (first, second, cosine, sine), arrays of one shape after broadcasting."""


@specification(
    inputs=lambda: {"first": CODE, "second": CODE, "cosine": CODE, "sine": CODE},
    result=Array(2, CODE),
)
def rotated_pair(first, second, cosine, sine):
    """One pair turned: (first * cosine - second * sine, first * sine + second * cosine)."""
    subtracted = (float16_mul(second, sine) + SIGN) % (2 * SIGN)
    return (float16_add(float16_mul(first, cosine), subtracted),
            float16_add(float16_mul(first, sine), float16_mul(second, cosine)))


class SineCosine(NamedTuple):
    """Tables int64[positions, head_dim / 2] of codes; a row of each is what :func:`rope` takes."""

    cosine: np.ndarray
    sine: np.ndarray


def rope(x, cosine, sine) -> np.ndarray:
    """Codes int64[..., d] of codes ``x`` [..., d], turned in pairs (2 t, 2 t + 1) by ``cosine`` and
    ``sine`` [..., d / 2].

    Raises:
        ValueError: d is odd.
    """
    return rotate_consecutive(x, cosine, sine, _rotated_codes)


def rope_of_heads(row, cosine, sine) -> np.ndarray:
    """Codes int64[heads * d] of a row of heads side by side, each turned by the same ``cosine`` and
    ``sine`` [d / 2].

    Raises:
        ValueError: the row is not made of heads of d elements.
    """
    row, head_dim = np.asarray(row), 2 * len(cosine)
    if row.ndim != 1 or head_dim == 0 or row.size % head_dim:
        raise ValueError(f"a row of shape {row.shape} is not made of heads of {head_dim}, twice "
                         "the length of the tables")
    return rope(row.reshape(-1, head_dim), cosine, sine).reshape(-1)


def rope_half_split(x, cosine, sine) -> np.ndarray:
    """The same in pairs (t, t + d / 2), the convention of most published weights."""
    return rotate_half_split(x, cosine, sine, _rotated_codes)


def rotate_consecutive(x, cosine, sine, rotation: Rotation) -> np.ndarray:
    """Apply ``rotation`` to pairs (2 t, 2 t + 1) along the last axis."""
    x = np.asarray(x)
    _half(x.shape[-1])
    turned = rotation(x[..., 0::2], x[..., 1::2], cosine, sine)
    return np.stack(turned, axis=-1).reshape(x.shape)


def rotate_half_split(x, cosine, sine, rotation: Rotation) -> np.ndarray:
    """Apply ``rotation`` to pairs (t, t + d / 2) along the last axis."""
    x = np.asarray(x)
    half = _half(x.shape[-1])
    turned = rotation(x[..., :half], x[..., half:], cosine, sine)
    return np.concatenate(turned, axis=-1)


def interleave(head_dim: int) -> np.ndarray:
    """Return int64[head_dim], a permutation: t is at 2 t, and t + head_dim / 2 at 2 t + 1.

    Of one head: rows ``w[interleave(d)]`` of its query and key weights make :func:`rope` do what
    :func:`rope_half_split` does to rows ``w``, and change no product of a query and a key
    (:func:`tritproof.ref.stream.theorems.interleaving_keeps_every_score`).

    Raises:
        ValueError: ``head_dim`` is odd, or below 2.
    """
    half = _half(head_dim)
    return np.arange(head_dim, dtype=np.int64).reshape(2, half).T.reshape(-1)


def sine_cosine_table(positions: Iterable[int], head_dim: int, theta: int = 10000) -> SineCosine:
    """Return the codes of cos and sin of p * theta**(-2 t / head_dim), each rounded once from the
    real number, for every position p and t from 0 to head_dim / 2 - 1.

    Raises:
        ValueError: ``head_dim`` is odd, or below 2.
    """
    half, places = _half(head_dim), list(positions)

    # The angle is algebraic, so for p > 0 sine and cosine are transcendental (Lindemann), and no
    # tie. For p = 0 they are 0 and 1, and enclosed exactly.
    def codes(function: Callable) -> np.ndarray:
        digits = [enclosed_digits(partial(_turned, function, p, theta, t, half))
                  for p in places for t in range(half)]
        return nearest(np.array(digits).reshape(-1, half, 3))

    return SineCosine(codes(INTERVALS.cos), codes(INTERVALS.sin))


def _turned(function: Callable, position: int, theta: int, t: int, half: int):
    """An interval around ``function`` of position * theta**(-t / half)."""
    return function(position * _power(theta, t, half, INTERVALS.prec))


@cache
def _power(theta: int, t: int, half: int, precision: int):
    # The precision is that of the context: it is an argument for the cache's sake.
    return INTERVALS.mpf(theta) ** (-INTERVALS.mpf(t) / half)


def _rotated_codes(first, second, cosine, sine) -> tuple[np.ndarray, np.ndarray]:
    turned = rotated_pair.numpy(first, second, cosine, sine)
    return turned[..., 0], turned[..., 1]


def _half(head_dim: int) -> int:
    if head_dim < 2 or head_dim % 2:
        raise ValueError(f"{head_dim} elements are not pairs: the head dimension must be even")
    return head_dim // 2
