# SPDX-License-Identifier: Apache-2.0
"""The documents say what the code does: block table, record fields, commands, links."""

import dataclasses
import io
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from tritproof.ref.formats.registry import formats
from tritproof.rtl.manifest import blocks
from tritproof.tools import (
    accuracy,
    area,
    catalogue,
    cli_convert,
    cli_show,
    doctor,
    float16_accuracy,
    ivit_accuracy,
    matvec,
    monolithic,
    size,
)
from tritproof.tools.cli import app
from tritproof.tools.errors import UserError
from tritproof.tools.finding import Finding
from tritproof.tools.mutate import Judges
from tritproof.tools.mutate import run as run_mutants
from tritproof.tools.pictures.write import write
from tritproof.tools.prove import record
from tritproof.tools.prove.evidence import Evidence
from tritproof.tools.weights_convert import Converted
from tritproof.tools.weights_inspect import Inspected
from tritproof.verif import bench, equivalence
from tritproof.verif.attention.accuracy import Row
from tritproof.verif.float16.accuracy import Measured
from tritproof.verif.outcome import Outcome

ROOT = Path(__file__).parent.parent
BLOCK = blocks()["ternary_dot_half"]
PAGES = sorted((ROOT / "docs").glob("*.md"))
COMMANDS = {command.name or command.callback.__name__ for command in app.registered_commands}


def quiet() -> Console:
    return Console(file=io.StringIO(), width=200)


def documented(name: str) -> list[str]:
    text = (ROOT / "docs" / "records.md").read_text()
    section = text.split(f"\n## {name}\n", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)


def test_the_readme_has_the_present_blocks():
    path = ROOT / "README.md"
    text = path.read_text()
    assert text == catalogue.current(text, path), "run: tritproof list --markdown README.md"


def test_a_block_without_recorded_proofs_is_not_proved_yet(monkeypatch):
    monkeypatch.setattr(record, "rows_of", lambda block: [])
    rows = catalogue.table().splitlines()[2:]
    assert len(rows) == len(blocks())
    assert all(row.endswith(f"| {catalogue.NOT_PROVED} |") for row in rows)


def test_the_table_says_what_passed(monkeypatch):
    tasks = [("prove_a", "PASS"), ("cover_b", "PASS"), ("small_c", "UNKNOWN")]
    rows = [{"task": task, "config": "tiny", "status": status} for task, status in tasks]
    monkeypatch.setattr(record, "rows_of", lambda block: rows)
    cell = f"| 2 of 3 PASS: [prove_a, small_c]({BLOCK.parts()['tasks']}) at tiny |"
    assert cell in catalogue.table()


def test_the_page_of_formats_has_the_present_ones():
    path = ROOT / "docs" / "formats.md"
    text = path.read_text()
    assert text == catalogue.current(text, path), "run: tritproof list --markdown docs/formats.md"
    assert set(re.findall(r"format_(\w+)\.svg\)\]?", text)) == set(formats())


def test_what_a_file_does_not_say_is_in_the_page_of_formats():
    text = (ROOT / "docs" / "formats.md").read_text()
    shared = [one for one in formats().values() for number in one.ggml_types
              if sum(number in other.ggml_types for other in formats().values()) > 1 or one.tile]
    assert all(f"`{name}" in text for name in {one.name.partition(":")[0] for one in shared})


def test_fields_of_inspect_and_convert_weights():
    assert documented("inspect") == [field.name for field in dataclasses.fields(Inspected)]
    assert documented("convert-weights") == [field.name for field in dataclasses.fields(Converted)]


def test_only_the_text_between_the_markers_changes(tmp_path):
    path = tmp_path / "page.md"
    path.write_text(f"before\n{catalogue.BEGIN}\nold\n{catalogue.END}\nafter\n")
    catalogue.update(path)
    lines = path.read_text().splitlines()
    assert lines[:2] == ["before", catalogue.BEGIN]
    assert lines[-2:] == [catalogue.END, "after"]
    assert "old" not in lines


def test_a_page_without_markers_is_refused(tmp_path):
    path = tmp_path / "page.md"
    path.write_text("text\n")
    with pytest.raises(UserError, match="page.md lacks the lines between which the table goes"):
        catalogue.update(path)
    with pytest.raises(UserError, match="none.md: No such file or directory"):
        catalogue.update(tmp_path / "none.md")
    path.write_bytes(b"caf\xe9")
    with pytest.raises(UserError, match="page.md: is not UTF-8 text; name an existing Markdown"):
        catalogue.update(path)


def test_fields_of_list_and_show():
    assert documented("list") == list(cli_show.block_records([])[0])
    assert documented("show") == list(cli_show.port_records([(BLOCK, "tiny")])[0])


def test_fields_of_doctor():
    check = doctor.Check("x", "t", lambda: "p", lambda: "1", lambda folder: None, lambda: "")
    assert documented("doctor") == list(doctor.examine(check))


def test_fields_of_prove():
    assert documented("prove") == [field.name for field in dataclasses.fields(Evidence)]


def test_fields_of_area():
    [record] = area.run(
        [(BLOCK, "tiny")], console=quiet(), synthesise=lambda block, config, build: {"LUT6": 1}
    )
    assert documented("area") == list(record)


def test_fields_of_matvec(monkeypatch):
    monkeypatch.setattr(matvec, "_compare", lambda *given: matvec._Outcome(cycles=1))
    paths = next(iter(matvec.real_matrices().values()))
    [record] = matvec.run(*paths, console=quiet(), engine=lambda config, build: None)
    assert documented("matvec") == list(record)


def test_fields_of_equiv(monkeypatch, tmp_path):
    monkeypatch.setattr(equivalence, "build_simulator", lambda *given, **options: None)
    monkeypatch.setattr(equivalence, "check_block", lambda *given: Outcome(transactions=1))

    class Files:
        files = ()

    [record] = equivalence.run([BLOCK.name], "tiny", convert=lambda *given: Files(), build=tmp_path)
    assert documented("equiv") == [*record, "status"]


def test_fields_of_mutate(tmp_path):
    digests = {"proofs": "1", "random": "1", "equivalence": "1"}
    judges = Judges(
        lambda path: [("prove_exact", "PASS")], lambda path: False, lambda *given: "equivalent",
        digests,
    )  # fmt: skip
    record = run_mutants(BLOCK, "tiny", count=1, console=quiet(), judges=judges, build=tmp_path)[0]
    assert set(documented("mutate")) == set(record)


def test_fields_of_bench():
    assert documented("bench") == ["block", "config", *bench._rate("compiled", 1, 1.0), "ratio"]

def test_fields_of_accuracy(monkeypatch):
    monkeypatch.setattr(accuracy, "real_rows", lambda: [Row(np.array([1, 0]), 0.5)])
    monkeypatch.setattr(accuracy, "adversarial_rows", lambda n, P: [Row(np.array([1, 0]), 0.5)])
    assert documented("accuracy") == list(accuracy.run([(24, 10)], quiet())[0])


def test_fields_of_accuracy_of_float16(monkeypatch):
    one = Measured("float16_add", "ulp", "random", 1, 0.5, None, True)
    other = Measured("quantize", "share", "random", 1, 0.0, 0.5, True)
    monkeypatch.setattr(float16_accuracy, "measurements", lambda: [lambda: [one, other]])
    for row in float16_accuracy.run(quiet()):
        assert documented("accuracy of float16") == list(row)


def test_fields_of_accuracy_of_ivit():
    softmax = ivit_accuracy._softmax(Fraction(1, 8), 64)
    assert documented("accuracy of Shiftmax") == list(softmax)
    gelu = ivit_accuracy._gelu("each by itself", Fraction(1, 8))
    assert documented("accuracy of ShiftGELU") == list(gelu)


def test_fields_of_picture(tmp_path):
    assert documented("picture") == list(write([], tmp_path)[0])


def test_fields_of_size():
    assert documented("size") == list(size.run(20000, 64, 1536, 4096, console=quiet())[0])


def test_fields_of_monolithic(monkeypatch, tmp_path):
    monkeypatch.setattr(monolithic, "_answer", lambda *given: ("PASS", "", 1.0))
    record = monolithic.run("tiny", [1], build=tmp_path, console=quiet())[0]
    assert documented("monolithic") == list(record)


def test_fields_of_convert_and_what_is_found(tmp_path):
    finding = Finding("a.py", 3, "division", "why [bold]")
    console = quiet()
    records = cli_convert.run(
        [(BLOCK, "tiny")],
        tmp_path,
        console,
        lint=lambda folder: [finding],
        inspect=lambda converted: [finding],
    )
    assert [(record["block"], record["status"]) for record in records] == [
        ("", "FAIL"),
        (BLOCK.name, "FAIL"),
    ]
    assert all(record["findings"] == [str(finding)] for record in records)
    assert all(documented("convert") == list(record) for record in records)
    assert console.file.getvalue().count(str(finding)) == 2


def test_a_clean_block_converts_with_one_record(tmp_path):
    records = cli_convert.run([(BLOCK, "tiny")], tmp_path, quiet(), lint=lambda folder: [])
    assert [(record["status"], record["findings"]) for record in records] == [("PASS", [])]


def test_every_command_is_in_the_readme():
    text = (ROOT / "README.md").read_text()
    named = set(re.findall(
        r"`(?:tritproof )?([\w-]+)(?: (?:[A-Z]+|--[a-z]+))*`", text.split("## Commands")[1]
    ))
    assert COMMANDS <= named


@pytest.mark.parametrize(
    "name",
    ["README.md", "CONTRIBUTING.md", "formal/HOLES.md", *(f"docs/{p.name}" for p in PAGES)],
)
def test_links_lead_to_files(name):
    path = ROOT / name
    links = re.findall(r"\]\(([^)#]+)\)", path.read_text())
    local = [link for link in links if not link.startswith("http")]
    assert [link for link in local if not (path.parent / link).exists()] == []


def test_contributing_names_every_kind_and_directive():
    from tritproof.tools.prove import sbyfile

    text = (ROOT / "CONTRIBUTING.md").read_text()
    assert all(f"`{kind}_*`" in text for kind in sbyfile.KINDS)
    assert all(f"`# {word}:" in text for word in ("confirm", "guards", "primary"))
    assert all(f"`{solver}`" in text for solver in sbyfile.SOLVERS)
