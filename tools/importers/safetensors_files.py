# SPDX-License-Identifier: Apache-2.0
"""Tensors out of .safetensors files."""

import json
import math
from pathlib import Path

import numpy as np
from safetensors import safe_open
from tritproof.tools.importers.files import (
    check_stored_size,
    choose,
    error,
    file_size,
    reading,
)

_BYTES = {"I8": 1, "U8": 1, "I16": 2, "U16": 2, "I32": 4, "U32": 4, "I64": 8, "U64": 8}
_BYTES |= {"F16": 2, "BF16": 2, "F32": 4, "F64": 8}


def read_safetensors(path: Path, name: str | None) -> tuple[str, np.ndarray]:
    """Return one tensor and its name; ``name`` may be None if there is only one.

    bfloat16, which NumPy lacks, comes back as float32.
    """
    file_size(path)
    with reading(path, "a safetensors file"), safe_open(path, framework="numpy") as file:
        chosen = choose(path, list(file.keys()), name, "tensor")
        place = f"tensor {chosen}"
        description = file.get_slice(chosen)
        kind, shape = description.get_dtype(), description.get_shape()
        if kind not in _BYTES:
            raise error(
                path,
                f"has dtype {kind}",
                "save it as I8, or as F32 holding only -1, 0 and 1",
                place=place,
            )
        check_stored_size(path, place, math.prod(shape) * _BYTES[kind])
        if kind == "BF16":
            return chosen, _read_bfloat16(path, chosen, shape)
        return chosen, file.get_tensor(chosen)


def _read_bfloat16(path: Path, name: str, shape: list[int]) -> np.ndarray:
    """Return a tensor of a file whose header the library has already checked."""
    with path.open("rb") as stream:
        header_size = int.from_bytes(stream.read(8), "little")
        begin, end = json.loads(stream.read(header_size))[name]["data_offsets"]
        stream.seek(8 + header_size + begin)
        upper_half = np.frombuffer(stream.read(end - begin), dtype="<u2")
    return (upper_half.astype(np.uint32) << 16).view(np.float32).reshape(shape)
