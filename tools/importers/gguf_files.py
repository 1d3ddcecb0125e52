# SPDX-License-Identifier: Apache-2.0
"""Tensors out of GGUF files: their bytes, and which ternary formats their type may be."""

import math
from os.path import commonprefix
from pathlib import Path

import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType
from tritproof.ref.formats.format import Format
from tritproof.ref.formats.registry import formats
from tritproof.tools.importers.files import check_stored_size, error, file_size, reading
from tritproof.tools.importers.gguf_header import read_header
from tritproof.tools.importers.notes import KEY, Note, read_notes
from tritproof.tools.importers.safetensors_files import widened
from tritproof.tools.importers.tensor import Tensor

NUMBERS = {"F32": "<f4", "F16": "<f2", "F64": "<f8", "I8": "i1", "I16": "<i2", "I32": "<i4"}
"""NumPy's names of the types that hold numbers; bfloat16 is apart."""


class GgufFile:
    """A GGUF file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        file_size(path)
        with reading(path, "a GGUF file"):
            self._content = memoryview(np.memmap(path, np.uint8, "r"))
            self.header = read_header(self._content, path)
            note = self.header.note
            with reading(path, "what convert-weights writes", place=f"metadata {KEY}"):
                self.notes: dict[str, Note] = read_notes({} if note is None else {KEY: note})
        entries = self.header.tensors
        self._starts = {name: entry.start for name, entry in entries.items()}
        self.tensors = {
            name: Tensor(
                name,
                type_name(entry.type_number),
                entry.shape,
                _size(entry.type_number, entry.shape),
                entry.type_number,
            )
            for name, entry in entries.items()
        }
        for name, described in self.notes.items():
            found = self.tensors.get(name)
            if found is None or found.ggml_type not in described.format.ggml_types:
                raise error(
                    path,
                    f"describes a tensor of {described.format.name}, and holds none by that name",
                    "write or download it again",
                    place=f"tensor {name}",
                )

    def stored(self, name: str, size: int | None = None) -> np.ndarray:
        """The bytes of a tensor, uint8[size], mapped from the file; ``size`` where the type does
        not say it."""
        tensor, start, place = self.tensors[name], self._starts[name], f"tensor {name}"
        size = tensor.size if size is None else size
        if size is None:
            raise error(self.path, f"has type {tensor.kind}", "convert it first", place=place)
        if start + size > len(self._content):
            raise error(
                self.path,
                f"is truncated: the tensor ends at byte {start + size:,}, "
                f"the file at {len(self._content):,}",
                "write or download it again",
                place=place,
            )
        return np.frombuffer(self._content[start : start + size], np.uint8)

    def room(self, name: str) -> int:
        """The bytes between the begin of a tensor and that of the next, or the end of the file."""
        start = self._starts[name]
        behind = [other for other in self._starts.values() if other > start]
        return min(behind, default=len(self._content)) - start

    def array(self, name: str) -> np.ndarray:
        """The numbers of a tensor that holds numbers; bfloat16 as float32."""
        tensor = self.tensors[name]
        if tensor.size is not None:
            check_stored_size(self.path, f"tensor {name}", tensor.size)
        if tensor.kind == "BF16":
            return widened(self.stored(name)).reshape(tensor.shape)
        if tensor.kind not in NUMBERS:
            remedy = f"give numbers: {', '.join(NUMBERS)} or BF16"
            raise error(self.path, f"has type {tensor.kind}", remedy, place=f"tensor {name}")
        return self.stored(name).view(NUMBERS[tensor.kind]).reshape(tensor.shape)


def candidates(tensor: Tensor) -> list[Format]:
    """The ternary formats that files hold under the type of a tensor."""
    return [one for one in formats().values() if tensor.ggml_type in one.ggml_types]


def is_ternary(tensor: Tensor, layout: str | None) -> bool:
    """Whether a tensor of a GGUF file is taken as ternary.

    TL2 and MXFP4 have one number; it means MXFP4 unless ``layout`` says otherwise.
    """
    found = candidates(tensor)
    named = layout is not None and layout.partition(":")[0] in {
        one.name.partition(":")[0] for one in found
    }
    # Upstream knows no type of tiles, so a number it knows is another type's there.
    shared = is_known(tensor.ggml_type) and all(one.tile for one in found)
    return bool(found) and (named or not shared)


def is_known(number: int | None) -> bool:
    """Whether the gguf package knows a type."""
    return number in set(map(int, GGMLQuantizationType))


def type_name(number: int) -> str:
    """The name of a GGML type; what its formats have in common where the package has none."""
    if is_known(number):
        return GGMLQuantizationType(number).name
    names = [name for name, one in formats().items() if number in one.ggml_types]
    return commonprefix(names).rstrip("_").upper() or f"number {number}"


def _size(number: int, shape: tuple[int, ...]) -> int | None:
    if not is_known(number):
        return None
    weights, size = GGML_QUANT_SIZES[GGMLQuantizationType(number)]
    return math.prod(shape) // weights * size
