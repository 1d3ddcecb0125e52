# SPDX-License-Identifier: Apache-2.0
"""Read a counterexample: the values of a module's ports in every clock cycle of a waveform."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

_STEP = 10  # smtbmc writes one clock cycle per ten time units, the values at its beginning

Cycles = list[dict[str, int]]


def read_waveform(path: Path, ports: Iterable[str]) -> Cycles:
    """Return one dict per clock cycle with the values of `ports`, as unsigned integers.

    `path` is a waveform that smtbmc wrote. The ports are taken from the outermost scope that has
    all of them. Bits without a value read as 0.

    Raises:
        ValueError: no scope has all the ports.
    """
    names = set(ports)
    scopes: dict[tuple[str, ...], dict[str, str]] = {}
    scope: list[str] = []
    values: dict[str, int] = {}
    cycles: list[dict[str, int]] = []
    time = -1
    for line in path.read_text().splitlines():
        words = line.split()
        if not words:
            continue
        if words[0] == "$scope":
            scope.append(words[2])
        elif words[0] == "$upscope":
            scope.pop()
        elif words[0] == "$var":
            name = words[4].removeprefix("\\")
            if name in names:
                scopes.setdefault(tuple(scope), {})[name] = words[3]
        elif line[0] == "#":
            # The last time stamp only closes the waveform's last cycle, so it is never stored.
            if time >= 0 and time % _STEP == 0:
                cycles.append(values.copy())
            time = int(line[1:])
        elif line[0] == "b":
            values[words[1]] = int(re.sub("[^01]", "0", words[0][1:]), 2)
        elif line[0] in "01xz":
            values[line[1:]] = int(line[0] == "1")
    found = [table for table in sorted(scopes, key=len) if names <= scopes[table].keys()]
    if not found:
        raise ValueError(f"{path.name} has no scope with the ports {', '.join(sorted(names))}")
    codes = {name: scopes[found[0]][name] for name in sorted(names)}
    return [{name: cycle.get(code, 0) for name, code in codes.items()} for cycle in cycles]


def literal(cycles: Cycles, inputs: Sequence[str]) -> str:
    """Return the inputs of each cycle as a Python literal: a list with one dict per clock cycle."""
    rows = [
        "    {" + ", ".join(f"{name!r}: {cycle[name]}" for name in inputs) + "},"
        for cycle in cycles
    ]
    return "\n".join(["[", *rows, "]"])
