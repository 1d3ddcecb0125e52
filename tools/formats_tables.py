# SPDX-License-Identifier: Apache-2.0
"""The tables of docs/formats.md, from the registry of formats and a real matrix."""

from itertools import permutations
from math import lcm, prod

import numpy as np
from tritproof.ref.formats.format import Format
from tritproof.ref.formats.registry import formats, spellings
from tritproof.ref.formats.tellme import BEAT_BITS
from tritproof.tools.importers import load_weights
from tritproof.tools.matvec import real_matrices
from tritproof.tools.weights_inspect import bus_bits

SHAPE = (1536, 4096)
"""A matrix of BitNet b1.58 0.73B, which every format takes."""


def formats_table() -> str:
    """Every format: what it packs how, its alphabet, scales, sizes and source."""
    columns = (
        "format", "a word holds", "alphabet", "scales", "bits", "on the bus", "takes", "GGML type",
        "as in",
    )  # fmt: skip
    rows = [
        (
            f"[`{spelling}`](pictures/format_{name}.svg)",
            one.summary,
            one.alphabet,
            one.scales,
            f"{_bits(one):.5g}",
            f"{bus_bits(one.stored_size(SHAPE), prod(SHAPE), BEAT_BITS):.5g}",
            _takes(one),
            ", ".join(map(str, one.ggml_types)),
            one.source,
        )
        for spelling, (name, one) in zip(spellings(), formats().items(), strict=True)
    ]
    return _markdown(columns, rows)


def confusions_table() -> str:
    """What becomes of a real matrix read in another format of the same size."""
    trits = next(
        matrix
        for weights, _ in real_matrices().values()
        if all(_fits(one, (matrix := load_weights(weights)).shape) for one in formats().values())
    )
    rows = []
    for (first, one), (second, other) in permutations(formats().items(), 2):
        whole = _whole(trits, one, other)
        if one.stored_size(whole.shape) != other.stored_size(whole.shape):
            continue
        stored = one.encode(whole)
        legal = other.legal(stored, whole.shape)
        equal = "refused"
        if legal.all():
            equal = f"{np.mean(other.decode(stored, whole.shape)[0] == whole):.1%}"
        rows.append((f"`{first}`", f"`{second}`", f"{1 - legal.mean():.1%}", equal))
    return _markdown(("written as", "read as", "illegal words", "equal trits"), rows)


def _whole(trits: np.ndarray, one: Format, other: Format) -> np.ndarray:
    """The matrix, without last columns that both formats would pad, and be found out by it."""
    if not (one.pads and other.pads):
        return trits
    of = lcm(*(f.sections(trits.shape[1])[0].grid.multiples[1] for f in (one, other)))
    return trits[:, : trits.shape[1] // of * of]


def _bits(one: Format) -> float:
    section = one.sections(SHAPE[1])[0]
    return 8 * section.bytes / section.grid.trits


def _takes(one: Format) -> str:
    if one.pads:
        return "any matrix"
    if one.tile:
        return "whole tiles"
    rows, columns = one.sections(SHAPE[1])[0].grid.multiples
    multiples = [f"{n} {what}" for n, what in ((rows, "outputs"), (columns, "inputs")) if n > 1]
    return "multiples of " + " and ".join(multiples)


def _fits(one: Format, shape: tuple[int, int]) -> bool:
    try:
        one.padded(shape)
    except ValueError:
        return False
    return True


def _markdown(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines)
