# SPDX-License-Identifier: Apache-2.0
"""Hypothesis strategies for stalls and for batches of port values; they shrink towards nothing."""

from collections.abc import Iterable, Sequence

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from tritproof.verif.compile import PortLike
from tritproof.verif.random_stalls import Stall


def stalls(streams: Iterable[str]) -> st.SearchStrategy[dict[str, Stall]]:
    """Draw how each stream waits; shrinks to no stream waiting."""
    one = st.builds(Stall, st.sampled_from([0.0, 0.3, 0.7, 0.95]), st.sampled_from([1, 3, 30]))
    return st.dictionaries(st.sampled_from(sorted(streams)), one)


@st.composite
def port_rows(
    draw: st.DrawFn, ports: Sequence[PortLike], max_rows: int = 64
) -> dict[str, np.ndarray]:
    """Draw 1 to ``max_rows`` rows of byte values for every input among ``ports``.

    Shrinks to one row of zeros. Bits above a port's width are zero.
    """
    rows = draw(st.integers(1, max_rows))
    values = {}
    for port in ports:
        if port.direction == "in":
            size = (port.width + 7) // 8
            values[port.name] = draw(arrays.arrays(np.uint8, (rows, size)))
            values[port.name][:, -1] &= (1 << (port.width - 1) % 8 + 1) - 1
    return values
