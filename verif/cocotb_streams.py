# SPDX-License-Identifier: Apache-2.0
"""Streams of a cocotb bench: one coroutine drives and watches all of them, one step per clock."""

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


async def start(dut: Any, sources: list[str], sinks: list[str]) -> None:
    """Start the clock and reset the module with every stream idle."""
    cocotb.start_soon(Clock(dut.clk, 2, unit="ns").start())
    dut.rst.value = 1
    for name in sources:
        getattr(dut, f"{name}_tvalid").value = 0
    for name in sinks:
        getattr(dut, f"{name}_tready").value = 0
    for _ in range(4):
        await RisingEdge(dut.clk)
    dut.rst.value = 0


async def transfer(
    dut: Any,
    inputs: Mapping[str, list[int]],
    expected: Mapping[str, int],
    *,
    stalls: Stalls = None,
    seed: int = 0,
    max_idle_cycles: int = 4000,
) -> dict[str, list[dict[str, int]]]:
    """Feed beats (tdata as integers) and return the beats that came, as {port: value} each.

    After the last expected beat the module is watched for ``DRAIN_CYCLES`` more; a beat then, and a
    beat that changes or vanishes while it waits, fail the test, as does a standstill.
    """
    stallers = {
        name: Staller(stream_seed(seed, name), stall_of(stalls, name))
        for name in (*inputs, *expected)
    }
    position = dict.fromkeys(inputs, 0)
    offered = dict.fromkeys(inputs, False)
    found: dict[str, list[dict[str, int]]] = {name: [] for name in expected}
    waiting: dict[str, dict[str, int]] = {}
    ports = {name: _Ports(dut, name) for name in (*inputs, *expected)}
    idle = quiet = 0
    while True:
        for name, beats in inputs.items():
            port = ports[name]
            if offered[name]:
                continue
            offered[name] = position[name] < len(beats) and not stallers[name].stalled()
            port.tvalid.value = int(offered[name])
            if offered[name]:
                port.tdata.value = beats[position[name]]
        ready = {name: not stallers[name].stalled() for name in expected}
        for name, value in ready.items():
            ports[name].tready.value = int(value)
        await RisingEdge(dut.clk)
        moved = False
        for name in inputs:
            if offered[name] and ports[name].tready.value == 1:
                position[name] += 1
                offered[name] = False
                moved = True
        quiet += 1
        for name in expected:
            before = waiting.pop(name, None)
            if ports[name].tvalid.value != 1:
                assert before is None, f"stream {name}: a beat was withdrawn"
                continue
            quiet = 0
            beat = ports[name].payload()
            assert before in (None, beat), f"stream {name}: a waiting beat changed"
            if ready[name]:
                found[name].append(beat)
                moved = True
                assert len(found[name]) <= expected[name], f"stream {name}: extra beat"
            else:
                waiting[name] = beat
        complete = all(len(found[name]) == due for name, due in expected.items())
        complete &= all(position[name] == len(beats) for name, beats in inputs.items())
        if complete and quiet >= DRAIN_CYCLES:
            return found
        idle = 0 if moved or complete else idle + 1
        assert idle <= max_idle_cycles, f"nothing moves: inputs at {position}"


class _Ports:
    def __init__(self, dut: Any, name: str) -> None:
        self.tdata = getattr(dut, f"{name}_tdata")
        self.tvalid = getattr(dut, f"{name}_tvalid")
        self.tready = getattr(dut, f"{name}_tready")
        self._payload = {
            part: getattr(dut, f"{name}_{part}")
            for part in ("tdata", "tlast", "tkeep")
            if hasattr(dut, f"{name}_{part}")
        }

    def payload(self) -> dict[str, int]:
        return {part: int(port.value) for part, port in self._payload.items()}


class Stopwatch:
    """Wall-clock seconds between entering and leaving the context."""

    def __enter__(self) -> "Stopwatch":
        self._start = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.perf_counter() - self._start
