# SPDX-License-Identifier: Apache-2.0
"""The files that converted weights are written to: what stands in front of the tensors' bytes."""

import dataclasses
import json
import re
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from gguf import GGUF_MAGIC, GGUFValueType
from tritproof.ref.formats.format import Format
from tritproof.ref.formats.registry import formats
from tritproof.tools.errors import UserError
from tritproof.tools.importers.gguf_files import GgufFile
from tritproof.tools.importers.notes import KEY, Note, write_notes
from tritproof.tools.importers.sources import Source

Written = Mapping[str, Mapping[str, Any]]
"""Tensors by name: dtype, shape, size in bytes, and ggml: type number and shape, or None."""
_ALIGNMENT = 8


@dataclasses.dataclass(frozen=True)
class Entry:
    """A tensor to be written; ``ggml`` is its type number and shape in a GGUF file, if it has."""

    dtype: str
    shape: tuple[int, ...]
    content: np.ndarray
    ggml: tuple[int, tuple[int, ...]] | None = None


class Container(Protocol):
    """A kind of file: tensors begin at multiples of ``alignment``, in the order of ``ordered``."""

    alignment: int

    def ordered(self, entries: Written) -> Written: ...

    def head(self, entries: Written, notes: Mapping[str, Note]) -> bytes:
        """What stands in front of the tensors."""


def container_for(out: Path, source: Source, target: Format) -> Container:
    """Return the kind of file that ``out`` is by its suffix.

    Raises UserError for another suffix, and for a GGUF file of what does not fit into one.
    """
    suffix = out.suffix.lower()
    if suffix == ".safetensors":
        return SafetensorsOut(getattr(source, "metadata", {}))
    if suffix != ".gguf":
        raise UserError(f"{out}: does not end in .safetensors or .gguf; name a file that does")
    if not isinstance(source, GgufFile):
        raise UserError(
            f"{out}: needs the metadata of a model, and {source.path} is no GGUF file; "
            "name a file that ends in .safetensors"
        )
    if ggml_type(target) is None:
        raise UserError(
            f"{out}: has no type for {target.name} with its scale; "
            "name a file that ends in .safetensors"
        )
    return GgufOut(source)


def ggml_type(one: Format) -> int | None:
    """The type number under which a format is written: its own, where it has several."""
    if one.scales == "apart" or not one.ggml_types:
        return None
    shared = {n for other in formats().values() if other is not one for n in other.ggml_types}
    return next((n for n in one.ggml_types if n not in shared), one.ggml_types[0])


class SafetensorsOut:
    """A safetensors file with the metadata of its source."""

    alignment = 1

    def __init__(self, metadata: Mapping[str, str]) -> None:
        self._metadata = metadata

    def ordered(self, entries: Written) -> Written:
        """Wide numbers first, so that all are aligned."""
        widths = {name: int(re.sub(r"\D", "", e["dtype"][-2:]) or 8) for name, e in entries.items()}
        return dict(sorted(entries.items(), key=lambda item: -widths[item[0]]))

    def head(self, entries: Written, notes: Mapping[str, Note]) -> bytes:
        header: dict[str, Any] = {"__metadata__": {**self._metadata, **write_notes(notes)}}
        begin = 0
        for name, entry in entries.items():
            end = begin + entry["size"]
            described = {"dtype": entry["dtype"], "shape": entry["shape"]}
            header[name] = {**described, "data_offsets": [begin, end]}
            begin = end
        text = json.dumps(header).encode()
        text += b" " * (-len(text) % _ALIGNMENT)
        return struct.pack("<Q", len(text)) + text


class GgufOut:
    """A GGUF file with the metadata of its source, byte by byte, and one value more."""

    def __init__(self, source: GgufFile) -> None:
        self._header, self.alignment = source.header, source.header.alignment

    def ordered(self, entries: Written) -> Written:
        return entries

    def head(self, entries: Written, notes: Mapping[str, Note]) -> bytes:
        values = self._header.values + _text(KEY) + struct.pack("<I", GGUFValueType.STRING)
        values += _text(write_notes(notes)[KEY])
        infos, offset = b"", 0
        for name, entry in entries.items():
            number, shape = entry["ggml"]
            infos += _text(name) + struct.pack("<I", len(shape))
            infos += b"".join(struct.pack("<Q", size) for size in reversed(shape))
            infos += struct.pack("<IQ", number, offset)
            offset += -(-entry["size"] // self.alignment) * self.alignment
        counts = (self._header.version, len(entries), self._header.value_count + 1)
        head = struct.pack("<IIQQ", GGUF_MAGIC, *counts) + values + infos
        return head + bytes(-len(head) % self.alignment)


def _text(text: str) -> bytes:
    content = text.encode("utf-8", "surrogateescape")
    return struct.pack("<Q", len(content)) + content
