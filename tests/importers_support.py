# SPDX-License-Identifier: Apache-2.0
"""Files for the importers' tests."""

import json
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from gguf import GGMLQuantizationType, GGUFReader, GGUFWriter, quants
from tritproof.tools.errors import UserError

TQ1_0, TQ2_0 = GGMLQuantizationType.TQ1_0, GGMLQuantizationType.TQ2_0


def random_trits(outputs: int, inputs: int, seed: int = 0) -> np.ndarray:
    """Return int8[outputs, inputs] trits; every block of 256 has one that is not zero."""
    trits = np.random.default_rng(seed).integers(-1, 2, (outputs, inputs), dtype=np.int8)
    trits[:, ::256] = 1
    return trits


def write_gguf(path: Path, tensors: dict[str, tuple[np.ndarray, GGMLQuantizationType]]) -> Path:
    """Write float tensors with the gguf package's own quantiser, after some metadata.

    The file ends with the last tensor: the padding behind it is cut off.
    """
    writer = GGUFWriter(path, "test")
    writer.add_string("general.name", "a name")
    writer.add_array("tokenizer.ggml.tokens", ["one", "two", "three"])
    writer.add_array("tokenizer.ggml.scores", [0.5, 1.5])
    writer.add_bool("test.flag", True)
    for name, (values, kind) in tensors.items():
        if kind in (TQ1_0, TQ2_0):
            writer.add_tensor(
                name, quants.quantize(values.astype(np.float32), kind), raw_dtype=kind
            )
        else:
            writer.add_tensor(name, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    last = GGUFReader(path).tensors[-1]
    end = int(last.data_offset + last.n_bytes)
    path.write_bytes(path.read_bytes()[:end])
    return path


def write_raw_gguf(path: Path, tensors: dict[str, tuple[int, tuple[int, ...], np.ndarray]]) -> Path:
    """Write tensors of any type number, as number, shape [slowest, ...] and bytes."""
    infos, data = b"", b""
    for name, (number, shape, content) in tensors.items():
        data += bytes(-len(data) % 32)
        text = name.encode()
        infos += struct.pack("<Q", len(text)) + text + struct.pack("<I", len(shape))
        infos += b"".join(struct.pack("<Q", size) for size in reversed(shape))
        infos += struct.pack("<IQ", number, len(data))
        data += np.ascontiguousarray(content).tobytes()
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), 0) + infos
    path.write_bytes(head + bytes(-len(head) % 32) + data)
    return path


def write_safetensors(path: Path, header: object, data: bytes) -> Path:
    """Write a .safetensors file from its parts, right or wrong."""
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    return path


def write_npy(path: Path, header: str, data: bytes, version: int = 1) -> Path:
    """Write a .npy file from its parts, right or wrong."""
    size = struct.pack("<H" if version == 1 else "<I", len(header))
    path.write_bytes(b"\x93NUMPY" + bytes([version, 0]) + size + header.encode() + data)
    return path


def refusal(load: Callable, path: Path, **options: object) -> str:
    """Return the one line with which ``load`` refuses ``path``, without the path it begins with."""
    with pytest.raises(UserError) as caught:
        load(path, **options)
    line = str(caught.value)
    assert line.isprintable()
    assert line.startswith(f"{path}: ")
    return line.removeprefix(f"{path}: ")
