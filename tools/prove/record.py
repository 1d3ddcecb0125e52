# SPDX-License-Identifier: Apache-2.0
"""The record of what was proved, kept beside the files that it was proved of.

`tritproof prove --record` writes it after a run in which everything passed. The tests compare it
with the tree, so a file that differs in one bit from the one that was proved is noticed at once,
without a solver.
"""

import hashlib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from tritproof.rtl.manifest import root
from tritproof.tools.errors import UserError
from tritproof.tools.prove.evidence import Evidence

RECORD = "formal/PROVED.json"
COMMAND = "tritproof prove --record"
SOURCES = {"rtl": {".py", ".csv"}, "ref": {".py"}, "formal": {".sv", ".svh", ".sby"}}
"""Folders and kinds of the files that say what is proved of what."""
FIELDS = ("block", "config", "task", "method", "status", "properties", "covers", "digest")


def source_digests(folder: Path | None = None) -> dict[str, str]:
    """Return the SHA-256 of every RTL, specification and property file, by path from the root."""
    folder = root() if folder is None else folder
    files = [
        path
        for name, kinds in SOURCES.items()
        for path in (folder / name).rglob("*")
        if path.suffix in kinds
    ]
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(files)
    }


def write(rows: Iterable[Evidence], folder: Path | None = None) -> None:
    """Record the rows of a run of all tasks.

    Raises:
        UserError: a row is not PASS; what was recorded before stays.
    """
    folder = root() if folder is None else folder
    rows = list(rows)
    if sampled := [f"{row.block} {row.config}" for row in rows if row.status == "SAMPLED"]:
        raise UserError(
            f"{RECORD} is left as it was: a sample was tried of the inputs of "
            f"{', '.join(sampled)}; run: {COMMAND} --exhaustive"
        )
    if failed := [f"{row.block} {row.config} {row.task}" for row in rows if row.status != "PASS"]:
        raise UserError(f"{RECORD} is left as it was: {', '.join(failed)} did not pass")
    record = {
        "sources": source_digests(folder),
        "rows": [{field: row.record()[field] for field in FIELDS} for row in rows],
    }
    (folder / RECORD).write_text(json.dumps(record, indent=1) + "\n")


@cache
def read(folder: Path | None = None) -> dict[str, Any]:
    """Return the record: ``sources`` by path, and ``rows``; both empty when there is none."""
    path = (root() if folder is None else folder) / RECORD
    return json.loads(path.read_text()) if path.is_file() else {"sources": {}, "rows": []}


def rows_of(block: str) -> list[dict[str, Any]]:
    """Return the recorded rows of a block."""
    return [row for row in read()["rows"] if row["block"] == block]


def changed_files(folder: Path | None = None) -> list[str]:
    """Return the source files that are not, or no longer, those of the record."""
    recorded, present = read(folder)["sources"], source_digests(folder)
    return sorted(
        path
        for path in recorded.keys() | present.keys()
        if recorded.get(path) != present.get(path)
    )


def require_everything(selected: object, verilog: Path | None) -> None:
    """Refuse to record a part: `selected` are the blocks, configurations and tasks asked for.

    Raises:
        UserError: something was selected.
    """
    if selected or verilog is not None:
        raise UserError(f"--record is for everything at once: {COMMAND}, no block or task named")
