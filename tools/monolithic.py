# SPDX-License-Identifier: Apache-2.0
"""`tritproof monolithic`: what a proof costs that is not decomposed.

`formal/monolithic.sv` states in one query that T looked-up dot products, added up, are the
specification's sum, all codes and all activations free. The query is put to the solvers of the
proofs for one number T after the other: it shows why the proofs of the blocks are cut into lemmas.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from tritproof.ref.spec import golden_file
from tritproof.ref.ternary.dot import tlmm_beat
from tritproof.rtl.manifest import root
from tritproof.tools.errors import UserError
from tritproof.tools.prove import wordlevel
from tritproof.tools.prove.assemble import Sources, assemble, sources_of
from tritproof.tools.prove.engine import run_sby
from tritproof.tools.prove.sbyfile import Task, with_engine

BLOCK = "ternary_dot_half"
NAME = "monolithic"
TABLES = (1, 2, 3, 4, 8, 28)
"""The last is the number of a lane of the published engine."""

WIDE = 32
"""Bits of all sums in `formal/monolithic.sv`."""

SOLVERS = ("yices", *wordlevel.SOLVERS)
"""yices through SymbiYosys, as in `prove_*` tasks; the others at word level, as in `lemma_*`."""


def run(
    config: str = "tellme",
    tables: Sequence[int] = TABLES,
    limit: float = 120.0,
    *,
    build: Path = Path("build"),
    console: Console | None = None,
    sources: Callable[[str, str, Path], Sources] = sources_of,
) -> list[dict[str, Any]]:
    """Ask every solver about each number of `tables`, print the table, return one record each.

    Smaller numbers come first; a solver that gives no answer within `limit` seconds is not asked
    about larger ones. A record holds `tables`, `activations`, `solver`, `status` (UNKNOWN: no
    answer in time), `seconds` and `reason`.

    Raises:
        UserError: unknown configuration, or a number or limit that is not positive.
    """
    if min(tables) < 1 or limit <= 0:
        raise UserError("numbers of tables and the time limit must be positive")
    console = console or Console()
    base = sources(BLOCK, config, build)
    records: list[dict[str, Any]] = []
    asked = SOLVERS
    for count in sorted(set(tables)):
        with console.status(f"{count} tables in one query"):
            found = _ask(base, count, asked, limit, build / NAME / config)
        records += found
        asked = tuple(record["solver"] for record in found if record["status"] == "PASS")
        if not asked:
            break
    console.print(_table(records, limit))
    return records


def _ask(
    base: Sources, tables: int, solvers: tuple[str, ...], limit: float, folder: Path
) -> list[dict[str, Any]]:
    """Put the query for `tables` tables to each solver in turn; a record for each."""
    work = assemble(query(base, tables), folder / f"{tables}_tables")
    [task] = work.tasks
    records = []
    for solver in solvers:
        status, reason, seconds = _answer(task, work.folder, solver, limit)
        records.append(
            {
                "tables": tables,
                "activations": tables * base.constants["G"],
                "solver": solver,
                "status": status,
                "seconds": round(seconds, 1),
                "reason": reason,
            }
        )
    return records


def query(base: Sources, tables: int) -> Sources:
    """Return what the query for `tables` tables of the block in `base` is made from."""
    constants = {**base.constants, "T": tables}
    shape = {name: constants[name] for name in ("G", "T", "CODE_ORDER")}
    return replace(
        base,
        block=NAME,
        top=NAME,
        sby=root() / "formal" / f"{NAME}.sby",
        constants=constants,
        golden=lambda: golden_file([tlmm_beat.golden(**shape, minimum_width=WIDE)]),
        folders=(root() / "formal",),
    )


def _answer(task: Task, folder: Path, solver: str, limit: float) -> tuple[str, str, float]:
    """Return the status, the reason and the seconds of one solver's answer."""
    deadline = time.monotonic() + limit
    if solver not in wordlevel.SOLVERS:
        run = run_sby(task.text, folder, f"{NAME}_{solver}", deadline)
        return run.status, run.reason or "; ".join(run.violated), run.seconds
    text = with_engine(task, "none", make_model="prep")
    prepared = run_sby(text, folder, f"{NAME}_{solver}", deadline)
    if not prepared.prepared:
        status = "UNKNOWN" if prepared.status == "UNKNOWN" else "ERROR"
        return status, prepared.reason or "the design was not prepared", prepared.seconds
    answer = wordlevel.prove(prepared, solver, deadline)
    return answer.status, answer.reason, prepared.seconds + answer.seconds


def _table(records: list[dict[str, Any]], limit: float) -> Table:
    table = Table(title="tables in one query: seconds until it is proved")
    table.add_column("tables", justify="right")
    table.add_column("activations", justify="right")
    for solver in SOLVERS:
        table.add_column(solver, justify="right")
    cells = {(record["tables"], record["solver"]): record for record in records}
    for tables, activations in dict.fromkeys((r["tables"], r["activations"]) for r in records):
        found = [cells.get((tables, solver)) for solver in SOLVERS]
        table.add_row(str(tables), str(activations), *(_cell(one, limit) for one in found))
    return table


def _cell(record: Mapping[str, Any] | None, limit: float) -> str:
    if record is None:
        return "not asked"
    if record["status"] == "UNKNOWN":
        return f"no answer in {limit:g} s"
    return f"{record['seconds']:.1f}" if record["status"] == "PASS" else record["status"]
