# SPDX-License-Identifier: Apache-2.0
"""Run the proofs of blocks and configurations in parallel, and keep what was concluded."""

import dataclasses
import fcntl
import json as json_format
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, partial
from pathlib import Path

from rich.console import Console
from tritproof.tools.errors import UserError
from tritproof.tools.prove import cache as kept
from tritproof.tools.prove import enumeration, process
from tritproof.tools.prove.assemble import (
    Assembled,
    MissingProofs,
    Sources,
    assemble,
    sources_of,
    with_user_file,
)
from tritproof.tools.prove.evidence import Evidence
from tritproof.tools.prove.prove import prove_task
from tritproof.tools.prove.report import Display
from tritproof.tools.prove.sbyfile import Task, read_tasks

DEFAULT_TIMEOUT = 600.0
"""Seconds for one task, all its solvers together."""
BUILD = Path("build")
SMALL = "tiny"
"""The configuration at which `small_*` tasks run."""


@dataclass(frozen=True)
class Job:
    """One task of one configuration; `prove` runs it, what is conclusive is kept under `key`."""

    sources: Sources
    task: str
    kind: str
    key: str
    prove: Callable[[Display], Evidence]


def run(
    blocks: Sequence[str] | None = None,
    configs: Sequence[str] | None = None,
    tasks: Sequence[str] | None = None,
    *,
    no_cache: bool = False,
    exhaustive: bool = False,
    verilog: Path | None = None,
    jobs: int | None = None,
    json: Path | None = None,
    timeout: float | None = None,
    console: Console | None = None,
    build: Path = BUILD,
) -> list[Evidence]:
    """Prove, and return one row per block x configuration x task, in the manifest's order.

    `None` means all; `tasks` are names or patterns (`prove_*`). `verilog` proves the user's file in
    place of the module of the same name. `exhaustive` tries every input of the blocks that are
    enumerated, however many there are. `timeout` are seconds for one task; without it
    DEFAULT_TIMEOUT, and no limit for an enumeration. `no_cache` ignores what was concluded before,
    and replaces it. `json` names a file that receives the rows. Progress appears on `console`.

    Raises:
        UserError: a name that does not exist, a file that does not fit, or another run in `build`.
        KeyboardInterrupt: every started program has been ended; concluded rows are kept.
    """
    selected = _select(blocks, configs)
    if verilog is not None and len(selected) != 1:
        names = ", ".join(f"{block} {config}" for block, config in selected)
        raise UserError(f"--verilog needs one block and one configuration, not: {names}")
    build = build.resolve()
    with _alone_in(build), Display(console) as display:
        collected, unproved = [], []
        for (block, config), convert in _conversions(selected, build, jobs, display):
            try:
                sources = convert()
            except MissingProofs as missing:
                row = Evidence(block, config, "none", "none").conclude("UNKNOWN", str(missing))
                unproved.append(row)
                display.finish(row)
                continue
            if verilog is not None:
                sources = with_user_file(sources, verilog)
            _require_smallest(sources)
            collected.append((sources, build / block / config / "formal"))
        rows = unproved
        if collected:
            rows += prove_all(
                collected,
                tasks=tasks,
                kept_in=build / "cache" / "prove",
                no_cache=no_cache,
                exhaustive=exhaustive,
                jobs=jobs,
                timeout=timeout,
                simulator_cache=build / "cache" / "simulator",
                display=display,
            )
    if json is not None:
        _write_json(json, rows)
    return rows


@contextmanager
def _alone_in(build: Path) -> Iterator[None]:
    """Refuse to work where another run does: they would write each other's files."""
    build.mkdir(parents=True, exist_ok=True)
    with (build / "prove.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UserError(f"another proof run works in {build}; wait until it ends") from error
        yield


def _conversions(
    selected: Sequence[tuple[str, str]], build: Path, jobs: int | None, display: Display
) -> Iterator[tuple[tuple[str, str], Callable[[], Sources]]]:
    """Convert in parallel; yield each pair, in order, with the function that gives its sources."""
    with ThreadPoolExecutor(jobs or os.cpu_count() or 1) as pool:
        futures = [pool.submit(sources_of, *pair, build) for pair in selected]
        try:
            for pair, future in zip(selected, futures, strict=True):
                display.say(f"converting {' '.join(pair)}")
                yield pair, future.result
        finally:
            pool.shutdown(cancel_futures=True)


def prove_file(
    block: str,
    config: str,
    verilog_path: Path,
    tasks: Sequence[str] | None = None,
    timeout: float | None = None,
    jobs: int = 1,
    *,
    stop_at_failure: bool = False,
    build: Path = BUILD,
    simulator_cache: Path | None = None,
) -> list[Evidence]:
    """Prove a Verilog file against a block's properties, in a folder of its own that is removed.

    Nothing is printed, kept or replayed; calls may run at the same time. The block is converted
    once per process. `simulator_cache` is the folder of the simulators in which inputs are tried
    (default: one that is removed). `stop_at_failure` leaves out the tasks after the first FAIL
    (with `jobs` 1).

    Raises:
        UserError: the file does not fit the block.
    """
    sources = with_user_file(_converted_once(block, config, build.resolve()), Path(verilog_path))
    parent = build.resolve() / block / config / "files"
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=parent))
    try:
        return prove_all(
            [(sources, folder / "formal")],
            tasks=tasks,
            jobs=jobs,
            timeout=timeout,
            stop_at_failure=stop_at_failure,
            simulator_cache=simulator_cache or folder / "simulator",
            explain=False,
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


_converting = threading.Lock()


def _converted_once(block: str, config: str, build: Path) -> Sources:
    with _converting:
        return _converted(block, config, build)


@cache
def _converted(block: str, config: str, build: Path) -> Sources:
    return sources_of(block, config, build)


def prove_all(
    collected: Iterable[tuple[Sources, Path]],
    *,
    tasks: Sequence[str] | None = None,
    kept_in: Path | None = None,
    no_cache: bool = False,
    exhaustive: bool = False,
    jobs: int | None = None,
    timeout: float | None = None,
    simulator_cache: Path | None = None,
    stop_at_failure: bool = False,
    explain: bool = True,
    display: Display | None = None,
) -> list[Evidence]:
    """Prove every selected task of `collected`, pairs of sources and the folder to assemble in;
    `explain` replays a counterexample in the simulator."""
    display = display or Display(None)
    queue = []
    for sources, folder in collected:
        replayed_in = simulator_cache if explain else None
        queue += _tasks(assemble(sources, folder), timeout, replayed_in)
        if enumeration.enumerated(sources.block):
            queue.append(_enumeration(sources, exhaustive, timeout, simulator_cache, kept_in))
    queue = _matching(queue, tasks)
    display.total(len(queue))
    process.allow()
    failed = False

    def work(job: Job) -> Evidence | None:
        nonlocal failed
        if stop_at_failure and failed:
            return None
        row = _one(job, display, kept_in, no_cache)
        failed = failed or row.status == "FAIL"
        display.finish(row)
        return row

    with ThreadPoolExecutor(jobs or os.cpu_count() or 1) as pool:
        begun: dict[int, Future] = {
            place: pool.submit(work, queue[place])
            for place in sorted(range(len(queue)), key=lambda place: -_size(queue[place]))
        }
        futures = [begun[place] for place in range(len(queue))]
        try:
            pending = set(futures)
            while pending:
                done, pending = wait(pending, timeout=0.2, return_when=FIRST_COMPLETED)
                for future in done:
                    future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            process.stop_all()
            raise
    return [row for future in futures if (row := future.result()) is not None]


def _size(job: Job) -> int:
    """Bytes of Verilog, or the number of inputs: the largest begin, so that the end is not one long
    proof."""
    if job.kind == enumeration.KIND:
        return enumeration.total(job.sources)
    return sum(path.stat().st_size for path in job.sources.verilog.values())


def _one(job: Job, display: Display, kept_in: Path | None, no_cache: bool) -> Evidence:
    sources = job.sources
    display.start(sources.block, sources.config, job.task)
    if kept_in is not None and not no_cache and (found := kept.load(kept_in, job.key)):
        return dataclasses.replace(found, digest=sources.digest)
    row = job.prove(display)
    if kept_in is not None:
        kept.store(kept_in, job.key, row)
    return row


def _tasks(work: Assembled, timeout: float | None, simulator_cache: Path | None) -> list[Job]:
    """The tasks of the block's `.sby` file, `small_*` ones at the smallest configuration only."""
    sources = work.sources
    limit = DEFAULT_TIMEOUT if timeout is None else timeout
    jobs = []
    for task in work.tasks:
        if task.kind != "small" or sources.config == SMALL:
            key = kept.key_of(sources.block, sources.config, task, work.of_task(task))
            prove = partial(_prove_task, work, task, limit, simulator_cache)
            jobs.append(Job(sources, task.name, task.kind, key, prove))
    return jobs


def _prove_task(
    work: Assembled, task: Task, timeout: float, simulator_cache: Path | None, _: Display
) -> Evidence:
    return prove_task(work, task, timeout, simulator_cache)


def _enumeration(
    sources: Sources,
    exhaustive: bool,
    timeout: float | None,
    simulator_cache: Path | None,
    kept_in: Path | None,
) -> Job:
    """Every input of a block, or a sample of them; what is kept of a complete run answers both."""
    key = enumeration.key_of(sources)
    progress = kept_in / f"{key}.progress" if kept_in is not None else None

    def prove(display: Display) -> Evidence:
        def tell(text: str) -> None:
            display.tell(sources.block, sources.config, enumeration.TASK, text)

        deadline = None if timeout is None else time.monotonic() + timeout
        return enumeration.enumerate_inputs(
            sources, exhaustive, deadline, simulator_cache, progress, tell
        )

    return Job(sources, enumeration.TASK, enumeration.KIND, key, prove)


def _matching(jobs: Sequence[Job], patterns: Sequence[str] | None) -> list[Job]:
    """The jobs whose task matches a pattern; every pattern must match."""
    if patterns is None:
        return list(jobs)
    for pattern in patterns:
        if not any(fnmatchcase(job.task, pattern) for job in jobs):
            names = ", ".join(dict.fromkeys(job.task for job in jobs))
            raise UserError(f"no task is called {pattern!r}; tasks: {names}")
    return [job for job in jobs if any(fnmatchcase(job.task, p) for p in patterns)]


def _select(blocks: Sequence[str] | None, configs: Sequence[str] | None) -> list[tuple[str, str]]:
    """The (block, configuration) pairs asked for; every name must exist."""
    from tritproof.rtl.manifest import blocks as manifest

    known = manifest()
    for name in blocks or ():
        if name not in known:
            raise UserError(f"there is no block {name!r}; blocks: {', '.join(known)}")
    chosen = {
        name: block
        for name, block in known.items()
        if (name in blocks if blocks else getattr(block, "parts_used", True))
    }
    for config in configs or ():
        if not any(config in block.configs for block in chosen.values()):
            names = dict.fromkeys(name for block in chosen.values() for name in block.configs)
            raise UserError(f"no configuration is called {config!r}; there are: {', '.join(names)}")
    return [
        (name, config)
        for name, block in chosen.items()
        for config in block.configs
        if not configs or config in configs
    ]


def _require_smallest(sources: Sources) -> None:
    """Refuse small checks that no configuration would ever run."""
    from tritproof.rtl.manifest import blocks

    if sources.sby is None:
        return
    small = [task.name for task in read_tasks(sources.sby) if task.kind == "small"]
    if small and SMALL not in blocks()[sources.block].configs:
        raise UserError(
            f"{sources.sby}: {', '.join(small)} runs at configuration {SMALL!r}, which "
            f"{sources.block} does not have; add it, or drop the task"
        )


def _write_json(path: Path, rows: Sequence[Evidence]) -> None:
    text = json_format.dumps([row.record() for row in rows], indent=1)
    scratch = path.with_name(f"{path.name}.{os.getpid()}.{time.monotonic_ns()}.partial")
    try:
        scratch.write_text(text + "\n")
        os.replace(scratch, path)
    except OSError as error:
        scratch.unlink(missing_ok=True)
        raise UserError(f"{path} cannot be written: {error.strerror}") from error
