# SPDX-License-Identifier: Apache-2.0
"""Enumeration and equivalence of unpack_word."""

from typing import Any

import numpy as np
from tritproof.ref.formats.code import Code
from tritproof.ref.formats.registry import formats
from tritproof.rtl.formats.unpack_word import LATENCY
from tritproof.verif.enumeration import Enumeration, check_enumeration
from tritproof.verif.outcome import Outcome
from tritproof.verif.pipelines import Values
from tritproof.verif.port_values import as_signed

TRIT_WIDTH = 2


def code_named(name: str) -> Code:
    """The code of a format's words by its name."""
    parts = [part for one in formats().values() for section in one.sections(0)
             for part in section.parts]  # fmt: skip
    return next(part.code for part in parts if part.code.name == name)


def pack_trits(trits: np.ndarray) -> np.ndarray:
    """Trits int[..., n] as int64[...], 2 bits each in two's complement, the first lowest."""
    fields = (trits.astype(np.int64) & 3) << TRIT_WIDTH * np.arange(trits.shape[-1])
    return fields.sum(axis=-1)


def trits_of_bits(bits: np.ndarray, count: int) -> np.ndarray:
    """The ``count`` numbers of 2 bits, two's complement, int64[..., count], the first lowest."""
    fields = bits[..., None] >> TRIT_WIDTH * np.arange(count) & 3
    return as_signed(fields, TRIT_WIDTH)


def enumeration(params: Any) -> Enumeration:
    """Every word, against the specification's table of its code."""
    code = code_named(params.code)

    def due(inputs: Values) -> Values:
        word = inputs["word"]
        illegal = 1 - code.is_legal[word].astype(np.int64)
        return {"trits": pack_trits(code.table[word]), "illegal": illegal}

    return Enumeration(LATENCY, due)


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare random words, the enable low at random."""
    return check_enumeration(enumeration(params), simulator, vectors, seed, initial_state)
