# SPDX-License-Identifier: Apache-2.0
"""Simulate a Verilog module from NumPy arrays, in one C++ loop per call."""

import ctypes
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from tritproof.verif import stream_job
from tritproof.verif.compile import PortLike, compile_simulator
from tritproof.verif.random_stalls import Stalls
from tritproof.verif.streams import (
    Beats,
    Result,
    SimulationError,
    Stream,
    UnknownStateError,
    as_beats,
    from_bytes,
    streams_of,
    to_bytes,
)

Inputs = Mapping[str, "np.ndarray | Beats"]
DEFAULT_SEEDS = (1, 2, 3)
"""Seeds of the initial state under which a result must be the same."""


class Simulator:
    """A compiled module: ``evaluate`` for port values, ``run`` for streams.

    Every call starts from a fresh instance whose registers hold random values drawn from
    ``initial_state``, so that calls do not influence each other.

    files: Verilog files, children first, the ``top`` module among them.
    ports: the declared ports of ``top`` (``clk`` and ``rst`` may be listed or left out); compared
        with the Verilog module's.
    """

    def __init__(
        self,
        files: Iterable[Path],
        top: str,
        ports: Sequence[PortLike],
        *,
        cache_directory: Path | None = None,
        optimise: str | None = None,
    ) -> None:
        self.top = top
        self.ports = tuple(port for port in ports if port.name not in ("clk", "rst"))
        self.streams = streams_of(self.ports)
        self.library = compile_simulator(
            list(files), top, self.ports, cache_directory=cache_directory, optimise=optimise
        )
        self._functions = _load(self.library)

    def evaluate(
        self,
        inputs: Mapping[str, np.ndarray],
        *,
        initial_state: int = 1,
        reset_cycles: int = 4,
    ) -> dict[str, np.ndarray]:
        """Apply one row of every input per evaluation and return the outputs row by row.

        For a clocked module a row is a clock cycle after reset, and outputs are those just before
        its rising edge. Inputs are uint8[rows, bytes], least significant byte first, or integers
        for ports up to 64 bits. Outputs up to 63 bits (64 if signed) are int64[rows], wider ones
        uint8[rows, bytes].

        Raises ValueError for a missing, unknown or misshapen input.
        """
        rows, given = input_rows(self.ports, inputs)
        outputs = [port for port in self.ports if port.direction == "out"]
        results = [np.empty((rows, (port.width + 7) // 8), np.uint8) for port in outputs]
        with self._model(initial_state) as model:
            self._call("model_reset", model, reset_cycles)
            self._call("model_evaluate", model, rows, _pointers(given), _pointers(results))
        return {
            port.name: from_bytes(values, port)
            for port, values in zip(outputs, results, strict=True)
        }

    def run(
        self,
        inputs: Inputs,
        *,
        expected_beats: Mapping[str, int] | None = None,
        stalls: Stalls = None,
        seed: int = 0,
        initial_state: int = 1,
        max_idle_cycles: int = 4096,
        drain_cycles: int = 512,
        reset_cycles: int = 4,
        preceding: Inputs | None = None,
        reset_at: int | None = None,
    ) -> Result:
        """Feed whole streams, collect whole streams, and return once the module is drained.

        inputs: beats of every input stream, by name: uint8[beats, bytes] or Beats.
        expected_beats: number of beats each output stream must deliver; not one more is allowed.
            Without it, the output is what comes until ``drain_cycles`` cycles pass in which no
            beat moves and none is offered.
        stalls: random waiting of both sides, drawn from ``seed``; while the driver waits, tdata,
            tlast and tkeep carry noise.
        max_idle_cycles: cycles without a beat, with beats still due, that make a deadlock.
        reset_at: first run ``preceding`` (default: ``inputs``) for that many cycles, then reset
            with the module in whatever state it is in, and only then run ``inputs``.

        Raises DeadlockError, ExtraOutputError or ProtocolError naming the stream and the cycle.
        """
        common: dict[str, Any] = {
            "streams": self.streams,
            "port_names": [port.name for port in self.ports],
            "status_names": status_ports(self.ports, self.streams),
            "stalls": stalls,
            "seed": seed,
            "max_idle_cycles": max_idle_cycles,
            "drain_cycles": drain_cycles,
            "reset_cycles": reset_cycles,
        }
        beats = stream_beats(self.streams, inputs)
        with self._model(initial_state) as model:
            if reset_at is not None:
                before = stream_beats(self.streams, inputs if preceding is None else preceding)
                job = stream_job.Job(inputs=before, expected=None, stop_after=reset_at, **common)
                self._call("model_stream", model, job.pointer())
                job.raise_failure()
            job = stream_job.Job(inputs=beats, expected=expected_beats, stop_after=-1, **common)
            self._call("model_stream", model, job.pointer())
        job.raise_failure()
        return job.result()

    @contextmanager
    def _model(self, initial_state: int) -> Iterator[int]:
        model = self._functions.model_new(initial_state % (1 << 31) or 1)
        try:
            yield model
        finally:
            self._functions.model_delete(model)

    def _call(self, function: str, model: int, *arguments: object) -> None:
        if getattr(self._functions, function)(model, *arguments) < 0:
            message = self._functions.model_error(model).decode(errors="replace")
            raise SimulationError(f"module {self.top} cannot be simulated: {message}")


def require_known(run: Callable[[int], Result], seeds: Sequence[int] = DEFAULT_SEEDS) -> Result:
    """Return ``run(seed)`` if it is the same for every initial-state seed.

    Raises UnknownStateError naming the first beat that differs: some register was used before it
    was set.
    """
    first = run(seeds[0])
    for seed in seeds[1:]:
        if difference := first.difference(run(seed)):
            raise UnknownStateError(
                f"initial states {seeds[0]} and {seed} give different {difference}: "
                "a register is read before it is set"
            )
    return first


def input_rows(
    ports: Sequence[PortLike], inputs: Mapping[str, np.ndarray]
) -> tuple[int, list[np.ndarray]]:
    """Return the number of rows and the byte rows of each input port, in port order.

    Raises ValueError for missing or unknown ports and for unequal numbers of rows.
    """
    names = [port.name for port in ports if port.direction == "in"]
    if odd := sorted(set(names) ^ set(inputs)):
        raise ValueError(f"inputs must be exactly {', '.join(names)}; differing: {', '.join(odd)}")
    given = [to_bytes(inputs[port.name], port) for port in ports if port.direction == "in"]
    lengths = {len(rows) for rows in given}
    if len(lengths) != 1:
        raise ValueError(f"inputs have different numbers of rows: {sorted(lengths)}")
    return lengths.pop(), given


def stream_beats(streams: Mapping[str, Stream], inputs: Inputs) -> dict[str, Beats]:
    """Return the beats of every input stream; a stream left out gets none.

    Raises ValueError for a name that is no input stream.
    """
    names = [name for name, stream in streams.items() if stream.direction == "in"]
    if odd := sorted(set(inputs) - set(names)):
        raise ValueError(f"no input stream {', '.join(odd)}; there are: {', '.join(names)}")
    return {
        name: as_beats(
            inputs.get(name, np.empty((0, streams[name].bytes_of("tdata")), np.uint8)),
            streams[name],
        )
        for name in names
    }


def status_ports(ports: Sequence[PortLike], streams: Mapping[str, Stream]) -> list[str]:
    """Return the names of the output ports that belong to no stream.

    Raises ValueError for an input port outside every stream: stream runs cannot drive it.
    """
    inside = {port.name for stream in streams.values() for port in stream.ports.values()}
    outside = [port for port in ports if port.name not in inside]
    if undriven := [port.name for port in outside if port.direction == "in"]:
        raise ValueError(f"input ports outside every stream: {', '.join(undriven)}; use evaluate")
    return [port.name for port in outside]


def _pointers(arrays: Sequence[np.ndarray]) -> ctypes.Array:
    return (ctypes.c_void_p * max(len(arrays), 1))(*(array.ctypes.data for array in arrays))


@cache
def _load(library: Path) -> ctypes.CDLL:
    functions = ctypes.CDLL(str(library))
    handle, count = ctypes.c_void_p, ctypes.c_int64
    for name, result, arguments in (
        ("model_new", handle, [ctypes.c_uint32]),
        ("model_delete", None, [handle]),
        ("model_error", ctypes.c_char_p, [handle]),
        ("model_reset", count, [handle, count]),
        ("model_evaluate", count, [handle, count, handle, handle]),
        ("model_stream", count, [handle, handle]),
    ):
        function = getattr(functions, name)
        function.restype, function.argtypes = result, arguments
    return functions
