# SPDX-License-Identifier: Apache-2.0
"""All formats, found in the modules of this package."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

import tritproof.ref.formats
from tritproof.ref.formats.format import Format


@cache
def formats() -> dict[str, Format]:
    """Every format by name, those of tiles by the name in front of them, at one published tile."""
    package = tritproof.ref.formats
    modules = [import_module(f"{package.__name__}.{found.name}")
               for found in iter_modules(package.__path__) if found.name != "registry"]
    found = {one.name.partition(":")[0]: one for module in modules for one in vars(module).values()
             if isinstance(one, Format)}
    return dict(sorted(found.items()))


def spellings() -> list[str]:
    """How formats are named: ``tl1:BM,BK,bm`` where a tile is part of the name."""
    return [f"{name}:BM,BK,bm" if one.tile else name for name, one in formats().items()]


def format_named(text: str) -> Format:
    """The format of a name, for example ``tq2_0`` or ``tl1:256,128,32``.

    Raises:
        ValueError: there is none; the message lists those there are.
    """
    name, colon, tile = text.partition(":")
    found = formats().get(name)
    make = found and found.tile
    if found is None or (colon and not make):
        raise ValueError(f"no format is named {text!r}; there are {', '.join(spellings())}")
    if not colon or not make:
        return found
    try:
        sizes = [int(size) for size in tile.split(",")]
    except ValueError:
        sizes = []
    if len(sizes) != 3:
        raise ValueError(f"format {name} needs its tile as {name}:BM,BK,bm, not {text!r}")
    return make(*sizes)
