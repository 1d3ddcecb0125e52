# SPDX-License-Identifier: Apache-2.0
"""`tritproof verify`: run the checks one after the other and write the report."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from tritproof.tools import report
from tritproof.tools.errors import UserError

Check = Callable[[], Sequence[dict[str, Any]]]
FIRST = "doctor"
"""The check without which no other can be trusted: the run ends when it fails."""


def run(
    checks: Mapping[str, Check], build: Path, console: Console
) -> dict[str, list[dict[str, Any]]]:
    """Run `checks` in order, print the summary, write `<build>/report.json` and `report.xml`.

    A check that raises becomes one ERROR record and the next one runs. The report is written even
    when the run is interrupted, with the checks that ended.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    Path(build).mkdir(parents=True, exist_ok=True)
    try:
        for name, check in checks.items():
            console.rule(name)
            found[name] = _run(check)
            for record in found[name]:
                if record.get("status") == "ERROR" and "reason" in record and len(record) == 3:
                    console.print(f"{name}: {record['reason']}", style="red", markup=False)
            if name == FIRST and not report.passed(found):
                break
    finally:
        paths = report.write(found, Path(build))
    console.rule("report")
    console.print(report.summary(found))
    console.print(f"report: {paths[0]} and {paths[1]}", highlight=False)
    return found


def _run(check: Check) -> list[dict[str, Any]]:
    started = time.monotonic()
    try:
        return [dict(record) for record in check()]
    except UserError as error:
        reason = str(error)
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
    return [{"status": "ERROR", "seconds": round(time.monotonic() - started, 2), "reason": reason}]
