# SPDX-License-Identifier: Apache-2.0
"""`tritproof convert-weights`: the ternary matrices of a model into another format."""

import dataclasses
import time
from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from tritproof.ref.formats.format import Format
from tritproof.ref.formats.registry import format_named
from tritproof.tools.errors import UserError
from tritproof.tools.importers.files import error
from tritproof.tools.importers.gguf_files import NUMBERS, GgufFile
from tritproof.tools.importers.master import agreement_with
from tritproof.tools.importers.matrices import Weights, weights_of
from tritproof.tools.importers.notes import Note
from tritproof.tools.importers.packed import holds_words, require_layout
from tritproof.tools.importers.safetensors_files import SafetensorsFile
from tritproof.tools.importers.scales import fitted, require_convention, require_factors
from tritproof.tools.importers.sources import (
    SCALE,
    Reading,
    Source,
    open_source,
    scale_name,
    scale_tensors,
)
from tritproof.tools.importers.tensor import Tensor
from tritproof.tools.weights_files import Entry, container_for, ggml_type
from tritproof.tools.weights_parts import Parts

UNNAMED = "weights"
"""Name of the tensor of a .npy file in the file written."""

Entries = dict[str, Entry]


@dataclasses.dataclass
class Converted:
    """A record: what became of one tensor. ``scale_error`` is the largest relative change of a
    scale by rounding; ``agreement`` the share of the master's trits."""

    tensor: str
    action: str
    status: str
    format_before: str
    format: str
    outputs: int
    inputs: int
    bytes_before: int
    bytes: int
    scale_error: float = 0.0
    agreement: float | None = None
    seconds: float = 0.0


def run(
    path: str | Path,
    out: str | Path,
    to: str,
    *,
    reading: Reading | None = None,
    master: str | Path | None = None,
    console: Console | None = None,
) -> list[dict[str, Any]]:
    """Convert every ternary matrix of a file to the format named ``to``; print a table.

    Other tensors are copied. One tensor is in memory at a time; an interrupted run continues
    behind the last finished one. Every matrix is read back and compared before it is kept.

    Record (one for each tensor): the fields of :class:`Converted`; ``action`` is ``converted`` or
    ``copied``, with ``earlier`` behind it if an interrupted run did it.

    Raises UserError for files, formats and options that do not fit.
    """
    console, reading = console or Console(), reading or Reading()
    target = _target(to)
    require_convention(reading.scale)
    require_layout(reading.layout)
    source = open_source(path)
    container = container_for(Path(out), source, target)
    original = open_source(master) if master is not None else None
    parts = Parts(Path(out), _task(source, target, reading, original))
    aside = scale_tensors(source)
    tensors = [one for one in source.tensors.values() if one.name not in aside]
    records: list[Converted] = []
    notes: dict[str, Note] = {}
    with _progress(console) as progress:
        bar = progress.add_task("", total=sum(_weight(one) for one in tensors))
        for index, tensor in enumerate(tensors):
            progress.update(bar, description=escape(tensor.name[-40:]))
            record = _earlier(parts, index)
            if record is None:
                record, entries = _convert(source, tensor, target, reading, original)
                parts.write(index, {"record": dataclasses.asdict(record)}, entries)
            if record.format:
                notes[_name(tensor)] = _note(record, parts, index)
            records.append(record)
            progress.advance(bar, _weight(tensor))
    if not notes:
        raise error(source.path, "holds no ternary matrix", "say what it holds with --layout")
    parts.join(len(tensors), container, notes)
    console.print(_table(Path(out), records))
    return [dataclasses.asdict(record) for record in records]


def _target(to: str) -> Format:
    try:
        return format_named(to)
    except ValueError as problem:
        raise UserError(f"--to: {problem}") from problem


def _task(
    source: Source, target: Format, reading: Reading, master: Source | None
) -> dict[str, Any]:
    """What must be the same for an interrupted run to be continued."""
    stamps = {}
    for one in (source, master):
        if one is not None:
            found = one.path.stat()
            stamps[str(one.path.resolve())] = [found.st_size, found.st_mtime_ns]
    return {"files": stamps, "to": target.name, **dataclasses.asdict(reading)}


def _weight(tensor: Tensor) -> int:
    return tensor.size or prod(tensor.shape) // 4


def _name(tensor: Tensor) -> str:
    return tensor.name or UNNAMED


def _earlier(parts: Parts, index: int) -> Converted | None:
    found = parts.record(index)
    if found is None:
        return None
    record = Converted(**found["record"])
    record.action += " earlier"
    return record


def _note(record: Converted, parts: Parts, index: int) -> Note:
    name = record.tensor + SCALE
    scales = name if name in (parts.record(index) or {})["entries"] else None
    return Note(format_named(record.format), (record.outputs, record.inputs), scales)


def _convert(
    source: Source, tensor: Tensor, target: Format, reading: Reading, master: Source | None
) -> tuple[Converted, Entries]:
    started = time.monotonic()
    weights = _ternary(source, tensor, reading)
    if weights is None:
        record, entries = _copied(source, tensor)
        if (aside := scale_name(source, tensor.name)) is not None:
            entries |= _copied(source, source.tensors[aside])[1]
    else:
        record, entries = _packed(source, tensor, weights, target)
        if master is not None:
            record.agreement = agreement_with(master, tensor.name, weights)
    record.seconds = round(time.monotonic() - started, 3)
    return record, entries


def _ternary(source: Source, tensor: Tensor, reading: Reading) -> Weights | None:
    """Return a tensor as a ternary matrix if it is one: numbers must all be trits."""
    if holds_words(source, tensor, reading):
        return weights_of(source, tensor, reading)
    if isinstance(source, GgufFile) or len(tensor.shape) != 2 or not prod(tensor.shape):
        return None
    try:
        return weights_of(source, tensor, Reading(scale=reading.scale))
    except UserError:
        return None


def _packed(
    source: Source, tensor: Tensor, weights: Weights, target: Format
) -> tuple[Converted, Entries]:
    shape = weights.trits.shape
    factors = None
    if weights.scales is not None:
        factors = require_factors(source, tensor, weights.scales)
    place = f"tensor {tensor.name}"
    entries: Entries = {}
    scale_error = 0.0
    try:
        inside = None
        if factors is not None and target.scales != "apart":
            inside, scale_error = _rounded(fitted(factors, target.scale_shape(shape)), target)
        stored = target.encode(weights.trits, inside)
        again, _ = target.decode(stored, shape)
    except ValueError as problem:
        raise error(source.path, str(problem), "name another format with --to", place=place) from (
            problem
        )
    if not np.array_equal(again, weights.trits):
        raise AssertionError(f"{place}: {target.name} gives other trits back")
    dtype = "I8" if target.name == "int8" else "U8"
    number = ggml_type(target)
    ggml = None if number is None else (number, shape)
    entries[_name(tensor)] = Entry(dtype, target.stored_shape(shape), stored, ggml)
    if factors is not None and target.scales == "apart":
        entries[_name(tensor) + SCALE] = Entry("F32", factors.shape, factors.astype("<f4"))
    before, size = "numbers", tensor.size or 0
    if weights.format is not None:
        before, size = weights.format.name, weights.format.stored_size(shape)
    return (
        Converted(_name(tensor), "converted", "PASS", before, target.name, *shape, size,
                  len(stored), scale_error),
        entries,
    )  # fmt: skip


def _rounded(factors: np.ndarray, target: Format) -> tuple[np.ndarray, float]:
    """Return the factors as the format holds them, and the largest relative change by it."""
    with np.errstate(over="ignore", under="ignore"):
        held = factors.astype(np.float16 if target.scales == "block" else np.float32)
    wide = held.astype(np.float32)
    if not np.isfinite(wide).all() or np.any((wide == 0) != (factors == 0)):
        wrong = factors[~np.isfinite(wide) | ((wide == 0) != (factors == 0))].flat[0]
        raise ValueError(f"{target.name}: scale {wrong} is beyond what {held.dtype} holds")
    known = factors != 0
    change = np.abs(wide[known] / factors[known] - 1)
    return wide, float(change.max(initial=0.0))


def _copied(source: Source, tensor: Tensor) -> tuple[Converted, Entries]:
    """A tensor as it is: numbers under their type, GGML's other blocks as bytes."""
    content = source.stored(tensor.name)
    dtype, shape = _dtype(source, tensor), tensor.shape
    if dtype is None:
        dtype, shape = "U8", (len(content),)
    inputs = tensor.shape[-1] if tensor.shape else 1
    record = Converted(_name(tensor), "copied", "PASS", tensor.kind, "",
                       prod(tensor.shape) // max(inputs, 1), inputs, len(content),
                       len(content))  # fmt: skip
    ggml = None if tensor.ggml_type is None else (tensor.ggml_type, tensor.shape)
    return record, {_name(tensor): Entry(dtype, shape, content, ggml)}


def _dtype(source: Source, tensor: Tensor) -> str | None:
    if isinstance(source, SafetensorsFile):
        return tensor.kind
    if isinstance(source, GgufFile):
        known = {*NUMBERS, "BF16", "I64"}
        return tensor.kind if tensor.kind in known else None
    kind = np.dtype(tensor.kind)
    if kind == np.bool_:
        return "BOOL"
    if kind.kind not in "iuf" or kind.itemsize > 8 or kind.byteorder == ">":
        remedy = "save it as little-endian numbers"
        raise error(source.path, f"has dtype {kind}", remedy, place=f"array {tensor.name}")
    return f"{kind.kind.upper()}{8 * kind.itemsize}"


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn(),
        console=console, transient=True,
    )  # fmt: skip


def _table(out: Path, records: list[Converted]) -> Table:
    converted = [record for record in records if record.format]
    before, after = (sum(getattr(r, what) for r in converted) for what in ("bytes_before", "bytes"))
    weights = sum(record.outputs * record.inputs for record in converted)
    table = Table(title=escape(str(out)), show_header=False)
    table.add_column()
    table.add_column(overflow="fold")
    lines: Mapping[str, str] = {
        "format": f"{converted[0].format}",
        "converted": f"{len(converted):,} matrices of {weights:,} weights",
        "copied": f"{len(records) - len(converted):,} other tensors",
        "kept from an earlier run": f"{sum('earlier' in r.action for r in records):,}",
        "bytes": f"{before:,} before, {after:,} now: {8 * after / weights:.4g} bits per weight",
        "scales": f"changed by {max(r.scale_error for r in converted):.2g} at most, relatively",
    }
    for label, text in lines.items():
        table.add_row(label, escape(text))
    shares = [record.agreement for record in converted if record.agreement is not None]
    if shares:
        table.add_row("as the master", f"{min(shares):.3%} of the trits at least")
    return table
