# SPDX-License-Identifier: Apache-2.0
"""The command line: names, exit statuses, one line for wrong use, and the records it writes."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tritproof.rtl.manifest import blocks
from tritproof.tools import cli, cli_equiv, cli_targets, report
from tritproof.tools.errors import UserError
from tritproof.verif.toolchain import compiler

COMMANDS = (
    "doctor list show convert prove equiv mutate area bench monolithic matvec inspect "
    "convert-weights verify"
).split()
BLOCK = "ternary_dot_half"
SIZE = "--lut 20000 --uram 64 --width 1536 --ffn 4096".split()


@pytest.fixture(autouse=True)
def in_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_every_command_has_help_and_writes_json(capsys: pytest.CaptureFixture):
    assert cli.main(["--help"]) == 0
    overview = capsys.readouterr().out
    for command in COMMANDS:
        assert f"  {command} " in overview
        assert cli.main([command, "--help"]) == 0
        assert "--json" in capsys.readouterr().out


def test_without_arguments_it_helps(capsys: pytest.CaptureFixture):
    assert cli.main([]) == 0
    assert "Usage: tritproof" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["prov"], "No such command 'prov'"),
        (["prove", "--no-such"], "--no-such"),
        (["show"], "Missing argument 'BLOCK'"),
        (
            ["show", "ternary_dot_haf"],
            "there is no block 'ternary_dot_haf' (near: ternary_dot_half",
        ),
        (["prove", "nothing_like_it"], "there is no block 'nothing_like_it'; blocks: "),
        (["convert", "--config", "tinny"], "there is no configuration 'tinny' (near: tiny"),
        (["equiv", "swar_table", "--config", "tiny"], "swar_table has no configuration 'tiny'"),
        (
            ["show", "tlmm", "--config", "tellm"],
            "tlmm has no configuration 'tellm' (near: tellme); it has: tiny, tellme, bitnet2b, ",
        ),
        (
            ["area", "tlmm", "row_max", "--config", "tellme", "--config", "tellm"],
            "tlmm, row_max has no configuration 'tellm' (near: tellme); it has: tiny, tellme, ",
        ),
        (["bench", "row_max"], "row_max has no bench; tlmm has one"),
        (["bench", "tlmm", "--config", "layer", "--config", "tinny"], "no configuration 'tinny'"),
        (["list", "--json", "."], ". cannot be written: Is a directory"),
        (["size", *SIZE, "--svg", "missing/a.svg"], "missing/a.svg cannot be written: No such "),
        (["size", *SIZE, "--svg", "."], ". cannot be written: Is a directory"),
        (["equiv", "--vectors", "many"], "Invalid value for '--vectors'"),
        (["mutate", BLOCK, "--count", "0"], "Invalid value for '--count'"),
        (["mutate", BLOCK, "--only", "luck"], "--only must be proofs or random, not 'luck'"),
        (["list", "--json", "missing/a.json"], "missing/a.json cannot be written"),
        (["matvec", "missing.npy", "missing.npy"], "missing.npy"),
    ],
)
def test_wrong_use_is_one_line_and_status_2(
    words: list[str], message: str, capsys: pytest.CaptureFixture
):
    assert cli.main(words) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("tritproof: ")
    assert captured.err.count("\n") == 1
    assert message in captured.err


@pytest.mark.parametrize(
    "words",
    [
        ["convert", BLOCK, "--config", "tiny"],
        ["prove", BLOCK, "--config", "tiny"],
        ["equiv", BLOCK, "--config", "tiny"],
        ["mutate", BLOCK, "--count", "1"],
        ["area", BLOCK, "--config", "tiny"],
        ["bench", "tlmm", "--config", "tiny"],
        ["monolithic", "--config", "tiny", "--tables", "1"],
        ["matvec", "w.npy", "a.npy", "--config", "tiny"],
        ["verify", BLOCK, "--config", "tiny"],
    ],
    ids=lambda words: words[0],
)
def test_a_file_where_results_are_kept_is_refused(words: list[str], capsys: pytest.CaptureFixture):
    Path("build").write_text("a script")
    np.save("w.npy", np.ones((4, 6), np.int8))
    np.save("a.npy", np.ones((1, 6), np.int8))
    assert cli.main(words) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert " cannot be written: " in error
    assert error.endswith(
        "; results are kept in the folder build: move what is in its way, "
        "or work in another folder\n"
    )


def test_a_file_where_pictures_go_is_refused(
    capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("tritproof.tools.pictures.write.pictures", lambda blocks: {"a": "<svg/>"})
    Path("file").write_text("")
    assert cli.main(["picture", "--out", "file"]) == 2
    assert capsys.readouterr().err == "tritproof: file cannot be written: File exists\n"
    Path("a.svg").mkdir()
    assert cli.main(["picture", "--out", "."]) == 2
    assert capsys.readouterr().err == "tritproof: a.svg cannot be written: Is a directory\n"


@pytest.mark.parametrize("command", ["bench tlmm", "mutate tlmm --only random", "equiv tlmm"])
def test_without_a_compiler_its_installation_is_named(
    command: str, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    compiler.cache_clear()
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.delenv("CXX", raising=False)
    assert cli.main([*command.split(), "--config", "tiny"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("tritproof: a C++ compiler is not installed; install it with: ")


@pytest.mark.parametrize("command", ["bench", "mutate", "equiv", "prove"])
def test_a_misspelt_compiler_is_refused(
    command: str, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CXX", "g+++")
    assert cli.main([command, "tlmm", "--config", "tiny"]) == 2
    message = "CXX names the C++ compiler 'g+++', which is no program; name one, or unset CXX"
    assert capsys.readouterr().err == f"tritproof: {message}\n"


def test_list_shows_every_block_and_its_last_verdict(capsys: pytest.CaptureFixture):
    record = {"block": BLOCK, "config": "tiny", "status": "UNKNOWN"}
    report.write({"prove": [record]}, Path("build"))
    assert cli.main(["list", "--json", "list.json"]) == 0
    records = {r["block"]: r for r in json.loads(Path("list.json").read_text())}
    assert list(records) == list(blocks())
    assert records[BLOCK]["status"] == "UNKNOWN"
    assert records[BLOCK]["configs"] == list(blocks()[BLOCK].configs)
    text = capsys.readouterr().out
    assert "UNKNOWN" in text
    assert all(name in text for name in blocks())


def test_show_has_the_contract_and_every_port(capsys: pytest.CaptureFixture):
    assert cli.main(["show", BLOCK, "--config", "tiny", "--json", "show.json"]) == 0
    block = blocks()[BLOCK]
    text = capsys.readouterr().out
    assert block.contract.splitlines()[0] in text
    assert "rtl/ternary/ternary_dot_half.py" in text
    ports = json.loads(Path("show.json").read_text())
    declared = block.ports(block.configs["tiny"])
    assert [port["port"] for port in ports] == [port.name for port in declared]
    assert [port["width"] for port in ports] == [port.width for port in declared]
    assert {port["config"] for port in ports} == {"tiny"}


def test_convert_writes_the_verilog(capsys: pytest.CaptureFixture):
    assert cli.main(["convert", BLOCK, "--config", "tiny", "--json", "convert.json"]) == 0
    (record,) = json.loads(Path("convert.json").read_text())
    assert (record["block"], record["config"], record["status"]) == (BLOCK, "tiny", "PASS")
    assert record["files"] == [f"build/{BLOCK}/tiny/rtl/tritproof_{BLOCK}.v"]
    assert Path(record["files"][0]).read_text().count("\nendmodule") == 1
    assert len(record["digest"]) == 64


def test_area_writes_its_records():
    assert cli.main(["area", BLOCK, "--config", "tiny", "--json", "area.json"]) == 0
    (record,) = json.loads(Path("area.json").read_text())
    fields = ["block", "config", "lut", "lutram", "ff", "bram", "uram", "dsp"]
    assert list(record)[: len(fields)] == fields


@pytest.mark.parametrize(
    ("records", "status"),
    [
        ([{"status": "PASS"}], 0),
        ([{"status": "PASS"}, {"status": "MISSING"}], 1),
        ([{"status": "UNKNOWN"}], 1),
        ([], 1),
    ],
)
def test_exit_status_follows_the_records(
    records: list[dict], status: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("tritproof.tools.doctor.run", lambda **options: records)
    assert cli.main(["doctor", "--json", "doctor.json"]) == status
    assert json.loads(Path("doctor.json").read_text()) == records


def test_an_interruption_says_that_results_are_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    def interrupted(**options):
        raise KeyboardInterrupt

    monkeypatch.setattr("tritproof.tools.doctor.run", interrupted)
    assert cli.main(["doctor"]) == 130
    assert capsys.readouterr().err == "tritproof: interrupted; finished results are kept\n"


def test_the_module_is_a_command():
    command = [sys.executable, "-m", "tritproof.tools.cli", "show", "nothing"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("tritproof: there is no block 'nothing'")
    assert done.stdout == ""


def test_no_names_mean_everything():
    pairs = cli_targets.resolve(None, None)
    assert [(block.name, config) for block, config in pairs] == [
        (name, config) for name, block in blocks().items() for config in block.configs
    ]


def test_a_configuration_alone_selects_the_blocks_that_have_it():
    pairs = cli_targets.resolve(None, ["tiny"])
    assert {config for _, config in pairs} == {"tiny"}
    assert [block.name for block, _ in pairs] == [
        name for name, block in blocks().items() if "tiny" in block.configs
    ]


def test_the_smallest_configuration():
    (pair,) = cli_targets.resolve([BLOCK], None, smallest=True)
    assert pair[1] == "tiny"
    (pair,) = cli_targets.resolve([BLOCK], ["tellme"], smallest=True)
    assert pair[1] == "tellme"


def test_repeated_names_count_once():
    assert len(cli_targets.resolve([BLOCK, BLOCK], ["tiny", "tiny"])) == 1


def test_unknown_names_are_refused():
    with pytest.raises(UserError, match="there is no block"):
        cli_targets.names(["nothing"], None)
    assert cli_targets.names([], []) == (None, None)


def compared(outcome) -> list[dict]:
    from rich.console import Console

    block = blocks()[BLOCK]

    def compare(names, config, vectors, seed, **options):
        if isinstance(outcome, Exception):
            raise outcome
        record = {"block": names[0], "config": config, "vectors": vectors, "mismatches": outcome}
        return [{**record, "cycles": 7, "seconds": 0.1, "seed": seed}]

    return cli_equiv.run([(block, "tiny")], 5, 9, Path("build"), Console(), compare)


def test_equivalence_records_have_a_status():
    assert [compared(n)[0]["status"] for n in (0, 1)] == ["PASS", "FAIL"]
    (record,) = compared(0)
    assert (record["vectors"], record["seed"]) == (5, 9)


def test_a_comparison_that_cannot_be_made_is_an_error():
    (record,) = compared(LookupError("no adapter"))
    assert (record["status"], record["reason"], record["vectors"]) == ("ERROR", "no adapter", 0)
