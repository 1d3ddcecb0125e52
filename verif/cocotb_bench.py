# SPDX-License-Identifier: Apache-2.0
"""Compile a module for cocotb and run a cocotb bench on it: no make, no perl, no verilator on PATH.

The bench of a block is the module ``tritproof.verif.<family>.<block>_bench``.
"""

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cocotb_tools.config
from cocotb_tools.runner import get_runner
from tritproof.rtl.manifest import Block
from tritproof.verif import compile as compilation
from tritproof.verif import toolchain
from tritproof.verif.compile import RECIPE, SPLIT, split_sources

PREFIX = "Vtop"
JOB_VARIABLE = "TRITPROOF_BENCH_JOB"
"""Environment variable with the bench's job, a JSON object; see :func:`bench_job`."""


class BenchFailedError(AssertionError):
    """A cocotb test failed, or none ran; the message names the tests and the log file."""


@dataclass(frozen=True)
class BenchResult:
    """Tests that passed, and what the bench wrote: ``measured`` by name of the measurement."""

    tests: tuple[str, ...]
    measured: Mapping[str, Any]


def bench_module(block: Block) -> str:
    """Return the dotted name of a block's cocotb bench."""
    return f"tritproof.verif.{block.family}.{block.name}_bench"


def compile_bench(files: Sequence[Path], top: str, cache_directory: Path | None = None) -> Path:
    """Return the folder with cocotb's Verilator executable of ``top``, cached by content."""
    cache = compilation.CACHE_DIRECTORY if cache_directory is None else cache_directory
    files = [Path(file).resolve() for file in files]
    main = Path(cocotb_tools.config.share_dir) / "lib" / "verilator" / "verilator.cpp"
    libraries = Path(cocotb_tools.config.libs_dir)
    key = toolchain.digest(
        [
            *toolchain.versions(),
            main.read_bytes(),
            str(libraries),
            *(Path(__file__).with_name(name).read_bytes() for name in (*RECIPE, "cocotb_bench.py")),
            *(path.read_bytes() for path in files),
        ]
    )

    def build(directory: Path) -> None:
        sources = directory / "sources"
        options = ["--vpi", "--public-flat-rw", "--timescale", "1ns/1ps", *SPLIT]
        generated = toolchain.verilate(files, top, sources, options, PREFIX)
        flags = [*toolchain.optimised(), "-DVM_TRACE=0", *toolchain.include_flags(sources)]
        small, large = split_sources(generated)
        together = sources / "small_sources.cpp"
        together.write_text("".join(f'#include "{path.name}"\n' for path in small))
        objects = toolchain.compile_objects([main, together, *large], flags, sources)
        runtime = toolchain.runtime_objects(
            ["verilated", "verilated_vpi", "verilated_threads"], Path(cache), options=()
        )
        link = [
            *(toolchain.compiler(), "-pthread", "-o", directory / top, *objects, *runtime),
            *(f"-L{libraries}", f"-Wl,-rpath,{libraries}", "-lcocotbvpi_verilator"),
        ]
        toolchain.execute(link, f"linking the cocotb bench of {top}")

    return toolchain.cached_directory(Path(cache), f"cocotb-{top}-{key}", build)


def run_bench(
    block: Block,
    config: str,
    files: Sequence[Path],
    work: Path,
    *,
    seed: int = 1,
    vectors: int = 1000,
    tests: Sequence[str] | None = None,
    cache_directory: Path | None = None,
) -> BenchResult:
    """Run the cocotb bench of a block on converted files, in the folder ``work``.

    vectors: transactions each test wants; ``tests``: names of the tests to run, default all.

    Raises BenchFailedError if a test failed or none ran, BuildError if a tool refused a file.
    """
    directory = compile_bench(files, block.module_name, cache_directory)
    work = Path(work).resolve()
    work.mkdir(parents=True, exist_ok=True)
    results, log, record = work / "results.xml", work / "bench.log", work / "measured.json"
    record.unlink(missing_ok=True)
    job = {"config": config, "seed": seed, "vectors": vectors, "record": str(record)}
    try:
        get_runner("verilator").test(
            test_module=bench_module(block),
            hdl_toplevel=block.module_name,
            hdl_toplevel_lang="verilog",
            build_dir=directory,
            test_dir=work,
            results_xml=str(results),
            log_file=log,
            seed=seed,
            testcase=tests,
            extra_env={JOB_VARIABLE: json.dumps(job)},
        )
    except SystemExit:
        # The runner exits when a test fails; the results file says which.
        pass
    passed, failed = _read_results(results)
    if failed or not passed:
        what = f"failed: {', '.join(failed)}" if failed else "no test ran"
        raise BenchFailedError(f"cocotb bench of {block.name}: {what}; see {log}")
    measured = json.loads(record.read_text()) if record.exists() else {}
    return BenchResult(tuple(passed), measured)


def _read_results(path: Path) -> tuple[list[str], list[str]]:
    passed: list[str] = []
    failed: list[str] = []
    if path.exists():
        for case in ElementTree.parse(path).getroot().iter("testcase"):
            bad = case.find("failure") is not None or case.find("error") is not None
            (failed if bad else passed).append(case.get("name", "?"))
    return passed, failed
