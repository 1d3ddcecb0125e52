# SPDX-License-Identifier: Apache-2.0
"""`tritproof equiv`: the random comparison of blocks with their specifications."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from rich.console import Console
from tritproof.rtl.manifest import Block
from tritproof.tools.convert import convert

DEFAULT_VECTORS = 20_000


def run(
    targets: Iterable[tuple[Block, str]],
    vectors: int,
    seed: int,
    build: Path,
    console: Console,
    compare: Callable[..., list[dict[str, Any]]] | None = None,
) -> list[dict[str, Any]]:
    """Compare every (block, configuration); records as `verif.equivalence.run`, with `status`.

    A comparison that cannot be made is an ERROR record with its `reason`; the next one runs.
    """
    from tritproof.verif import equivalence
    from tritproof.verif.toolchain import BuildError

    compare = compare or equivalence.run
    records = []
    for block, config in targets:
        with console.status(f"comparing {block.name} {config}"):
            try:
                found = compare(
                    [block.name], config, vectors, seed, convert=convert, build=Path(build)
                )
            except (BuildError, LookupError, AssertionError, ValueError) as error:
                found = [_error(block.name, config, seed, error)]
        for record in found:
            status = "FAIL" if record.get("mismatches") else "PASS"
            record = {**record, "status": record.get("status", status)}
            records.append(record)
            _show(console, record)
    return records


def _error(block: str, config: str, seed: int, error: Exception) -> dict[str, Any]:
    return {
        "block": block,
        "config": config,
        "vectors": 0,
        "mismatches": 0,
        "cycles": 0,
        "seconds": 0.0,
        "seed": seed,
        "status": "ERROR",
        "reason": str(error),
    }


def _show(console: Console, record: dict[str, Any]) -> None:
    line = (
        f"{record['status']:7} {record['block']} {record['config']}: "
        f"{record['vectors']:,} vectors, {record['mismatches']:,} mismatches, "
        f"{record['cycles']:,} cycles, {record['seconds']:.1f} s, seed {record['seed']}"
    )
    console.print(line, markup=False, highlight=False, soft_wrap=True)
    for key in ("reason", "failure"):
        if record.get(key):
            console.print(str(record[key]), markup=False, highlight=False, soft_wrap=True)
