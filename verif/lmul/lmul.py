# SPDX-License-Identifier: Apache-2.0
"""Equivalence of lmul: every pair of codes of 8 bits, else codes of every kind."""

import dataclasses
from typing import Any

import numpy as np
from tritproof.ref.lmul.lmul import lmul
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


def expected(params: Any, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the specification's codes int64."""
    return lmul.numpy(
        a, b, EXPONENT_BITS=params.exponent_bits, MANTISSA_BITS=params.mantissa_bits,
        INFINITIES=int(params.infinities), OFFSET=params.offset, SATURATE=int(params.saturate),
    )  # fmt: skip


def enumeration(params: Any) -> Enumeration:
    """Every pair of codes, against the specification."""

    def due(inputs: Values) -> Values:
        return {"result": expected(params, inputs["a"], inputs["b"])}

    return Enumeration(LATENCY, due)


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare products, the enable low at random; of codes of 8 bits every pair besides."""

    def draw(rng: np.random.Generator, rows: int) -> Values:
        return {name: random_codes(params, rng, rows) for name in ("a", "b")}

    every = enumeration(params)
    outcome = check_enumeration(every, simulator, vectors, seed, initial_state, draw)
    count = input_count(simulator.ports)
    if count > MOST_PAIRS:
        return outcome
    complete = compare_numbered(every, simulator, np.arange(count), initial_state)
    return dataclasses.replace(outcome + complete, exhaustive=True)
