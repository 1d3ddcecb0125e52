# SPDX-License-Identifier: Apache-2.0
"""Converted blocks and their simulators, made once for all equivalence tests of a run."""

from functools import cache
from pathlib import Path
from typing import Any

from tritproof.rtl.manifest import blocks
from tritproof.tools.convert import convert
from tritproof.verif.equivalence import build_simulator
from tritproof.verif.simulator import Simulator
from tritproof.verif.stream_cases import Case, differences
from tritproof.verif.streams import Result

CACHE = Path("build") / "cache" / "sim"


def small_config(name: str) -> str:
    """Return ``tiny`` where a block has it, else its first configuration."""
    configs = blocks()[name].configs
    return "tiny" if "tiny" in configs else next(iter(configs))


@cache
def converted_files(name: str, config: str, folder: Path) -> tuple[Path, ...]:
    """Return the Verilog of a block, children first, converted into a folder of its own."""
    return tuple(convert(blocks()[name], config, folder / name / config).files)


@cache
def block_simulator(name: str, config: str, folder: Path) -> Simulator:
    """Return the compiled simulator of a block."""
    block = blocks()[name]
    files = converted_files(name, config, folder)
    return build_simulator(block, block.configs[config], files, cache_directory=CACHE)


def simulator_at(name: str, params: Any, folder: Path) -> Simulator:
    """Return the compiled simulator of a block at parameters that need not be a configuration."""
    files = convert(blocks()[name], params, folder).files
    return build_simulator(blocks()[name], params, files, cache_directory=CACHE)


def run_case(simulator: Simulator, case: Case, **options: Any) -> Result:
    """Run a case, whose outputs must be those of the specification."""
    due = {name: len(beats.data) for name, beats in case.outputs.items()}
    result = simulator.run(case.inputs, expected_beats=due, **options)
    assert differences(case, result) == []
    return result
