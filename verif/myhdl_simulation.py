# SPDX-License-Identifier: Apache-2.0
"""Simulate a block's MyHDL source with the calls, the stalls and the results of the compiled one.

Slow, and not evidence: it shows that source and converted Verilog agree, cycle by cycle.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from myhdl import block, delay, instance
from tritproof.rtl.hierarchy import make_signal
from tritproof.rtl.manifest import Port
from tritproof.verif.port_values import as_integers, as_rows
from tritproof.verif.random_stalls import Generator, Staller, Stalls, stall_of, stream_seed
from tritproof.verif.simulator import Inputs, input_rows, status_ports, stream_beats
from tritproof.verif.stream_job import expected_capacities, failure_of
from tritproof.verif.streams import Beats, Result, SimulationError, Stream, from_bytes, streams_of

_ONE_AT_A_TIME = threading.Lock()
"""MyHDL keeps the running simulation in global state, and adapters run batches in threads."""


class MyhdlSimulator:
    """The MyHDL block behind the interface of :class:`tritproof.verif.simulator.Simulator`.

    rtl: the block function, called with its ports by name and with ``**arguments``.
    ports: its port table, ``clk`` and ``rst`` included where the block has them.
    """

    def __init__(
        self, rtl: Callable[..., Any], ports: tuple[Port, ...], **arguments: Any
    ) -> None:
        self._rtl = rtl
        self._arguments = arguments
        self._all_ports = ports
        self.ports = tuple(port for port in ports if port.name not in ("clk", "rst"))
        self.streams = streams_of(self.ports)

    def evaluate(
        self, inputs: Mapping[str, np.ndarray], *, reset_cycles: int = 4, **_: object
    ) -> dict[str, np.ndarray]:
        """Apply one row of every input per evaluation; see ``Simulator.evaluate``."""
        rows, given = input_rows(self.ports, inputs)
        sources = [port for port in self.ports if port.direction == "in"]
        values = [as_integers(array) for array in given]
        sinks = [port for port in self.ports if port.direction == "out"]
        found: list[list[int]] = [[] for _ in sinks]

        def drive(bench: "_Bench"):
            yield from bench.reset(reset_cycles)
            for row in range(rows):
                for port, numbers in zip(sources, values, strict=True):
                    bench.write(port.name, numbers[row])
                yield from bench.settle()
                for numbers, port in zip(found, sinks, strict=True):
                    numbers.append(bench.read(port.name))
                yield from bench.tick()

        self._simulate(drive)
        return {
            port.name: from_bytes(as_rows(numbers, (port.width + 7) // 8), port)
            for port, numbers in zip(sinks, found, strict=True)
        }

    def run(
        self,
        inputs: Inputs,
        *,
        expected_beats: Mapping[str, int] | None = None,
        stalls: Stalls = None,
        seed: int = 0,
        max_idle_cycles: int = 4096,
        drain_cycles: int = 512,
        reset_cycles: int = 4,
        preceding: Inputs | None = None,
        reset_at: int | None = None,
        **_: object,
    ) -> Result:
        """Feed and collect whole streams; see ``Simulator.run``."""
        status = status_ports(self.ports, self.streams)
        phases = [(inputs, expected_beats, -1)]
        if reset_at is not None:
            phases.insert(0, (inputs if preceding is None else preceding, None, reset_at))
        runs = [
            _StreamRun(
                self.streams, status, stream_beats(self.streams, given), expected, stop_after,
                stalls=stalls, seed=seed, max_idle_cycles=max_idle_cycles,
                drain_cycles=drain_cycles,
            )
            for given, expected, stop_after in phases
        ]  # fmt: skip

        def drive(bench: "_Bench"):
            for one in runs:
                yield from one.drive(bench, reset_cycles)
                if one.failure:
                    return

        self._simulate(drive)
        for one in runs:
            if one.failure:
                raise one.failure
        return runs[-1].result()

    def _simulate(self, drive: Callable[["_Bench"], Any]) -> None:
        failures: list[BaseException] = []

        @block
        def simulation():
            signals = {port.name: make_signal(port) for port in self._all_ports}
            bench = _Bench(signals)
            design = self._rtl(**signals, **self._arguments)

            @instance
            def driver():
                # MyHDL would wrap what is raised here; keep it and end the simulation instead.
                try:
                    yield from drive(bench)
                except (SimulationError, ValueError, AssertionError) as failure:
                    failures.append(failure)

            return design, driver

        with _ONE_AT_A_TIME:
            made = simulation()
            try:
                made.run_sim(quiet=1)
            finally:
                made.quit_sim()
        if failures:
            raise failures[0]


class _Bench:
    """Signals of one simulation, as two's complement bits, and its clock."""

    def __init__(self, signals: Mapping[str, Any]) -> None:
        self._signals = signals
        self._widths = {name: max(len(signal), 1) for name, signal in signals.items()}

    def write(self, name: str, bits: int) -> None:
        signal = self._signals[name]
        width = self._widths[name]
        bits &= (1 << width) - 1
        if signal.min is not None and signal.min < 0 and bits >> (width - 1):
            bits -= 1 << width
        signal.next = bool(bits) if isinstance(signal.val, bool) else bits

    def read(self, name: str) -> int:
        return int(self._signals[name].val) & ((1 << self._widths[name]) - 1)

    def width(self, name: str) -> int:
        return self._widths[name]

    def settle(self):
        if "clk" in self._signals:
            self._signals["clk"].next = False
        yield delay(1)

    def tick(self):
        if "clk" in self._signals:
            self._signals["clk"].next = True
            yield delay(1)

    def reset(self, cycles: int):
        if "rst" in self._signals:
            self._signals["rst"].next = True
        for _ in range(cycles):
            yield from self.settle()
            yield from self.tick()
        if "rst" in self._signals:
            self._signals["rst"].next = False


class _StreamRun:
    """One stream run, cycle for cycle what ``stream_driver.cpp.j2`` does."""

    def __init__(
        self,
        streams: Mapping[str, Stream],
        status: list[str],
        inputs: Mapping[str, Beats],
        expected: Mapping[str, int] | None,
        stop_after: int,
        *,
        stalls: Stalls,
        seed: int,
        max_idle_cycles: int,
        drain_cycles: int,
    ) -> None:
        self.failure: SimulationError | None = None
        self._sources = [s for s in streams.values() if s.direction == "in"]
        self._sinks = [s for s in streams.values() if s.direction == "out"]
        self._inputs = {
            name: {
                "tdata": as_integers(beats.data),
                "tlast": [int(bit) for bit in beats.last],
                "tkeep": as_integers(beats.keep),
            }
            for name, beats in inputs.items()
        }
        self._known = expected is not None
        self._capacity = expected_capacities(self._sinks, expected)
        self._stop_after = stop_after
        self._max_idle, self._drain = max_idle_cycles, drain_cycles
        self._stallers = {
            name: Staller(stream_seed(seed, name), stall_of(stalls, name)) for name in streams
        }
        self._waiting = {s.name for s in self._sinks if stall_of(stalls, s.name).waits_for_valid}
        self._noise = {
            s.name: Generator(~stream_seed(seed, s.name) & (1 << 64) - 1) for s in self._sources
        }
        self._cycles: dict[str, list[int]] = {name: [] for name in streams}
        self._found = {s.name: {part: [] for part in s.ports} for s in self._sinks}
        self._status = dict.fromkeys(status, 0)
        self._total_cycles = 0

    def drive(self, bench: _Bench, reset_cycles: int):
        """Reset, transfer and drain; leaves ``failure`` set if a rule was broken."""
        for source in self._sources:
            bench.write(f"{source.name}_tvalid", 0)
            self._write_noise(bench, source, "tdata")
        for sink in self._sinks:
            bench.write(f"{sink.name}_tready", 0)
        yield from bench.reset(reset_cycles)
        offered = dict.fromkeys(self._cycles, False)
        pending: dict[str, dict[str, int]] = {}
        cycle = idle = quiet = 0
        while True:
            inputs_left = [s for s in self._sources if self._left(s)]
            outputs_left = [s for s in self._sinks if self._known and self._left(s)]
            self._total_cycles = cycle
            if cycle == self._stop_after:
                return
            if not inputs_left and not outputs_left and quiet >= self._drain:
                return
            if (inputs_left or outputs_left) and idle > self._max_idle:
                kind = "input_deadlock" if inputs_left else "output_deadlock"
                self._fail(kind, (inputs_left or outputs_left)[0], cycle)
                return
            for source in self._sources:
                if not offered[source.name]:
                    offered[source.name] = self._offer(bench, source)
            for sink in self._sinks:
                willing = sink.name in pending or sink.name not in self._waiting
                ready = willing and not self._stallers[sink.name].stalled()
                bench.write(f"{sink.name}_tready", ready)
            yield from bench.settle()
            moved = self._take_inputs(bench, offered, cycle)
            sink_moved, any_offer = self._take_outputs(bench, pending, cycle)
            if self.failure:
                return
            for name in self._status:
                self._status[name] += bench.read(name) != 0
            idle = 0 if moved or sink_moved else idle + 1
            quiet = 0 if moved or any_offer else quiet + 1
            yield from bench.tick()
            cycle += 1

    def result(self) -> Result:
        """Return what was collected."""

        def rows(stream: Stream, part: str) -> np.ndarray:
            return as_rows(self._found[stream.name][part], stream.bytes_of(part))

        return Result(
            outputs={s.name: rows(s, "tdata") for s in self._sinks},
            last={
                s.name: np.array(self._found[s.name]["tlast"], bool)
                for s in self._sinks
                if "tlast" in s.ports
            },
            keep={s.name: rows(s, "tkeep") for s in self._sinks if "tkeep" in s.ports},
            beat_cycles={name: np.array(c, np.int64) for name, c in self._cycles.items()},
            status=self._status,
            total_cycles=self._total_cycles,
        )

    def _due(self, stream: Stream) -> int:
        if stream.direction == "in":
            return len(self._inputs[stream.name]["tdata"])
        return self._capacity[stream.name]

    def _left(self, stream: Stream) -> bool:
        return len(self._cycles[stream.name]) < self._due(stream)

    def _fail(self, kind: str, stream: Stream, cycle: int) -> None:
        moved = len(self._cycles[stream.name])
        self.failure = failure_of(kind, stream.name, cycle, moved, self._due(stream))

    def _offer(self, bench: _Bench, source: Stream) -> bool:
        parts = [part for part in ("tdata", "tlast", "tkeep") if part in source.ports]
        offer = self._left(source) and not self._stallers[source.name].stalled()
        bench.write(f"{source.name}_tvalid", offer)
        for part in parts:
            if offer:
                beat = self._inputs[source.name][part][len(self._cycles[source.name])]
                bench.write(f"{source.name}_{part}", beat)
            else:
                self._write_noise(bench, source, part)
        return offer

    def _write_noise(self, bench: _Bench, source: Stream, part: str) -> None:
        noise, name = 0, f"{source.name}_{part}"
        for low in range(0, bench.width(name), 64):
            noise |= self._noise[source.name].next() << low
        bench.write(name, noise)

    def _take_inputs(self, bench: _Bench, offered: dict[str, bool], cycle: int) -> bool:
        moved = False
        for source in self._sources:
            if offered[source.name] and bench.read(f"{source.name}_tready"):
                self._cycles[source.name].append(cycle)
                offered[source.name] = False
                moved = True
        return moved

    def _take_outputs(self, bench: _Bench, pending: dict, cycle: int) -> tuple[bool, bool]:
        moved = any_offer = False
        for sink in self._sinks:
            name = sink.name
            payload = [part for part in ("tdata", "tlast", "tkeep") if part in sink.ports]
            now = {part: bench.read(f"{name}_{part}") for part in payload}
            valid = bench.read(f"{name}_tvalid")
            before = pending.pop(name, None)
            if before is not None and not valid:
                self._fail("withdrawn", sink, cycle)
            elif before is not None and before != now:
                self._fail("unstable_output", sink, cycle)
            if not valid:
                continue
            any_offer = True
            if not bench.read(f"{name}_tready"):
                pending[name] = now
            elif len(self._cycles[name]) == self._capacity[name]:
                self._fail("extra_output", sink, cycle)
            else:
                for part, bits in now.items():
                    self._found[name][part].append(bits)
                self._cycles[name].append(cycle)
                moved = True
        return moved, any_offer
