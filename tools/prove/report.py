# SPDX-License-Identifier: Apache-2.0
"""Show proofs while they run, and what is known of those that did not pass."""

import threading
from types import TracebackType

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from tritproof.tools.prove.evidence import Evidence

_STYLES = {
    "PASS": "green",
    "SAMPLED": "cyan",
    "FAIL": "bold red",
    "UNKNOWN": "yellow",
    "ERROR": "red",
}


class Display:
    """Live progress on `console`; silent without one. Its methods may be called from any thread."""

    def __init__(self, console: Console | None):
        self._console = console
        self._lock = threading.Lock()
        self._running: dict[tuple[str, str, str], str] = {}
        self._progress = (
            Progress(
                TextColumn("proofs"),
                BarColumn(24),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                TextColumn("{task.description}", markup=False),
                console=console,
                transient=True,
            )
            if console is not None
            else None
        )
        self._bar = self._progress.add_task("", total=None) if self._progress else None

    def __enter__(self) -> "Display":
        if self._progress:
            self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._progress:
            self._progress.stop()

    def say(self, text: str) -> None:
        """Show what is being done."""
        if self._progress and self._bar is not None:
            self._progress.update(self._bar, description=text)

    def total(self, count: int) -> None:
        """Set the number of tasks."""
        if self._progress and self._bar is not None:
            self._progress.update(self._bar, total=count, description="")

    def start(self, block: str, config: str, task: str) -> None:
        """Show a task as running."""
        with self._lock:
            self._running[block, config, task] = ""
            self._describe()

    def tell(self, block: str, config: str, task: str, text: str) -> None:
        """Show how far a running task has come."""
        with self._lock:
            self._running[block, config, task] = text
            self._describe()

    def finish(self, row: Evidence) -> None:
        """Show a task's verdict."""
        with self._lock:
            self._running.pop((row.block, row.config, row.task), None)
            self._describe()
        if self._progress and self._bar is not None:
            self._progress.advance(self._bar)
        if self._console is not None:
            self._console.print(line(row), highlight=False, soft_wrap=True)
            for text in details(row):
                self._console.print(escape(text), highlight=False, soft_wrap=True)

    def _describe(self) -> None:
        running = self._running.items()
        self.say(", ".join(" ".join(filter(None, (*key, text))) for key, text in running))


def line(row: Evidence) -> str:
    """Return one line of rich markup for a row."""
    style = _STYLES[row.status]
    how = "kept result" if row.cached else row.engines
    text = (
        f"{row.block:<22} {row.config:<10} {row.task:<24} {row.method:<16} "
        f"{row.seconds:7.1f} s  {how}"
    )
    reason = f"  {row.reason}" if row.reason else ""
    return f"[{style}]{row.status:<7}[/{style}] {escape(text + reason)}"


def details(row: Evidence) -> list[str]:
    """Return what helps to mend a row that did not pass; nothing for one that did."""
    if row.status in ("PASS", "SAMPLED"):
        return []
    parts = [
        ("violated", row.violated),
        ("waveform", row.waveform),
        ("replay", row.replay),
        ("log", "" if row.waveform else row.log),
    ]
    lines = [f"    {name}: {text}" for name, text in parts if text]
    if row.counterexample:
        lines += ["    inputs, one dict per clock cycle:", row.counterexample]
    return lines
