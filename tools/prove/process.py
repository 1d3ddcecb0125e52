# SPDX-License-Identifier: Apache-2.0
"""Run an external program with a deadline, and leave nothing running behind."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_GRACE = 3.0
_running: set[subprocess.Popen] = set()
_lock = threading.Lock()
_stopped = threading.Event()


class Interrupted(Exception):
    """The run was cancelled: no further program may start."""


@dataclass(frozen=True)
class Finished:
    """What a program left: its exit status (None when the time was up), output and seconds."""

    status: int | None
    output: str
    seconds: float


def allow() -> None:
    """Permit programs to start (again), at the beginning of a run."""
    _stopped.clear()


def cancelled() -> bool:
    """Whether the run was cancelled: work inside this process ends by itself."""
    return _stopped.is_set()


def stop_all() -> None:
    """End every program started by `execute`, and permit no new one until `allow`."""
    _stopped.set()
    with _lock:
        processes = list(_running)
    for process in processes:
        _end(process)


def execute(
    command: Sequence[str],
    folder: Path,
    deadline: float,
    log: Path,
    environment: Mapping[str, str] | None = None,
) -> Finished:
    """Run `command` in `folder` until it ends or `time.monotonic()` reaches `deadline`.

    Output and errors go to the file `log`. The program leads a session of its own; at the deadline,
    or when the run is interrupted, all of that session is ended.

    Raises:
        FileNotFoundError: there is no such program.
        Interrupted: `stop_all` was called.
    """
    started = time.monotonic()
    with open(log, "wb") as output:
        with _lock:
            if _stopped.is_set():
                raise Interrupted
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            _running.add(process)
        try:
            status = process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            status = None
        finally:
            _end(process)
            with _lock:
                _running.discard(process)
    if _stopped.is_set():
        raise Interrupted
    text = log.read_text(errors="replace")
    return Finished(status, text, time.monotonic() - started)


def _end(process: subprocess.Popen) -> None:
    """End a program and its session: first politely, so that SymbiYosys ends its own children."""
    if process.poll() is None:
        _signal(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)
    for pid in _session(process.pid):
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
    _signal(process.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_GRACE)


def _signal(group: int, number: int) -> None:
    with contextlib.suppress(OSError):
        os.killpg(group, number)


def _session(leader: int) -> list[int]:
    """Processes of a session (SymbiYosys gives each child a group of its own); Linux only."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader:
            found.append(int(entry.parent.name))
    return found
