# SPDX-License-Identifier: Apache-2.0
"""Streams of a port table, the beats they carry, and what can go wrong with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from tritproof.verif.compile import PortLike

FIELDS = ("tdata", "tvalid", "tready", "tlast", "tkeep")


class SimulationError(AssertionError):
    """The simulated block broke a rule; the message names the stream or port and the cycle."""


class DeadlockError(SimulationError):
    """Nothing moved for the allowed time although beats were still to be moved."""


class ExtraOutputError(SimulationError):
    """A block delivered more beats than its inputs call for."""


class ProtocolError(SimulationError):
    """An offered beat changed or vanished before it was taken."""


class UnknownStateError(SimulationError):
    """A result depends on the random value an unset register started with."""


@dataclass(frozen=True)
class Stream:
    """One AXI4-Stream of a module; ``direction`` "in" means the module consumes the beats."""

    name: str
    direction: str
    ports: Mapping[str, PortLike] = field(repr=False)

    def bytes_of(self, part: str) -> int:
        """Return the bytes per beat of ``tdata``, ``tlast`` or ``tkeep``; 0 if it is absent."""
        return (self.ports[part].width + 7) // 8 if part in self.ports else 0


def streams_of(ports: Sequence[PortLike]) -> dict[str, Stream]:
    """Return the streams among ``ports`` by name, in port order.

    A stream is three ports ``X_tdata``, ``X_tvalid`` and ``X_tready``, and ``X_tlast`` and
    ``X_tkeep`` where they exist.
    """
    by_name = {port.name: port for port in ports}
    found = {}
    for name in [port.name.removesuffix("_tvalid") for port in ports if _is_valid(port)]:
        parts = {part: by_name[f"{name}_{part}"] for part in FIELDS if f"{name}_{part}" in by_name}
        if "tdata" not in parts or "tready" not in parts:
            raise ValueError(f"stream {name} has a tvalid port but lacks tdata or tready")
        found[name] = Stream(name, parts["tvalid"].direction, parts)
    return found


def _is_valid(port: PortLike) -> bool:
    return port.name.endswith("_tvalid")


@dataclass(frozen=True)
class Beats:
    """The beats of one stream: ``data`` uint8[beats, bytes], least significant byte first.

    ``last`` is bool[beats] and ``keep`` uint8[beats, bytes of tkeep], where the stream has them.
    """

    data: np.ndarray
    last: np.ndarray | None = None
    keep: np.ndarray | None = None


def as_beats(value: "np.ndarray | Beats", stream: Stream) -> Beats:
    """Return ``value`` as contiguous beats of ``stream``; absent tlast is 0, absent tkeep all ones.

    Raises ValueError naming the stream and both shapes if the bytes per beat do not fit.
    """
    beats = value if isinstance(value, Beats) else Beats(value)
    data = byte_rows(beats.data, stream.bytes_of("tdata"), f"{stream.name}_tdata")
    last = np.zeros(len(data), np.uint8) if beats.last is None else beats.last
    keep = beats.keep
    if keep is None:
        keep = np.full((len(data), stream.bytes_of("tkeep")), 255, np.uint8)
    last = np.ascontiguousarray(last, np.uint8).reshape(-1)
    keep = byte_rows(keep, stream.bytes_of("tkeep"), f"{stream.name}_tkeep")
    if not len(data) == len(last) == len(keep):
        raise ValueError(
            f"stream {stream.name}: {len(data)} beats of tdata, {len(last)} of tlast, "
            f"{len(keep)} of tkeep"
        )
    return Beats(data, last, keep)


def byte_rows(array: np.ndarray, size: int, name: str) -> np.ndarray:
    """Return ``array`` as contiguous uint8[rows, size], or raise ValueError naming the port."""
    array = np.asarray(array)
    if array.dtype != np.uint8 or array.ndim != 2 or array.shape[1] != size:
        raise ValueError(
            f"port {name} takes uint8 rows of {size} bytes, not {array.dtype}{list(array.shape)}"
        )
    return np.ascontiguousarray(array)


def to_bytes(values: np.ndarray, port: PortLike) -> np.ndarray:
    """Return integers (or ready byte rows) for ``port`` as uint8[rows, bytes], two's complement."""
    values = np.asarray(values)
    size = (port.width + 7) // 8
    if values.ndim == 2 and values.dtype == np.uint8:
        return byte_rows(values, size, port.name)
    if values.ndim != 1 or values.dtype.kind not in "iub" or port.width > 64:
        raise ValueError(
            f"port {port.name} of {port.width} bits takes uint8[rows, {size}]"
            + (" or integers[rows]" if port.width <= 64 else "")
            + f", not {values.dtype}{list(values.shape)}"
        )
    low = -(1 << port.width - 1) if port.signed else 0
    high = (1 << port.width - port.signed) - 1
    if values.size and (int(values.min()) < low or int(values.max()) > high):
        raise ValueError(f"port {port.name} takes values {low} to {high}; one lies outside")
    wide = np.ascontiguousarray(values.astype("<i8" if values.dtype.kind != "u" else "<u8"))
    return np.ascontiguousarray(wide.view(np.uint8).reshape(-1, 8)[:, :size])


def from_bytes(rows: np.ndarray, port: PortLike) -> np.ndarray:
    """Return byte rows of ``port`` as int64[rows] if its values fit, else as they are."""
    if port.width > 64 or (port.width == 64 and not port.signed):
        return rows
    wide = np.zeros((len(rows), 8), np.uint8)
    wide[:, : rows.shape[1]] = rows
    values = wide.view("<i8").reshape(-1)
    if port.signed and port.width < 64:
        sign = np.int64(1 << port.width - 1)
        values = ((values & ((1 << port.width) - 1)) ^ sign) - sign
    return values


@dataclass(frozen=True)
class Result:
    """What one stream run delivered.

    outputs: uint8[beats, bytes] by output stream; ``last`` bool[beats] and ``keep``
        uint8[beats, bytes] for the streams that have the port.
    beat_cycles: int64[beats] by stream, inputs and outputs: the clock cycle, counted from the end
        of reset, in which each beat moved.
    status: cycles with a value other than 0, by output port that belongs to no stream.
    total_cycles: cycles simulated after reset, draining included.
    """

    outputs: dict[str, np.ndarray]
    last: dict[str, np.ndarray]
    keep: dict[str, np.ndarray]
    beat_cycles: dict[str, np.ndarray]
    status: dict[str, int]
    total_cycles: int

    @property
    def transactions(self) -> int:
        """Beats that moved, on every stream together."""
        return sum(len(cycles) for cycles in self.beat_cycles.values())

    @property
    def first_cycle(self) -> int:
        """Cycle of the first beat on any stream; 0 if none moved."""
        return min((int(c[0]) for c in self.beat_cycles.values() if len(c)), default=0)

    @property
    def last_cycle(self) -> int:
        """Cycle of the last beat on any stream; 0 if none moved."""
        return max((int(c[-1]) for c in self.beat_cycles.values() if len(c)), default=0)

    @property
    def cycles(self) -> int:
        """Cycles from the first beat to the last, both included."""
        return self.last_cycle - self.first_cycle + 1 if self.transactions else 0

    def difference(self, other: "Result") -> str | None:
        """Return where two runs delivered something different, or None where they agree."""
        for part in ("outputs", "last", "keep", "beat_cycles"):
            mine, theirs = getattr(self, part), getattr(other, part)
            for stream, values in mine.items():
                if np.array_equal(values, theirs[stream]):
                    continue
                length = min(len(values), len(theirs[stream]))
                unequal = values[:length] != theirs[stream][:length]
                rows = np.flatnonzero(unequal.reshape(length, -1).any(axis=1))
                beat = int(rows[0]) if len(rows) else length
                return f"{part} of {stream} at beat {beat}"
        return None if self.status == other.status else "status ports"
