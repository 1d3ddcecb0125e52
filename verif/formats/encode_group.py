# SPDX-License-Identifier: Apache-2.0
"""Enumeration and equivalence of encode_group."""

from typing import Any

import numpy as np
from tritproof.ref.ternary.codes import encode
from tritproof.rtl.formats.encode_group import LATENCY
from tritproof.verif.enumeration import Enumeration, check_enumeration
from tritproof.verif.formats.unpack_word import trits_of_bits
from tritproof.verif.outcome import Outcome
from tritproof.verif.pipelines import Values


def enumeration(params: Any) -> Enumeration:
    """Every group, against the specification's codes."""

    def due(inputs: Values) -> Values:
        trits = trits_of_bits(inputs["trits"], params.g)
        illegal = (trits == -2).any(axis=1)
        trits[illegal] = 0
        return {"code": encode(params.code_order, trits), "illegal": illegal.astype(np.int64)}

    return Enumeration(LATENCY, due)


def check(simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1) -> Outcome:
    """Compare random groups, the enable low at random."""
    return check_enumeration(enumeration(params), simulator, vectors, seed, initial_state)
