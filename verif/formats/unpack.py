# SPDX-License-Identifier: Apache-2.0
"""Equivalence of unpack: units of legal words, of some that are not, and of any."""

from typing import Any

import numpy as np
from tritproof.ref.formats.goldens import unit_of
from tritproof.ref.formats.registry import formats
from tritproof.ref.formats.unit import words_of
from tritproof.verif.formats.rows import check_rows
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import pack_elements


def unpacked(params: Any, beats: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What is due for beats uint8[beats, bytes], uint8[beats, bytes], and whether each is illegal,
    bool[beats]: trits 0 of an illegal word."""
    section = unit_of(params.format)
    units = beats.reshape(-1, section.bytes)
    trits = np.zeros((len(units), section.grid.trits), np.int64)
    illegal = np.zeros(len(units), bool)
    for part in section.parts:
        words = words_of(units, part)
        trits[:, part.trits] = part.code.table[words]
        illegal |= ~part.code.is_legal[words].all(axis=1)
    made = pack_elements(trits.reshape(len(beats), -1), 2)
    if section.scale is not None:
        scales = units[:, section.scale : section.scale + 2].reshape(len(beats), -1)
        made = np.concatenate([made, scales], axis=1)
    return made, illegal.reshape(len(beats), -1).any(axis=1)


def random_beats(params: Any, rng: np.random.Generator, beats: int, share: float) -> np.ndarray:
    """Return beats of random weights, a share of their bytes at random."""
    one, section = formats()[params.format], unit_of(params.format)
    rows, columns = section.grid.multiples
    trits = rng.integers(-1, 2, (beats * params.units * rows, columns)).astype(np.int8)
    scales = None
    if section.scale is not None:
        scales = rng.integers(0, 1000, one.scale_shape(trits.shape)) / 64
    given = one.encode(trits, scales)[: beats * params.units * section.bytes]
    spoiled = rng.random(given.size) < share
    given[spoiled] = rng.integers(0, 256, int(spoiled.sum()))
    return given.reshape(beats, -1)


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare random rows."""

    def draw(rng: np.random.Generator, beats: int, share: float):
        given = random_beats(params, rng, beats, share)
        return given, *unpacked(params, given)

    return check_rows(simulator, vectors, seed, initial_state, draw)
