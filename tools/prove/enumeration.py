# SPDX-License-Identifier: Apache-2.0
"""Try every input of a block in the compiled simulator.

The block must be a pipeline (:mod:`tritproof.tools.prove.pipeline`): then its outputs are a
function of one input, and that function is compared with the specification at every argument.
Where there are too many for every run, a sample is tried and the row says SAMPLED, which is no
proof; `exhaustive` tries all, keeps how far it got, and goes on from there when interrupted.
"""

import hashlib
import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from tritproof.rtl.manifest import blocks
from tritproof.tools import imports, toolchain
from tritproof.tools.prove import pipeline, process
from tritproof.tools.prove.assemble import Sources
from tritproof.tools.prove.evidence import Evidence
from tritproof.tools.prove.process import Interrupted
from tritproof.verif import simulator
from tritproof.verif.compile import PortMismatchError
from tritproof.verif.enumeration import compare_numbered, input_count
from tritproof.verif.equivalence import adapter, build_simulator
from tritproof.verif.toolchain import BuildError

TASK, KIND = "every_input", "enumeration"
ALWAYS = 1 << 24
"""So many inputs are tried in every run."""
SAMPLE = 1 << 21
SLICE = 1 << 24
"""Inputs after which it is kept how far an enumeration got."""
ROWS = 1 << 18
SEED = 1

Tell = Callable[[str], None]


def enumerated(block: str) -> bool:
    """Whether the block's adapter says what to expect of every input."""
    known = blocks()
    return block in known and "enumeration" in known[block].proved_by


def total(sources: Sources) -> int:
    """Return how many inputs the block has."""
    return input_count(sources.ports[sources.top])


def method(count: int, exhaustive: bool) -> str:
    """Return what a run does: `enumeration(2^16)`, or `sample(2^21 of 2^32)`."""
    if exhaustive or count <= ALWAYS:
        return f"enumeration({_power(count)})"
    return f"sample({_power(SAMPLE)} of {_power(count)})"


def key_of(sources: Sources) -> str:
    """Return the key of a conclusive result: everything that could change it."""
    block = blocks()[sources.block]
    module = adapter(block)
    latency = module.enumeration(block.configs[sources.config]).latency
    # What the hardware's sources say is in its Verilog, their latency apart.
    code = imports.digest(
        module.__name__, simulator.__name__, pipeline.__name__, __name__,
        leave_out=("tritproof.rtl", "tritproof.tools"),
    )  # fmt: skip
    parts = {
        "block": sources.block,
        "config": sources.config,
        "verilog": sources.digest,
        "versions": toolchain.versions(),
        "latency": latency,
        "code": code,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def enumerate_inputs(
    sources: Sources,
    exhaustive: bool,
    deadline: float | None = None,
    simulator_cache: Path | None = None,
    progress: Path | None = None,
    tell: Tell = lambda text: None,
) -> Evidence:
    """Return the evidence row of one configuration.

    `deadline` is a time of `time.monotonic()`; a run that reaches it is UNKNOWN. `progress` is a
    file that keeps how far a run got. `tell` is called with a few words from time to time.

    Raises:
        Interrupted: the run was cancelled; the file `progress` stays.
    """
    count = total(sources)
    row = Evidence(
        sources.block, sources.config, TASK, method(count, exhaustive), digest=sources.digest
    )
    started = time.monotonic()
    try:
        _enumerate(sources, row, count, exhaustive, deadline, simulator_cache, progress, tell)
    except (OSError, ValueError, BuildError, PortMismatchError) as error:
        row.conclude("ERROR", f"{type(error).__name__}: {error}")
    row.seconds = round(time.monotonic() - started, 2)
    return row


def _enumerate(
    sources: Sources,
    row: Evidence,
    count: int,
    exhaustive: bool,
    deadline: float | None,
    simulator_cache: Path | None,
    progress: Path | None,
    tell: Tell,
) -> None:
    block = blocks()[sources.block]
    params = block.configs[sources.config]
    enumeration = adapter(block).enumeration(params)
    files = list(sources.verilog.values())
    try:
        found = pipeline.depth(files, sources.top)
    except pipeline.NotPipelineError as error:
        row.conclude("FAIL", f"not a pipeline: {error}")
        return
    if found != enumeration.latency:
        row.conclude("FAIL", f"a pipeline of {found} registers, not {enumeration.latency}")
        return
    row.vacuity = f"pipeline of {found} registers, no other state"
    started = time.monotonic()
    simulated = build_simulator(block, params, files, cache_directory=simulator_cache)
    complete = exhaustive or count <= ALWAYS
    tried = _read_progress(progress) if complete and progress else 0
    due = count if complete else SAMPLE
    rng = np.random.default_rng(SEED)
    while tried < due:
        if process.cancelled():
            raise Interrupted
        if deadline is not None and time.monotonic() > deadline:
            row.conclude("UNKNOWN", f"{tried} of {due} inputs tried in time; run again to go on")
            return
        rows = min(ROWS, due - tried)
        if complete:
            numbers = np.arange(tried, tried + rows, dtype=np.int64)
        else:
            numbers = rng.integers(0, count, rows)
        outcome = compare_numbered(enumeration, simulated, numbers)
        if outcome.mismatches:
            row.counterexample = outcome.failure or ""
            row.conclude("FAIL", f"{outcome.mismatches} of {rows} inputs differ")
            return
        tried += rows
        row.properties = tried
        if progress and complete and tried % SLICE == 0:
            _write_progress(progress, tried)
        tell(f"{100 * tried // due} %")
    row.add_engine("verilator", time.monotonic() - started)
    if complete:
        row.conclude("PASS")
    else:
        row.conclude("SAMPLED", "`tritproof prove --exhaustive` tries all inputs")
    if progress:
        progress.unlink(missing_ok=True)


def _read_progress(path: Path) -> int:
    try:
        return int(json.loads(path.read_text())["tried"])
    except (OSError, ValueError, KeyError):
        return 0


def _write_progress(path: Path, tried: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.{threading.get_ident()}.partial")
    partial.write_text(json.dumps({"tried": tried}))
    os.replace(partial, path)


def _power(count: int) -> str:
    exact = count & (count - 1) == 0
    return f"2^{count.bit_length() - 1}" if exact else str(count)
