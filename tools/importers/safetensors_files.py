# SPDX-License-Identifier: Apache-2.0
"""Tensors out of .safetensors files."""

import json
import math
from pathlib import Path

import numpy as np
from safetensors import safe_open
from tritproof.tools.importers.files import check_stored_size, error, file_size, reading
from tritproof.tools.importers.notes import KEY, Note, read_notes
from tritproof.tools.importers.tensor import Tensor

_BYTES = {"I8": 1, "U8": 1, "I16": 2, "U16": 2, "I32": 4, "U32": 4, "I64": 8, "U64": 8}
_BYTES |= {"F16": 2, "BF16": 2, "F32": 4, "F64": 8}


class SafetensorsFile:
    """A .safetensors file, whose header the library checks against the file's size."""

    def __init__(self, path: Path) -> None:
        self.path = path
        size = file_size(path)
        with reading(path, "a safetensors file"):
            with safe_open(path, framework="numpy") as file:
                self.metadata: dict[str, str] = file.metadata() or {}
            with reading(path, "what convert-weights writes", place=f"metadata {KEY}"):
                self.notes: dict[str, Note] = read_notes(self.metadata)
            self._places = _places(path, size)
            self.tensors = {
                name: Tensor(name, entry["dtype"], tuple(entry["shape"]), end - begin)
                for name, (entry, begin, end) in self._places.items()
            }
            named = {*self.notes, *(note.scales for note in self.notes.values())} - {None}
            missing = sorted(named - set(self.tensors))
        if missing:
            problem = f"names {missing[0]!r}, which the file does not hold"
            raise error(path, problem, "write or download it again", place=f"metadata {KEY}")

    def stored(self, name: str) -> np.ndarray:
        """The bytes of a tensor, uint8[size], mapped from the file."""
        _, begin, end = self._places[name]
        with reading(self.path, "a safetensors file", place=f"tensor {name}"):
            return np.asarray(np.memmap(self.path, np.uint8, "r")[begin:end])

    def array(self, name: str) -> np.ndarray:
        """The numbers of a tensor; bfloat16, which NumPy lacks, as float32."""
        tensor = self.tensors[name]
        kind, place = tensor.kind, f"tensor {name}"
        if kind not in _BYTES:
            remedy = "save it as I8, or as F32 holding only -1, 0 and 1"
            raise error(self.path, f"has dtype {kind}", remedy, place=place)
        check_stored_size(self.path, place, math.prod(tensor.shape) * _BYTES[kind])
        if kind == "BF16":
            return widened(self.stored(name)).reshape(tensor.shape)
        with reading(self.path, "a safetensors file", place=place):
            with safe_open(self.path, framework="numpy") as file:
                return file.get_tensor(name)


def widened(halves: np.ndarray) -> np.ndarray:
    """The float32 numbers of bfloat16 ones, given as bytes."""
    return (halves.view("<u2").astype(np.uint32) << 16).view(np.float32)


def _places(path: Path, size: int) -> dict[str, tuple[dict, int, int]]:
    """Entry, first byte and end of each tensor of a header that the library has checked."""
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        if length > size:
            raise ValueError("the header ends behind the file")
        header = json.loads(stream.read(length))
    header.pop("__metadata__", None)
    return {
        name: (entry, *(8 + length + offset for offset in entry["data_offsets"]))
        for name, entry in header.items()
    }
