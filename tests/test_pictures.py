# SPDX-License-Identifier: Apache-2.0
"""Pictures are those of the present Verilog and specification, and show what there is."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tritproof.rtl.manifest import blocks
from tritproof.tools.convert import convert
from tritproof.tools.pictures import draw_schedule, pipeline_of
from tritproof.tools.pictures.buffer import draw_address_map
from tritproof.tools.pictures.write import (
    ADDRESS_MAP,
    FOLDER,
    FRONTIER,
    SCHEDULE,
    pictures,
    write,
)

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


def test_the_map_shows_every_place_of_every_part():
    text = draw_address_map(parts=3, groups=2, outputs=16, q=8)
    assert len(re.findall(r">\d, \d+</text>", text)) == 3 * 2 * 16
    assert text.count(">0, 5</text>") == 3


def test_pictures_are_written_as_xml(tmp_path):
    records = write([blocks()["row_mean"]], tmp_path)
    names = [record["picture"] for record in records]
    assert names == ["row_mean", SCHEDULE, ADDRESS_MAP, FRONTIER]
    for record in records:
        ElementTree.parse(record["file"])


@pytest.mark.parametrize("page", ["attention.md", "softmax.md", "weight_buffer.md"])
def test_pictures_of_a_page_exist(page):
    named = re.findall(r"\]\((pictures/\w+\.svg)\)", (ROOT / "docs" / page).read_text())
    assert named and all((ROOT / "docs" / name).is_file() for name in named)
