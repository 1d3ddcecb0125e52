# SPDX-License-Identifier: Apache-2.0
"""Drivers and monitors of a cocotb bench, one coroutine each.

The structure is that of cocotb's own examples: drivers put beats on the streams, and monitors that
know nothing of the drivers watch every stream, inputs too, so that what is checked is what the
module saw.
"""

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import RisingEdge
from tritproof.verif.cocotb_bench import JOB_VARIABLE
from tritproof.verif.random_stalls import Staller, Stalls, stall_of, stream_seed

DRAIN_CYCLES = 300


def bench_job() -> dict[str, Any]:
    """Return the job the bench was started with: config, seed, vectors, record (a file)."""
    return json.loads(os.environ[JOB_VARIABLE])


def record_measurement(name: str, values: Mapping[str, Any]) -> None:
    """Add one measurement to the job's record file."""
    path = Path(bench_job()["record"])
    known = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps(known | {name: dict(values)}))


class StreamSource:
    """Drives one input stream of the module."""

    def __init__(self, dut: Any, name: str, staller: Staller) -> None:
        self._clock = dut.clk
        self._staller = staller
        self._tdata = getattr(dut, f"{name}_tdata")
        self._tvalid = getattr(dut, f"{name}_tvalid")
        self._tready = getattr(dut, f"{name}_tready")
        self._tvalid.value = 0

    async def send(self, beats: list[int]) -> None:
        """Offer beats one after the other, waiting at random in front of each."""
        for beat in beats:
            while self._staller.stalled():
                self._tvalid.value = 0
                await RisingEdge(self._clock)
            self._tvalid.value = 1
            self._tdata.value = beat
            await RisingEdge(self._clock)
            while self._tready.value != 1:
                await RisingEdge(self._clock)
        self._tvalid.value = 0


class StreamSink:
    """Drives tready of one output stream, waiting at random."""

    def __init__(self, dut: Any, name: str, staller: Staller) -> None:
        self._clock = dut.clk
        self._staller = staller
        self._tready = getattr(dut, f"{name}_tready")
        self._tready.value = 0

    async def receive(self) -> None:
        """Accept and stall until the task is cancelled."""
        while True:
            self._tready.value = int(not self._staller.stalled())
            await RisingEdge(self._clock)


class StreamMonitor:
    """Watches one stream; ``beats`` are those that moved, {port: value} each.

    A beat that changes or vanishes while it waits fails the test. ``quiet`` counts the cycles since
    the last offer.
    """

    def __init__(self, dut: Any, name: str) -> None:
        self._clock = dut.clk
        self._name = name
        self._tvalid = getattr(dut, f"{name}_tvalid")
        self._tready = getattr(dut, f"{name}_tready")
        self._payload = {
            part: getattr(dut, f"{name}_{part}")
            for part in ("tdata", "tlast", "tkeep")
            if hasattr(dut, f"{name}_{part}")
        }
        self.beats: list[dict[str, int]] = []
        self.quiet = 0

    async def watch(self) -> None:
        """Record beats until the task is cancelled."""
        waiting = None
        while True:
            await RisingEdge(self._clock)
            self.quiet += 1
            if self._tvalid.value != 1:
                assert waiting is None, f"stream {self._name}: a beat was withdrawn"
                continue
            self.quiet = 0
            beat = {part: int(port.value) for part, port in self._payload.items()}
            assert waiting in (None, beat), f"stream {self._name}: a waiting beat changed"
            if self._tready.value == 1:
                self.beats.append(beat)
                waiting = None
            else:
                waiting = beat


async def transfer(
    dut: Any,
    inputs: Mapping[str, list[int]],
    expected: Mapping[str, int],
    *,
    stalls: Stalls = None,
    seed: int = 0,
    max_idle_cycles: int = 4000,
) -> dict[str, list[dict[str, int]]]:
    """Reset the module, feed beats (tdata as integers), and return what came, by output stream.

    After the last expected beat the module is watched for ``DRAIN_CYCLES`` more. A beat too many
    fails the test, as do ``max_idle_cycles`` in which nothing moves.
    """

    def staller(name: str) -> Staller:
        return Staller(stream_seed(seed, name), stall_of(stalls, name))

    cocotb.start_soon(Clock(dut.clk, 2, unit="ns").start())
    sources = {name: StreamSource(dut, name, staller(name)) for name in inputs}
    sinks = [StreamSink(dut, name, staller(name)) for name in expected]
    monitors = {name: StreamMonitor(dut, name) for name in (*inputs, *expected)}
    dut.rst.value = 1
    for _ in range(4):
        await RisingEdge(dut.clk)
    dut.rst.value = 0
    tasks = [cocotb.start_soon(sources[name].send(beats)) for name, beats in inputs.items()]
    tasks += [cocotb.start_soon(sink.receive()) for sink in sinks]
    tasks += [cocotb.start_soon(monitor.watch()) for monitor in monitors.values()]
    due = {name: len(beats) for name, beats in inputs.items()} | dict(expected)
    before: dict[str, int] = {}
    while True:
        for _ in range(DRAIN_CYCLES):
            await RisingEdge(dut.clk)
        moved = {name: len(monitor.beats) for name, monitor in monitors.items()}
        for name, count in moved.items():
            assert count <= due[name], f"stream {name}: {count} beats where {due[name]} are due"
        if moved == due and all(one.quiet >= DRAIN_CYCLES for one in monitors.values()):
            break
        if moved == before:
            max_idle_cycles -= DRAIN_CYCLES
            assert max_idle_cycles > 0, f"nothing moves: beats moved by stream are {moved}"
        before = moved
    for task in tasks:
        task.cancel()
    for name, beats in inputs.items():
        seen = [beat["tdata"] for beat in monitors[name].beats]
        assert seen == beats, f"stream {name}: the module saw other beats than were sent"
    return {name: monitors[name].beats for name in expected}


class Stopwatch:
    """Wall-clock seconds between entering and leaving the context."""

    def __enter__(self) -> "Stopwatch":
        self._start = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.perf_counter() - self._start
