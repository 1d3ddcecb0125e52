# SPDX-License-Identifier: Apache-2.0
"""The benchmark measures both simulators in one run and says how far they are apart."""

import io

import pytest
from rich.console import Console
from tritproof.rtl.manifest import blocks
from tritproof.verif import bench
from tritproof.verif.ternary import tlmm

from .equivalence_support import block_simulator, converted_files


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("converted")


class Files:
    """What the benchmark wants of a conversion."""

    def __init__(self, files):
        self.files = files


def test_both_simulators_are_measured_and_the_ratio_is_given(folder):
    console = Console(file=io.StringIO(), width=100)
    records = bench.run(
        ["tlmm"],
        ["tiny"],
        convert=lambda block, config, _: Files(converted_files(block.name, config, folder)),
        vectors=20_000,
        cocotb_vectors=500,
        console=console,
    )
    cocotb, compiled = records
    assert (cocotb["simulator"], compiled["simulator"]) == ("cocotb", "compiled")
    assert cocotb["transactions"] >= 500 and compiled["transactions"] >= 20_000
    assert compiled["ratio"] == pytest.approx(
        compiled["per_second"] / cocotb["per_second"], abs=0.1
    )
    assert compiled["ratio"] > 1
    text = console.file.getvalue()
    assert "tlmm at tiny: transactions checked per second" in text
    assert f"{compiled['ratio']:,}" in text


def test_a_wrong_result_stops_the_benchmark(folder, monkeypatch):
    params = blocks()["tlmm"].configs["tiny"]
    monkeypatch.setattr(tlmm, "matvec", lambda weights, rows: rows @ weights.T + 1)
    with pytest.raises(AssertionError, match="row 0 of .*, output 0 is wrong"):
        tlmm.bench(block_simulator("tlmm", "tiny", folder), params, 100, 1)


@pytest.mark.parametrize(
    "names, configs, message",
    [
        (["swar_table"], None, "swar_table has no bench; tlmm has one"),
        (["nothing"], None, "nothing has no bench; tlmm has one"),
        (["tlmm"], ["tiny", "huge"], "tlmm has no configuration 'huge'; it has: tiny, tellme"),
    ],
)
def test_what_has_no_bench_is_named(names, configs, message):
    with pytest.raises(bench.NoBenchError, match=message):
        bench.run(names, configs, convert=None)
