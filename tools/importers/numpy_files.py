# SPDX-License-Identifier: Apache-2.0
"""Arrays out of .npy and .npz files, with every size checked before memory is taken."""

import math
import warnings
import zipfile
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

SUFFIX = ".npy"


def read_npy(path: Path) -> np.ndarray:
    """Return the array of a .npy file; never unpickles."""
    size = file_size(path)
    with reading(path, "a NumPy array file"), path.open("rb") as stream:
        return _read_array(stream, size, path, "")


def read_npz(path: Path, name: str | None, *choice: str) -> tuple[str, np.ndarray]:
    """Return one array of a .npz file and its name; ``name`` may be None if there is only one.

    ``choice`` is the remedy shown when there are several, if it is not ``--tensor``.
    """
    file_size(path)
    with reading(path, "a NumPy archive"), zipfile.ZipFile(path) as archive:
        members = {
            info.filename.removesuffix(SUFFIX): info
            for info in archive.infolist()
            if info.filename.endswith(SUFFIX)
        }
        chosen = choose(path, list(members), name, "array", *choice)
        place = f"array {chosen}"
        with reading(path, "a NumPy archive", place=place):
            with archive.open(members[chosen]) as stream:
                return chosen, _read_array(stream, members[chosen].file_size, path, place)


def _read_array(stream: IO[bytes], size: int, path: Path, place: str) -> np.ndarray:
    """Return the array of the ``size`` bytes in ``stream``, which the header must account for."""
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
    check_stored_size(path, place, data)
    content = bytearray(stream.read(data + 1))
    if len(content) != data:
        raise error(path, "is damaged: its data has another length", "write it again", place=place)
    array = np.frombuffer(content, dtype=dtype)
    return array.reshape(shape, order="F" if by_columns else "C")


def _read_header(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype]:
    version = npy.read_magic(stream)
    readers = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
    if version not in readers:
        raise ValueError(f"format version {version[0]}.{version[1]}, only 1.0 and 2.0 are read")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return readers[version](stream)
