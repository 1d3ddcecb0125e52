# SPDX-License-Identifier: Apache-2.0
"""What the commands of `tritproof` share: the application, options, and how a command ends."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from tritproof.tools import report

BUILD = Path("build")
"""Where everything is written, below the current folder."""

app = typer.Typer(
    help="Proved RTL for ternary language models: convert, prove, check and measure the blocks.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Blocks = Annotated[
    list[str] | None, typer.Argument(metavar="[BLOCK]...", help="blocks; none means all")
]
Configs = Annotated[
    list[str] | None, typer.Option("--config", help="a configuration (repeatable); none means all")
]
Json = Annotated[Path | None, typer.Option("--json", help="write the records to this file")]
Jobs = Annotated[
    int | None, typer.Option("--jobs", min=1, help="how many run at once; default: one per core")
]
NoCache = Annotated[bool, typer.Option("--no-cache", help="ignore results of earlier runs")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="of everything random in this run")]


def finish(records: Sequence[dict[str, Any]], json: Path | None, judged: bool = True) -> None:
    """Write the records if wanted, and end the command with the status they deserve."""
    if json is not None:
        report.write_json(json, records)
    if judged and not records:
        print("tritproof: nothing was checked", file=sys.stderr)
    raise typer.Exit(0 if not judged or report.passed({"command": records}) else 1)


def new_console() -> Console:
    """Standard output; wide enough for the tables where it is not a terminal."""
    return Console(width=None if sys.stdout.isatty() else 160)
