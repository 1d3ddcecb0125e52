# SPDX-License-Identifier: Apache-2.0
"""The recorded proofs are those of the files in the tree, bit for bit: every task of a block."""

import json
import shutil

import pytest
from tritproof.rtl.manifest import blocks, root
from tritproof.tools import cli
from tritproof.tools.errors import UserError
from tritproof.tools.prove import enumeration, record
from tritproof.tools.prove.assemble import sources_of
from tritproof.tools.prove.evidence import Evidence
from tritproof.tools.prove.runner import SMALL
from tritproof.tools.prove.sbyfile import read_tasks

ROWS = record.read()["rows"]


def tasks_of(name, config):
    """The names of the tasks of a configuration."""
    block = blocks()[name]
    if "enumeration" in block.proved_by:
        yield enumeration.TASK
    if "properties" in block.proved_by:
        for task in read_tasks(root() / block.parts()["tasks"]):
            if task.kind != "small" or config == SMALL:
                yield task.name


def test_the_files_are_those_that_were_proved():
    assert record.changed_files() == [], f"run: {record.COMMAND}"


def test_every_task_of_every_configuration_is_recorded_and_passed():
    due = {
        (name, config, task)
        for name, block in blocks().items()
        for config in block.configs
        for task in tasks_of(name, config)
    }
    assert {(row["block"], row["config"], row["task"]) for row in ROWS} == due
    assert {row["status"] for row in ROWS} == {"PASS"}
    assert all(row["properties"] > 0 for row in ROWS)


@pytest.mark.parametrize("name", blocks())
def test_the_verilog_is_that_which_was_proved(name, tmp_path):
    config = next(iter(blocks()[name].configs))
    proved = {row["digest"] for row in ROWS if (row["block"], row["config"]) == (name, config)}
    assert proved == {sources_of(name, config, tmp_path).digest}


def copy_to(place):
    """Copy the folders of proved files, and their record."""
    for folder in record.SOURCES:
        shutil.copytree(root() / folder, place / folder, ignore=shutil.ignore_patterns("*.pyc"))
    return place


@pytest.fixture
def copied(tmp_path):
    return copy_to(tmp_path)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A copy that each test leaves as it found it."""
    return copy_to(tmp_path_factory.mktemp("kept"))


@pytest.mark.parametrize("path", record.read()["sources"])
def test_one_bit_is_noticed(path, kept):
    changed = kept / path
    proved = changed.read_bytes()
    data = bytearray(proved)
    data[len(data) // 2] ^= 1
    changed.write_bytes(data)
    assert record.changed_files(kept) == [path]
    changed.write_bytes(proved)


def test_a_new_and_a_missing_file_are_noticed(copied):
    (copied / "formal" / "ternary" / "extra.svh").write_text("")
    (copied / "rtl" / "manifest.py").unlink()
    assert record.changed_files(copied) == ["formal/ternary/extra.svh", "rtl/manifest.py"]


def test_only_a_run_that_passed_is_recorded(copied):
    before = (copied / record.RECORD).read_text()
    row = Evidence("tlmm", "tiny", "prove_products", "induction(1)", "UNKNOWN")
    with pytest.raises(UserError, match="left as it was: tlmm tiny prove_products did not pass"):
        record.write([row], copied)
    assert (copied / record.RECORD).read_text() == before
    record.write([row.conclude("PASS")], copied)
    assert json.loads((copied / record.RECORD).read_text())["rows"][0]["status"] == "PASS"


def test_a_part_is_not_recorded():
    with pytest.raises(UserError, match="no block or task named"):
        record.require_everything(["tlmm"], None)


def test_a_run_that_failed_exits_1_and_records_nothing(tmp_path, monkeypatch):
    rows = [Evidence("tlmm", "tiny", "prove_products", "induction(1)", "UNKNOWN")]
    written = []
    monkeypatch.setattr(cli, "_prove", lambda *asked, **options: rows)
    monkeypatch.setattr(record, "write", written.append)
    assert cli.main(["prove", "--record", "--json", str(tmp_path / "rows.json")]) == 1
    assert json.loads((tmp_path / "rows.json").read_text())[0]["status"] == "UNKNOWN"
    rows[0].conclude("PASS")
    assert cli.main(["prove", "--record"]) == 0
    assert written == [rows]


def test_a_sample_is_not_recorded(copied):
    row = Evidence("float16_add", "tiny", "every_input", "sample(2^21 of 2^32)", "SAMPLED")
    with pytest.raises(UserError) as raised:
        record.write([row], copied)
    assert "a sample was tried of the inputs of float16_add tiny; run: " in str(raised.value)
    assert str(raised.value).endswith("tritproof prove --record --exhaustive")
