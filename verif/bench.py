# SPDX-License-Identifier: Apache-2.0
"""Measure the compiled batch simulator against a cocotb bench of the same block, in one run.

Both check products of the same kind at full rate; their seconds hold packing, simulation and the
comparison with the exact reference, not building or drawing random numbers. A transaction is a beat
that moved on any stream.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from tritproof.rtl.manifest import Block, blocks
from tritproof.verif.cocotb_bench import run_bench
from tritproof.verif.equivalence import BUILD, adapter, build_simulator


class NoBenchError(ValueError):
    """A block has no bench, or not the configuration."""


def run(
    names: Sequence[str] | None = None,
    configs: Sequence[str] | None = None,
    *,
    convert: Callable[[Block, str, Path], Any],
    vectors: int = 1_000_000,
    cocotb_vectors: int = 10_000,
    seed: int = 1,
    console: Console | None = None,
    build: Path = BUILD,
) -> list[dict[str, Any]]:
    """Run both benches, print a table, and return a record for each simulator.

    names: blocks whose adapter has ``bench(simulator, params, vectors, seed)`` and which have a
        cocotb bench; default ``tlmm``. ``configs``: default ``tellme``.
    vectors, cocotb_vectors: transactions wanted of each simulator.

    The record of the compiled simulator holds the ratio of the rates as ``ratio``. Raises
    NoBenchError for a block without bench or an unknown configuration, BenchFailedError or
    AssertionError if a result is wrong.
    """
    records: list[dict[str, Any]] = []
    for block, config in _selected(names or ["tlmm"], configs or ["tellme"]):
        pair = _measure(block, config, convert, vectors, cocotb_vectors, seed, Path(build))
        (console or Console()).print(_table(pair))
        records += pair
    return records


def _selected(names: Sequence[str], configs: Sequence[str]) -> list[tuple[Block, str]]:
    pairs = []
    for name in names:
        block = blocks().get(name)
        if block is None or not hasattr(adapter(block), "bench"):
            raise NoBenchError(f"{name} has no bench; tlmm has one")
        for config in configs:
            if config not in block.configs:
                available = ", ".join(block.configs)
                raise NoBenchError(f"{name} has no configuration {config!r}; it has: {available}")
            pairs.append((block, config))
    return pairs


def _measure(
    block: Block,
    config: str,
    convert: Callable[[Block, str, Path], Any],
    vectors: int,
    cocotb_vectors: int,
    seed: int,
    build: Path,
) -> list[dict[str, Any]]:
    params = block.configs[config]
    work, cache = build / block.name / config, build / "cache" / "sim"
    files = convert(block, config, work / "rtl").files
    measured = run_bench(
        block,
        config,
        files,
        work / "bench",
        seed=seed,
        vectors=cocotb_vectors,
        tests=["products_at_full_rate"],
        cache_directory=cache,
    ).measured["full_rate"]
    simulator = build_simulator(block, params, files, cache_directory=cache)
    transactions, seconds = adapter(block).bench(simulator, params, vectors, seed)
    common = {"block": block.name, "config": config}
    pair = [
        common | _rate("cocotb", measured["transactions"], measured["seconds"]),
        common | _rate("compiled", transactions, seconds),
    ]
    pair[1]["ratio"] = round(pair[1]["per_second"] / pair[0]["per_second"], 1)
    return pair


def _rate(simulator: str, transactions: int, seconds: float) -> dict[str, Any]:
    return {
        "simulator": simulator,
        "transactions": int(transactions),
        "seconds": round(seconds, 3),
        "per_second": round(transactions / seconds),
    }


def _table(records: list[dict[str, Any]]) -> Table:
    block, config = records[0]["block"], records[0]["config"]
    table = Table(title=f"{block} at {config}: transactions checked per second")
    for heading in ("simulator", "transactions", "seconds", "per second", "ratio"):
        table.add_column(heading, justify="left" if heading == "simulator" else "right")
    for record in records:
        table.add_row(
            record["simulator"],
            f"{record['transactions']:,}",
            f"{record['seconds']:.2f}",
            f"{record['per_second']:,}",
            f"{record.get('ratio', 1):,}",
        )
    return table
