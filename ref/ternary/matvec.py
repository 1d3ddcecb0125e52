# SPDX-License-Identifier: Apache-2.0
"""The exact ternary matrix-vector product, its accumulator, and its cut into steps.

.. math:: y_k = \\sum_i w_{ki} \\, a_i

Source: arXiv:2510.15926 section 3.2: inputs are cut into steps of T groups of G, the last step
padded with zero activations; the lanes of one step run over all outputs.
"""

from __future__ import annotations

import numpy as np
from tritproof.ref.spec import Integer
from tritproof.ref.ternary.codes import encode
from tritproof.ref.ternary.dot import ACTIVATION, dot_range, tlmm_beat

FLOAT64_BITS = 53
"""Bits of the two's-complement integers which float64 holds exactly."""


def accumulator_range(inputs: int, activation: Integer = ACTIVATION) -> Integer:
    """The range of an output, and of every partial sum of it, in any order: both ends reached.

    Raises:
        ValueError: ``inputs`` is below 1.
    """
    return dot_range(inputs, activation)


def accumulator_width(inputs: int, activation: Integer = ACTIVATION) -> int:
    """Fewest bits of a two's-complement accumulator for ``inputs`` products: 21 for 4096 int8.

    Sufficient for every partial sum, and one bit less fails for :func:`widest_case`: both proved
    by :func:`tritproof.ref.ternary.theorems.accumulator_width_is_exact`.

    Raises:
        ValueError: ``inputs`` is below 1.
    """
    return accumulator_range(inputs, activation).signed_width


def widest_case(inputs: int, activation: Integer = ACTIVATION) -> tuple[np.ndarray, np.ndarray]:
    """Weights int8[inputs] and activations int64[inputs] whose product is the largest possible:
    the activation of largest magnitude, and weights of its sign. For int8 all -1 and all -128."""
    extreme = max(activation.low, activation.high, key=abs)
    return (np.full(inputs, 1 if extreme > 0 else -1, dtype=np.int8),
            np.full(inputs, extreme, dtype=np.int64))


def matvec(weights, activations) -> np.ndarray:
    """y = W a: int64[..., outputs] of trits [outputs, inputs] and int8 values [..., inputs].

    Multiplied in float64 for speed, yet exact: every product and every partial sum, in whatever
    order it is formed, is an integer of ``accumulator_width(inputs)`` bits, checked to be at most
    the 53 which float64 holds.

    Raises:
        ValueError: the shapes do not match, an element is out of range, or there are too many.
    """
    weights, activations = np.asarray(weights), np.asarray(activations)
    if weights.ndim != 2 or activations.shape[-1:] != weights.shape[1:]:
        raise ValueError(f"weights of shape {weights.shape} and activations of shape "
                         f"{activations.shape}: need (outputs, inputs) and (..., inputs)")
    inputs = weights.shape[1]
    if accumulator_width(inputs) > FLOAT64_BITS:
        raise ValueError(f"{inputs} inputs need more than {FLOAT64_BITS} accumulator bits")
    _require_elements("weights", weights, Integer(-1, 1))
    _require_elements("activations", activations, ACTIVATION)
    return (activations.astype(np.float64) @ weights.T.astype(np.float64)).astype(np.int64)


def step_count(inputs: int, *, G: int, T: int) -> int:
    """Steps of one product: ceil(inputs / (T * G))."""
    return -(-inputs // (T * G))


def steps(activations, *, G: int, T: int) -> np.ndarray:
    """A row cut into steps: int64[..., steps, T * G] of [..., inputs]; past its end it is 0.

    Group t of a step is elements t * G to t * G + G - 1.
    """
    activations = np.asarray(activations).astype(np.int64)
    return _padded(activations, T * G)


def step_codes(weights, *, G: int, T: int, CODE_ORDER: str) -> np.ndarray:
    """Codes int64[steps, outputs, T] of trits [outputs, inputs]; trits past the end are 0.

    Raises:
        ValueError: a weight is no trit, or the order or G is unknown.
    """
    weights = np.asarray(weights).astype(np.int64)
    cut = _padded(weights, T * G)
    groups = cut.reshape(*cut.shape[:-1], T, G)
    return np.moveaxis(encode(CODE_ORDER, groups), 1, 0)


def matvec_by_steps(weights, activations, *, G: int, T: int, CODE_ORDER: str) -> np.ndarray:
    """The product as the engine makes it: the sum over steps of
    :func:`tritproof.ref.ternary.dot.tlmm_beat`; int64[outputs] of [outputs, inputs], [inputs].

    Equal to :func:`matvec` for every input.
    """
    codes = step_codes(weights, G=G, T=T, CODE_ORDER=CODE_ORDER)
    groups = steps(activations, G=G, T=T)[:, np.newaxis, :]
    beats = tlmm_beat.numpy(codes, groups, G=G, T=T, CODE_ORDER=CODE_ORDER)
    return beats.sum(axis=0)


def _padded(rows: np.ndarray, size: int) -> np.ndarray:
    count = -(-rows.shape[-1] // size)
    padding = [(0, 0)] * (rows.ndim - 1) + [(0, count * size - rows.shape[-1])]
    return np.pad(rows, padding).reshape(*rows.shape[:-1], count, size)


def _require_elements(name: str, array: np.ndarray, allowed: Integer) -> None:
    if array.size and not np.issubdtype(array.dtype, np.integer):
        raise ValueError(f"{name} have dtype {array.dtype}: pass integers")
    outside = (array < allowed.low) | (array > allowed.high)
    if np.any(outside):
        place = tuple(int(i) for i in np.argwhere(outside)[0])
        raise ValueError(f"{name}: element {place} is {array[place]}, outside {allowed}")
