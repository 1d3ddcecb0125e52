# SPDX-License-Identifier: Apache-2.0
"""What every importer needs: a file worth opening, and errors of one line."""

import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tritproof.tools.errors import UserError

MAX_BYTES = 1 << 30
"""Largest tensor read, in bytes as stored: above every matrix an engine takes."""

_LONGEST_TEXT = 200


def one_line(text: object) -> str:
    """Return ``text`` with white space merged, control characters escaped and its length limited.

    Names and messages that come out of a file go through here before they are shown.
    """
    line = " ".join(str(text).split())
    line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)
    return line if len(line) <= _LONGEST_TEXT else line[: _LONGEST_TEXT - 3] + "..."


def error(path: Path, problem: str, remedy: str, *, place: str = "") -> UserError:
    """Return the UserError for ``path``: file, place in it, problem and remedy in one line."""
    where = f"{one_line(path)}: {one_line(place)}: " if place else f"{one_line(path)}: "
    return UserError(f"{where}{one_line(problem)}; {one_line(remedy)}")


def file_size(path: Path) -> int:
    """Return the bytes of a regular, non-empty file; raise UserError for anything else."""
    try:
        found = path.stat()
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        raise error(path, f"cannot be opened: {reason}", "check the path") from problem
    if not stat.S_ISREG(found.st_mode):
        raise error(path, "is not a regular file", "name the file that holds the matrix")
    if found.st_size == 0:
        raise error(path, "is empty", "write or download it again")
    return found.st_size


@contextmanager
def reading(path: Path, what: str, *, place: str = "") -> Iterator[None]:
    """Turn whatever a library raises on a damaged file into a UserError: they raise anything."""
    try:
        yield
    except UserError:
        raise
    except PermissionError as problem:
        raise error(path, "may not be read", "change its permissions") from problem
    except Exception as problem:
        reason = one_line(problem) or type(problem).__name__
        reason = f"lacks {reason}" if isinstance(problem, KeyError) else reason
        raise error(
            path,
            f"is not {what}, or is damaged ({reason})",
            "write or download it again",
            place=place,
        ) from problem


def choose(
    path: Path,
    names: Sequence[str],
    name: str | None,
    kind: str,
    remedy: str = "choose one with --tensor NAME",
) -> str:
    """Return the tensor to read: ``name``, or the only one there is.

    Raises UserError listing the names when there is none, a choice, or no such name.
    """
    shown = [one_line(known) for known in names[:8]]
    listed = ", ".join(shown) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
    if not names:
        raise error(path, f"holds no {kind}", f"give a file with one {kind}")
    if name is None and len(names) > 1:
        raise UserError(f"{one_line(path)}: holds {len(names)} {kind}s: {listed}; {remedy}")
    if name is not None and name not in names:
        raise UserError(
            f"{one_line(path)}: holds no {kind} named {one_line(name)!r}, only {listed}; {remedy}"
        )
    return name or names[0]


def check_stored_size(path: Path, place: str, size: int) -> None:
    """Raise UserError if a tensor of ``size`` bytes is too large to be read."""
    if size > MAX_BYTES:
        raise error(
            path,
            f"takes {size:,} bytes, more than the {MAX_BYTES:,} accepted",
            "split the matrix, or store it as int8",
            place=place,
        )
