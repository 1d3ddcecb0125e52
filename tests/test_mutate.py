# SPDX-License-Identifier: Apache-2.0
"""Mutants are drawn reproducibly, judged by what was asked, and compared with the original."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rich.console import Console
from tritproof.rtl.manifest import Port, blocks
from tritproof.tools import equivalent, mutants, mutate
from tritproof.tools.errors import UserError
from tritproof.tools.mutate import Judges
from tritproof.tools.toolchain import MissingTool

COUNT = 6
FIELDS = ["block", "config", "mutant", "killed_by"]
REGISTER = """\
module register(clk, rst, add, total);
input clk;
input rst;
input [3:0] add;
output [7:0] total;
reg [7:0] total;
always @(posedge clk) begin
    if (rst) total <= 0;
    else total <= total + add;
end
endmodule
"""
REGISTER_PORTS = (
    Port("clk", "in", 1),
    Port("rst", "in", 1),
    Port("add", "in", 4),
    Port("total", "out", 8),
)
GATE = "module gate(a, y);\ninput [3:0] a;\noutput [3:0] y;\nassign y = ~(a ^ 4'd5);\nendmodule\n"
GATE_PORTS = (Port("a", "in", 4), Port("y", "out", 4))


def original(folder: Path, top: str, text: str, ports: tuple[Port, ...]) -> mutants.Original:
    file = folder / f"{top}.v"
    file.write_text(text)
    return mutants.take([file], top, ports, folder / "original")


@pytest.fixture
def register(tmp_path: Path) -> mutants.Original:
    return original(tmp_path, "register", REGISTER, REGISTER_PORTS)


def compare(of: mutants.Original, text: str, folder: Path) -> str:
    mutant = folder / "mutant.v"
    mutant.write_text(text)
    return equivalent.equivalence(of, mutant, folder / "compare", 60)


def test_mutations_depend_on_the_seed_alone(register: mutants.Original):
    first = mutants.list_mutations(register, 8, 1)
    assert len(set(first)) == len(first) == 8
    assert mutants.list_mutations(register, 8, 1) == first
    assert mutants.list_mutations(register, 8, 2) != first
    assert not any(str(register.folder) in text for text in first)


def test_a_small_module_gives_fewer_mutations(tmp_path: Path):
    gate = original(tmp_path, "gate", GATE, GATE_PORTS)
    found = mutants.list_mutations(gate, 10_000, 1)
    assert 10 < len(found) < 200


def test_the_unmutated_module_is_equivalent(register: mutants.Original, tmp_path: Path):
    path = mutants.write_mutant(register, mutants.PLAIN, tmp_path / "plain")
    assert path.name == "register.v"
    assert compare(register, path.read_text(), tmp_path) == "equivalent"


def test_most_mutations_of_a_counter_are_seen(register: mutants.Original, tmp_path: Path):
    verdicts = []
    for number, mutation in enumerate(mutants.list_mutations(register, 8, 1)):
        folder = tmp_path / str(number)
        path = mutants.write_mutant(register, mutation, folder)
        verdicts.append(equivalent.equivalence(register, path, folder, 60))
    assert "unknown" not in verdicts
    assert verdicts.count("different") >= 6


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [
        ("total + add", "add + total", "equivalent"),
        ("total + add", "total - ~{4'd15, ~add} - 8'd1 + 8'd1", "different"),
        ("total + add", "~(~total - add)", "equivalent"),
        ("total <= 0", "total <= 1", "different"),
        ("if (rst) total <= 0;\n    else ", "", "different"),
        ("total + add", "total + (total == 8'd200 ? 4'd0 : add)", "different"),
    ],
)
def test_equivalence_of_registers(
    register: mutants.Original, tmp_path: Path, old: str, new: str, verdict: str
):
    assert old in REGISTER
    assert compare(register, REGISTER.replace(old, new), tmp_path) == verdict


@pytest.mark.parametrize(
    ("new", "verdict"), [("~a ^ 4'd5", "equivalent"), ("~(a ^ 4'd4)", "different")]
)
def test_equivalence_without_a_clock(tmp_path: Path, new: str, verdict: str):
    gate = original(tmp_path, "gate", GATE, GATE_PORTS)
    assert compare(gate, GATE.replace("~(a ^ 4'd5)", new), tmp_path) == verdict


PART = """\
module part(clk, give, taken);
input clk;
input give;
output [7:0] taken;
reg [7:0] taken;
always @(posedge clk) if (give) taken <= taken * taken + 1;
endmodule
"""
WHOLE_HEAD = """\
module whole(clk, rst, go, found);
input clk;
input rst;
input go;
output [7:0] found;
reg [7:0] found;
wire [7:0] taken;
"""
WHOLE = f"""\
{WHOLE_HEAD}
wire give;
assign give = go & ~rst;
always @(posedge clk) if (rst) found <= 0; else found <= taken;
part u_part (.clk(clk), .give(give), .taken(taken));
endmodule
"""


def with_part(text: str, folder: Path) -> mutants.Original:
    files = [folder / "part.v", folder / "whole.v"]
    files[0].write_text(PART)
    files[1].write_text(text)
    ports = (*REGISTER_PORTS[:2], Port("go", "in", 1), Port("found", "out", 8))
    return mutants.take(files, "whole", ports, folder / "original")


@pytest.mark.parametrize(
    ("old", "new", "alone", "verdict"),
    [
        ("go & ~rst", "~(~go | rst)", "equivalent", "equivalent"),
        ("go & ~rst", "go", "different", "different"),
        ("go & ~rst", "go & ~rst & (taken < 200)", "different", "different"),
        (".give(give)", ".give(1'b0)", "different", "different"),
        ("found <= taken", "found <= taken | 8'd1", "different", "different"),
        ("found <= taken", "found <= taken & {8{taken != 3}}", "different", "equivalent"),
    ],
)
def test_equivalence_with_parts(tmp_path: Path, old: str, new: str, alone: str, verdict: str):
    # No power-up state of the part, 0 or 255, leads to a 3.
    of = with_part(WHOLE, tmp_path)
    assert old in WHOLE
    assert compare(of, WHOLE.replace(old, new), tmp_path) == verdict
    found = equivalent._without_parts(of, tmp_path / "mutant.v", tmp_path / "compare", 60)
    assert found == alone


MEMORY = f"""\
{WHOLE_HEAD}
reg [1:0] place;
reg [7:0] words [2:0];
always @(posedge clk) begin
    if (rst) place <= 0;
    else if (go) place <= place == 2 ? 0 : place + 1;
    if (go) words[place] <= taken;
    found <= words[place] ^ taken;
end
part u_part (.clk(clk), .give(go), .taken(taken));
endmodule
"""


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [
        ("place == 2", "place >= 2", "equivalent"),
        ("place == 2", "place == 3", "different"),
        ("words[place] <=", "words[{1'b0, place[0]}] <=", "different"),
    ],
)
def test_equivalence_with_a_memory(tmp_path: Path, old: str, new: str, verdict: str):
    # It has no word at the last address; Yosys leaves undefined bits there and beside the writes.
    assert old in MEMORY
    of = with_part(MEMORY, tmp_path)
    assert compare(of, MEMORY.replace(old, new), tmp_path) == verdict


def judges(
    prove: Callable[[Path], list] = lambda path: [("prove_exact", "PASS")],
    check: Callable[[Path], bool] = lambda path: False,
    verdict: str = "different",
) -> Judges:
    digests = {"proofs": "1", "random": "1", "equivalence": "1"}
    return Judges(prove, check, lambda *arguments: verdict, digests)


def is_mutant(path: Path) -> bool:
    """True unless the file is the unmutated module, the first that every run judges."""
    plain = path.parent.parent / "plain"
    if not plain.exists():
        plain.write_text(path.read_text())
    return path.read_text() != plain.read_text()


def run(folder: Path, judges: Judges, **options) -> list[dict]:
    options = {"count": COUNT, "seed": 3, "jobs": 2, **options}
    console = Console(file=io.StringIO())
    block = blocks()["ternary_dot_half"]
    return mutate.run(block, "tiny", build=folder, console=console, judges=judges, **options)


def fails_on_mutants(path: Path) -> list[tuple[str, str]]:
    return [("cover_all", "PASS"), ("prove_exact", "FAIL" if is_mutant(path) else "PASS")]


def test_a_mutant_is_killed_by_the_task_that_fails(tmp_path: Path):
    records = run(tmp_path, judges(fails_on_mutants, is_mutant))
    assert len(records) == COUNT
    for record in records:
        assert list(record)[:4] == FIELDS
        assert (record["killed_by"], record["status"]) == ("prove_exact", "PASS")
        assert (record["proofs"], record["random"]) == ("FAIL prove_exact", "killed")


@pytest.mark.parametrize(
    ("check", "verdict", "killed_by", "status"),
    [
        (False, "equivalent", "equivalent", "PASS"),
        (False, "different", "survived", "FAIL"),
        (False, "unknown", "survived", "FAIL"),
        (True, "different", "random", "FAIL"),
    ],
)
def test_what_no_proof_refutes(
    tmp_path: Path, check: bool, verdict: str, killed_by: str, status: str
):
    unsure = judges(
        lambda path: [("prove_exact", "UNKNOWN" if is_mutant(path) else "PASS")],
        lambda path: is_mutant(path) and check,
        verdict,
    )
    for record in run(tmp_path, unsure):
        assert (record["killed_by"], record["status"]) == (killed_by, status)
        assert record["proofs"] == "UNKNOWN prove_exact"


@pytest.mark.parametrize(("seen", "killed_by"), [(False, "equivalent"), (True, "random")])
def test_right_at_every_input_is_equivalent(tmp_path: Path, seen: bool, killed_by: str):
    tried = judges(lambda path: [("every_input", "PASS")], lambda path: is_mutant(path) and seen)
    assert {record["killed_by"] for record in run(tmp_path, tried)} == {killed_by}


def test_a_sample_refutes_and_says_no_more(tmp_path: Path):
    sampled = judges(lambda path: [("every_input", "SAMPLED")])
    assert {record["killed_by"] for record in run(tmp_path, sampled)} == {"survived"}
    refuted = judges(
        lambda path: [("every_input", "FAIL" if is_mutant(path) else "SAMPLED")], is_mutant
    )
    assert {record["killed_by"] for record in run(tmp_path / "other", refuted)} == {"every_input"}


def test_the_random_check_alone(tmp_path: Path):
    def never(path: Path) -> list:
        raise AssertionError("no proof is wanted")

    records = run(tmp_path, judges(never, is_mutant), only="random")
    assert {(record["killed_by"], record["status"]) for record in records} == {("random", "PASS")}


def test_the_proofs_alone(tmp_path: Path):
    def never(path: Path) -> bool:
        raise AssertionError("no simulation is wanted")

    records = run(tmp_path, judges(fails_on_mutants, never), only="proofs")
    assert {record["random"] for record in records} == {""}
    assert {record["status"] for record in records} == {"PASS"}


@pytest.mark.parametrize("statuses", [[("prove_exact", "UNKNOWN")], [("prove_exact", "FAIL")], []])
def test_an_unproved_original_judges_no_mutant(tmp_path: Path, statuses: list):
    (record,) = run(tmp_path, judges(lambda path: statuses))
    assert (record["mutant"], record["killed_by"]) == ("none", "baseline")
    assert record["status"] == "FAIL"


def test_verdicts_are_kept_until_what_they_depend_on_changes(tmp_path: Path):
    calls: list[Path] = []

    def prove(path: Path) -> list[tuple[str, str]]:
        calls.append(path)
        return fails_on_mutants(path)

    first = run(tmp_path, judges(prove, is_mutant))
    assert len(calls) == COUNT + 1
    again = run(tmp_path, judges(prove, is_mutant))
    assert len(calls) == COUNT + 1
    assert [r["killed_by"] for r in again] == [r["killed_by"] for r in first]
    changed = judges(prove, is_mutant)
    changed.digests["proofs"] = "2"
    run(tmp_path, changed)
    assert len(calls) == 2 * (COUNT + 1)


def test_an_interrupted_run_continues(tmp_path: Path):
    calls: list[Path] = []

    def interrupted(path: Path) -> list[tuple[str, str]]:
        if len(calls) == 3:
            raise KeyboardInterrupt
        calls.append(path)
        return fails_on_mutants(path)

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, judges(interrupted, is_mutant), jobs=1)
    done = len(calls)

    def prove(path: Path) -> list[tuple[str, str]]:
        calls.append(path)
        return fails_on_mutants(path)

    assert len(run(tmp_path, judges(prove, is_mutant), jobs=1)) == COUNT
    assert len(calls) == COUNT + 1
    assert done == 3


def broken(path: Path) -> list[tuple[str, str]]:
    return [("cover_all", "PASS"), ("prove_exact", "ERROR")]


def test_a_broken_prover_is_asked_again(tmp_path: Path):
    (record,) = run(tmp_path, judges(broken))
    assert (record["killed_by"], record["proofs"]) == ("baseline", "ERROR prove_exact")
    records = run(tmp_path, judges(fails_on_mutants))
    assert {record["killed_by"] for record in records} == {"prove_exact"}


def test_an_error_that_was_kept_before_is_not_believed(tmp_path: Path):
    run(tmp_path, judges(fails_on_mutants))
    for file in (tmp_path / "mutate" / "verdicts").glob("proofs-*.json"):
        file.write_text('[["prove_exact", "ERROR"]]')
    records = run(tmp_path, judges(fails_on_mutants))
    assert {record["killed_by"] for record in records} == {"prove_exact"}


def test_an_error_kills_nothing(tmp_path: Path):
    def breaks(path: Path) -> list[tuple[str, str]]:
        return broken(path) if is_mutant(path) else fails_on_mutants(path)

    records = run(tmp_path, judges(breaks))
    assert {(r["killed_by"], r["status"]) for r in records} == {("survived", "FAIL")}
    records = run(tmp_path, judges(fails_on_mutants))
    assert {record["killed_by"] for record in records} == {"prove_exact"}


def test_a_mutant_that_cannot_be_judged_does_not_end_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    write, failed = mutants.write_mutant, []

    def fails_once(of: mutants.Original, mutation: str, folder: Path) -> Path:
        if mutation != mutants.PLAIN and failed in ([], [mutation]):
            failed[:] = [mutation]
            raise UserError("Yosys fails on a mutant: out of memory")
        return write(of, mutation, folder)

    monkeypatch.setattr(mutants, "write_mutant", fails_once)
    first, *others = run(tmp_path, judges(fails_on_mutants, is_mutant), jobs=1)
    assert (first["killed_by"], first["status"]) == ("error", "ERROR")
    assert first["reason"] == "Yosys fails on a mutant: out of memory"
    assert (first["proofs"], first["random"]) == ("", "")
    assert {(r["killed_by"], r["reason"]) for r in others} == {("prove_exact", "")}
    assert len(others) == COUNT - 1
    monkeypatch.setattr(mutants, "write_mutant", write)
    again = run(tmp_path, judges(fails_on_mutants, is_mutant), jobs=1)
    assert {record["killed_by"] for record in again} == {"prove_exact"}


def test_a_missing_tool_ends_the_run(tmp_path: Path):
    def check(path: Path) -> bool:
        if is_mutant(path):
            raise MissingTool("a C++ compiler", "apt-get install g++")
        return False

    with pytest.raises(MissingTool, match="a C\\+\\+ compiler is not installed"):
        run(tmp_path, judges(check=check), only="random")
    records = run(tmp_path, judges(check=is_mutant), only="random")
    assert {record["killed_by"] for record in records} == {"random"}


@pytest.fixture
def random_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable]:
    """The project's own random check of a block's Verilog, by a compiler found anew."""
    from tritproof.tools.convert import convert
    from tritproof.verif.toolchain import compiler

    block = blocks()["ternary_dot_select"]
    files = convert(block, "tiny", tmp_path / "rtl").files
    path = tmp_path / "mutant" / files[-1].name
    path.parent.mkdir()

    def check(change: Callable[[str], str], compiled_by: str | None = None) -> bool:
        path.write_text(change(files[-1].read_text()))
        if compiled_by is not None:
            monkeypatch.setenv("CXX", compiled_by)
        compiler.cache_clear()
        return mutate.default_judges(block, "tiny", files, 100, 1, tmp_path).check(path)

    yield check
    compiler.cache_clear()


def test_what_verilator_refuses_is_killed_by_the_random_check(random_check: Callable):
    assert random_check(lambda text: text.replace("endmodule", "endmodul"))
    assert not random_check(lambda text: text)


def test_what_the_compiler_refuses_is_not(random_check: Callable, tmp_path: Path):
    compiler = tmp_path / "compiler"
    compiler.write_text('#!/bin/sh\n[ "$1" = --version ] && echo 1 && exit 0\nexit 1\n')
    compiler.chmod(0o755)
    with pytest.raises(UserError, match="compiling .* failed"):
        random_check(lambda text: f"{text}\n// {tmp_path}\n", str(compiler))


def test_without_a_compiler_nothing_is_killed(
    random_check: Callable, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.delenv("CXX", raising=False)
    with pytest.raises(MissingTool, match="a C\\+\\+ compiler is not installed"):
        random_check(lambda text: text)


def test_digest_of_a_tree_sees_names_and_bytes(tmp_path: Path):
    (tmp_path / "a").write_text("x")
    first = mutate.digest_of_tree(tmp_path)
    (tmp_path / "a").write_text("y")
    second = mutate.digest_of_tree(tmp_path)
    (tmp_path / "a").rename(tmp_path / "b")
    assert len({first, second, mutate.digest_of_tree(tmp_path)}) == 3
