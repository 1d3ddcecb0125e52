# SPDX-License-Identifier: Apache-2.0
"""`tritproof convert`: write the Verilog of blocks, lint its source, audit what was written."""

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from tritproof.rtl.manifest import Block, root
from tritproof.tools.audit import audit
from tritproof.tools.convert import Converted, convert
from tritproof.tools.finding import Finding
from tritproof.tools.lint import lint_folder


def run(
    targets: Iterable[tuple[Block, str]],
    build: Path,
    console: Console,
    *,
    lint: Callable[[Path], Sequence[Finding]] = lint_folder,
    inspect: Callable[[Converted], Sequence[Finding]] = audit,
) -> list[dict[str, Any]]:
    """Convert every (block, configuration) into `<build>/<block>/<config>/rtl` and audit it.

    The whole source, `rtl/`, is linted before. Findings are printed one per line.

    Record: block, config, status (FAIL when there are findings), seconds, top (module name), files
    (paths, children first), digest (SHA-256 over names and bytes), findings (one text each). What
    the lint finds is one more record in front, without block and configuration.
    """
    records = _lint(root() / "rtl", lint, console)
    for block, config in targets:
        started = time.monotonic()
        folder = Path(build) / block.name / config / "rtl"
        with console.status(f"converting {block.name} {config}"):
            converted = convert(block, config, folder)
        with console.status(f"auditing {block.name} {config}"):
            findings = inspect(converted)
        record = _record(started, findings, converted.files, block.name, config)
        records.append({**record, "top": converted.top, "digest": converted.digest})
        text = f"{block.name} {config}: {converted.files[-1]} ({len(converted.files)} files)"
        console.print(text, highlight=False, soft_wrap=True)
        _show(findings, console)
    return records


def _lint(
    folder: Path, lint: Callable[[Path], Sequence[Finding]], console: Console
) -> list[dict[str, Any]]:
    started = time.monotonic()
    findings = lint(folder)
    _show(findings, console)
    files = sorted({finding.path for finding in findings})
    return [_record(started, findings, files)] if findings else []


def _record(
    started: float,
    findings: Sequence[Finding],
    files: Iterable[Path | str],
    block: str = "",
    config: str = "",
) -> dict[str, Any]:
    return {
        "block": block,
        "config": config,
        "status": "FAIL" if findings else "PASS",
        "seconds": round(time.monotonic() - started, 2),
        "top": "",
        "files": [str(path) for path in files],
        "digest": "",
        "findings": [str(finding) for finding in findings],
    }


def _show(findings: Sequence[Finding], console: Console) -> None:
    for finding in findings:
        console.print(str(finding), markup=False, highlight=False, soft_wrap=True)
