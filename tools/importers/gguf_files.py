# SPDX-License-Identifier: Apache-2.0
"""Trits and block scales out of the TQ1_0 and TQ2_0 tensors of GGUF files."""

from pathlib import Path

import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, quants
from tritproof.tools.importers.files import (
    check_stored_size,
    choose,
    error,
    file_size,
    one_line,
    reading,
)
from tritproof.tools.importers.gguf_header import TensorEntry, read_header

TERNARY_TYPES = (GGMLQuantizationType.TQ1_0, GGMLQuantizationType.TQ2_0)
_I2_S = 36
_BLOCKS_AT_ONCE = 1 << 14


def read_gguf(path: Path, name: str | None) -> tuple[str, np.ndarray, np.ndarray]:
    """Return a tensor's name, its trits int8[outputs, inputs] and its scales float32.

    A scale belongs to 256 consecutive inputs of one output: shape [outputs, inputs / 256]. Trits
    are exact whatever the scale; ``name`` may be None if the file has one ternary tensor.
    """
    file_size(path)
    with reading(path, "a GGUF file"):
        content = memoryview(np.memmap(path, np.uint8, "r"))
        entry = _choose(read_header(content, path), path, name)
        blocks = _blocks(content, path, entry)
    trits = _trits(blocks, path, entry)
    scales = blocks[:, -2:].copy().view("<f2").astype(np.float32).reshape(len(trits), -1)
    if not np.isfinite(scales).all():
        row, block = np.argwhere(~np.isfinite(scales))[0]
        raise error(
            path,
            f"block {block} of row {row} has the scale {scales[row, block]}",
            "write or download it again",
            place=f"tensor {entry.name}",
        )
    return entry.name, trits, scales


def _choose(entries: dict[str, TensorEntry], path: Path, name: str | None) -> TensorEntry:
    ternary = [e.name for e in entries.values() if e.type_number in TERNARY_TYPES]
    if name in entries and name not in ternary:
        kind = entries[name].type_number
        raise error(path, f"has type {_type_name(kind)}", _remedy({kind}), place=f"tensor {name}")
    if entries and not ternary:
        kinds = {entry.type_number for entry in entries.values()}
        listed = ", ".join(sorted(map(_type_name, kinds)))
        raise error(path, f"holds no TQ1_0 or TQ2_0 tensor, only {listed}", _remedy(kinds))
    return entries[choose(path, ternary, name, "TQ1_0 or TQ2_0 tensor")]


def _type_name(number: int) -> str:
    if number == _I2_S:
        return "I2_S"
    try:
        return GGMLQuantizationType(number).name
    except ValueError:
        return f"number {number}"


def _remedy(kinds: set[int]) -> str:
    if _I2_S in kinds:
        return "convert the original model to TQ2_0: an I2_S file does not record its own layout"
    return "convert it to TQ1_0 or TQ2_0"


def _blocks(content: memoryview, path: Path, entry: TensorEntry) -> np.ndarray:
    """Return the stored bytes, uint8[blocks, bytes per block]."""
    weights_per_block, block_bytes = GGML_QUANT_SIZES[GGMLQuantizationType(entry.type_number)]
    place = f"tensor {entry.name}"
    if len(entry.shape) != 2 or not all(entry.shape):
        raise error(
            path,
            f"has shape {list(entry.shape)}",
            "choose a matrix [outputs, inputs]",
            place=place,
        )
    outputs, inputs = entry.shape
    if inputs % weights_per_block:
        raise error(
            path,
            f"has rows of {inputs} weights, no multiple of {weights_per_block}",
            "write or download it again",
            place=place,
        )
    size = outputs * inputs // weights_per_block * block_bytes
    check_stored_size(path, place, size)
    if entry.start + size > len(content):
        raise error(
            path,
            f"is truncated: the tensor ends at byte {entry.start + size:,}, "
            f"the file at {len(content):,}",
            "write or download it again",
            place=place,
        )
    stored = bytearray(content[entry.start : entry.start + size])
    return np.frombuffer(stored, np.uint8).reshape(-1, block_bytes)


def _trits(blocks: np.ndarray, path: Path, entry: TensorEntry) -> np.ndarray:
    """Return int8[outputs, inputs]: the gguf package's decoding of the blocks at scale 1."""
    kind = GGMLQuantizationType(entry.type_number)
    weights_per_block = GGML_QUANT_SIZES[kind][0]
    trits = np.empty((len(blocks), weights_per_block), np.int8)
    for begin in range(0, len(blocks), _BLOCKS_AT_ONCE):
        part = blocks[begin : begin + _BLOCKS_AT_ONCE].copy()
        part[:, -2:] = np.array([1], "<f2").view(np.uint8)
        trits[begin : begin + len(part)] = quants.dequantize(part, kind)
    trits = trits.reshape(entry.shape)
    if (illegal := trits > 1).any():
        place = [int(i) for i in np.argwhere(illegal)[0]]
        raise error(
            path,
            f"element {place} has the two-bit code 3, which names no weight in {kind.name}",
            "write or download it again",
            place=f"tensor {one_line(entry.name)}",
        )
    return trits
