# SPDX-License-Identifier: Apache-2.0
"""What Yosys and Verilator find in emitted files: latches, loops, drivers, lint warnings."""

import os
import re
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tritproof.tools import toolchain
from tritproof.tools.audit_waivers import WAIVERS, Waiver
from tritproof.tools.finding import Finding

_LATCHES = "t:$dlatch t:$dlatchsr t:$adlatch t:$sr t:$_DLATCH* t:$_SR_*"
_LATCH = re.compile(r"Latch inferred for signal `\\?([^']+)' from process")
_WARNING = re.compile(r"^(?:\S*:\d+: )?(?:Warning|ERROR): (.*)", re.MULTILINE)
_VERILATOR = re.compile(r"%(Warning|Error)(?:-(\w+))?: (?:([^:\s]+\.v):(\d+):(?:\d+:)? )?(.*)")


def audit_synthesis(files: Sequence[Path], top: str) -> list[Finding]:
    """Return every latch, and everything Yosys warns of, in the modules of ``files``."""
    read = " ".join(f'"{path}"' for path in files)
    script = [f"read_verilog {read}", f"hierarchy -check -top {top}", "proc", "check -assert"]
    script.append(f"select -assert-none {_LATCHES}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "latches.ys"
        path.write_text("\n".join(script) + "\n")
        done = _run([*toolchain.yosys(), "-s", path])
    output = done.stdout + done.stderr
    where = str(files[-1])
    latched = _LATCH.findall(output)
    found = [
        Finding(
            _file_of(name, files),
            0,
            "latch",
            f"{name} keeps its value where no branch assigns it; assign it in every branch",
        )
        for name in dict.fromkeys(latched)
    ]
    warnings = dict.fromkeys(_WARNING.findall(output))
    found += [Finding(where, 0, "yosys", text) for text in warnings if not _is_latch(text, latched)]
    if done.returncode and not found:
        found.append(Finding(where, 0, "yosys", f"it ended with status {done.returncode}"))
    return found


def _is_latch(text: str, latched: list[str]) -> bool:
    return bool(latched) and "selection is not empty" in text.lower()


def audit_lint(
    files: Sequence[Path], top: str, waivers: Sequence[Waiver] = WAIVERS
) -> list[Finding]:
    """Return every warning of ``verilator --lint-only -Wall`` that no waiver covers."""
    program = toolchain.verilator()
    done = _run([*program, "--lint-only", "-Wall", "--top-module", top, *files])
    found = []
    for line in (done.stdout + done.stderr).splitlines():
        match = _VERILATOR.match(line)
        if not match or match[5].startswith("Exiting due to"):
            continue
        kind, rule, path, number, text = match.groups()
        rule = rule or kind.upper()
        module = Path(path).stem if path else ""
        if not any(waiver.covers(module, rule, text) for waiver in waivers):
            where = path or str(files[-1])
            found.append(Finding(where, int(number or 0), f"verilator-{rule}", text))
    if done.returncode and not found and "%" not in done.stderr + done.stdout:
        message = f"it ended with status {done.returncode} and said nothing"
        found.append(Finding(str(files[-1]), 0, "verilator-ERROR", message))
    return found


def _run(command: Sequence[str | Path]) -> subprocess.CompletedProcess:
    return subprocess.run(
        [str(word) for word in command],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **toolchain.environment()},
    )


def _file_of(name: str, files: Sequence[Path]) -> str:
    module = name.split(".", 1)[0]
    return next((str(path) for path in files if path.stem == module), str(files[-1]))
