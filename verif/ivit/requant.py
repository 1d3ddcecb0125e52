# SPDX-License-Identifier: Apache-2.0
"""Equivalence of requant and requant_add: rows of integers with dyadic numbers of their own."""

from typing import Any

import numpy as np
from tritproof.rtl.ivit.dyadic_lane import MANTISSA_WIDTH
from tritproof.rtl.ivit.requant import SCALE_WIDTH
from tritproof.verif.ivit.dyadic_lane import random_dyadics, rounded
from tritproof.verif.ivit.vectors import known
from tritproof.verif.outcome import Outcome
from tritproof.verif.port_values import pack_elements
from tritproof.verif.softmax.score_buffer import ends_of
from tritproof.verif.stream_cases import Case, check_cases
from tritproof.verif.streams import Beats


def rows_case(
    params: Any, lengths: list[int], operands: dict[str, dict[str, np.ndarray]]
) -> Case:
    """Return the case of rows of ``lengths`` beats; ``operands`` by the name of their stream, each
    value, mantissa and shift int64[beats, lanes]."""
    inputs, total = {}, np.int64(0)
    ends = ends_of(lengths)
    for name, given in operands.items():
        scale = given["mantissa"] | given["shift"] << MANTISSA_WIDTH
        inputs[f"s_axis{name}"] = Beats(
            pack_elements(given["value"], 32), ends if not name else None
        )
        inputs[f"s_axis{name}_scale"] = Beats(pack_elements(scale, SCALE_WIDTH))
        total = total + rounded(**given)
    half = 1 << (params.result_width - 1)
    due = np.clip(total, -half, half - 1)
    return Case(inputs, {"m_axis": Beats(pack_elements(due, params.lane_width), ends)})


def known_vectors(params: Any, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return the known vectors with as many operands and results as wide."""
    return [one for one in known("requant") if one["bits"] == params.result_width
            and ("identity" in one) == (len(names) > 1)]  # fmt: skip


def known_case(params: Any, names: tuple[str, ...]) -> Case | None:
    """Return the case of the known vectors that fit, each a row, zeros at its end; None of none."""
    rows: dict[str, list[dict[str, np.ndarray]]] = {name: [] for name in names}
    lengths = []
    for vector in known_vectors(params, names):
        given = [(vector["z"], vector["m"], vector["e"])]
        if len(names) > 1:
            given.append((vector["identity"], vector["m1"], vector["e1"]))
        for name, operand in zip(names, given, strict=True):
            arrays = np.broadcast_arrays(*(np.array(one, np.int64) for one in operand))
            flat = [np.zeros(-(-one.size // params.lanes) * params.lanes, np.int64)
                    for one in arrays]  # fmt: skip
            for target, one in zip(flat, arrays, strict=True):
                target[: one.size] = one.reshape(-1)
            shaped = [one.reshape(-1, params.lanes) for one in flat]
            rows[name].append(dict(zip(("value", "mantissa", "shift"), shaped, strict=True)))
        lengths.append(len(shaped[0]))
        _require_known(vector, rows, names)
    if not lengths:
        return None
    operands = {
        name: {key: np.concatenate([row[key] for row in given]) for key in given[0]}
        for name, given in rows.items()
    }
    return rows_case(params, lengths, operands)


def _require_known(vector: dict[str, Any], rows: dict, names: tuple[str, ...]) -> None:
    """Raise AssertionError unless the specification gives the vector's results."""
    total = sum(rounded(**rows[name][-1]) for name in names).reshape(-1)
    due = np.array(vector["exact_out"]).reshape(-1)
    half = 1 << (vector["bits"] - 1)
    if not np.array_equal(np.clip(total, -half, half - 1)[: due.size], due):
        raise AssertionError(f"the specification differs from the known vector {vector['id']}")


def check(
    simulator: Any, params: Any, vectors: int, seed: int, initial_state: int = 1,
    names: tuple[str, ...] = ("",),
) -> Outcome:  # fmt: skip
    """Compare the known vectors that fit, and random rows."""
    case = known_case(params, names)
    first = [case] if case else []

    def draw(rng: np.random.Generator) -> Case:
        if first:
            return first.pop()
        lengths = rng.integers(1, 30, rng.integers(1, 6)).tolist()
        shape = sum(lengths), params.lanes
        operands = {
            name: {key: array.reshape(shape) for key, array in
                   random_dyadics(rng, shape[0] * shape[1]).items()}
            for name in names
        }  # fmt: skip
        return rows_case(params, lengths, operands)

    return check_cases(simulator, vectors, seed, initial_state, draw)
