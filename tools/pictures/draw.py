# SPDX-License-Identifier: Apache-2.0
"""SVG of pipelines and schedules: laid out here, written by Jinja2 templates."""

from collections import defaultdict
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined
from tritproof.ref.attention.tiles import tile_begins
from tritproof.ref.formats.format import Format
from tritproof.tools.pictures.layout import BIT, LEFT, ROW, panels
from tritproof.tools.pictures.pipeline import Flow, Pipeline

BOX_HEIGHT, ROW_STEP = 44, 76
CHARACTER, MARGIN, GAP = 7.4, 16, 74
"""Pixels: of a character, around a picture and beside a name, between columns."""
CELL = 18
"""Pixels of a cell of a schedule."""
_FILLS = {"even": "#c9dcf2", "odd": "#f6dcb8", "scale": "#cfe8cf", "spare": "#eee"}

TEMPLATES = Environment(
    loader=PackageLoader("tritproof.tools.pictures", "templates"),
    undefined=StrictUndefined,
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Box:
    """A laid out part; ``x``, ``y`` of its upper left corner."""

    label: str
    kind: str
    x: float
    y: float
    width: float


@dataclass(frozen=True)
class Line:
    """A laid out flow."""

    x: float
    y: float
    to_x: float
    to_y: float
    registers: int


def draw_pipeline(pipeline: Pipeline) -> str:
    """Return the SVG of a pipeline: columns from inputs to outputs, registers beside the lines."""
    column = _columns(pipeline)
    rows: dict[int, int] = defaultdict(int)
    widths: dict[int, float] = defaultdict(float)
    labels = {
        part.name: part.name if part.count == 1 else f"{part.name} x {part.count}"
        for part in pipeline.parts
    }
    for part in pipeline.parts:
        needed = len(labels[part.name]) * CHARACTER + 2 * MARGIN
        widths[column[part.name]] = max(widths[column[part.name]], needed)
    starts = {c: MARGIN + sum(widths[k] + GAP for k in range(c)) for c in range(max(widths) + 1)}
    most = max(sum(1 for c in column.values() if c == k) for k in widths)
    boxes: dict[str, Box] = {}
    for part in pipeline.parts:
        place = column[part.name]
        alone = sum(1 for c in column.values() if c == place)
        y = MARGIN + (rows[place] + (most - alone) / 2) * ROW_STEP
        boxes[part.name] = Box(labels[part.name], part.kind, starts[place], y, widths[place])
        rows[place] += 1
    lines = [_line(boxes, flow) for flow in pipeline.flows if flow.source != flow.target]
    return TEMPLATES.get_template("pipeline.svg.j2").render(
        title=pipeline.title,
        boxes=list(boxes.values()),
        lines=lines,
        height=BOX_HEIGHT,
        size=(max(b.x + b.width for b in boxes.values()) + MARGIN, most * ROW_STEP + MARGIN),
    )


def _columns(pipeline: Pipeline) -> dict[str, int]:
    """Return the column of each part: one more than of anything before it; outputs are last."""
    column: dict[str, int] = {}
    for part in pipeline.parts:
        behind = [column[f.source] for f in pipeline.flows if f.target == part.name
                  and f.source in column and f.source != part.name]  # fmt: skip
        column[part.name] = max(behind, default=-1) + 1
    for part in pipeline.parts:
        ahead = [column[f.target] for f in pipeline.flows if f.source == part.name]
        if part.kind == "in" and ahead:
            column[part.name] = max(min(ahead) - 1, 0)
    last = max(column.values())
    return {p.name: last if p.kind == "out" else column[p.name] for p in pipeline.parts}


def _line(boxes: dict[str, Box], flow: Flow) -> Line:
    source, target = boxes[flow.source], boxes[flow.target]
    return Line(
        source.x + source.width, source.y + BOX_HEIGHT / 2, target.x, target.y + BOX_HEIGHT / 2,
        flow.registers,
    )  # fmt: skip


def draw_schedule(tokens: int, rows: int) -> str:
    """Return the SVG of a reversed prefill: which key each query meets in each step."""
    cells, tiles, step = [], [], 0
    for tile, begin in enumerate(tile_begins(tokens - 1, rows)):
        for ahead in range(begin + 1):
            for row in range(min(rows, ahead + 1)):
                query = begin - row
                cells.append((step + ahead, tokens - 1 - query, begin - ahead, tile % 2))
        tiles.append((step, begin + 1, tile))
        step += begin + 1
    return TEMPLATES.get_template("schedule.svg.j2").render(
        cells=cells, tiles=tiles, tokens=tokens, rows=rows, steps=step, cell=CELL, left=5 * CELL,
        top=2 * CELL,
    )  # fmt: skip


def draw_format(one: Format) -> str:
    """Return the SVG of a format: every bit of a unit with the weights it says something of."""
    found = panels(one)
    last = found[-1].rows[-1][1] + ROW
    right = max(run.x + run.width for panel in found for run in panel.runs)
    right = max(right, 4 + 7 * max(len(panel.heading) for panel in found))
    across = [max(run.x + run.width - LEFT for run in p.runs) // (8 * BIT) for p in found]
    return TEMPLATES.get_template("layout.svg.j2").render(
        name=one.name, summary=one.summary, panels=found, across=across, left=LEFT, bit=BIT,
        row=ROW, fills=_FILLS, width=right + 8, height=last + 8,
    )  # fmt: skip
