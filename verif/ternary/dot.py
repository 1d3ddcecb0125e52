# SPDX-License-Identifier: Apache-2.0
"""Random cases shared by the three one-group dot products: one specification checks them all."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from tritproof.ref.ternary.codes import code_width
from tritproof.ref.ternary.dot import ACTIVATION, ternary_dot
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import (
    as_byte_rows,
    check_combinational,
    corner_biased,
    pack_elements,
    unpack_elements,
)


def activations_of(packed: np.ndarray, count: int) -> np.ndarray:
    """Return int8 activations int64[rows, count] from a packed ``activations`` port."""
    rows = as_byte_rows(packed, count * 8)
    return unpack_elements(rows, count, 8, signed=True)


def random_activations(rng: np.random.Generator, rows: int, count: int) -> np.ndarray:
    """Return int64[rows, count] activations, corners (-128, 127, 0, ...) in half of the places."""
    return corner_biased(rng, (rows, count), ACTIVATION.low, ACTIVATION.high)


def check(
    simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1
) -> Outcome:
    """Compare ``result`` with the dot product for all kinds of activations and codes."""
    group, order = params.g, params.code_order
    codes = 1 << code_width(order, group)

    def random_inputs(rng: np.random.Generator, rows: int) -> dict[str, np.ndarray]:
        return {
            "activations": pack_elements(random_activations(rng, rows, group), 8),
            "code": rng.integers(0, codes, rows),
        }

    def expected(inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        activations = activations_of(inputs["activations"], group)
        return {"result": ternary_dot.numpy(inputs["code"], activations, G=group, CODE_ORDER=order)}

    rng = np.random.default_rng(seed)
    return check_combinational(simulator, vectors, rng, random_inputs, expected, initial_state)
