# SPDX-License-Identifier: Apache-2.0
"""Which blocks and configurations a command line means."""

import difflib
from collections.abc import Iterable, Sequence

from tritproof.rtl.manifest import Block, blocks
from tritproof.tools.errors import UserError

SMALLEST = "tiny"


def resolve(
    names: Sequence[str] | None, configs: Sequence[str] | None, *, smallest: bool = False
) -> list[tuple[Block, str]]:
    """The (block, configuration) pairs meant by names; none of either means all.

    With `smallest`, no configuration means `tiny`, or the block's first where it has no `tiny`.

    Raises:
        UserError: an unknown name, or a named block that has none of the configurations.
    """
    known = blocks()
    _require(names or (), known, "there is no block", "blocks")
    chosen = list(dict.fromkeys(names or known))
    every = dict.fromkeys(config for name in chosen for config in known[name].configs)
    if names:
        _require(configs or (), every, f"{', '.join(chosen)} has no configuration", "it has")
    else:
        _require(configs or (), every, "there is no configuration", "configurations")
    pairs = []
    for name in chosen:
        block = known[name]
        found = [config for config in block.configs if not configs or config in configs]
        if not found and names:
            wanted = " or ".join(map(repr, configs or ()))
            listed = ", ".join(block.configs)
            raise UserError(f"{name} has no configuration {wanted}; it has: {listed}")
        if smallest and not configs:
            found = [SMALLEST] if SMALLEST in found else found[:1]
        pairs += [(block, config) for config in found]
    return pairs


def names(
    blocks: Sequence[str] | None, configs: Sequence[str] | None
) -> tuple[list[str] | None, list[str] | None]:
    """The names as given, checked as `resolve` does, with `None` for all."""
    resolve(blocks, configs)
    return list(blocks) if blocks else None, list(configs) if configs else None


def _require(given: Iterable[str], known: Iterable[str], problem: str, listed: str) -> None:
    valid = list(known)
    for name in given:
        if name not in valid:
            near = difflib.get_close_matches(name, valid, n=3, cutoff=0.5)
            hint = f" (near: {', '.join(near)})" if near else ""
            raise UserError(f"{problem} {name!r}{hint}; {listed}: {', '.join(valid)}")
