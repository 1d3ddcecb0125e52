# SPDX-License-Identifier: Apache-2.0
"""`tritproof convert`: write the Verilog of blocks and report what was written."""

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.console import Console
from tritproof.rtl.manifest import Block
from tritproof.tools.convert import convert


def run(
    targets: Iterable[tuple[Block, str]], build: Path, console: Console
) -> list[dict[str, Any]]:
    """Convert every (block, configuration) into `<build>/<block>/<config>/rtl`.

    Record: block, config, status, seconds, top (module name), files (paths, children first),
    digest (SHA-256 over names and bytes).
    """
    records = []
    for block, config in targets:
        started = time.monotonic()
        folder = Path(build) / block.name / config / "rtl"
        with console.status(f"converting {block.name} {config}"):
            converted = convert(block, config, folder)
        record = {
            "block": block.name,
            "config": config,
            "status": "PASS",
            "seconds": round(time.monotonic() - started, 2),
            "top": converted.top,
            "files": [str(path) for path in converted.files],
            "digest": converted.digest,
        }
        records.append(record)
        text = f"{block.name} {config}: {converted.files[-1]} ({len(converted.files)} files)"
        console.print(text, highlight=False, soft_wrap=True)
    return records
