# SPDX-License-Identifier: Apache-2.0
"""Stimulus of the clocked parts that have no streams: pipelines with an enable, and table fills."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from tritproof.ref.ternary.dot import tlmm_beat
from tritproof.verif.outcome import Outcome
from tritproof.verif.pipelines import source_rows
from tritproof.verif.port_values import (
    as_byte_rows,
    compare_rows,
    pack_elements,
    unpack_elements,
)
from tritproof.verif.ternary.dot import random_activations


def compare_lanes(
    simulator: Any,
    params: Any,
    inputs: dict[str, np.ndarray],
    codes: np.ndarray,
    activations: np.ndarray,
    first_row: int,
    initial_state: int,
) -> Outcome:
    """Simulate ``inputs`` and compare every lane's total, sign applied, with its beat.

    codes: int64[rows, lanes, groups], activations: int64[rows, t * g], as each row reads them; the
    total of a row is ``1 + levels`` advancing cycles old. Rows before ``first_row`` read nothing.
    """
    found = simulator.evaluate(inputs, initial_state=initial_state)
    sources = source_rows(inputs["advance"], 1 + params.tree.levels)
    compared = np.flatnonzero(sources >= first_row)
    sums = np.zeros(codes.shape[:2], np.int64)
    sums[compared] = tlmm_beat.numpy(
        codes[sources[compared]],
        activations[sources[compared]][:, None, :],
        G=params.g,
        T=params.t,
        CODE_ORDER=params.code_order,
    )
    totals = _lane_totals(found, params.q, params.tree.total_width)
    return compare_rows(inputs, {"sums": sums}, {"sums": totals}, len(codes), rows=compared)


def _lane_totals(found: Mapping[str, np.ndarray], lanes: int, width: int) -> np.ndarray:
    """Return int64[rows, lanes]: ``totals`` of ``width`` bits, turned where ``negates`` says so."""
    totals = unpack_elements(
        as_byte_rows(found["totals"], lanes * width), lanes, width, signed=True
    )
    negates = unpack_elements(as_byte_rows(found["negates"], lanes), lanes, 1, signed=False)
    return np.where(negates == 1, -totals, totals)


@dataclass(frozen=True)
class FillAndRead:
    """Port values, one row per cycle, that fill one bank of tables while the other is read.

    inputs: byte rows or int64 rows of ``activations fill fill_step fill_bank`` and ``bank``, the
        bank that may be read.
    readable: int64[rows, activations] by row: with what the readable bank was filled.
    first_read: first row in which a complete bank can be read.
    """

    inputs: dict[str, np.ndarray]
    readable: np.ndarray
    first_read: int


def fill_and_read(
    params: Any, activations: int, rows: int, rng: np.random.Generator
) -> FillAndRead:
    """Draw at least ``rows`` rows of fills, with random pauses inside and between them.

    params: the table's parameters. While no fill step is performed, all fill ports carry noise
    except that activations are held from the first step of a fill to its last.
    """
    steps = 1 << params.index_width
    parts: dict[str, list[np.ndarray]] = {name: [] for name in ("data", "fill", "step", "bank")}
    readable, lengths = [], []
    held, bank = None, int(rng.integers(2))
    total = 0
    while total < rows + steps:
        pause_rate = rng.choice([0.0, 0.0, 0.3])
        gaps = rng.geometric(1 - pause_rate, steps) - 1
        gaps[0] = 0
        # A bank is complete from the second cycle after its last step.
        length = int(gaps.sum()) + steps + 1 + int(rng.integers(0, 4))
        at = np.cumsum(gaps) + np.arange(steps)
        data = random_activations(rng, 1, activations)[0]
        rows_data = random_activations(rng, length, activations)
        rows_data[: at[-1] + 1] = data
        fill = np.zeros(length, np.int64)
        fill[at] = 1
        step = rng.integers(0, steps, length)
        step[at] = np.arange(steps)
        banks = rng.integers(0, 2, length)
        banks[at] = bank
        for name, values in (("data", rows_data), ("fill", fill), ("step", step), ("bank", banks)):
            parts[name].append(values)
        readable.append(held)
        lengths.append((length, 1 - bank))
        held, bank = data, 1 - bank
        total += length
    empty = np.zeros(activations, np.int64)
    return FillAndRead(
        inputs={
            "activations": pack_elements(np.concatenate(parts["data"]), 8),
            "fill": np.concatenate(parts["fill"]),
            "fill_step": np.concatenate(parts["step"]),
            "fill_bank": np.concatenate(parts["bank"]),
            "read_bank": np.concatenate([np.full(n, b, np.int64) for n, b in lengths]),
        },
        readable=np.concatenate(
            [
                np.broadcast_to(empty if values is None else values, (length, activations))
                for values, (length, _) in zip(readable, lengths, strict=True)
            ]
        ),
        first_read=lengths[0][0],
    )
