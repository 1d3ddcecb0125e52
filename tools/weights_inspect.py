# SPDX-License-Identifier: Apache-2.0
"""`tritproof inspect`: what a file of ternary weights holds, tensor by tensor."""

import dataclasses
from collections.abc import Iterable
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from tritproof.ref.formats.format import Format, FormatError
from tritproof.ref.formats.tellme import BEAT_BITS
from tritproof.tools.errors import UserError
from tritproof.tools.importers.files import error
from tritproof.tools.importers.gguf_files import GgufFile
from tritproof.tools.importers.master import agreement_with
from tritproof.tools.importers.matrices import weights_of
from tritproof.tools.importers.packed import (
    choices_of,
    format_of,
    holds_words,
    packed_bytes,
    require_layout,
    shape_of,
)
from tritproof.tools.importers.scales import require_convention, scales_of
from tritproof.tools.importers.sources import Reading, Source, open_source, scale_tensors
from tritproof.tools.importers.tensor import Tensor


@dataclasses.dataclass(frozen=True)
class Inspected:
    """A row of the table, and a record; counts are of trits, empty where nothing is known."""

    tensor: str
    kind: str
    format: str
    status: str
    outputs: int
    inputs: int
    bytes: int | None
    bits_per_weight: float | None = None
    bus_bits_per_weight: float | None = None
    minus: int | None = None
    zero: int | None = None
    plus: int | None = None
    words: int | None = None
    illegal: int | None = None
    scale_low: float | None = None
    scale_high: float | None = None
    scale: str = ""
    agreement: float | None = None
    message: str = ""


def run(
    path: str | Path,
    *,
    tensor: str | None = None,
    reading: Reading | None = None,
    master: str | Path | None = None,
    bus: int | None = None,
    console: Console | None = None,
) -> list[dict[str, Any]]:
    """Count the trits and illegal words of every tensor, and print a table.

    ``bus`` is the width of the memory port in bits for which whole beats are counted, TeLLMe's by
    default.

    Record (one for each tensor, or for each layout it may have): the fields of
    :class:`Inspected`. ``status`` is FAIL with illegal words or what no matrix has, UNKNOWN where
    the layout is not named, PASS otherwise; "" for a tensor that is not ternary.

    Raises UserError for a file that is none, options that do not fit, and for a tensor that is not
    in it.
    """
    console, reading = console or Console(), reading or Reading()
    bus = bus or BEAT_BITS
    require_convention(reading.scale)
    require_layout(reading.layout)
    source = open_source(path)
    if tensor is not None and tensor not in source.tensors:
        listed = ", ".join(list(source.tensors)[:8])
        raise error(source.path, f"holds no tensor named {tensor!r}", f"it has {listed}")
    original = open_source(master) if master is not None else None
    chosen = [one for one in source.tensors.values() if tensor in (None, one.name)]
    aside = scale_tensors(source)
    rows = [
        row
        for one in chosen
        if one.name not in aside
        for row in _rows(source, one, reading, original, bus)
    ]
    console.print(_table(source.path, rows, bus))
    return [dataclasses.asdict(row) for row in rows]


def bus_bits(size: int, weights: int, bus: int) -> float:
    """Bits per weight where ``size`` bytes come in whole beats of ``bus`` bits."""
    return -(-8 * size // bus) * bus / weights


def _rows(
    source: Source, tensor: Tensor, reading: Reading, master: Source | None, bus: int
) -> Iterable[Inspected]:
    packed = holds_words(source, tensor, reading)
    if packed and reading.layout is None and len(choices := choices_of(source, tensor)) > 1:
        return _possible(source, tensor, reading, choices, bus)
    row = _packed if packed else _other if isinstance(source, GgufFile) else _numbers
    try:
        return [row(source, tensor, reading, master, bus)]
    except (UserError, FormatError) as problem:
        return [_failed(source, tensor, str(problem))]


def _other(source: Source, tensor: Tensor, *others: object) -> Inspected:
    shape = tensor.shape
    inputs = shape[-1] if shape else 1
    return Inspected(
        tensor.name, tensor.kind, "", "", prod(shape) // max(inputs, 1), inputs, tensor.size
    )


def _failed(source: Source, tensor: Tensor, message: str) -> Inspected:
    return dataclasses.replace(_other(source, tensor), status="FAIL", message=message)


def _numbers(
    source: Source, tensor: Tensor, reading: Reading, master: Source | None, bus: int
) -> Inspected:
    """A tensor of numbers: ternary if all of them are trits."""
    plain = _other(source, tensor)
    if len(tensor.shape) != 2:
        return plain
    try:
        weights = weights_of(source, tensor, Reading(scale=reading.scale))
    except UserError:
        return plain
    counts = [int(np.count_nonzero(weights.trits == trit)) for trit in (-1, 0, 1)]
    share = agreement_with(master, tensor.name, weights) if master else None
    return dataclasses.replace(
        plain,
        status="PASS",
        format="numbers",
        **_sizes(tensor.size or 0, weights.trits.size, bus),
        **dict(zip(("minus", "zero", "plus"), counts, strict=True)),
        agreement=share,
    )


def _packed(
    source: Source, tensor: Tensor, reading: Reading, master: Source | None, bus: int
) -> Inspected:
    one, shape, stored = packed_bytes(source, tensor, reading)
    row = _counted(tensor, one, shape, stored, bus)
    try:
        _, inside = one.decode(stored, shape)
    except FormatError as problem:
        return dataclasses.replace(row, status="FAIL", message=str(problem))
    scales = scales_of(source, tensor, reading, one, inside)
    if scales is not None:
        row = dataclasses.replace(
            row,
            scale_low=float(scales.stored.min()),
            scale_high=float(scales.stored.max()),
            scale=scales.convention or "not recorded",
        )
    if master is not None:
        weights = weights_of(source, tensor, reading)
        row = dataclasses.replace(row, agreement=agreement_with(master, tensor.name, weights))
    if row.minus == row.plus == 0:
        row = dataclasses.replace(row, message="every weight is 0")
    return row


def _counted(
    tensor: Tensor, one: Format, shape: tuple[int, int], stored: np.ndarray, bus: int
) -> Inspected:
    (minus, zero, plus), illegal, words = one.count(stored, shape)
    padding = prod(one.padded(shape)) - prod(shape)
    return Inspected(
        tensor.name,
        tensor.kind,
        one.name,
        "FAIL" if illegal else "PASS",
        *shape,
        len(stored),
        **_sizes(len(stored), prod(shape), bus),
        minus=minus,
        zero=max(zero - padding, 0),
        plus=plus,
        words=words,
        illegal=illegal,
    )


def _possible(
    source: Source, tensor: Tensor, reading: Reading, choices: Iterable[Format], bus: int
) -> Iterable[Inspected]:
    """A row for each layout that the tensor may have: legal words are all that can be checked."""
    rows = []
    for one in dict.fromkeys(choices):
        named = dataclasses.replace(reading, layout=one.name)
        try:
            form = format_of(source, tensor, named)
            shape = shape_of(source, tensor, form, named)
            if not isinstance(source, GgufFile) and form.stored_size(shape) != tensor.size:
                continue
            row = _counted(tensor, *packed_bytes(source, tensor, named), bus)
        except (UserError, ValueError):
            continue
        rows.append(dataclasses.replace(row, status="UNKNOWN", message="name it with --layout"))
    return rows or [_failed(source, tensor, "fits no layout: name it with --layout and --shape")]


def _sizes(size: int, weights: int, bus: int) -> dict[str, float]:
    return {
        "bits_per_weight": round(8 * size / weights, 4),
        "bus_bits_per_weight": round(bus_bits(size, weights, bus), 4),
    }


_STYLES = {"PASS": "green", "FAIL": "bold red", "UNKNOWN": "yellow"}


def _table(path: Path, rows: Iterable[Inspected], bus: int) -> Table:
    table = Table(title=escape(str(path)))
    numbers = ["weights", "-1", "0", "1", "illegal", "scale", "bytes", "bits", f"on {bus} bits"]
    for column in ("tensor", "type", "format", "verdict"):
        table.add_column(column, overflow="fold")
    for column in numbers:
        table.add_column(column, justify="right")
    table.add_column("remark", overflow="fold")
    for row in rows:
        remark = row.message
        if row.agreement is not None:
            remark = f"{row.agreement:.2%} as the master; {remark}".removesuffix("; ")
        style = _STYLES.get(row.status, "dim")
        table.add_row(
            escape(row.tensor),
            escape(row.kind),
            row.format,
            f"[{style}]{row.status or 'not ternary'}[/]",
            f"{row.outputs:,} x {row.inputs:,}",
            *(_share(count, row) for count in (row.minus, row.zero, row.plus)),
            "" if row.illegal is None else f"{row.illegal:,} of {row.words:,}",
            _scale_text(row),
            "" if row.bytes is None else f"{row.bytes:,}",
            "" if row.bits_per_weight is None else f"{row.bits_per_weight:.4g}",
            "" if row.bus_bits_per_weight is None else f"{row.bus_bits_per_weight:.4g}",
            escape(remark),
        )
    return table


def _share(count: int | None, row: Inspected) -> str:
    total = sum(number or 0 for number in (row.minus, row.zero, row.plus))
    return "" if count is None else f"{count / max(total, 1):.1%}"


def _scale_text(row: Inspected) -> str:
    if row.scale_low is None or row.scale_high is None:
        return ""
    ends = [f"{end:.4g}" for end in (row.scale_low, row.scale_high)]
    values = ends[0] if row.scale_low == row.scale_high else " to ".join(ends)
    return f"{values} ({row.scale})"
