# SPDX-License-Identifier: Apache-2.0
"""One door to all containers: which tensors a file holds, and the bytes or numbers of one of them.

Nothing is kept in memory but the table of tensors; each read takes the memory of one tensor.
"""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import numpy as np
from tritproof.tools.importers.files import error
from tritproof.tools.importers.gguf_files import GgufFile
from tritproof.tools.importers.notes import Note
from tritproof.tools.importers.numpy_files import NpyFile, NpzFile
from tritproof.tools.importers.safetensors_files import SafetensorsFile
from tritproof.tools.importers.tensor import Tensor

OPENERS = {
    ".npy": NpyFile,
    ".npz": NpzFile,
    ".safetensors": SafetensorsFile,
    ".gguf": GgufFile,
}
SCALE = "_scale"
"""What the name of a tensor ends in that holds the scales of the one named before it."""


class Source(Protocol):
    """A file: its tensors by name, and what it says of their formats itself."""

    path: Path
    tensors: Mapping[str, Tensor]
    notes: Mapping[str, Note]

    def stored(self, name: str) -> np.ndarray:
        """The bytes of a tensor, uint8[size]: those of the file, not to be written to."""

    def array(self, name: str) -> np.ndarray:
        """The numbers of a tensor that holds numbers; bfloat16 comes back as float32."""


def open_source(path: str | Path) -> Source:
    """Return the file behind ``path``, by its suffix.

    Raises UserError for another suffix, a damaged table of tensors, or no file.
    """
    path = Path(path)
    return OPENERS[suffix_of(path, tuple(OPENERS))](path)


def suffix_of(path: Path, known: tuple[str, ...]) -> str:
    """Return the suffix of a path, in lower case, or raise UserError if it is not a known one."""
    suffix = path.suffix.lower()
    if suffix not in known:
        raise error(
            path,
            f"has the suffix {suffix!r}" if suffix else "has no suffix",
            f"give a file whose name ends in {', '.join(known)}",
        )
    return suffix


def scale_name(source: Source, name: str) -> str | None:
    """Return the tensor that holds the scales of another, if there is one."""
    if name in source.notes:
        return source.notes[name].scales
    found = name + SCALE
    return found if found in source.tensors else None


def scale_tensors(source: Source) -> set[str]:
    """Return the names of all tensors that hold the scales of others."""
    return {found for name in source.tensors if (found := scale_name(source, name)) is not None}


@dataclasses.dataclass(frozen=True)
class Reading:
    """What a user says of a file that does not say it itself.

    ``layout`` names a format, ``shape`` [outputs, inputs], ``scale`` is ``multiply`` or ``divide``:
    what the stored scale does to a trit.
    """

    layout: str | None = None
    shape: tuple[int, int] | None = None
    scale: str | None = None
