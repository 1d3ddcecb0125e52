# SPDX-License-Identifier: Apache-2.0
"""The golden functions of every block: which specification a block is proved against."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

import tritproof.ref
from tritproof.ref.spec import golden_file

Constants = Mapping[str, Any]
Builder = Callable[[Constants], Iterable[str]]

_BUILDERS: dict[str, Builder] = {}


def goldens(*block_names: str) -> Callable[[Builder], Builder]:
    """Register a function that makes the golden functions of the blocks named.

    It takes the block's constants (upper-case names) and gives SystemVerilog functions
    (``Specification.golden``), maybe none.

    Raises:
        ValueError: a block is registered already.
    """
    def register(builder: Builder) -> Builder:
        for name in block_names:
            if name in _BUILDERS:
                raise ValueError(f"block {name} has golden functions already, "
                                 f"from {_BUILDERS[name].__module__}: register it once")
            _BUILDERS[name] = builder
        return builder
    return register


def golden_for(block_name: str, constants: Constants) -> str:
    """The text of ``golden.sv`` for a block; equal arguments give equal text.

    Raises:
        KeyError: no golden functions are registered for the block, or a constant they need is
            missing.
        RangeError: the specification does not hold its declared ranges at these constants.
    """
    builder = builders().get(block_name)
    if builder is None:
        raise KeyError(f"no golden functions for block {block_name!r}: register them with "
                       f"@goldens; known are {', '.join(builders())}")
    return golden_file(builder(constants))


@cache
def builders() -> dict[str, Builder]:
    """Every registered builder by block name, sorted; imports all modules of tritproof.ref."""
    for module in pkgutil.walk_packages(tritproof.ref.__path__, "tritproof.ref."):
        importlib.import_module(module.name)
    return dict(sorted(_BUILDERS.items()))
