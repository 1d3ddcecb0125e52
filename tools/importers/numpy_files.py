# SPDX-License-Identifier: Apache-2.0
"""Arrays out of .npy and .npz files, with every size checked before memory is taken."""

import math
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np
from numpy.lib import format as npy
from tritproof.tools.importers.files import (
    check_stored_size,
    choose,
    error,
    file_size,
    reading,
)
from tritproof.tools.importers.notes import Note
from tritproof.tools.importers.tensor import Tensor

SUFFIX = ".npy"


class NpyFile:
    """A .npy file: one tensor, whose name is empty."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.notes: dict[str, Note] = {}
        size = file_size(path)
        with reading(path, "a NumPy array file"), path.open("rb") as stream:
            self.tensors = {"": _describe("", stream, size, path, "")}

    def array(self, name: str) -> np.ndarray:
        return read_npy(self.path)

    def stored(self, name: str) -> np.ndarray:
        return _bytes_of(self.array(name))


class NpzFile:
    """A .npz file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.notes: dict[str, Note] = {}
        self.tensors = {}
        with _members(path) as (archive, members):
            for name, info in members.items():
                place = f"array {name}"
                with reading(path, "a NumPy archive", place=place), archive.open(info) as stream:
                    self.tensors[name] = _describe(name, stream, info.file_size, path, place)

    def array(self, name: str) -> np.ndarray:
        return read_npz(self.path, name)[1]

    def stored(self, name: str) -> np.ndarray:
        return _bytes_of(self.array(name))


def read_npy(path: Path) -> np.ndarray:
    """Return the array of a .npy file; never unpickles."""
    size = file_size(path)
    with reading(path, "a NumPy array file"), path.open("rb") as stream:
        return _read_array(stream, size, path, "")


def read_npz(path: Path, name: str | None, *choice: str) -> tuple[str, np.ndarray]:
    """Return one array of a .npz file and its name; ``name`` may be None if there is only one.

    ``choice`` is the remedy shown when there are several, if it is not ``--tensor``.
    """
    with _members(path) as (archive, members):
        chosen = choose(path, list(members), name, "array", *choice)
        place = f"array {chosen}"
        with reading(path, "a NumPy archive", place=place):
            with archive.open(members[chosen]) as stream:
                return chosen, _read_array(stream, members[chosen].file_size, path, place)


@contextmanager
def _members(path: Path) -> Iterator[tuple[zipfile.ZipFile, dict[str, zipfile.ZipInfo]]]:
    file_size(path)
    with reading(path, "a NumPy archive"), zipfile.ZipFile(path) as archive:
        yield (
            archive,
            {
                info.filename.removesuffix(SUFFIX): info
                for info in archive.infolist()
                if info.filename.endswith(SUFFIX)
            },
        )


def _bytes_of(array: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8)


def _describe(name: str, stream: IO[bytes], size: int, path: Path, place: str) -> Tensor:
    shape, _, dtype = _checked_header(stream, size, path, place)
    return Tensor(name, str(dtype), shape, math.prod(shape) * dtype.itemsize)


def _read_array(stream: IO[bytes], size: int, path: Path, place: str) -> np.ndarray:
    """Return the array of the ``size`` bytes in ``stream``, which the header must account for."""
    shape, by_columns, dtype = _checked_header(stream, size, path, place)
    data = math.prod(shape) * dtype.itemsize
    check_stored_size(path, place, data)
    content = bytearray(stream.read(data + 1))
    if len(content) != data:
        raise error(path, "is damaged: its data has another length", "write it again", place=place)
    array = np.frombuffer(content, dtype=dtype)
    return array.reshape(shape, order="F" if by_columns else "C")


def _checked_header(
    stream: IO[bytes], size: int, path: Path, place: str
) -> tuple[tuple[int, ...], bool, np.dtype]:
    shape, by_columns, dtype = _read_header(stream)
    if dtype.hasobject:
        raise error(
            path,
            "holds Python objects, which would have to be unpickled",
            "save it with a numeric dtype",
            place=place,
        )
    if any(extent < 0 for extent in shape) or not dtype.itemsize:
        raise error(path, f"has shape {list(shape)} of {dtype}", "save it again", place=place)
    data = math.prod(shape) * dtype.itemsize
    present = size - stream.tell()
    if data != present:
        verdict = "is truncated" if present < data else "is damaged"
        raise error(
            path,
            f"{verdict}: shape {list(shape)} of {dtype} takes {data:,} bytes after the header, "
            f"the file has {present:,}",
            "write or download it again",
            place=place,
        )
    return shape, by_columns, dtype


def _read_header(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype]:
    version = npy.read_magic(stream)
    readers = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
    if version not in readers:
        raise ValueError(f"format version {version[0]}.{version[1]}, only 1.0 and 2.0 are read")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return readers[version](stream)
