# SPDX-License-Identifier: Apache-2.0
"""Tensors written one by one, kept over an interruption, then joined to one safetensors file.

A finished tensor is two files in ``OUT.parts``: its bytes, and behind them its description, so that
what is described is whole. Joining copies file by file: no more than a piece is in memory.
"""

import json
import os
import re
import shutil
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tritproof.tools.errors import UserError

_ALIGNMENT = 8
_PIECE = 1 << 20


class Parts:
    """The folder of one conversion, which ``task`` describes; one of another is refused."""

    def __init__(self, out: Path, task: Mapping[str, Any]) -> None:
        self.out, self.folder = out, out.with_name(out.name + ".parts")
        if out.exists():
            raise UserError(f"{out}: exists; name another file, or delete it")
        described = json.dumps(task, indent=1)
        note = self.folder / "task.json"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if not note.exists():
                _replace(note, described.encode())
            elif note.read_text() != described:
                raise UserError(
                    f"{self.folder}: holds another conversion that was interrupted; finish that "
                    "one, or delete the folder"
                )
        except OSError as problem:
            raise UserError(f"{out}: {problem.strerror}; name a place to write to") from problem

    def record(self, index: int) -> dict[str, Any] | None:
        """Return what was said of a finished tensor, None if it is not."""
        path = self._path(index, "json")
        return json.loads(path.read_text()) if path.exists() else None

    def write(self, index: int, record: Mapping[str, Any], entries: Mapping[str, Any]) -> None:
        """Keep a tensor: ``entries`` has dtype, shape and bytes of each to be written by name."""
        described = {}
        with self._path(index, "part").open("wb") as stream:
            for name, (dtype, shape, content) in entries.items():
                stored = np.ascontiguousarray(content).reshape(-1).view(np.uint8)
                where = {"part": index, "begin": stream.tell(), "size": len(stored)}
                described[name] = {"dtype": dtype, "shape": list(shape), **where}
                stream.write(stored.data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(self._path(index, "part"), self._path(index, "bin"))
        text = json.dumps({**record, "entries": described})
        _replace(self._path(index, "json"), text.encode())

    def join(self, count: int, metadata: Mapping[str, str]) -> None:
        """Write the file of the first ``count`` tensors and delete the folder."""
        entries = _ordered([(self.record(index) or {})["entries"] for index in range(count)])
        part = self.out.with_name(self.out.name + ".part")
        with part.open("wb") as stream:
            stream.write(_header(entries, metadata))
            for entry in entries.values():
                with self._path(entry["part"], "bin").open("rb") as content:
                    content.seek(entry["begin"])
                    for left in range(entry["size"], 0, -_PIECE):
                        stream.write(content.read(min(left, _PIECE)))
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(part, self.out)
        shutil.rmtree(self.folder)

    def _path(self, index: int, suffix: str) -> Path:
        return self.folder / f"{index:06}.{suffix}"


def _ordered(parts: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the entries of all parts, those of wide numbers first, so that all are aligned."""
    found: dict[str, dict[str, Any]] = {}
    for entries in parts:
        for name, entry in entries.items():
            if name in found:
                raise UserError(f"two tensors would be named {name!r}; rename one of the model's")
            found[name] = entry
    widths = {name: int(re.sub(r"\D", "", e["dtype"][-2:]) or 8) for name, e in found.items()}
    return dict(sorted(found.items(), key=lambda item: -widths[item[0]]))


def _header(entries: Mapping[str, Mapping[str, Any]], metadata: Mapping[str, str]) -> bytes:
    header: dict[str, Any] = {"__metadata__": dict(metadata)}
    begin = 0
    for name, entry in entries.items():
        end = begin + entry["size"]
        described = {"dtype": entry["dtype"], "shape": entry["shape"]}
        header[name] = {**described, "data_offsets": [begin, end]}
        begin = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % _ALIGNMENT)
    return struct.pack("<Q", len(text)) + text


def _replace(path: Path, content: bytes) -> None:
    part = path.with_suffix(path.suffix + ".part")
    part.write_bytes(content)
    os.replace(part, path)
