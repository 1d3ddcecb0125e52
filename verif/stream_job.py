# SPDX-License-Identifier: Apache-2.0
"""One stream run as the compiled driver sees it: the C structures of ``stream_driver.cpp.j2``."""

import ctypes
from collections.abc import Mapping, Sequence

import numpy as np
from tritproof.verif.random_stalls import Stalls, stall_of, stream_seed
from tritproof.verif.streams import (
    FIELDS,
    Beats,
    DeadlockError,
    ExtraOutputError,
    ProtocolError,
    Result,
    SimulationError,
    Stream,
)

UNEXPECTED_CAPACITY = 1 << 20
"""Beats an output stream may deliver when their number is not given."""

_INDICES = [(name, ctypes.c_int32) for name in FIELDS]
_STALLING = [
    ("stall_threshold", ctypes.c_uint32),
    ("longest_stall", ctypes.c_uint32),
    ("seed", ctypes.c_uint64),
]


class _InputStream(ctypes.Structure):
    _fields_ = [
        *_INDICES,
        ("data", ctypes.c_void_p),
        ("last", ctypes.c_void_p),
        ("keep", ctypes.c_void_p),
        ("beats", ctypes.c_int64),
        *_STALLING,
        ("accepted", ctypes.c_int64),
        ("beat_cycles", ctypes.c_void_p),
    ]


class _OutputStream(ctypes.Structure):
    _fields_ = [
        *_INDICES,
        ("capacity", ctypes.c_int64),
        *_STALLING[:2],
        ("waits_for_valid", ctypes.c_int32),
        *_STALLING[2:],
        ("delivered", ctypes.c_int64),
        ("data", ctypes.c_void_p),
        ("last", ctypes.c_void_p),
        ("keep", ctypes.c_void_p),
        ("beat_cycles", ctypes.c_void_p),
    ]


class _StatusPort(ctypes.Structure):
    _fields_ = [("port", ctypes.c_int32), ("cycles_nonzero", ctypes.c_int64)]


class _StreamJob(ctypes.Structure):
    _fields_ = [
        ("inputs", ctypes.POINTER(_InputStream)),
        ("outputs", ctypes.POINTER(_OutputStream)),
        ("status", ctypes.POINTER(_StatusPort)),
        ("input_count", ctypes.c_int32),
        ("output_count", ctypes.c_int32),
        ("status_count", ctypes.c_int32),
        ("outputs_known", ctypes.c_int32),
        ("reset_cycles", ctypes.c_int64),
        ("drain_cycles", ctypes.c_int64),
        ("max_idle_cycles", ctypes.c_int64),
        ("stop_after", ctypes.c_int64),
        ("cycles", ctypes.c_int64),
        ("failure", ctypes.c_int32),
        ("failed_stream", ctypes.c_int32),
        ("failed_cycle", ctypes.c_int64),
    ]


def failure_of(kind: str, stream: str, cycle: int, moved: int, due: int) -> SimulationError:
    """Return the error of one failure kind on ``stream``; both drivers report through this.

    ``moved`` beats had moved on the stream and ``due`` were to move.
    """
    where = f"stream {stream}, cycle {cycle}"
    if kind == "input_deadlock":
        return DeadlockError(f"{where}: nothing moves and {moved} of {due} beats were accepted")
    if kind == "output_deadlock":
        return DeadlockError(f"{where}: nothing moves and {moved} of {due} beats were delivered")
    if kind == "extra_output":
        return ExtraOutputError(f"{where}: a beat beyond the {due} expected")
    if kind == "unstable_output":
        return ProtocolError(f"{where}: beat {moved} changed while it waited for tready")
    return ProtocolError(f"{where}: beat {moved} was withdrawn while it waited for tready")


KINDS = ("", "input_deadlock", "output_deadlock", "extra_output", "unstable_output", "withdrawn")
"""Failure kinds by the number the compiled driver gives them."""


class Job:
    """Arguments and results of one call of the compiled stream driver; owns their memory."""

    def __init__(
        self,
        *,
        streams: Mapping[str, Stream],
        port_names: Sequence[str],
        status_names: Sequence[str],
        inputs: Mapping[str, Beats],
        expected: Mapping[str, int] | None,
        stalls: Stalls,
        seed: int,
        max_idle_cycles: int,
        drain_cycles: int,
        reset_cycles: int,
        stop_after: int,
    ) -> None:
        self._sources = [stream for stream in streams.values() if stream.direction == "in"]
        self._sinks = [stream for stream in streams.values() if stream.direction == "out"]
        self._status_names = status_names
        self._beats = inputs
        index = {name: number for number, name in enumerate(port_names)}

        def common(stream: Stream) -> dict[str, int]:
            stall = stall_of(stalls, stream.name)
            ports = {
                part: index[stream.ports[part].name] if part in stream.ports else -1
                for part in FIELDS
            }
            return ports | {
                "stall_threshold": stall.threshold,
                "longest_stall": stall.longest,
                "seed": stream_seed(seed, stream.name),
            }

        self._cycles = {
            name: np.empty(len(beats.data), np.int64) for name, beats in inputs.items()
        }
        self._inputs = (_InputStream * max(len(self._sources), 1))()
        for slot, stream in enumerate(self._sources):
            beats = inputs[stream.name]
            self._inputs[slot] = _InputStream(
                **common(stream),
                data=beats.data.ctypes.data,
                last=beats.last.ctypes.data,
                keep=beats.keep.ctypes.data,
                beats=len(beats.data),
                beat_cycles=self._cycles[stream.name].ctypes.data,
            )
        capacities = expected_capacities(self._sinks, expected)
        self._outputs = (_OutputStream * max(len(self._sinks), 1))()
        self._data, self._last, self._keep = {}, {}, {}
        for slot, stream in enumerate(self._sinks):
            name, capacity = stream.name, capacities[stream.name]
            self._data[name] = np.empty((capacity, stream.bytes_of("tdata")), np.uint8)
            self._last[name] = np.empty(capacity, np.uint8)
            self._keep[name] = np.empty((capacity, stream.bytes_of("tkeep")), np.uint8)
            self._cycles[name] = np.empty(capacity, np.int64)
            self._outputs[slot] = _OutputStream(
                **common(stream),
                capacity=capacity,
                waits_for_valid=stall_of(stalls, name).waits_for_valid,
                data=self._data[name].ctypes.data,
                last=self._last[name].ctypes.data,
                keep=self._keep[name].ctypes.data,
                beat_cycles=self._cycles[name].ctypes.data,
            )
        self._status = (_StatusPort * max(len(status_names), 1))()
        for slot, name in enumerate(status_names):
            self._status[slot].port = index[name]
        self._job = _StreamJob(
            inputs=self._inputs,
            outputs=self._outputs,
            status=self._status,
            input_count=len(self._sources),
            output_count=len(self._sinks),
            status_count=len(status_names),
            outputs_known=expected is not None,
            reset_cycles=reset_cycles,
            drain_cycles=drain_cycles,
            max_idle_cycles=max_idle_cycles,
            stop_after=stop_after,
        )

    def pointer(self) -> object:
        """Return the argument the compiled driver takes."""
        return ctypes.byref(self._job)

    def raise_failure(self) -> None:
        """Raise the error the driver found, if any."""
        job = self._job
        if not job.failure:
            return
        kind = KINDS[job.failure]
        if kind == "input_deadlock":
            name, entry = self._sources[job.failed_stream].name, self._inputs[job.failed_stream]
            raise failure_of(kind, name, job.failed_cycle, entry.accepted, entry.beats)
        name, entry = self._sinks[job.failed_stream].name, self._outputs[job.failed_stream]
        raise failure_of(kind, name, job.failed_cycle, entry.delivered, entry.capacity)

    def result(self) -> Result:
        """Return what the driver collected."""
        moved = {
            stream.name: entry.accepted
            for stream, entry in zip(self._sources, self._inputs, strict=False)
        } | {
            stream.name: entry.delivered
            for stream, entry in zip(self._sinks, self._outputs, strict=False)
        }
        return Result(
            outputs={name: rows[: moved[name]].copy() for name, rows in self._data.items()},
            last={
                sink.name: self._last[sink.name][: moved[sink.name]].astype(bool)
                for sink in self._sinks
                if "tlast" in sink.ports
            },
            keep={
                sink.name: self._keep[sink.name][: moved[sink.name]].copy()
                for sink in self._sinks
                if "tkeep" in sink.ports
            },
            beat_cycles={
                name: cycles[: moved[name]].copy() for name, cycles in self._cycles.items()
            },
            status={
                name: entry.cycles_nonzero
                for name, entry in zip(self._status_names, self._status, strict=False)
            },
            total_cycles=self._job.cycles,
        )


def expected_capacities(
    sinks: Sequence[Stream], expected: Mapping[str, int] | None
) -> dict[str, int]:
    """Return how many beats each output stream may deliver.

    Raises ValueError unless ``expected`` names exactly the output streams.
    """
    names = [stream.name for stream in sinks]
    if expected is None:
        return dict.fromkeys(names, UNEXPECTED_CAPACITY)
    if set(expected) != set(names):
        raise ValueError(
            f"expected_beats names {sorted(expected)}; the output streams are {sorted(names)}"
        )
    return {name: int(expected[name]) for name in names}
