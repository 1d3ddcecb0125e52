# SPDX-License-Identifier: Apache-2.0
"""Tensors written one by one, kept over an interruption, then joined to one file.

A finished tensor is two files in ``OUT.parts``: its bytes, and behind them its description, so that
what is described is whole. Joining copies file by file: no more than a piece is in memory.
"""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from tritproof.tools.errors import UserError
from tritproof.tools.importers.notes import Note
from tritproof.tools.weights_files import Container, Entry

_PIECE = 1 << 20


class Parts:
    """The folder of one conversion, which ``task`` describes; one of another is refused."""

    def __init__(self, out: Path, task: Mapping[str, Any]) -> None:
        self.out, self.folder = out, out.with_name(out.name + ".parts")
        if out.exists():
            raise UserError(f"{out}: exists; name another file, or delete it")
        described = json.dumps(task, indent=1)
        note = self.folder / "task.json"
        with self._writing():
            self.folder.mkdir(parents=True, exist_ok=True)
            if not note.exists() or not any(self.folder.glob("[0-9]*.json")):
                _replace(note, described.encode())
        if note.read_bytes() != described.encode():
            raise UserError(
                f"{self.folder}: holds another conversion that was interrupted; finish that one, "
                "or delete the folder"
            )

    def record(self, index: int) -> dict[str, Any] | None:
        """Return what was said of a finished tensor, None if it is not."""
        path = self._path(index, "json")
        try:
            return json.loads(path.read_text()) if path.exists() else None
        except ValueError as problem:
            raise UserError(
                f"{self.folder}: holds a damaged {path.name}; delete the folder"
            ) from problem

    def write(self, index: int, record: Mapping[str, Any], entries: Mapping[str, Entry]) -> None:
        """Keep a finished tensor: what is said of it, and what is to be written, by name."""
        described = {}
        with self._writing(), self._path(index, "part").open("wb") as stream:
            for name, entry in entries.items():
                stored = np.ascontiguousarray(entry.content).reshape(-1).view(np.uint8)
                where = {"part": index, "begin": stream.tell(), "size": len(stored)}
                described[name] = {
                    "dtype": entry.dtype, "shape": list(entry.shape), "ggml": entry.ggml, **where,
                }  # fmt: skip
                stream.write(stored.data)
            stream.flush()
            os.fsync(stream.fileno())
        with self._writing():
            os.replace(self._path(index, "part"), self._path(index, "bin"))
            text = json.dumps({**record, "entries": described})
            _replace(self._path(index, "json"), text.encode())

    def join(self, count: int, container: Container, notes: Mapping[str, Note]) -> None:
        """Write the file of the first ``count`` tensors and delete the folder."""
        entries = container.ordered(self._entries(count))
        part = self.out.with_name(self.out.name + ".part")
        with self._writing(), part.open("wb") as stream:
            stream.write(container.head(entries, notes))
            for entry in entries.values():
                with self._path(entry["part"], "bin").open("rb") as content:
                    content.seek(entry["begin"])
                    for left in range(entry["size"], 0, -_PIECE):
                        stream.write(content.read(min(left, _PIECE)))
                stream.write(bytes(-entry["size"] % container.alignment))
            stream.flush()
            os.fsync(stream.fileno())
        with self._writing():
            os.replace(part, self.out)
            shutil.rmtree(self.folder)

    def _entries(self, count: int) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for index in range(count):
            for name, entry in (self.record(index) or {})["entries"].items():
                if name in found:
                    raise UserError(f"two tensors would be named {name!r}; rename one of them")
                found[name] = entry
        return found

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as problem:
            raise UserError(
                f"{self.out}: {problem.strerror}; make room there, or name another place, and run "
                "the same command again"
            ) from problem

    def _path(self, index: int, suffix: str) -> Path:
        return self.folder / f"{index:06}.{suffix}"


def _replace(path: Path, content: bytes) -> None:
    part = path.with_suffix(path.suffix + ".part")
    part.write_bytes(content)
    os.replace(part, path)
