# SPDX-License-Identifier: Apache-2.0
"""Matrices as streams of the weight buffer: commands, beats of the port, beats of the engine."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from tritproof.ref.buffer.address import group_of, is_legal, load_order, output_of, part_of
from tritproof.verif.stream_cases import Case
from tritproof.verif.streams import Beats

COMMAND, LOAD, OUTPUT = "s_axis_command", "s_axis", "m_axis"


@dataclass(frozen=True)
class Matrix:
    """A command: a matrix of ``steps`` x ``beats`` beats of the engine, given out ``reads`` times.

    ``words``: its words as bits, uint8[steps, beats * q, word_width]; None where it is refused.
    """

    steps: int
    beats: int
    reads: int
    words: np.ndarray | None = None


def shape_of(params: Any) -> dict[str, int]:
    """Return the sizes of the buffer as the specification's functions name them."""
    return {"PARTS": params.parts, "GROUPS": params.groups, "ROW_BEATS": params.row_beats}


def fits(params: Any, steps: int, beats: int, reads: int) -> bool:
    """Whether the buffer takes such a matrix."""
    return bool(is_legal.exact(steps, beats, reads, **shape_of(params)))


def random_matrix(rng: np.random.Generator, params: Any, steps: int, beats: int, reads: int):
    """Return a matrix of random words, or one without words where it is refused."""
    words = None
    if fits(params, steps, beats, reads):
        words = rng.integers(0, 2, (steps, beats * params.q, params.word_width), np.uint8)
    return Matrix(steps, beats, reads, words)


def command_beats(matrices: Sequence[Matrix]) -> np.ndarray:
    """Return uint8[matrices, 6]."""
    words = [[one.steps, one.beats, one.reads] for one in matrices]
    return np.array(words, "<u2").reshape(-1, 3).view(np.uint8)


def _order(params: Any, matrix: Matrix):
    """Where the words of each beat of the port are kept."""
    shape = shape_of(params)
    return load_order(matrix.steps, matrix.beats, params.q, params.words, **shape)


def port_order(params: Any, matrix: Matrix) -> Iterator[tuple[int, slice]]:
    """Yield the step and the outputs of the words of each beat of the port."""
    wide = matrix.beats > params.row_beats
    for part, group, outputs in _order(params, matrix):
        step = group if wide else part * params.groups + group
        first = part * params.outputs * wide + outputs.start
        yield step, slice(first, first + len(outputs))


def load_beats(params: Any, matrix: Matrix, rng: np.random.Generator) -> np.ndarray:
    """Return uint8[beats, bytes] of a matrix at the port; all other bits are random."""
    places = list(port_order(params, matrix))
    bits = rng.integers(0, 2, (len(places), params.bus_width), np.uint8)
    for beat, (step, outputs) in enumerate(places):
        row = matrix.words[step, outputs]
        bits[beat, : row.size] = row.reshape(-1)
    return np.packbits(bits, axis=1, bitorder="little")


def output_beats(params: Any, loaded: np.ndarray, matrix: Matrix) -> Beats:
    """Return the beats due for the beats of the port that brought a matrix, by the specification:
    each word is kept at its part, group and output, and found there again."""
    sizes = {"PARTS": params.parts}
    rows, columns = {"GROUPS": params.groups, **sizes}, {"ROW_BEATS": params.row_beats, **sizes}
    kept = np.zeros((params.parts, params.groups, params.outputs, params.word_width), np.uint8)
    bits = np.unpackbits(loaded, axis=1, bitorder="little")[:, : params.words_width]
    words = bits.reshape(len(loaded), params.words, params.word_width)
    for beat, (part, group, outputs) in enumerate(_order(params, matrix)):
        kept[part, group, outputs.start : outputs.stop] = words[beat, : len(outputs)]
    step = np.arange(matrix.steps)[:, None, None]
    beat = np.arange(matrix.beats)[None, :, None]
    lane = np.arange(params.q)[None, None, :]
    part = part_of.numpy(step, beat, GROUPS=params.groups, **columns)
    output = output_of.numpy(beat, lane, Q=params.q, **columns)
    found = kept[part, group_of.numpy(step, **rows), output]
    flat = found.reshape(matrix.steps * matrix.beats, params.beat_width)
    once = np.packbits(flat, axis=1, bitorder="little")
    last = np.zeros(len(once), bool)
    last[-1] = True
    return Beats(np.tile(once, (matrix.reads, 1)), np.tile(last, matrix.reads))


def case_of(params: Any, matrices: Sequence[Matrix], rng: np.random.Generator) -> Case:
    """Return the beats of matrices that follow each other, and those due for them."""
    kept = [one for one in matrices if one.words is not None]
    loaded = [load_beats(params, one, rng) for one in kept]
    due = [output_beats(params, beats, one) for beats, one in zip(loaded, kept, strict=True)]
    nothing = Beats(np.zeros((0, -(-params.beat_width // 8)), np.uint8), np.zeros(0, bool))
    taken = np.concatenate([np.zeros((0, params.bus_width // 8), np.uint8), *loaded])
    given = np.concatenate([one.data for one in (nothing, *due)])
    ends = np.concatenate([one.last for one in (nothing, *due)])
    return Case(
        {COMMAND: Beats(command_beats(matrices)), LOAD: Beats(taken)},
        {OUTPUT: Beats(given, ends)},
        {"gamma_write": len(taken), "refused": len(matrices) - len(kept)},
    )
