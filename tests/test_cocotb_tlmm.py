# SPDX-License-Identifier: Apache-2.0
"""The cocotb bench of the engine passes on the engine, and fails on a broken one."""

import os
import re

import pytest
from tritproof.rtl.manifest import blocks
from tritproof.verif import cocotb_bench
from tritproof.verif.cocotb_bench import BenchFailedError, run_bench

from .equivalence_support import CACHE, converted_files


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("converted")


def bench(files, work, tests=None):
    block = blocks()["tlmm"]
    return run_bench(
        block, "tiny", files, work, seed=3, vectors=300, tests=tests, cache_directory=CACHE
    )


def test_the_bench_passes_without_make_and_perl(folder, tmp_path, monkeypatch):
    files = converted_files("tlmm", "tiny", folder)
    bench_folder = cocotb_bench.compile_bench(files, "tritproof_tlmm", CACHE)
    assert os.access(bench_folder / "tritproof_tlmm", os.X_OK)
    monkeypatch.setenv("PATH", str(tmp_path))
    result = bench(files, tmp_path / "work")
    assert result.tests == ("products_with_stalls", "products_at_full_rate")
    assert result.measured["full_rate"]["transactions"] >= 300
    assert result.measured["full_rate"]["seconds"] > 0


@pytest.mark.parametrize(
    "old, new, reason",
    [
        ("m_axis_tdata = ", "m_axis_tdata = 1 | ", r"command \d+, outputs from \d+: .* expected "),
        ("m_axis_tvalid = ", "m_axis_tvalid = 0 & ", "nothing moves"),
    ],
)
def test_the_bench_fails_on_a_broken_engine(folder, tmp_path, old, new, reason):
    files = list(converted_files("tlmm", "tiny", folder))
    broken = tmp_path / files[-1].name
    broken.write_text(files[-1].read_text().replace(old, new))
    with pytest.raises(BenchFailedError, match="failed: .*products_at_full_rate; see .*bench.log"):
        bench([*files[:-1], broken], tmp_path / "work", ["products_at_full_rate"])
    assert re.search(reason, (tmp_path / "work" / "bench.log").read_text())


def test_a_bench_that_runs_no_test_is_a_failure(folder, tmp_path):
    files = converted_files("tlmm", "tiny", folder)
    with pytest.raises(BenchFailedError, match="no test ran; see "):
        bench(files, tmp_path / "work", ["there_is_no_such_test"])
