# SPDX-License-Identifier: Apache-2.0
"""`tritproof accuracy`, its tables of binary16: errors in units in the last place, and what the
published design does in their place."""

from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table
from tritproof.verif.float16.accuracy import measurements


def run(console: Console | None = None) -> list[dict[str, Any]]:
    """Measure every operation, print the tables and return one record each.

    Record: operation (a block, `127 / max` or `quantize`), measure (`ulp`, or another quantity),
    drawn (`all` or `random`), inputs, value, published (None where the design has none), status
    (FAIL where the value is not what is claimed: of ulp, above a half).
    """
    console = console or Console()
    records = []
    steps = list(measurements())
    for measure in track(steps, "accuracy of float16", console=console, transient=True):
        for one in measure():
            fields = dict(vars(one))
            within = fields.pop("within")
            records.append({**fields, "status": "PASS" if within else "FAIL"})
    ulps = [one for one in records if one["measure"] == "ulp"]
    others = [one for one in records if one["measure"] != "ulp"]
    console.print(_ulp_table(ulps))
    console.print(_other_table(others))
    return records


def _ulp_table(records: list[dict[str, Any]]) -> Table:
    names = ("operation", "inputs", "", "rounded once", "published", "")
    return _table(
        "float16: largest errors, in units in the last place", names, records,
        lambda one: [one["operation"], f"{one['inputs']:,}", one["drawn"],
                     _ulps(one["value"]), _ulps(one["published"])],
    )  # fmt: skip


def _other_table(records: list[dict[str, Any]]) -> Table:
    names = ("operation", "quantity", "inputs", "", "here", "published", "")
    return _table(
        "float16: the published design, reproduced from its description", names, records,
        lambda one: [one["operation"], one["measure"], f"{one['inputs']:,}", one["drawn"],
                     f"{one['value']:.5g}", f"{one['published']:.4g}"],
    )  # fmt: skip


def _ulps(value: float | None) -> str:
    return "" if value is None else f"{value:,.4f}"


def _table(
    title: str,
    names: tuple[str, ...],
    records: list[dict[str, Any]],
    cells: Callable[[dict[str, Any]], list[str]],
) -> Table:
    table = Table(title=title)
    for name in names:
        table.add_column(name, justify="left" if name in ("operation", "quantity", "") else "right")
    for one in records:
        table.add_row(*cells(one), one["status"])
    return table
