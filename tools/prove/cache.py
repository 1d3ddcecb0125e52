# SPDX-License-Identifier: Apache-2.0
"""Conclusive results, kept by the content of everything that could change them."""

import dataclasses
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from tritproof.tools import toolchain
from tritproof.tools.prove.evidence import Evidence
from tritproof.tools.prove.sbyfile import Task


@cache
def _runner_digest() -> str:
    """SHA-256 of the runner's own source: a changed check must not be answered by an old row."""
    folder = Path(__file__).parent
    text = b"\0".join(path.read_bytes() for path in sorted(folder.glob("*.py")))
    return hashlib.sha256(text).hexdigest()


def key_of(block: str, config: str, task: Task, sources: Mapping[str, bytes]) -> str:
    """Return the key of a result.

    `sources` maps the names in the task's `[files]` section to their bytes. The key covers the
    task's whole text (options, engines, script, directives), the sources, and all tool versions.
    """
    parts = {
        "block": block,
        "config": config,
        "task": task.name,
        "text": task.text,
        "guards": task.guard_depth,
        "sources": {name: hashlib.sha256(data).hexdigest() for name, data in sources.items()},
        "versions": toolchain.versions(),
        "runner": _runner_digest(),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def load(folder: Path, key: str) -> Evidence | None:
    """Return the kept result; None when there is none, or its waveform is gone."""
    try:
        record = json.loads((folder / f"{key}.json").read_text())
        found = Evidence(**record)
    except (OSError, ValueError, TypeError):
        return None
    if found.status not in ("PASS", "FAIL"):
        return None
    if found.waveform and not Path(found.waveform).is_file():
        return None
    return dataclasses.replace(found, cached=True)


def store(folder: Path, key: str, evidence: Evidence) -> None:
    """Keep a PASS or FAIL; anything else is not conclusive and is not kept."""
    if evidence.status not in ("PASS", "FAIL"):
        return
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, suffix=".partial")
    try:
        with os.fdopen(handle, "w") as file:
            json.dump(evidence.record(), file, indent=1)
        os.replace(name, folder / f"{key}.json")
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
