# SPDX-License-Identifier: Apache-2.0
"""Weights and activations as the engine takes them, whatever the file format."""

import dataclasses
from pathlib import Path

import numpy as np
from tritproof.ref.formats.format import Format
from tritproof.tools.importers.files import choose, error
from tritproof.tools.importers.gguf_files import GgufFile, is_ternary
from tritproof.tools.importers.numpy_files import read_npy, read_npz
from tritproof.tools.importers.packed import holds_words, unpack
from tritproof.tools.importers.scales import Scales, scales_of
from tritproof.tools.importers.sources import (
    OPENERS,
    Reading,
    Source,
    open_source,
    scale_tensors,
    suffix_of,
)
from tritproof.tools.importers.tensor import Tensor

WEIGHT_SUFFIXES = tuple(OPENERS)
ACTIVATION_SUFFIXES = (".npy", ".npz")


@dataclasses.dataclass(frozen=True)
class Weights:
    """A ternary matrix: ``trits`` int8[outputs, inputs] of -1, 0 and 1.

    ``tensor`` is its name in the file, "" where the format has none. ``scales`` is what the file
    says of its scales, None where it has none; the engine does not use it. ``format`` is that of
    the stored bytes, None where they were numbers.
    """

    trits: np.ndarray
    tensor: str = ""
    scales: Scales | None = None
    format: Format | None = None


def read_weights(
    path: str | Path,
    *,
    name: str | None = None,
    layout: str | None = None,
    shape: tuple[int, int] | None = None,
    scale: str | None = None,
) -> Weights:
    """Read a ternary matrix from .npy, .npz, .safetensors or .gguf.

    ``name`` chooses the tensor where the file has several; ``layout``, ``shape`` and ``scale`` say
    what the file does not, as in :class:`Reading`. Integer and floating-point tensors are taken if
    every element is exactly -1, 0 or 1; bytes only with a layout.

    Raises UserError naming the file, the place and the remedy for everything else.
    """
    source = open_source(path)
    reading = Reading(layout, shape, scale)
    return weights_of(source, choose_tensor(source, name, reading), reading)


def choose_tensor(source: Source, name: str | None, reading: Reading) -> Tensor:
    """Return the tensor named, or the only one that is no scale; raises UserError otherwise."""
    if isinstance(source, GgufFile):
        return _choose_gguf(source, name, reading)
    if list(source.tensors) == [""]:
        if name is not None:
            raise error(source.path, f"has no named tensors, so no {name!r}", "leave out --tensor")
        return source.tensors[""]
    kind = "array" if source.path.suffix.lower() == ".npz" else "tensor"
    scales = scale_tensors(source)
    names = [known for known in source.tensors if known not in scales]
    return source.tensors[choose(source.path, names, name, kind)]


def _choose_gguf(source: GgufFile, name: str | None, reading: Reading) -> Tensor:
    ternary = [t.name for t in source.tensors.values() if is_ternary(t, reading.layout)]
    remedy = "convert it to a ternary type, or ternarise it first"
    if name in source.tensors and name not in ternary:
        kind = source.tensors[name].kind
        raise error(source.path, f"has type {kind}", remedy, place=f"tensor {name}")
    if source.tensors and not ternary:
        listed = ", ".join(sorted({tensor.kind for tensor in source.tensors.values()}))
        raise error(source.path, f"holds no ternary tensor, only {listed}", remedy)
    return source.tensors[choose(source.path, ternary, name, "ternary tensor")]


def weights_of(source: Source, tensor: Tensor, reading: Reading) -> Weights:
    """Return one tensor of a file as a ternary matrix; raises UserError as :func:`read_weights`."""
    if reading.layout is not None or holds_words(source, tensor, reading):
        one, trits, inside = unpack(source, tensor, reading)
        scales = scales_of(source, tensor, reading, one, inside)
        return Weights(trits, tensor.name, scales, one)
    trits = _as_trits(source.array(tensor.name), source.path, tensor.name)
    return Weights(trits, tensor.name, scales_of(source, tensor, reading))


def load_weights(path: str | Path, *, name: str | None = None) -> np.ndarray:
    """Return the trits of :func:`read_weights`, int8[outputs, inputs]."""
    return read_weights(path, name=name).trits


def load_activations(path: str | Path) -> np.ndarray:
    """Return int8[rows, inputs] from a .npy file, or a .npz file with one array; 1-D is one row.

    Raises UserError naming the file, the place and the remedy.
    """
    path = Path(path)
    if suffix_of(path, ACTIVATION_SUFFIXES) == ".npy":
        array = read_npy(path)
    else:
        array = read_npz(path, None, "save the activations alone")[1]
    if array.dtype != np.int8:
        raise error(
            path,
            f"has dtype {array.dtype}, activations are int8",
            "quantise to -128..127 and save with .astype(numpy.int8)",
        )
    if array.ndim not in (1, 2) or not array.size:
        raise error(
            path,
            f"has shape {list(array.shape)}",
            "save one row [inputs] or several [rows, inputs], not empty",
        )
    return np.ascontiguousarray(np.atleast_2d(array))


def _as_trits(array: np.ndarray, path: Path, tensor: str) -> np.ndarray:
    """Return int8[outputs, inputs], or raise UserError for what is no ternary matrix."""
    place = f"tensor {tensor}" if tensor else ""
    if array.dtype.kind not in "iuf":
        raise error(
            path,
            f"has dtype {array.dtype}",
            "save it as int8, or as floats holding only -1, 0 and 1",
            place=place,
        )
    if array.ndim != 2 or not array.size:
        raise error(
            path,
            f"has shape {list(array.shape)}",
            "save a matrix [outputs, inputs], not empty",
            place=place,
        )
    illegal = ~((array == -1) | (array == 0) | (array == 1))
    if illegal.any():
        row, column = (int(i) for i in np.argwhere(illegal)[0])
        raise error(
            path,
            f"element [{row}, {column}] is {array[row, column]}, not -1, 0 or 1",
            "ternarise the matrix first, and keep its scale apart",
            place=place,
        )
    return np.ascontiguousarray(array, dtype=np.int8)
