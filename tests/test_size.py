# SPDX-License-Identifier: Apache-2.0
"""The sizes of engine and buffer: the published design, budgets, and counts by synthesis."""

import io
from xml.etree import ElementTree

import pytest
from rich.console import Console
from tritproof.rtl.buffer.params import WeightBufferParams
from tritproof.rtl.manifest import blocks
from tritproof.rtl.ternary.ternary_table import TableParams
from tritproof.tools import area, size
from tritproof.tools.convert import convert
from tritproof.tools.errors import UserError

PUBLISHED = size.Design(1536, 4096, 768, group=3, lanes=16, columns=2)


def quiet():
    return Console(file=io.StringIO(), width=200)


def counted(name, params, folder):
    converted = convert(blocks()[name], params, folder / "rtl")
    return area.count(area.synthesise_files(converted.files, converted.top, folder / "area"))


def test_the_published_design():
    assert (PUBLISHED.tables, PUBLISHED.word_width, PUBLISHED.depth) == (28, 140, 3648)
    assert (PUBLISHED.macs, PUBLISHED.uram, PUBLISHED.words) == (1344, 48, 5)
    assert PUBLISHED.buffer == WeightBufferParams() == blocks()["weight_buffer"].configs["tellme"]
    larger = size.Design(2560, 6912, 768, group=3, lanes=16, columns=2)
    assert larger.buffer == blocks()["weight_buffer"].configs["bitnet2b"]


def test_estimates_are_near_the_counts_that_are_recorded():
    """8,877 LUTs of tlmm and 4,834 of weight_buffer at tellme: docs/area.md."""
    assert abs(PUBLISHED.engine_lut / 8877 - 1) < 0.03
    assert abs(PUBLISHED.buffer_lut / 4834 - 1) < 0.01


def test_a_bank_is_as_many_memories_as_the_formula_says(tmp_path):
    params = blocks()["weight_bank"].configs["tellme"]
    counts = counted("weight_bank", params, tmp_path)
    assert (counts["uram"], counts["bram"], counts["lutram"]) == (2, 0, 0)
    assert 3 * 8 * counts["uram"] == PUBLISHED.uram


@pytest.mark.parametrize("group, lanes", [(2, 8), (3, 8), (3, 32)])
def test_tables_have_the_luts_that_are_estimated(group, lanes, tmp_path):
    fixed, per_lane = size.TABLE_LUTS[group]
    counts = counted("ternary_table", TableParams(g=group, q=lanes), tmp_path)
    assert abs(counts["lut"] / (fixed + per_lane * lanes) - 1) < 0.1


@pytest.mark.slow
def test_a_design_of_deep_banks_is_estimated(tmp_path):
    design = size.Design(1536, 4096, 768, group=3, lanes=8, columns=1)
    counts = counted("weight_buffer", design.buffer, tmp_path / "buffer")
    assert counts["uram"] == design.uram == 48
    assert 1 <= design.buffer_lut / counts["lut"] < 1.15
    counts = counted("tlmm", design.engine, tmp_path / "engine")
    assert abs(counts["lut"] / design.engine_lut - 1) < 0.03


@pytest.mark.slow
def test_the_published_design_has_48_memories_by_synthesis(tmp_path):
    counts = counted("weight_buffer", PUBLISHED.buffer, tmp_path)
    assert counts["uram"] == 48
    assert abs(counts["lut"] / PUBLISHED.buffer_lut - 1) < 0.05


def test_no_design_beats_one_of_the_frontier():
    every = size.designs(1536, 4096, 768)
    best = size.frontier(every)
    assert PUBLISHED in best and len(best) < len(every)
    for one in best:
        beaten = [d for d in every if d.macs >= one.macs and d.lut <= one.lut and d.uram < one.uram]
        assert beaten == []
    for one in every:
        assert any(b.macs >= one.macs and b.lut <= one.lut and b.uram <= one.uram for b in best)


def test_the_best_is_within_the_budget_and_is_marked(tmp_path):
    svg = tmp_path / "designs.svg"
    records = size.run(20000, 64, 1536, 4096, svg=svg, console=quiet())
    assert [record["best"] for record in records] == [False] * (len(records) - 1) + [True]
    assert all(record["lut"] <= 20000 and record["uram"] <= 64 for record in records)
    every = [d for d in size.designs(1536, 4096, 768) if d.lut <= 20000 and d.uram <= 64]
    assert records[-1]["macs"] == max(one.macs for one in every)
    drawn = ElementTree.parse(svg).getroot()
    assert len([e for e in drawn if e.tag.endswith("circle")]) >= len(every)


def test_the_best_is_counted_when_wanted(tmp_path):
    made = []

    def synthesise(name, params, folder):
        made.append((name, params))
        return {"LUT6": 7, "URAM288": 24}

    options = {"measure": True, "build": tmp_path, "console": quiet(), "synthesise": synthesise}
    record = size.run(20000, 64, 1536, 4096, **options)[-1]
    assert (record["counted_lut"], record["counted_uram"]) == (14, 48)
    assert [name for name, _ in made] == ["tlmm", "weight_buffer"]
    assert made[0][1].lookup.t == record["tables"]


@pytest.mark.parametrize(
    "given, message",
    [
        ((0, 64, 1536, 4096), "--lut must be from 1 to 16777216, not 0"),
        ((20000, 64, 10, 4096), "--width must be from 64 to 16777216, not 10"),
        ((20000, 64, 1536, 64), "--ffn must be from 1536 to 16777216, not 64"),
        (
            (20000, 4, 1536, 4096),
            "no design of width 1536 fits 20000 LUTs and 4 URAMs: the fewest are 48 URAMs, "
            "the fewest LUTs 5406",
        ),
        (
            (20000, 64, 100000, 400000),
            "no design has a width of 100000: the buffer takes at most 16384 outputs",
        ),
    ],
)
def test_what_cannot_be_is_refused(given, message):
    with pytest.raises(UserError) as raised:
        size.run(*given, console=quiet())
    assert str(raised.value) == message
