# SPDX-License-Identifier: Apache-2.0
"""Whether a mutant is the original in other words: ABC proves that no output ever differs."""

import json
import re
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from tritproof.rtl.manifest import Port
from tritproof.tools import toolchain
from tritproof.tools.mutants import Original, run_yosys

_REDUCE = "strash; dc2; scorr; dc2; scorr; dc2"


def equivalence(original: Original, mutant: Path, folder: Path, timeout: float) -> str:
    """Compare the mutant with the original for all inputs and all time: `equivalent`, `different`
    or `unknown` (no answer within about `timeout` seconds, twice that if the module has parts).

    Both start from equal power-up states, once all zeros and once all ones, then take one cycle of
    reset (where the module has one) and the same inputs, `rst` included, for ever. `equivalent` is
    said only if ABC proves from both states that no output ever differs.

    A module with parts is first compared without them: what they give is free, and what they are
    given must not differ either, from the first cycle on. As the parts are the same, so are then
    the whole. Whatever else is found is no verdict, and the whole is compared.
    """
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if _without_parts(original, mutant, folder, timeout) == "equivalent":
        return "equivalent"
    reading = [
        *(f"read_verilog {name}" for name in original.files),
        f"rename {original.top} original",
        f'read_verilog "{mutant.resolve()}"',
        f"rename {original.top} mutant",
    ]
    return _compare(original, reading, [], folder / "whole", timeout)


def _without_parts(original: Original, mutant: Path, folder: Path, timeout: float) -> str:
    """The verdict on both modules as far as they are not parts; `unknown` if there are none."""
    if len(original.files) == 1:
        return "unknown"
    place = folder / "without_parts"
    place.mkdir(exist_ok=True)
    files = {"original": original.folder / f"{original.top}.v", "mutant": mutant.resolve()}
    found = [_cut(original, file, side, place) for side, file in files.items()]
    if found[0] != found[1]:
        return "unknown"
    reading = [f'read_json "{place / side}.json"' for side in files]
    return _compare(original, reading, found[0], place, timeout)


def _cut(original: Original, file: Path, side: str, folder: Path) -> list[Port]:
    """Write `<folder>/<side>.json`, the module in `file` with its parts cut out, and return the
    ports that this adds: inputs for what the parts give, outputs for what they are given.
    """
    target = folder / f"{side}.json"
    script = [
        *(f"read_verilog {name}" for name in original.files if name != f"{original.top}.v"),
        f'read_verilog "{file}"',
        f"hierarchy -check -top {original.top}",
        f"rename {original.top} {side}",
        f"proc {side}; memory -nomap {side}",
        f"select {side}",
        f'write_json -selected "{target}"',
    ]
    run_yosys(script, original, folder / side)
    netlist = json.loads(target.read_text())
    module = netlist["modules"][side]
    added = []
    for label, cell in sorted(module["cells"].items()):
        if f"{cell['type']}.v" not in original.files:
            continue
        for port, bits in sorted(cell["connections"].items()):
            name = f"cut_{label}_{port}"
            given = cell["port_directions"][port] == "input"
            added.append(Port(name, "out" if given else "in", len(bits)))
            module["ports"][name] = {"direction": "output" if given else "input", "bits": bits}
        del module["cells"][label]
    target.write_text(json.dumps({**netlist, "modules": {side: module}}))
    return added


def _compare(
    original: Original, reading: Sequence[str], cut: Sequence[Port], folder: Path, timeout: float
) -> str:
    """The verdict on the modules `original` and `mutant` that `reading` gives."""
    folder.mkdir(exist_ok=True)
    text = (original.folder / f"{original.top}.v").read_text()
    special = [name for name in ("clk", "rst") if re.search(rf"\binput\s+{name}\b", text)]
    (folder / "compare.v").write_text(_comparison(original.ports, cut, special))
    verdict = "unknown"
    for start in ("zero", "one"):
        verdict = _from_state(original, reading, folder, start, timeout / 2)
        if verdict != "equivalent":
            break
    return verdict


def _comparison(ports: Iterable[Port], cut: Sequence[Port], special: Sequence[str]) -> str:
    """Verilog of a module `compare` whose output `differs` tells original and mutant apart; at
    ports that were `cut` they must agree in the first cycle already, the one of the reset."""
    ports = [*(port for port in ports if port.name not in special), *cut]
    inputs = [port for port in ports if port.direction == "in"]
    outputs = [port for port in ports if port.direction == "out"]
    clock = "clk" if "clk" in special else "compare_clk"
    rows = ["output differs", f"input {clock}", *(f"input {n}" for n in special if n != clock)]
    rows += [f"input [{port.width - 1}:0] {port.name}" for port in inputs]
    body = [f"reg compare_first = 1; always @(posedge {clock}) compare_first <= 0;"]
    for side in ("original", "mutant"):
        body += [f"wire [{port.width - 1}:0] {side}_{port.name};" for port in outputs]
        links = [f".{port.name}({port.name})" for port in inputs]
        links += [f".{port.name}({side}_{port.name})" for port in outputs]
        links += [".clk(clk)"] if "clk" in special else []
        links += [".rst(rst | compare_first)"] if "rst" in special else []
        body.append(f"{side} {side}_instance ({', '.join(links)});")
    unequal = {port: f"original_{port.name} != mutant_{port.name}" for port in outputs}
    later = " || ".join(text for port, text in unequal.items() if port not in cut)
    always = [text for port, text in unequal.items() if port in cut]
    body.append(f"assign differs = {' || '.join([f'!compare_first && ({later})', *always])};")
    return "\n".join([f"module compare({', '.join(rows)});", *body, "endmodule", ""])


def _from_state(
    original: Original, reading: Sequence[str], folder: Path, start: str, timeout: float
) -> str:
    aiger = folder / f"compare_{start}.aig"
    script = [
        *reading,
        f'read_verilog "{folder / "compare.v"}"',
        "prep -flatten -top compare",
        "memory_map; opt -full; async2sync; dffunmap",
        f"setundef -init -{start}",
        "setundef -zero -undriven; opt -full; techmap; opt -fast",
        # What is undefined is free, in each of the two by itself.
        "simplemap; dffunmap; setundef -anyseq; aigmap; opt_clean",
        f'write_aiger -zinit "{aiger}"',
    ]
    run_yosys(script, original, folder / f"compare_{start}")
    reduced = aiger.with_suffix(".reduced.aig")
    _abc(f"read_aiger {aiger.name}; {_REDUCE}; write_aiger {reduced.name}", folder, timeout)
    if not reduced.is_file():
        return "unknown"
    latches, gates, output = _size(reduced)
    if not gates and not latches and output in ("0", "1"):
        return "equivalent" if output == "0" else "different"
    limit = max(1, int(timeout / 2))
    engines = f"bmc3 -T {limit}; pdr -T {limit}" if latches else "iprove"
    said = _abc(f"read_aiger {reduced.name}; strash; {engines}", folder, 2 * timeout)
    if re.search(r"was asserted in frame|^SATISFIABLE", said, re.MULTILINE):
        return "different"
    return "equivalent" if re.search(r"Property proved|UNSATISFIABLE", said) else "unknown"


def _size(path: Path) -> tuple[int, int, str]:
    """Latches, gates and the literal of the only output of a binary AIGER file."""
    lines = path.read_bytes().split(b"\n")
    header = lines[0].split()
    latches, gates = int(header[3]), int(header[5])
    return latches, gates, lines[1 + latches].decode()


def _abc(script: str, folder: Path, timeout: float) -> str:
    """Run ABC in a folder; what it printed, or nothing when time ran out."""
    try:
        done = subprocess.run(
            [*toolchain.abc(), "-c", script],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout
