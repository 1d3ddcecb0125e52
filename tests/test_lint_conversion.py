# SPDX-License-Identifier: Apache-2.0
"""Every construct the lint forbids converts wrongly, and what it asks for instead converts right.

All snippets are simulated in MyHDL and converted in one child process, and Yosys evaluates the
Verilog on the same inputs.
"""

import dataclasses
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tritproof.tools.audit_expressions import audit_expressions
from tritproof.tools.audit_verilog import read_module
from tritproof.tools.lint import lint_source

from .lint_snippets import DIFFERS, FORBIDDEN, REFUSED, UNREADABLE, Snippet, width_of
from .lint_snippets_allowed import ALLOWED

WORKER = Path(__file__).with_name("lint_worker.py")


@dataclasses.dataclass(frozen=True)
class Result:
    """What became of one snippet; values are those of the outputs, vector by vector."""

    refused: str
    readable: bool
    verilog: Path
    simulated: list[list[int]]
    evaluated: list[list[int | None]]


def _jobs() -> dict[str, tuple[Snippet, str]]:
    jobs = {}
    for snippet in FORBIDDEN:
        jobs[f"wrong: {snippet.name}"] = (snippet, snippet.wrong)
    for snippet in (*FORBIDDEN, *ALLOWED):
        jobs[f"right: {snippet.name}"] = (snippet, snippet.right)
    return jobs


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> dict[str, Result]:
    """Convert, simulate and evaluate every snippet once."""
    folder = tmp_path_factory.mktemp("conversion")
    jobs = _jobs()
    orders = [
        {
            "source": snippet.source(body),
            "types": snippet.types,
            "vectors": snippet.vectors(),
            "evaluate": not (key.startswith("wrong") and snippet.outcome == UNREADABLE),
        }
        for key, (snippet, body) in jobs.items()
    ]
    (folder / "orders.json").write_text(json.dumps(orders))
    subprocess.run([sys.executable, WORKER, str(folder)], check=True)
    done = [json.loads((folder / f"{k}.json").read_text()) for k in range(len(orders))]
    readable = [k for k, order in enumerate(orders) if order["evaluate"] and not done[k]["refused"]]
    evaluated = _evaluate(folder, orders, readable)
    found = {}
    for k, key in enumerate(jobs):
        refused = done[k]["refused"]
        legible = k in evaluated or (not refused and _run_yosys(folder, _reading(folder, k))[0])
        verilog = folder / f"unit_{k}.v"
        found[key] = Result(refused, legible, verilog, done[k]["simulated"], evaluated.get(k, []))
    return found


def _reading(folder: Path, k: int) -> list[str]:
    return [f"read_verilog {folder}/unit_{k}.v", "proc -norom"]


def _run_yosys(folder: Path, script: list[str]) -> tuple[bool, str]:
    path = folder / "script.ys"
    path.write_text("\n".join(script) + "\n")
    command = [sys.executable, "-m", "tritproof.tools.yosys", "-s", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode == 0, done.stdout + done.stderr


def _evaluate(folder: Path, orders: list[dict], chosen: list[int]) -> dict[int, list[list]]:
    """Evaluate the outputs, or for a clocked block their next values, on every vector."""
    script = []
    for k in chosen:
        types = orders[k]["types"]
        script += ["design -reset", *_reading(folder, k), "memory_map", "flatten"]
        script += ["expose -evert-dff -sep _" if "clk" in types else "opt_expr", f"cd unit_{k}"]
        for vector in orders[k]["vectors"]:
            sets = " ".join(
                f"-set {name} {width_of(types[name])}'b{value & (1 << width_of(types[name])) - 1:b}"
                for name, value in vector.items()
                if name != "clk"
            )
            shows = [f"-show {name}{'_d' * ('clk' in types)}" for name in types if name[0] == "y"]
            script.append(f"eval {sets} {' '.join(shows)}")
    good, text = _run_yosys(folder, script)
    assert good, text[-2000:]
    words = iter(re.findall(r"Eval result: \S+ = (\S+?)\.\n", text))
    return {
        k: [
            [_number(next(words), kind) for n, kind in orders[k]["types"].items() if n[0] == "y"]
            for _ in orders[k]["vectors"]
        ]
        for k in chosen
    }


def _number(word: str, kind: str) -> int | None:
    bits = word.split("'")[-1]
    if set(bits) - set("01"):
        return None
    value = int(bits, 2)
    return value - (1 << len(bits)) if kind[0] == "s" and bits[0] == "1" else value


@pytest.mark.parametrize("snippet", FORBIDDEN, ids=lambda snippet: snippet.name)
def test_forbidden_construct_converts_wrongly(snippet, results):
    result = results[f"wrong: {snippet.name}"]
    assert bool(result.refused) == (snippet.outcome == REFUSED), result.refused
    assert result.readable == (snippet.outcome == DIFFERS)
    if snippet.outcome == DIFFERS:
        pairs = zip(result.simulated, result.evaluated, strict=True)
        assert any(a != b for a, b in pairs)


def _audited(verilog: Path) -> set[str]:
    found = set()
    audit_expressions(read_module(verilog.read_text()), lambda line, rule, text: found.add(rule))
    return found


@pytest.mark.parametrize(
    "snippet", [each for each in FORBIDDEN if each.outcome == DIFFERS], ids=lambda each: each.name
)
def test_audit_sees_the_wrong_verilog_too(snippet, results):
    assert _audited(results[f"wrong: {snippet.name}"].verilog)


@pytest.mark.parametrize("snippet", [*FORBIDDEN, *ALLOWED], ids=lambda snippet: snippet.name)
def test_audit_accepts_the_right_verilog(snippet, results):
    assert _audited(results[f"right: {snippet.name}"].verilog) == set()


@pytest.mark.parametrize("snippet", FORBIDDEN, ids=lambda snippet: snippet.name)
def test_forbidden_construct_is_flagged(snippet):
    found = lint_source(snippet.source(snippet.wrong))
    assert snippet.rule in {finding.rule for finding in found}


@pytest.mark.parametrize("snippet", [*FORBIDDEN, *ALLOWED], ids=lambda snippet: snippet.name)
def test_allowed_construct_converts_right(snippet, results):
    result = results[f"right: {snippet.name}"]
    assert result.refused == ""
    assert result.evaluated == result.simulated


@pytest.mark.parametrize("snippet", [*FORBIDDEN, *ALLOWED], ids=lambda snippet: snippet.name)
def test_allowed_construct_is_not_flagged(snippet):
    assert lint_source(snippet.source(snippet.right)) == []
