# SPDX-License-Identifier: Apache-2.0
"""Trits out of packed tensors: which format it is, by the file or by the user, never by a guess."""

import math
from collections.abc import Iterable

import numpy as np
from tritproof.ref.formats.format import Format, FormatError
from tritproof.ref.formats.registry import format_named, formats, spellings
from tritproof.tools.errors import UserError
from tritproof.tools.importers.files import check_stored_size, error
from tritproof.tools.importers.gguf_files import GgufFile, candidates, is_ternary
from tritproof.tools.importers.sources import Reading, Source
from tritproof.tools.importers.tensor import Tensor

BYTES = ("U8", "uint8")
_AGAIN = "write or download it again, or name the layout it has"


def require_layout(layout: str | None) -> None:
    """Raise UserError unless ``layout`` names a format, or is None."""
    if layout is not None:
        _named(layout)


def holds_words(source: Source, tensor: Tensor, reading: Reading) -> bool:
    """Whether a tensor holds words of some format, rather than numbers or GGML's other blocks."""
    if isinstance(source, GgufFile):
        return is_ternary(tensor, reading.layout)
    return tensor.name in source.notes or tensor.kind in BYTES


def choices_of(source: Source, tensor: Tensor) -> list[Format]:
    """The formats that a file leaves open; a tiled one is two, for its tile is open."""
    if tensor.name in source.notes:
        return [source.notes[tensor.name].format]
    if not isinstance(source, GgufFile):
        return list(formats().values())
    found = candidates(tensor)
    return found + [one for one in found if one.tile]


def format_of(source: Source, tensor: Tensor, reading: Reading) -> Format:
    """Return the format of a packed tensor.

    Raises UserError where the file leaves a choice and ``reading`` does not make it, or makes
    another than the file.
    """
    choices = choices_of(source, tensor)
    if tensor.name in source.notes:
        found = choices[0]
        if reading.layout not in (None, found.name):
            raise _refuse(source, tensor, f"is {found.name}, not {reading.layout}", "--layout")
        return found
    if reading.layout is None and len(choices) == 1:
        return choices[0]
    listed = ", ".join(sorted({_spelling(one) for one in choices}))
    if reading.layout is None:
        raise _ask(source, tensor, f"does not record the layout of its {tensor.kind}", listed)
    named = _named(reading.layout)
    if _family(named.name) not in {_family(one.name) for one in choices}:
        raise _ask(source, tensor, f"has type {tensor.kind}, not {named.name}", listed)
    if named.tile and ":" not in reading.layout:
        raise _ask(source, tensor, f"does not record the tile of its {_family(named.name)}", listed)
    return named


def shape_of(source: Source, tensor: Tensor, one: Format, reading: Reading) -> tuple[int, int]:
    """Return [outputs, inputs] of a packed tensor; raises UserError as :func:`format_of`."""
    if tensor.name in source.notes:
        return source.notes[tensor.name].shape
    if isinstance(source, GgufFile):
        if len(tensor.shape) != 2 or not all(tensor.shape):
            raise _refuse(source, tensor, f"has shape {list(tensor.shape)}", "")
        return tensor.shape[0], tensor.shape[1]
    if reading.shape is not None:
        return reading.shape
    found = one.matrix_shape(tensor.shape)
    if found is None:
        raise error(
            source.path,
            f"does not record how many weights of {one.name} it holds",
            "name them with --shape OUTPUTSxINPUTS",
            place=_place(tensor),
        )
    return found


def unpack(
    source: Source, tensor: Tensor, reading: Reading
) -> tuple[Format, np.ndarray, np.ndarray | None]:
    """Return format, trits int8[outputs, inputs] and the scales inside, if it has them there.

    Raises UserError as :func:`format_of`, and for bytes that are not of the format.
    """
    one, shape, stored = packed_bytes(source, tensor, reading)
    try:
        trits, scales = one.decode(stored, shape)
    except FormatError as problem:
        raise error(source.path, str(problem), _AGAIN, place=_place(tensor)) from problem
    if scales is not None and not np.isfinite(scales).all():
        row, block = np.argwhere(~np.isfinite(scales))[0]
        raise error(
            source.path,
            f"block {block} of row {row} has the scale {scales[row, block]}",
            _AGAIN,
            place=_place(tensor),
        )
    return one, trits, scales


def packed_bytes(
    source: Source, tensor: Tensor, reading: Reading
) -> tuple[Format, tuple[int, int], np.ndarray]:
    """Return format, shape and bytes of a packed tensor; raises UserError as :func:`format_of`."""
    one = format_of(source, tensor, reading)
    shape = shape_of(source, tensor, one, reading)
    try:
        size = one.stored_size(shape)
    except ValueError as problem:
        raise error(source.path, str(problem), _AGAIN, place=_place(tensor)) from problem
    check_stored_size(source.path, _place(tensor), size)
    if isinstance(source, GgufFile):
        _require_room(source, tensor, one, size, candidates(tensor), shape)
        return one, shape, source.stored(tensor.name, size)
    return one, shape, source.stored(tensor.name)


def _require_room(
    source: GgufFile,
    tensor: Tensor,
    one: Format,
    size: int,
    choices: Iterable[Format],
    shape: tuple[int, int],
) -> None:
    """Refuse a layout of another size than the file has room for, if one of the others fits."""
    room = source.room(tensor.name)
    others = [other.name for other in choices if _fits(other, shape, room)]
    if not _fits(one, shape, room) and others:
        problem = f"takes {size:,} bytes as {one.name}, the file has {room:,}"
        raise _refuse(source, tensor, problem, f"--layout {' or '.join(others)}")


def _fits(one: Format, shape: tuple[int, int], room: int) -> bool:
    """Whether a tensor of a format fills its room, up to the padding between tensors."""
    try:
        size = one.stored_size(shape)
    except ValueError:
        return False
    return size <= room <= size + max(1 << 8, math.ceil(size / 64))


def _named(layout: str) -> Format:
    try:
        return format_named(layout)
    except ValueError as problem:
        raise UserError(f"--layout: {problem}") from problem


def _spelling(one: Format) -> str:
    return next(text for text in spellings() if _family(text) == _family(one.name))


def _family(name: str) -> str:
    return name.partition(":")[0]


def _place(tensor: Tensor) -> str:
    return f"tensor {tensor.name}" if tensor.name else ""


def _refuse(source: Source, tensor: Tensor, problem: str, option: str) -> UserError:
    remedy = f"name it with {option}" if option else "choose a matrix [outputs, inputs]"
    return error(source.path, problem, remedy, place=_place(tensor))


def _ask(source: Source, tensor: Tensor, problem: str, listed: str) -> UserError:
    where = f"{source.path}: {_place(tensor)}: " if tensor.name else f"{source.path}: "
    return UserError(f"{where}{problem}; name it with --layout: {listed}")
