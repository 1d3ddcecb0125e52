# SPDX-License-Identifier: Apache-2.0
"""Which of the project's own modules a module is made of."""

import ast
import hashlib
import importlib.util
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = "tritproof"


def digest(*modules: str, leave_out: tuple[str, ...] = ()) -> str:
    """Return the SHA-256 of the sources of modules and of all that they import, in any depth.

    What is imported from the packages to ``leave_out`` is not looked at.
    """
    found: dict[str, Path] = {}
    pending = list(modules)
    while pending:
        name = pending.pop()
        if name not in found and (path := _file(name)) is not None:
            found[name] = path
            left_out = tuple(f"{package}." for package in leave_out)
            pending += (name for name in _imported(path) if not f"{name}.".startswith(left_out))
    total = hashlib.sha256()
    for name in sorted(found):
        total.update(f"{name}\0".encode() + found[name].read_bytes() + b"\0")
    return total.hexdigest()


@cache
def _file(name: str) -> Path | None:
    """The source of a module of the project; None for a package without one, or another name."""
    try:
        found = importlib.util.find_spec(name)
    except ModuleNotFoundError:
        return None
    if found is None or found.origin is None or not found.origin.endswith(".py"):
        return None
    return Path(found.origin)


def _imported(path: Path) -> Iterator[str]:
    """The names a source imports from the project; of `from a import b`, both a and a.b."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        yield from (name for name in names if name.split(".")[0] == PACKAGE)
