# SPDX-License-Identifier: Apache-2.0
"""Pictures are those of the present Verilog and specification, and show what there is."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tritproof.ref.formats import code
from tritproof.ref.formats.registry import formats
from tritproof.rtl.manifest import blocks
from tritproof.tools.convert import convert
from tritproof.tools.pictures import draw_schedule, pipeline_of
from tritproof.tools.pictures.curves import PLOTS, draw_curves
from tritproof.tools.pictures.layout import BIT, fields, panels
from tritproof.tools.pictures.write import FOLDER, SCHEDULE, format_pictures, pictures, write

ROOT = Path(__file__).parent.parent


def flows_of(name, tmp_path):
    block = blocks()[name]
    found = pipeline_of(convert(block, "tiny", tmp_path))
    assert {part.name for part in found.parts} >= {f.source for f in found.flows}
    return {(flow.source, flow.target): flow.registers for flow in found.flows}


def test_the_committed_pictures_are_the_present_ones():
    present = pictures(blocks().values())
    committed = {path.stem: path.read_text() for path in (ROOT / FOLDER).glob("*.svg")}
    assert committed == present, "run: tritproof picture"


def test_data_of_softmax(tmp_path):
    flows = flows_of("softmax_buffered", tmp_path)
    assert flows["score_scale", "score_buffer"] == 0
    assert flows["scale", "score_scale"] == 1  # kept in a register for the row
    assert ("score_buffer", "score_scale") not in flows


def test_equal_parts_share_a_box(tmp_path):
    block = blocks()["weighted_sum"]
    found = pipeline_of(convert(block, "tiny", tmp_path))
    assert [part.count for part in found.parts if part.name == "weighted_lane"] == [2]


def test_every_causal_pair_is_drawn():
    text = draw_schedule(9, 4)
    cells = re.findall(r'<text [^>]*text-anchor="middle"[^>]*>(\d+)</text>', text)
    assert len(cells) == 9 * 10 // 2
    assert re.findall(r"tile \d: \d steps", text) == [
        "tile 0: 9 steps", "tile 1: 5 steps", "tile 2: 1 steps",
    ]  # fmt: skip


@pytest.mark.parametrize("name", formats())
def test_every_bit_of_a_format_is_drawn_once(name):
    one = formats()[name]
    for panel, stretch in zip(panels(one), one.stretches(one.smallest), strict=True):
        places = [(run.y, run.x + BIT * bit) for run in panel.runs
                  for bit in range(run.width // BIT)]  # fmt: skip
        assert len(set(places)) == len(places) == 8 * stretch.section.bytes
        several = {run.text for run in panel.runs if run.kind in ("even", "odd")}
        drawn = {place for text in several for place in expanded(text)}
        assert len(drawn) == stretch.section.grid.trits


def expanded(text: str) -> set[str]:
    """The weights of a label: `1,3-5` stands for three."""
    output, comma, inputs = text.rpartition(",") if "-" in text else ("", "", text)
    if "-" not in inputs:
        return set(text.split())
    first, last = map(int, inputs.split("-"))
    return {f"{output}{comma}{number}" for number in range(first, last + 1)}


def test_bits_of_the_same_weights_go_together():
    assert fields(code.FIELDS) == [([2 * j, 2 * j + 1], [j]) for j in range(4)]
    assert fields(code.PAIRS) == [([0, 1, 2, 3], [2, 3]), ([4, 5, 6, 7], [0, 1])]
    assert fields(code.TELLME) == [([0, 1, 2, 3, 4], [0, 1, 2])]
    assert fields(code.SIGN_INDEX) == [([0, 1, 2, 3, 4], [0, 1, 2])]


def test_pictures_are_written_as_xml(tmp_path):
    records = write([blocks()["row_mean"]], tmp_path)
    names = [record["picture"] for record in records]
    assert names == ["row_mean", SCHEDULE, *PLOTS, *format_pictures()]
    for record in records:
        ElementTree.parse(record["file"])


def test_curves_have_round_axes_and_all_their_points():
    text = draw_curves("t", "x", "y", {"a": [(0, -0.3), (7, 0.62)], "b": [(3, 0.1)]})
    lines = [line.get("points", "") for line in ElementTree.fromstring(text).iter("{*}polyline")]
    assert [len(points.split()) for points in lines] == [2, 1]
    assert re.findall(r">(-?[\d.]+)</text>", text) == [
        "0", "2", "4", "6", "8", "-0.4", "-0.2", "0", "0.2", "0.4", "0.6", "0.8",
    ]  # fmt: skip


@pytest.mark.parametrize("page", ["attention.md", "formats.md", "ivit.md", "lmul.md", "softmax.md"])
def test_pictures_of_a_page_exist(page):
    named = re.findall(r"\]\((pictures/\w+\.svg)\)", (ROOT / "docs" / page).read_text())
    assert named and all((ROOT / "docs" / name).is_file() for name in named)
