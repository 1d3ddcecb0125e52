# SPDX-License-Identifier: Apache-2.0
"""Which blocks and configurations a command line means."""

import difflib
from collections.abc import Iterable, Sequence

from tritproof.rtl.manifest import Block, blocks
from tritproof.tools.errors import UserError

SMALLEST = "tiny"


def resolve(
    names: Sequence[str] | None,
    configs: Sequence[str] | None,
    *,
    checked: bool = False,
    smallest: bool = False,
) -> list[tuple[Block, str]]:
    """The (block, configuration) pairs meant by names; none of either means all.

    With `checked`, "all" leaves out the blocks that exist only for comparison. With `smallest`,
    no configuration means `tiny`, or the block's first where it has no `tiny`.

    Raises:
        UserError: an unknown name, or a named block that has none of the configurations.
    """
    known = blocks()
    _require(names or (), known, "block")
    every = list(dict.fromkeys(name for block in known.values() for name in block.configs))
    _require(configs or (), every, "configuration")
    chosen = list(dict.fromkeys(names or [n for n in known if not checked or is_checked(known[n])]))
    pairs = []
    for name in chosen:
        block = known[name]
        found = [config for config in block.configs if not configs or config in configs]
        if not found and names:
            raise UserError(
                f"{name} has no configuration {' or '.join(configs or ())}; "
                f"it has: {', '.join(block.configs)}"
            )
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


def is_checked(block: Block) -> bool:
    """False for a block that exists only for comparison and carries no proof."""
    return getattr(block, "parts_used", True)


def _require(given: Iterable[str], known: Iterable[str], kind: str) -> None:
    valid = list(known)
    for name in given:
        if name not in valid:
            near = difflib.get_close_matches(name, valid, n=3, cutoff=0.5)
            hint = f" (near: {', '.join(near)})" if near else ""
            raise UserError(f"there is no {kind} {name!r}{hint}; {kind}s: {', '.join(valid)}")


def shape(text: str | None) -> tuple[int, int] | None:
    """Return OUTPUTSxINPUTS as two numbers; raise UserError for anything else."""
    if text is None:
        return None
    sizes = text.lower().split("x")
    if len(sizes) != 2 or not all(size.isascii() and size.isdigit() for size in sizes):
        raise UserError(f"--shape must be OUTPUTSxINPUTS, for example 1536x4096, not {text!r}")
    return int(sizes[0]), int(sizes[1])
