# SPDX-License-Identifier: Apache-2.0
"""Random and complete sets of port values, packed vectors, and row-by-row comparison."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from tritproof.verif.outcome import Outcome, literal

CHUNK = 1 << 18
"""Rows compared at a time: bounds the memory of an exhaustive run."""


def corner_biased(rng: np.random.Generator, shape: tuple[int, ...], low: int, high: int):
    """Return int64 values from ``low`` to ``high``, half of them corners: ends, -1, 0, 1."""
    values = rng.integers(low, high, shape, endpoint=True)
    corners = [v for v in (low, low + 1, -1, 0, 1, high - 1, high) if low <= v <= high]
    return np.where(rng.random(shape) < 0.5, rng.choice(corners, shape), values)


def often(rng: np.random.Generator, shape: int | tuple[int, ...], share: float) -> np.ndarray:
    """Return flags int64, set with the probability ``share``."""
    return (rng.random(shape) < share).astype(np.int64)


def as_signed(values: np.ndarray, width: int) -> np.ndarray:
    """Return int64 of the two's complement numbers whose ``width`` bits are the given integers."""
    sign = np.int64(1 << (width - 1))
    return (values ^ sign) - sign


def pack_elements(values: np.ndarray, width: int, size: int | None = None) -> np.ndarray:
    """Return integers[rows, n] as uint8[rows, bytes], ``width`` bits each, the first lowest.

    Two's complement; ``size`` bytes (default: just enough), the bits above the last element zero.
    """
    rows, count = values.shape
    bits = (values[:, :, None] >> np.arange(width)) & 1
    packed = np.packbits(
        bits.astype(np.uint8).reshape(rows, count * width), axis=1, bitorder="little"
    )
    if size is None or size == packed.shape[1]:
        return packed
    padded = np.zeros((rows, size), np.uint8)
    padded[:, : packed.shape[1]] = packed
    return padded


def pack_integers(values: np.ndarray, width: int) -> list[int]:
    """Return each row of integers[rows, n] as one unsigned integer: see pack_elements."""
    return as_integers(pack_elements(values.astype(np.int64), width))


def unpack_elements(rows: np.ndarray, count: int, width: int, *, signed: bool) -> np.ndarray:
    """Return int64[rows, count] of the packed elements in uint8[rows, bytes]; width at most 64."""
    if width % 8 == 0:
        size = width // 8
        wide = np.zeros((len(rows), count, 8), np.uint8)
        wide[:, :, :size] = rows[:, : count * size].reshape(len(rows), count, size)
        values = wide.view("<i8")[:, :, 0]
    else:
        bits = np.unpackbits(rows, axis=1, bitorder="little", count=count * width)
        bits = bits.reshape(len(rows), count, width).astype(np.int64)
        values = bits @ (np.int64(1) << np.arange(width, dtype=np.int64))
    if signed and width < 64:
        values = as_signed(values, width)
    return values


def as_byte_rows(values: np.ndarray, width: int) -> np.ndarray:
    """Return an output of ``evaluate`` as byte rows, whichever of its two forms it has."""
    if values.ndim == 2:
        return values
    size = (width + 7) // 8
    raw = np.ascontiguousarray(values.astype("<i8")).view(np.uint8).reshape(-1, 8)
    return np.ascontiguousarray(raw[:, :size])


def as_integers(rows: np.ndarray) -> list[int]:
    """Return each row of bytes, least significant first, as an unsigned integer."""
    return [int.from_bytes(row.tobytes(), "little") for row in rows]


def as_rows(numbers: list[int], size: int) -> np.ndarray:
    """Return unsigned integers as uint8[rows, size], least significant byte first."""
    data = b"".join(number.to_bytes(size, "little") for number in numbers)
    return np.frombuffer(data, np.uint8).reshape(len(numbers), size).copy()


def check_combinational(
    simulator: Any,
    vectors: int,
    rng: np.random.Generator,
    random_inputs: Callable[[np.random.Generator, int], Mapping[str, np.ndarray]],
    expected: Callable[[Mapping[str, np.ndarray]], Mapping[str, np.ndarray]],
    initial_state: int = 1,
) -> Outcome:
    """Compare a combinational block with ``expected`` on at least ``vectors`` input rows.

    Where all inputs together have no more than ``vectors`` values, every one of them is tried;
    else ``random_inputs(rng, rows)`` draws them.
    """
    inputs = [port for port in simulator.ports if port.direction == "in"]
    total_bits = sum(port.width for port in inputs)
    exhaustive = total_bits < 40 and 1 << total_bits <= vectors
    if exhaustive:
        batches: Iterator = _all_inputs(inputs, total_bits)
    else:
        sizes = [min(CHUNK, vectors - start) for start in range(0, vectors, CHUNK)]
        batches = (random_inputs(rng, size) for size in sizes)
    outcome = Outcome(exhaustive=exhaustive)
    for batch in batches:
        found = simulator.evaluate(batch, initial_state=initial_state)
        rows = len(next(iter(batch.values())))
        outcome += compare_rows(batch, expected(batch), found, rows, exhaustive)
    return outcome


def _all_inputs(ports: list, total_bits: int) -> Iterator[dict[str, np.ndarray]]:
    for start in range(0, 1 << total_bits, CHUNK):
        numbers = np.arange(start, min(start + CHUNK, 1 << total_bits), dtype=np.int64)
        batch, offset = {}, 0
        for port in ports:
            batch[port.name] = (numbers >> offset) & ((1 << port.width) - 1)
            if port.signed:
                batch[port.name] -= (batch[port.name] >> (port.width - 1)) << port.width
            offset += port.width
        yield batch


def compare_rows(
    inputs: Mapping[str, np.ndarray],
    expected: Mapping[str, np.ndarray],
    found: Mapping[str, np.ndarray],
    cycles: int,
    exhaustive: bool = False,
    rows: np.ndarray | None = None,
) -> Outcome:
    """Compare output rows; ``rows`` are the compared ones where not all of them are defined.

    ``expected`` and ``found`` hold int64[rows] or int64[rows, elements] by output name.
    """
    rows = np.arange(cycles) if rows is None else rows
    wrong = np.zeros(len(rows), bool)
    for name, values in expected.items():
        unequal = values[rows] != found[name][rows]
        wrong |= unequal.any(axis=tuple(range(1, unequal.ndim)))
    failure = None
    if wrong.any():
        row = rows[np.flatnonzero(wrong)[0]]
        failure = (
            literal({name: values[row] for name, values in inputs.items()})
            + f"  # row {row}: expected "
            + literal({name: values[row] for name, values in expected.items()})
            + ", found "
            + literal({name: found[name][row] for name in expected})
        )
    return Outcome(len(rows), int(wrong.sum()), cycles, exhaustive, failure)
