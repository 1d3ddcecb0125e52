# SPDX-License-Identifier: Apache-2.0
"""The table of tensors of a GGUF file.

``gguf.GGUFReader`` trusts every length in the file: a damaged one makes it loop without end or
fill the memory. This walk checks each length against the file and skips metadata without copying
it; the names of types and the block sizes are the gguf package's.
"""

import dataclasses
import struct
from pathlib import Path

from gguf import GGUF_DEFAULT_ALIGNMENT, GGUF_MAGIC, GGUFValueType
from tritproof.tools.importers.files import error, one_line
from tritproof.tools.importers.notes import KEY

VERSIONS = (2, 3)
MAX_DIMENSIONS = 4
MAX_HEADER_BYTES = 1 << 26
"""Far above any real metadata; a damaged length could send the walk through the weights."""

_SCALAR_BYTES = {
    GGUFValueType.UINT8: 1,
    GGUFValueType.INT8: 1,
    GGUFValueType.UINT16: 2,
    GGUFValueType.INT16: 2,
    GGUFValueType.UINT32: 4,
    GGUFValueType.INT32: 4,
    GGUFValueType.FLOAT32: 4,
    GGUFValueType.BOOL: 1,
    GGUFValueType.UINT64: 8,
    GGUFValueType.INT64: 8,
    GGUFValueType.FLOAT64: 8,
}


@dataclasses.dataclass(frozen=True)
class TensorEntry:
    """One tensor: ``shape`` slowest dimension first, ``type_number`` GGML's, ``start`` its first
    byte in the file."""

    name: str
    shape: tuple[int, ...]
    type_number: int
    start: int


@dataclasses.dataclass(frozen=True)
class Header:
    """What stands in front of the tensors: ``values`` are the bytes of ``value_count`` metadata
    values, without that of :data:`KEY`, whose text is ``note``."""

    tensors: dict[str, TensorEntry]
    version: int
    alignment: int
    value_count: int
    values: bytes
    note: str | None


def read_header(content: memoryview, path: Path) -> Header:
    """Return the header of a GGUF file.

    Raises UserError naming the byte for what is not GGUF 2 or 3 in little-endian order.
    """
    return _Walk(content, path).header()


class _Walk:
    def __init__(self, content: memoryview, path: Path) -> None:
        self.content, self.path, self.at = content[:MAX_HEADER_BYTES], path, 0

    def header(self) -> Header:
        if self.integer(4, "the magic number") != GGUF_MAGIC:
            raise self.refuse("does not start with GGUF", "give a GGUF file", at=0)
        version = self.integer(4, "the version")
        if version not in VERSIONS:
            known = " and ".join(map(str, VERSIONS))
            order = " in big-endian order" if version & 0xFFFF == 0 else ""
            raise self.refuse(
                f"has GGUF version {version}{order}; little-endian versions {known} are read",
                "convert it with llama.cpp",
                at=4,
            )
        tensor_count = self.integer(8, "the number of tensors")
        value_count = self.integer(8, "the number of metadata values")
        alignment, note, begin, values = GGUF_DEFAULT_ALIGNMENT, None, self.at, b""
        for _ in range(value_count):
            here, key = self.at, self.text("a metadata key")
            kind = self.kind()
            if key == KEY and kind == GGUFValueType.STRING and note is None:
                note = self.text("a metadata string")
                values, begin = bytes(self.content[begin:here]), self.at
            elif key == "general.alignment" and kind == GGUFValueType.UINT32:
                alignment = self.integer(4, "the alignment")
                if alignment & (alignment - 1) or not alignment:
                    raise self.refuse(f"has alignment {alignment}, no power of two")
            else:
                self.skip_value(kind)
        values += bytes(self.content[begin : self.at])
        entries = [self.entry() for _ in range(tensor_count)]
        data = -(-self.at // alignment) * alignment
        found = {e.name: dataclasses.replace(e, start=data + e.start) for e in entries}
        if len(found) != len(entries):
            raise self.refuse("names two tensors alike")
        rest = value_count - (note is not None)
        return Header(found, version, alignment, rest, values, note)

    def entry(self) -> TensorEntry:
        name = self.text("a tensor's name")
        count = self.integer(4, f"the dimensions of {name}")
        if count > MAX_DIMENSIONS:
            raise self.refuse(f"gives tensor {one_line(name)} {count} dimensions")
        sizes = [self.integer(8, f"the shape of {name}") for _ in range(count)]
        type_number = self.integer(4, f"the type of {name}")
        offset = self.integer(8, f"the offset of {name}")
        return TensorEntry(name, tuple(reversed(sizes)), type_number, offset)

    def skip_value(self, kind: GGUFValueType) -> None:
        if kind == GGUFValueType.STRING:
            self.text("a metadata string")
        elif kind == GGUFValueType.ARRAY:
            element, count = self.kind(), self.integer(8, "an array's length")
            if element == GGUFValueType.ARRAY:
                raise self.refuse("holds an array of arrays, which is not read")
            if element == GGUFValueType.STRING:
                for _ in range(count):
                    self.text("a metadata string")
            else:
                self.take(count * _SCALAR_BYTES[element], "a metadata array")
        else:
            self.take(_SCALAR_BYTES[kind], "a metadata value")

    def kind(self) -> GGUFValueType:
        number = self.integer(4, "a metadata type")
        try:
            return GGUFValueType(number)
        except ValueError:
            raise self.refuse(f"has a metadata value of unknown type {number}") from None

    def text(self, what: str) -> str:
        content = self.take(self.integer(8, f"the length of {what}"), what)
        return str(content, "utf-8", "replace")

    def integer(self, size: int, what: str) -> int:
        return struct.unpack({4: "<I", 8: "<Q"}[size], self.take(size, what))[0]

    def take(self, size: int, what: str) -> memoryview:
        if size > len(self.content) - self.at:
            raise self.refuse(
                f"is cut off or damaged: {one_line(what)} takes {size:,} bytes, more than are left"
            )
        self.at += size
        return self.content[self.at - size : self.at]

    def refuse(
        self, problem: str, remedy: str = "write or download it again", at: int | None = None
    ) -> Exception:
        return error(self.path, problem, remedy, place=f"byte {self.at if at is None else at:,}")
