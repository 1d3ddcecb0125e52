# SPDX-License-Identifier: Apache-2.0
"""A native Yosys command on the pyosys package, with the options SymbiYosys calls Yosys with.

`tritproof-yosys [-q] [-Q] [-T] [-l LOG] [-m PLUGIN]... [-p COMMANDS]... [-s SCRIPT]... [FILE]...`

Files are read first (`.ys` as scripts; `.v`, `.sv`, `.il` and `.json` as designs), then the
scripts, then the commands, as Yosys itself does. Exit status 0 on success, 1 when Yosys reports an
error, 2 for an unknown option, 128 + N when Yosys ended by signal N. Errors and warnings go to
stderr; the log goes to stdout unless `-q`, and with `-l` everything goes to LOG too.

Yosys ends its process on an error, so it runs in a child of this command, which forwards signals.
"""

import argparse
import os
import signal
import sys
import threading
from pathlib import Path
from typing import BinaryIO

from tritproof.tools.errors import UserError

_READERS = {
    ".ys": "script",
    ".v": "read_verilog",
    ".sv": "read_verilog -sv",
    ".il": "read_rtlil",
    ".json": "read_json",
}
_DRAIN_SECONDS = 1.0


def main(arguments: list[str] | None = None) -> int:
    """Run Yosys with command-line `arguments` (default: those of the process); the exit status."""
    parser = argparse.ArgumentParser(
        prog="tritproof-yosys", description="Yosys from the pyosys package."
    )
    parser.add_argument("-q", action="store_true", dest="quiet", help="nothing on stdout")
    parser.add_argument("-Q", action="store_true", help="no banner (there never is one)")
    parser.add_argument("-T", action="store_true", help="no footer (there never is one)")
    parser.add_argument("-l", metavar="LOG", dest="log", type=Path, help="write the log to LOG")
    parser.add_argument("-m", metavar="PLUGIN", dest="plugins", action="append", default=[])
    parser.add_argument("-s", metavar="SCRIPT", dest="scripts", action="append", default=[])
    parser.add_argument("-p", metavar="COMMANDS", dest="commands", action="append", default=[])
    parser.add_argument("-V", "--version", action="store_true", help="print the version")
    parser.add_argument("files", metavar="FILE", nargs="*")
    options = parser.parse_args(arguments)
    try:
        if options.version:
            print(version())
            return 0
        log = open(options.log, "wb") if options.log else None
    except (UserError, OSError) as error:
        print(f"ERROR: {error}", file=sys.stderr)
        return 1
    try:
        return _supervise(lambda: _run(options), options.quiet, log)
    finally:
        if log:
            log.close()


def version() -> str:
    """The version line of the installed Yosys, e.g. `Yosys 0.70 (git sha1 ...)`.

    Raises:
        UserError: pyosys cannot be imported.
    """
    return _library().yosys_maybe_version()


def _library():
    try:
        from pyosys import libyosys
    except ImportError as error:
        raise UserError(f"pyosys cannot be imported ({error}): run `tritproof doctor`") from error
    return libyosys


def _run(options: argparse.Namespace) -> None:
    """Run the requested work in this process; Yosys ends the process itself on an error."""
    library = _library()
    for plugin in options.plugins:
        library.load_plugin(plugin, library.StringVector([]))
    for file in options.files:
        suffix = Path(file).suffix
        if suffix not in _READERS:
            raise UserError(f"{file}: cannot read `{suffix}` files; known: {', '.join(_READERS)}")
        library.run_pass(f"{_READERS[suffix]} {_readable(file)}")
    for script in options.scripts:
        library.run_pass(f"script {_readable(script)}")
    for commands in options.commands:
        library.run_pass(commands)
    library.log_flush()


def _readable(path: str) -> str:
    """A name for the file at `path` that Yosys can parse: its commands end at white space."""
    if path.isprintable() and not set(path) & set(" \"';#"):
        return path
    return f"/dev/fd/{os.open(path, os.O_RDONLY)}"


def _supervise(work, quiet: bool, log: BinaryIO | None) -> int:
    """Run `work` in a forked child and copy its output to the log and the terminal."""
    sys.stdout.flush()
    sys.stderr.flush()
    out_read, out_write = os.pipe()
    error_read, error_write = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(out_write, 1)
        os.dup2(error_write, 2)
        for descriptor in (out_read, out_write, error_read, error_write):
            os.close(descriptor)
        _child(work)
    os.close(out_write)
    os.close(error_write)

    def forward(number: int, frame: object) -> None:
        os.kill(child, number)

    signal.signal(signal.SIGTERM, forward)
    signal.signal(signal.SIGINT, forward)
    lock = threading.Lock()
    copies = [
        threading.Thread(target=_copy, args=arguments, daemon=True)
        for arguments in (
            (out_read, None if quiet else 1, log, lock),
            (error_read, 2, log, lock),
        )
    ]
    for copy in copies:
        copy.start()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    for copy in copies:
        # A program Yosys started may outlive it and hold the pipes open.
        copy.join(_DRAIN_SECONDS if status < 0 else None)
    return status if status >= 0 else 128 - status


def _child(work) -> None:
    """Run `work` and end the process, without the parent's cleanup."""
    status = 1
    try:
        work()
        status = 0
    except BaseException as error:
        sys.stderr.write(f"ERROR: {error or type(error).__name__}\n")
    finally:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(status)


def _copy(source: int, terminal: int | None, log: BinaryIO | None, lock: threading.Lock) -> None:
    """Copy everything readable from `source`; a closed terminal does not stop the log."""
    while chunk := os.read(source, 1 << 16):
        with lock:
            if log:
                log.write(chunk)
            if terminal is not None:
                try:
                    _write_all(terminal, chunk)
                except BrokenPipeError:
                    terminal = None
    os.close(source)


def _write_all(descriptor: int, chunk: bytes) -> None:
    while chunk:
        chunk = chunk[os.write(descriptor, chunk) :]


if __name__ == "__main__":
    sys.exit(main())
