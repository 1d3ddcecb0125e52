# SPDX-License-Identifier: Apache-2.0
"""Equivalence of lmul: every pair of codes of 8 bits, else codes of every kind."""

import dataclasses
from typing import Any

import numpy as np
from tritproof.ref.lmul.lmul import Format, lmul
from tritproof.rtl.lmul.lmul import LATENCY
from tritproof.verif.enumeration import (
    Enumeration,
    check_enumeration,
    compare_numbered,
    input_count,
)
from tritproof.verif.outcome import Outcome
from tritproof.verif.pipelines import Values

MOST_PAIRS = 1 << 16
"""So many are all compared."""


def random_codes(params: Any, rng: np.random.Generator, rows: int) -> np.ndarray:
    """Return codes int64: half of them anything, half close to the edges of the format."""
    signs = 1 << (params.width - 1)
    anything = rng.integers(0, 2 * signs, rows)
    edges = np.array([0, params.least, params.bias << params.mantissa_bits, params.largest])
    near = np.clip(rng.choice(edges, rows) + rng.integers(-3, 4, rows), 0, signs - 1)
    near += signs * rng.integers(0, 2, rows)
    return np.where(rng.random(rows) < 0.5, anything, near)


def format_of(params: Any) -> Format:
    """Return the format of a block's codes."""
    return Format(params.exponent_bits, params.mantissa_bits, params.bias, params.infinities)


def enumeration(params: Any) -> Enumeration:
    """Every pair of codes, against the specification."""
    sizes = format_of(params).sizes(params.offset, params.saturate)

    def due(inputs: Values) -> Values:
        return {"result": lmul.numpy(inputs["a"], inputs["b"], **sizes)}

    return Enumeration(LATENCY, due)


def check_pairs(
    every: Enumeration, simulator: Any, params: Any, vectors: int, seed: int, initial_state: int
) -> Outcome:
    """Compare random products, the enable low at random; of codes of 8 bits all besides."""

    def draw(rng: np.random.Generator, rows: int) -> Values:
        return {name: random_codes(params, rng, rows) for name in ("a", "b")}

    outcome = check_enumeration(every, simulator, vectors, seed, initial_state, draw)
    count = input_count(simulator.ports)
    if count > MOST_PAIRS:
        return outcome
    complete = compare_numbered(every, simulator, np.arange(count), initial_state)
    return dataclasses.replace(outcome + complete, exhaustive=True)


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare products, the enable low at random; of codes of 8 bits every pair besides."""
    return check_pairs(enumeration(params), simulator, params, vectors, seed, initial_state)
