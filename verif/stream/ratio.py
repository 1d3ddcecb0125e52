# SPDX-License-Identifier: Apache-2.0
"""Equivalence of ratio: operands of every size, exact quotients and their neighbours."""

from typing import Any

import numpy as np
from tritproof.rtl.stream import whole_bytes
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import as_rows
from tritproof.verif.stream_cases import Case, check_cases
from tritproof.verif.streams import Beats

MOST = 100
"""Divisions of one case."""


def random_division(params: Any, rng: np.random.Generator) -> tuple[int, int]:
    """Return a dividend and a normalised divisor; of a third the quotient is next to an integer."""
    width = params.divisor_width
    dividend = int(rng.integers(0, 1 << params.dividend_width))
    divisor = int.from_bytes(rng.bytes(12), "little") % (1 << width)
    least, most = 1 << width - 2, (1 << width) - 1
    if rng.random() < 0.1:
        divisor = int(rng.choice([0, 1])) and most
    elif rng.random() < 0.4:
        quotient = int(rng.integers(1, 1 << params.quotient_width))
        divisor = (dividend << params.scale) // quotient + int(rng.integers(-1, 2))
    return dividend, min(max(divisor, least), most)


def expected(params: Any, dividend: int, divisor: int) -> int:
    """Return whether anything remains, above the quotient."""
    quotient, rest = divmod(dividend << params.scale, divisor)
    return quotient | (rest != 0) << params.quotient_width


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare every quotient, in order, with the definition."""
    low = params.dividend_width
    operand_bytes = whole_bytes(low + params.divisor_width) // 8
    result_bytes = whole_bytes(params.quotient_width + 1) // 8

    def draw(rng: np.random.Generator) -> Case:
        operands = [random_division(params, rng) for _ in range(int(rng.integers(1, MOST + 1)))]
        packed = [dividend | divisor << low for dividend, divisor in operands]
        due = [expected(params, *pair) for pair in operands]
        return Case(
            {"s_axis": Beats(as_rows(packed, operand_bytes))},
            {"m_axis": Beats(as_rows(due, result_bytes))},
        )

    return check_cases(simulator, vectors, seed, initial_state, draw)
