# SPDX-License-Identifier: Apache-2.0
"""`tritproof mutate`: would the proofs, and the random check, notice a fault in the Verilog?

Every mutant of the block's top module goes to the block's proofs and to the random check. A mutant
counts as killed by the proofs only when a task concludes FAIL; one that no task refutes must be
proved equivalent to the original, else it survives. One that is right at every input, all of them
tried, is equivalent; a sample of the inputs may refute, and says no more. Results are kept by
content, so an interrupted or repeated run continues; a tool that fails gives no result.
"""

import contextlib
import dataclasses
import hashlib
import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from tritproof.rtl.manifest import Block, root
from tritproof.tools import equivalent, mutants, toolchain
from tritproof.tools.errors import UserError
from tritproof.tools.prove import enumeration

Statuses = list[tuple[str, str]]
"""Tasks and their statuses, in the order they ran."""
Prove = Callable[[Path], Statuses]
Check = Callable[[Path], bool]
Compare = Callable[[mutants.Original, Path, Path, float], str]

CHECKS = ("proofs", "random")
SIMULATORS = "simulators"
"""Folder of the mutants' simulators, removed when the run ends, except Verilator's own objects."""
DEFAULT_VECTORS = 20_000
PROOF_TIMEOUT = 300.0
"""Seconds for one task on one mutant, and for one comparison with the original."""


@dataclasses.dataclass(frozen=True)
class Judges:
    """What judges a mutant's file: `prove` returns the statuses of the tasks it ran, `check`
    whether the random check saw a fault; `compare` is `equivalent.equivalence`. `digests` stands
    for the content each kind of verdict depends on: `proofs`, `random` and `equivalence`. All
    raise UserError for a mutant that they cannot judge, MissingTool where they can judge none.
    """

    prove: Prove
    check: Check
    compare: Compare
    digests: dict[str, str]


def run(
    block: Block,
    config: str = "tiny",
    count: int = 100,
    seed: int = 0,
    only: str | None = None,
    vectors: int = DEFAULT_VECTORS,
    jobs: int | None = None,
    build: Path = Path("build"),
    console: Console | None = None,
    judges: Judges | None = None,
) -> list[dict[str, Any]]:
    """Judge up to `count` mutants chosen by `seed` and return one record each.

    Record: block, config, mutant (the mutation), killed_by (the task that refutes it, `random`,
    `equivalent`, `survived`, `error`, or `baseline` when the unmutated module is refused), status
    (PASS if the proofs, or with `only="random"` the random check, killed it, or it is equivalent;
    ERROR if it could not be judged; FAIL otherwise), proofs (tasks that did not pass, `PASS`, or
    empty if not run), random (`killed`, `missed`, or empty), seconds, seed, reason (of ERROR).

    Raises:
        UserError: a tool is missing, or fails on the unmutated module.
        KeyboardInterrupt: finished verdicts are kept.
    """
    from tritproof.tools.convert import convert

    console = console or Console()
    build = Path(build).resolve()
    converted = convert(block, config, build / block.name / config / "rtl")
    judges = judges or default_judges(block, config, converted.files, vectors, seed, build)
    folder = build / "mutate" / block.name / config
    original = mutants.take(converted.files, converted.top, converted.ports, folder / "original")
    judge = _Judge(block, config, only, original, folder, build / "mutate" / "verdicts", judges)
    mutations = mutants.list_mutations(original, count, seed)
    progress = Progress(
        TextColumn("mutants"), BarColumn(24), MofNCompleteColumn(), TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False), console=console, transient=True,
    )  # fmt: skip
    with progress, _removed(build / "mutate" / SIMULATORS):
        task = progress.add_task("the module as it is", total=len(mutations))
        baseline = judge(mutants.PLAIN)
        if baseline["status"] != "PASS":
            said = "; ".join(filter(None, [baseline["proofs"], baseline["random"]]))
            console.print(
                f"{block.name} {config}: the unmutated module must pass before mutants are judged, "
                f"but: {said}",
                style="red",
                soft_wrap=True,
            )
            return [_finished(baseline, seed)]
        records = _all(judge, mutations, jobs, lambda r: _show(progress, task, r))
    records = [_finished(record, seed) for record in records]
    console.print(summary(records))
    return records


def default_judges(
    block: Block, config: str, files: Sequence[Path], vectors: int, seed: int, build: Path
) -> Judges:
    """The project's own proofs and random check, for mutants of the block converted to `files`."""

    def prove(path: Path) -> Statuses:
        from tritproof.tools.prove.runner import prove_file

        rows = prove_file(
            block.name, config, path, timeout=PROOF_TIMEOUT, stop_at_failure=True, build=build,
            simulator_cache=build / "mutate" / SIMULATORS,
        )  # fmt: skip
        return [(row.task, row.status) for row in rows]

    def check(path: Path) -> bool:
        from tritproof.verif.equivalence import NoVectorsError, check_file
        from tritproof.verif.toolchain import BuildError

        toolchain.verilator()
        toolchain.cxx()
        options = {"cache_directory": build / "mutate" / SIMULATORS, "optimise": "-O1"}
        try:
            outcome = check_file(block, config, path, vectors, seed, files=files, **options)
        except NoVectorsError:
            return True
        except BuildError as error:
            if _refused_by_verilator(path, str(error)):
                return True
            raise UserError(f"{path} cannot be simulated: {error}") from error
        return outcome.mismatches > 0

    tools = json.dumps(toolchain.versions(), sort_keys=True)
    specification = digest_of_tree(root() / "ref")
    digests = {
        "proofs": _hash(
            tools,
            specification,
            digest_of_tree(root() / "formal"),
            digest_of_tree(root() / "tools" / "prove"),
        ),
        "random": _hash(
            tools,
            specification,
            digest_of_tree(root() / "verif"),
            Path(__file__).read_bytes(),
            vectors,
            seed,
        ),
        "equivalence": _hash(
            tools, *(Path(part.__file__).read_text() for part in (equivalent, mutants))
        ),
    }
    return Judges(prove, check, equivalent.equivalence, digests)


def digest_of_tree(folder: Path) -> str:
    """Digest of the names and bytes of all files below a folder, compiled Python aside."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return _hash(
        *(part for path in paths for part in (path.relative_to(folder), path.read_bytes()))
    )


def summary(records: Sequence[dict[str, Any]]) -> Table:
    """Table of what killed the mutants, then every survivor by name."""
    table = Table(title="mutants", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    ways = ("random", "equivalent", "survived", "error")
    killed = [record for record in records if record["killed_by"] not in ways]
    table.add_row("refuted by a proof", str(len(killed)))
    table.add_row("refuted by the random check alone", _count(records, "random"))
    table.add_row("proved equivalent", _count(records, "equivalent"))
    table.add_row("survived", _count(records, "survived"))
    if any(record["killed_by"] == "error" for record in records):
        table.add_row("could not be judged", _count(records, "error"))
    checked = [r for r in records if r["random"] and r["killed_by"] != "equivalent"]
    if checked:
        seen = sum(record["random"] == "killed" for record in checked)
        table.add_row("seen by the random check, of those not equivalent", f"{seen}/{len(checked)}")
    for record in records:
        if record["status"] != "PASS":
            said = escape(record["reason"] or record["proofs"])
            table.add_row(f"[red]{record['killed_by']}[/]: {record['mutant']}", said)
    return table


class _Judge:
    """Judges one mutation at a time; may be called from several threads."""

    def __init__(
        self,
        block: Block,
        config: str,
        only: str | None,
        original: mutants.Original,
        folder: Path,
        verdicts: Path,
        judges: Judges,
    ):
        self._block, self._config, self._only = block, config, only
        self._original, self._folder, self._verdicts = original, folder, verdicts
        self._judges = judges
        self._as_written = mutants.as_written(original, folder / "as_written")
        self._source = _hash(*((original.folder / name).read_bytes() for name in original.files))
        self.stopped = threading.Event()

    def __call__(self, mutation: str) -> dict[str, Any]:
        started = time.monotonic()
        try:
            verdict = self._verdict(mutation)
        except UserError as error:
            if mutation == mutants.PLAIN or isinstance(error, toolchain.MissingTool):
                raise
            verdict = {"killed_by": "error", "status": "ERROR", "proofs": "", "random": ""}
            verdict["reason"] = str(error)
        return {
            "block": self._block.name,
            "config": self._config,
            "mutant": mutation,
            **verdict,
            "seconds": round(time.monotonic() - started, 2),
        }

    def _verdict(self, mutation: str) -> dict[str, str | None]:
        """The fields of a record that say what was found."""
        folder = self._folder / _hash(self._source, mutation)[:16]
        path = folder / f"{self._original.top}.v"
        if not path.is_file():
            path = mutants.write_mutant(self._original, mutation, folder)
        statuses: Statuses = []
        seen = None
        if self._only != "random":
            statuses = self._kept("proofs", path, lambda: self._judges.prove(path))
        if self._only != "proofs":
            seen = self._kept("random", path, lambda: self._judges.check(path))
        killed_by = next((task for task, status in statuses if status == "FAIL"), None)
        if killed_by is None and self._only == "random" and seen:
            killed_by = "random"
        if killed_by is None and mutation != mutants.PLAIN:
            killed_by = self._compared(path, folder, seen, statuses)
        refuted = [f"{status} {task}" for task, status in statuses if status != "PASS"]
        verdict = {
            "killed_by": killed_by,
            "status": "PASS",
            "proofs": "; ".join(refuted) or ("PASS" if statuses else ""),
            "random": "" if seen is None else "killed" if seen else "missed",
            "reason": "",
        }
        if mutation == mutants.PLAIN:
            unsound = any(status not in ("PASS", "SAMPLED") for _, status in statuses)
            accepted = not unsound and not seen and (bool(statuses) or self._only == "random")
            return {**verdict, "killed_by": "baseline", "status": "PASS" if accepted else "FAIL"}
        if killed_by == "survived" or (killed_by == "random" and self._only != "random"):
            verdict["status"] = "FAIL"
        return verdict

    def _compared(self, path: Path, folder: Path, seen: bool | None, statuses: Statuses) -> str:
        """The verdict on a mutant that no proof refuted."""
        if seen:
            return "random"
        if [tuple(one) for one in statuses] == [(enumeration.TASK, "PASS")]:
            return "equivalent"
        verdict = self._kept(
            "equivalence",
            path,
            lambda: self._judges.compare(self._as_written, path, folder, PROOF_TIMEOUT),
        )
        return "equivalent" if verdict == "equivalent" else "survived"

    def _kept(self, kind: str, path: Path, work: Callable[[], Any]) -> Any:
        """The verdict of `work`, kept under everything it depends on unless a tool failed."""
        if self.stopped.is_set():
            raise KeyboardInterrupt
        names = (kind, self._block.name, self._config)
        key = _hash(*names, self._source, path.read_bytes(), self._judges.digests[kind])
        file = self._verdicts / f"{kind}-{key}.json"
        if file.is_file() and not _failed(kept := json.loads(file.read_text())):
            return kept
        verdict = json.loads(json.dumps(work()))
        if self.stopped.is_set():
            raise KeyboardInterrupt
        if _failed(verdict):
            return verdict
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_suffix(f".{os.getpid()}.{threading.get_ident()}.partial")
        partial.write_text(json.dumps(verdict))
        os.replace(partial, file)
        return verdict


def _all(
    judge: _Judge, mutations: Sequence[str], jobs: int | None, show: Callable[[dict], None]
) -> list[dict[str, Any]]:
    """Judge all mutations in parallel; records in the order of the mutations."""
    from tritproof.tools.prove import process

    pool = ThreadPoolExecutor(jobs or os.cpu_count() or 1)
    futures = [pool.submit(judge, mutation) for mutation in mutations]
    try:
        for future in as_completed(futures):
            show(future.result())
        return [future.result() for future in futures]
    except BaseException:
        judge.stopped.set()
        pool.shutdown(wait=False, cancel_futures=True)
        process.stop_all()
        raise
    finally:
        pool.shutdown(wait=True)


@contextlib.contextmanager
def _removed(folder: Path) -> Iterator[None]:
    """Remove the mutants' simulators at the end; Verilator's own objects may be used again."""
    try:
        yield
    finally:
        for path in folder.glob("*"):
            if not path.name.startswith("runtime-"):
                shutil.rmtree(path, ignore_errors=True)


def _show(progress: Progress, task: Any, record: dict[str, Any]) -> None:
    if record["status"] != "PASS":
        said = record["reason"] or record["proofs"]
        text = f"{record['killed_by']}: {record['mutant']} ({said})"
        progress.console.print(text, markup=False, highlight=False, soft_wrap=True)
    progress.update(task, advance=1, description=f"last: {record['killed_by']}")


def _finished(record: dict[str, Any], seed: int) -> dict[str, Any]:
    reason = record.pop("reason")
    return {**record, "seed": seed, "reason": reason}


def _failed(verdict: Any) -> bool:
    """Whether a verdict holds a task that ended by a tool's failure."""
    return isinstance(verdict, list) and any(status == "ERROR" for _, status in verdict)


def _refused_by_verilator(path: Path, message: str) -> bool:
    """Whether a simulator could not be built because Verilator finds an error in the file."""
    errors = [line for line in message.splitlines() if line.startswith("%Error")]
    return message.startswith("verilator on ") and any(str(path) in line for line in errors)


def _count(records: Sequence[dict[str, Any]], way: str) -> str:
    return str(sum(record["killed_by"] == way for record in records))


def _hash(*parts: object) -> str:
    total = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode()
        total.update(len(data).to_bytes(8, "little") + data)
    return total.hexdigest()
