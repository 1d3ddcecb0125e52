# SPDX-License-Identifier: Apache-2.0
"""What files written here say of themselves: the format of each packed tensor.

It stands as JSON in the metadata of a safetensors file, under :data:`KEY`. Scales written here
always multiply the trits.
"""

import dataclasses
import json
from collections.abc import Mapping

from tritproof.ref.formats.format import Format
from tritproof.ref.formats.registry import format_named

KEY = "tritproof"
VERSION = 1


@dataclasses.dataclass(frozen=True)
class Note:
    """A packed tensor: its format, its shape [outputs, inputs], the tensor with its scales."""

    format: Format
    shape: tuple[int, int]
    scales: str | None = None


def write_notes(notes: Mapping[str, Note]) -> dict[str, str]:
    """Return the metadata of a safetensors file."""
    tensors = {
        name: {"format": note.format.name, "shape": list(note.shape), "scales": note.scales}
        for name, note in notes.items()
    }
    return {KEY: json.dumps({"version": VERSION, "scale": "multiply", "tensors": tensors})}


def read_notes(metadata: Mapping[str, str]) -> dict[str, Note]:
    """Return the notes of such metadata, none if it was not written here.

    Raises ValueError for what is not as :func:`write_notes` writes it.
    """
    if KEY not in metadata:
        return {}
    content = json.loads(metadata[KEY])
    if content["version"] != VERSION or content["scale"] != "multiply":
        raise ValueError(f"notes of version {content['version']!r}, only {VERSION} is read")
    found = {}
    for name, entry in content["tensors"].items():
        outputs, inputs = entry["shape"]
        if not all(type(size) is int and size > 0 for size in (outputs, inputs)):
            raise ValueError(f"shape {entry['shape']!r} of {name!r} is no matrix")
        if not isinstance(entry["scales"], str | None):
            raise ValueError(f"{entry['scales']!r} is no tensor's name")
        found[name] = Note(format_named(entry["format"]), (outputs, inputs), entry["scales"])
    return found
