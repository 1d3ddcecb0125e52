# SPDX-License-Identifier: Apache-2.0
"""Weights and activations as the engine takes them, whatever the file format."""

import dataclasses
from pathlib import Path

import numpy as np
from tritproof.tools.importers.files import error
from tritproof.tools.importers.gguf_files import read_gguf
from tritproof.tools.importers.numpy_files import read_npy, read_npz
from tritproof.tools.importers.safetensors_files import read_safetensors

WEIGHT_SUFFIXES = (".npy", ".npz", ".safetensors", ".gguf")
ACTIVATION_SUFFIXES = (".npy", ".npz")


@dataclasses.dataclass(frozen=True)
class Weights:
    """A ternary matrix: ``trits`` int8[outputs, inputs] of -1, 0 and 1.

    ``tensor`` is its name in the file, "" where the format has none. ``scales`` is what the file
    multiplies the trits by, float32[outputs, inputs / 256] for GGUF; the engine does not use it.
    """

    trits: np.ndarray
    tensor: str = ""
    scales: np.ndarray | None = None


def read_weights(path: str | Path, *, name: str | None = None) -> Weights:
    """Read a ternary matrix from .npy, .npz, .safetensors or .gguf (TQ1_0, TQ2_0).

    ``name`` chooses the tensor where the file has several. Integer and floating-point tensors are
    taken if every element is exactly -1, 0 or 1.

    Raises UserError naming the file, the place and the remedy for everything else.
    """
    path = Path(path)
    suffix = _suffix(path, WEIGHT_SUFFIXES)
    if suffix == ".gguf":
        tensor, trits, scales = read_gguf(path, name)
        return Weights(trits, tensor, scales)
    if suffix == ".npy":
        if name is not None:
            raise error(path, f"has no named tensors, so no {name!r}", "leave out --tensor")
        tensor, array = "", read_npy(path)
    else:
        tensor, array = (read_npz if suffix == ".npz" else read_safetensors)(path, name)
    return Weights(_as_trits(array, path, tensor), tensor)


def load_weights(path: str | Path, *, name: str | None = None) -> np.ndarray:
    """Return the trits of :func:`read_weights`, int8[outputs, inputs]."""
    return read_weights(path, name=name).trits


def load_activations(path: str | Path) -> np.ndarray:
    """Return int8[rows, inputs] from a .npy file, or a .npz file with one array; 1-D is one row.

    Raises UserError naming the file, the place and the remedy.
    """
    path = Path(path)
    if _suffix(path, ACTIVATION_SUFFIXES) == ".npy":
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


def _suffix(path: Path, known: tuple[str, ...]) -> str:
    suffix = path.suffix.lower()
    if suffix not in known:
        raise error(
            path,
            f"has the suffix {suffix!r}" if suffix else "has no suffix",
            f"give a file whose name ends in {', '.join(known)}",
        )
    return suffix


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
