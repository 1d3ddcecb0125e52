# SPDX-License-Identifier: Apache-2.0
"""Equivalence of the divider: random divisions of every size, ties, overflows and zeros."""

from typing import Any

import numpy as np
from tritproof.ref.softmax.divide import divide
from tritproof.rtl.stream import whole_bytes
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import as_rows
from tritproof.verif.stream_cases import Case, check_cases
from tritproof.verif.streams import Beats

MOST = 200
"""Divisions of one case."""


def random_divisions(
    params: Any, rng: np.random.Generator, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return int64[count] dividends and divisors.

    Most quotients fit; a quarter of the remainders lie at or next to 0, half the divisor, or the
    divisor.
    """
    divisors = _of_any_size(rng, params.divisor_width, count)
    quotients = _of_any_size(rng, params.quotient_width, count)
    at = rng.choice([0, 1, 2], count) * divisors // 2 + rng.integers(-1, 2, count)
    remainders = np.where(rng.random(count) < 0.25, at, rng.integers(0, 1 << 62, count))
    dividends = quotients * divisors + remainders % np.maximum(divisors, 1)
    free = rng.integers(0, 1 << params.dividend_width, count)
    chosen = np.where(rng.random(count) < 0.1, free, dividends)
    return chosen & ((1 << params.dividend_width) - 1), divisors


def _of_any_size(rng: np.random.Generator, width: int, count: int) -> np.ndarray:
    return rng.integers(0, 1 << width, count) >> rng.integers(0, width + 1, count)


def expected(params: Any, dividends: np.ndarray, divisors: np.ndarray) -> np.ndarray:
    """Return the overflow flag above the rounded quotient, int64[count]."""
    return divide.numpy(
        dividends,
        divisors,
        N=params.dividend_width,
        D=params.divisor_width,
        Q=params.quotient_width,
        ROUNDING=params.rounding,
    )


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare every quotient, in order, with the definition."""
    low = params.dividend_width
    operand_bytes = whole_bytes(low + params.divisor_width) // 8
    result_bytes = whole_bytes(params.result_width + 1) // 8

    def draw(rng: np.random.Generator) -> Case:
        count = int(rng.integers(1, min(MOST, vectors) + 1))
        dividends, divisors = random_divisions(params, rng, count)
        packed = [int(n) | int(d) << low for n, d in zip(dividends, divisors, strict=True)]
        due = [int(one) for one in expected(params, dividends, divisors)]
        return Case(
            {"s_axis": Beats(as_rows(packed, operand_bytes))},
            {"m_axis": Beats(as_rows(due, result_bytes))},
        )

    return check_cases(simulator, vectors, seed, initial_state, draw)
