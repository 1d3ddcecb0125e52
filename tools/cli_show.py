# SPDX-License-Identifier: Apache-2.0
"""What `tritproof list` and `tritproof show` display."""

from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from tritproof.rtl.manifest import Block, blocks, root
from tritproof.tools import report


def block_records(last_report: Sequence[report.Record]) -> list[dict[str, Any]]:
    """One record per block: block, family, summary, configs, status (in the last report, or "")."""
    return [
        {
            "block": block.name,
            "family": block.family,
            "summary": block.summary,
            "configs": list(block.configs),
            "status": report.status_of_block(last_report, block.name),
        }
        for block in blocks().values()
    ]


def block_table(records: Iterable[dict[str, Any]]) -> Table:
    """The records of `block_records` as a table."""
    table = Table(title="blocks")
    for column in ("block", "summary", "configurations", "last report"):
        table.add_column(column)
    for record in records:
        table.add_row(
            record["block"],
            escape(record["summary"]),
            ", ".join(record["configs"]),
            report.styled(record["status"]),
        )
    return table


def port_records(targets: Iterable[tuple[Block, str]]) -> list[dict[str, Any]]:
    """One record per port: block, config, port, direction, width, signed, doc."""
    return [
        {
            "block": block.name,
            "config": config,
            "port": port.name,
            "direction": port.direction,
            "width": port.width,
            "signed": port.signed,
            "doc": port.doc,
        }
        for block, config in targets
        for port in block.ports(block.configs[config])
    ]


def block_details(targets: Sequence[tuple[Block, str]]) -> list[RenderableType]:
    """The contract, facts and files of a block, then parameters and ports per configuration."""
    block = targets[0][0]
    facts = _two_columns()
    for name in ("family", "latency", "throughput", "error", "source", "reference"):
        facts.add_row(name, escape(str(getattr(block, name))))
    facts.add_row("module", block.module_name)
    for role, path in block.parts().items():
        missing = "" if (root() / path).exists() else " [red](missing)[/]"
        facts.add_row(role, f"{path}{missing}")
    parts: list[RenderableType] = [
        f"[bold]{block.name}[/]: {escape(block.summary)}",
        Padding(escape(block.contract), (1, 2)),
        facts,
    ]
    for _, config in targets:
        params = block.configs[config]
        constants = ", ".join(f"{name}={value}" for name, value in params.constants().items())
        table = Table(title=f"{config}: {escape(constants)}", title_justify="left")
        for column in ("port", "direction", "width", "signed", "meaning"):
            table.add_column(column)
        for port in block.ports(params):
            signed = "yes" if port.signed else ""
            table.add_row(port.name, port.direction, str(port.width), signed, escape(port.doc))
        parts.append(table)
    return parts


def _two_columns() -> Table:
    table = Table(show_header=False, box=None)
    table.add_column(style="bold")
    table.add_column()
    return table
