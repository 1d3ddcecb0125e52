# SPDX-License-Identifier: Apache-2.0
"""Reversed prefill: in which order tokens meet, and that every causal pair meets exactly once.

The queries of a sequence form tiles from its last token down, ``rows`` each: row r of the tile that
begins at token i holds query i - r. A tile's keys and values come from its first token down to
token 0, one a step, so that step s brings token i - s, and row r joins in at step r. No step is
masked for all rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tritproof.ref.attention.attention import attention
from tritproof.ref.spec import Integer, maximum, specification, unsigned


@specification(
    inputs=lambda WIDTH: {"begin": unsigned(WIDTH), "step": unsigned(WIDTH)},
    result=lambda WIDTH: Integer(0, (1 << WIDTH) - 1),
)
def walked_token(begin, step, *, WIDTH):
    """The token of a tile's step: max(begin - step, 0)."""
    return maximum(begin - step, 0)


def tile_begins(last: int, rows: int) -> range:
    """First tokens of the tiles of tokens 0 to ``last``."""
    return range(last, -1, -rows)


def tile_walk(
    last: int, rows: int, steps: int, heads: int, width: int
) -> Iterator[tuple[int, int, bool]]:
    """Yield (token, head, whether it ends a head's tile), every tile for each of ``heads``.

    ``steps`` of a tile, 0 for all down to token 0.
    """
    for begin in tile_begins(last, rows):
        count = steps or begin + 1
        for head in range(heads):
            for step in range(count):
                yield walked_token(begin, step, WIDTH=width), head, step == count - 1


def causal_pairs(tokens: int, rows: int) -> Iterator[tuple[int, int]]:
    """Yield every (query, key) in the order in which reversed prefill forms them."""
    for begin in tile_begins(tokens - 1, rows):
        for step in range(begin + 1):
            for row in range(min(rows, step + 1)):
                yield begin - row, begin - step


def prefill(
    queries: Sequence, keys: Sequence, values: Sequence, mantissa: int, shift: int, *,
    rows: int, tiles: Sequence[int] | None = None, **widths: int,
) -> list[list[int]]:
    """2**R times the results of every token's query, int8 vectors all, in token order.

    Each tile by itself, its keys in reversed order; ``tiles``: in which order the tiles come, by
    default from the last token down. ``widths`` are those of ``attention`` but N.
    """
    count = len(queries)
    begins = tile_begins(count - 1, rows)
    results: list = [None] * count
    for begin in begins if tiles is None else [begins[tile] for tile in tiles]:
        for row in range(min(rows, begin + 1)):
            met = range(begin - row, -1, -1)
            results[begin - row] = attention.exact(
                list(queries[begin - row]),
                [element for token in met for element in keys[token]],
                [element for token in met for element in values[token]],
                mantissa, shift, N=len(met), **widths,
            )  # fmt: skip
    return results
