# SPDX-License-Identifier: Apache-2.0
"""Hypothesis strategies for commands of the engine; they shrink to one small product of zeros."""

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from tritproof.verif.ternary.products import Command, Product, Refused


@st.composite
def products(draw: st.DrawFn, params: Any, most_inputs: int, most_outputs: int) -> Product:
    """Draw a product of at most the given sizes, and of at most the engine's."""
    inputs = draw(st.integers(1, min(most_inputs, params.max_inputs)))
    outputs = draw(st.integers(1, min(most_outputs, params.max_outputs)))
    trits, int8 = st.integers(-1, 1), st.integers(-128, 127)
    return Product(
        draw(arrays.arrays(np.int8, (outputs, inputs), elements=trits)),
        draw(arrays.arrays(np.int8, (inputs,), elements=int8)),
    )


def refused(params: Any) -> st.SearchStrategy[Refused]:
    """Draw a command with a size of zero or above the maximum."""
    top = (1 << 16) - 1

    def bad(limit: int) -> st.SearchStrategy[int]:
        zero = st.just(0)
        return zero if limit == top else zero | st.integers(limit + 1, top)

    inputs, outputs = st.integers(1, params.max_inputs), st.integers(1, params.max_outputs)
    return st.builds(Refused, bad(params.max_inputs), outputs) | st.builds(
        Refused, inputs, bad(params.max_outputs)
    )


def commands(
    params: Any, most: int = 6, most_inputs: int = 64, most_outputs: int = 64
) -> st.SearchStrategy[list[Command]]:
    """Draw 1 to ``most`` commands, good and refused ones mixed."""
    one = products(params, most_inputs, most_outputs) | refused(params)
    return st.lists(one, min_size=1, max_size=most)
