# SPDX-License-Identifier: Apache-2.0
"""Compare the converted Verilog of blocks with their exact specifications, case by case.

What a case of a block is, and what its result must be, stands in ``verif/<family>/<block>.py``:

``check(simulator, params, vectors, seed, initial_state) -> Outcome``
    run until ``vectors`` transactions were compared;
``harness(params) -> Harness`` (optional)
    a wrapper for a block whose handshakes are not all streams.

A *transaction* is a beat that moved on any stream of the block; for a block without streams, a row
of port values whose outputs were compared.
"""

import importlib
import json
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from tritproof.rtl.manifest import Block, blocks
from tritproof.verif.myhdl_simulation import MyhdlSimulator
from tritproof.verif.outcome import Outcome
from tritproof.verif.simulator import DEFAULT_SEEDS, Inputs, Simulator, require_known
from tritproof.verif.streams import Result, SimulationError

Record = dict[str, Any]
BUILD = Path("build")


class NoVectorsError(AssertionError):
    """A comparison compared nothing, so that it shows nothing."""


def adapter(block: Block) -> ModuleType:
    """Return the block's module ``verif/<family>/<block>.py``.

    Raises LookupError naming the missing file.
    """
    name = f"tritproof.verif.{block.family}.{block.name}"
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise LookupError(f"block {block.name} has no {block.parts()['equivalence']}") from None


def build_simulator(
    block: Block, params: Any, files: Iterable[Path], **options: Any
) -> Simulator:
    """Return the compiled simulator of converted files, inside the block's harness if it has one.

    ``options`` go to Simulator.
    """
    files = list(files)
    make_harness = getattr(adapter(block), "harness", None)
    if make_harness is None:
        return Simulator(files, block.module_name, block.ports(params), **options)
    harness = make_harness(params)
    files.append(harness.write(options.get("cache_directory")))
    return Simulator(files, harness.top, harness.ports, **options)


def build_myhdl_simulator(block: Block, params: Any) -> MyhdlSimulator:
    """Return the MyHDL simulation of a block behind the same interface, harness included."""
    make_harness = getattr(adapter(block), "harness", None)
    if make_harness is None:
        return MyhdlSimulator(block.rtl, block.ports(params), params=params)
    harness = make_harness(params)
    return MyhdlSimulator(harness.rtl, harness.ports, params=params)


class EveryState:
    """A simulator that runs streams from several random initial states and wants one result."""

    def __init__(self, simulator: Simulator, seeds: Sequence[int] = DEFAULT_SEEDS) -> None:
        self._simulator = simulator
        self._seeds = seeds
        self.ports = simulator.ports
        self.streams = simulator.streams

    def evaluate(self, inputs: Mapping[str, np.ndarray], **options: Any) -> dict[str, np.ndarray]:
        """Evaluate from the one state that is given: without reset, early rows may differ."""
        return self._simulator.evaluate(inputs, **options)

    def run(self, inputs: Inputs, *, initial_state: int = 1, **options: Any) -> Result:
        """Run from every state; raises UnknownStateError unless all results are the same."""
        return require_known(
            lambda state: self._simulator.run(inputs, initial_state=state, **options),
            [*self._seeds, initial_state],
        )


def check_block(
    simulator: Simulator, block: Block, params: Any, vectors: int, seed: int
) -> Outcome:
    """Compare ``vectors`` transactions, and a twentieth as many from each other initial state.

    Raises NoVectorsError if nothing was compared, ValueError if ``vectors`` is not positive.
    """
    if vectors < 1:
        raise ValueError(f"vectors must be 1 or more, not {vectors}")
    check = adapter(block).check
    try:
        outcome = check(simulator, params, vectors, seed)
        if not outcome.transactions:
            raise NoVectorsError(f"{block.name}: no transaction was compared")
        exhaustive = outcome.exhaustive
        for state in DEFAULT_SEEDS[1:]:
            if not outcome.mismatches:
                again = EveryState(simulator)
                outcome += check(again, params, -(-vectors // 20), seed + state, state)
    except SimulationError as error:
        return Outcome(1, 1, failure=f"# {error}")
    return Outcome(
        outcome.transactions, outcome.mismatches, outcome.cycles, exhaustive, outcome.failure
    )


def run(
    names: Sequence[str] | None = None,
    config: str | None = None,
    vectors: int = 20_000,
    seed: int = 1,
    *,
    convert: Callable[[Block, str, Path], Any],
    json_file: Path | None = None,
    on_record: Callable[[Record], None] = lambda record: None,
    build: Path = BUILD,
) -> list[Record]:
    """Convert, compile and compare blocks, and return one record per block and configuration.

    names: blocks, default all; ``config``: one configuration, default all (with ``names`` left out,
        blocks that lack it are passed over).
    convert: ``tritproof.tools.convert.convert``, or a function that returns ready ``files``.
    on_record: called with each record when it is complete, for progress.

    Raises ValueError for an unknown block or configuration, and NoVectorsError.
    """
    records = []
    build = Path(build)
    for block, name in _selected(names, config):
        start = time.perf_counter()
        params = block.configs[name]
        converted = convert(block, name, build / block.name / name / "rtl")
        cache = build / "cache" / "sim"
        simulator = build_simulator(block, params, converted.files, cache_directory=cache)
        compared = time.perf_counter()
        outcome = check_block(simulator, block, params, vectors, seed)
        record = {
            "block": block.name,
            "config": name,
            "vectors": outcome.transactions,
            "mismatches": outcome.mismatches,
            "cycles": outcome.cycles,
            "seconds": round(time.perf_counter() - compared, 3),
            "seed": seed,
            "method": "exhaustive" if outcome.exhaustive else f"random({outcome.transactions})",
            "build_seconds": round(compared - start, 3),
            "initial_states": len(DEFAULT_SEEDS),
            "failure": outcome.failure,
        }
        records.append(record)
        on_record(record)
    if json_file is not None:
        Path(json_file).write_text(json.dumps(records, indent=1) + "\n")
    return records


def _selected(names: Sequence[str] | None, config: str | None) -> list[tuple[Block, str]]:
    known = blocks()
    chosen = list(known) if names is None else list(names)
    if odd := [name for name in chosen if name not in known]:
        raise ValueError(f"no block {', '.join(odd)}; there are: {', '.join(known)}")
    pairs = []
    for block in (known[name] for name in chosen):
        if names is not None and config is not None and config not in block.configs:
            available = ", ".join(block.configs)
            raise ValueError(f"{block.name} has no configuration {config!r}; it has: {available}")
        pairs += [(block, name) for name in block.configs if config in (None, name)]
    if not pairs:
        raise ValueError(f"no block has a configuration {config!r}")
    return pairs


def check_file(
    block: Block,
    config: str,
    verilog: Path | Sequence[Path],
    vectors: int,
    seed: int,
    *,
    files: Iterable[Path] = (),
    **options: Any,
) -> Outcome:
    """Compare Verilog of the user's, or a mutant, with the block's specification.

    verilog: one file or several; modules they do not define are taken from ``files``, one module
        each, as the conversion writes them. ``options`` go to Simulator; what is run once builds
        fastest with ``optimise="-O1"``.

    Returns an Outcome whose ``failure`` is the first wrong case as a literal. Raises BuildError if
    Verilator refuses a file, PortMismatchError if the ports are not the block's.
    """
    given = [Path(verilog)] if isinstance(verilog, str | Path) else [Path(v) for v in verilog]
    defined = {name for path in given for name in modules_of(path)}
    others = [path for path in files if not defined & modules_of(path)]
    params = block.configs[config]
    simulator = build_simulator(block, params, [*others, *given], **options)
    return check_block(simulator, block, params, vectors, seed)


_MODULE = re.compile(r"^\s*module\s+\\?([A-Za-z_]\w*)", re.MULTILINE)


def modules_of(path: Path) -> set[str]:
    """Return the names of the modules a Verilog file defines."""
    return set(_MODULE.findall(Path(path).read_text()))
