# SPDX-License-Identifier: Apache-2.0
"""`tritproof picture`: the pictures of the documentation as SVG files."""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tritproof.ref.formats.registry import formats
from tritproof.rtl.manifest import Block
from tritproof.tools.convert import convert
from tritproof.tools.pictures.curves import PLOTS
from tritproof.tools.pictures.draw import draw_format, draw_pipeline, draw_schedule
from tritproof.tools.pictures.pipeline import pipeline_of

FOLDER = Path("docs") / "pictures"
SCHEDULE, FORMAT = "prefill_schedule", "format"
TOKENS, ROWS = 11, 4
"""Size of the schedule that is drawn: three tiles, the last one not full."""


def config_of(block: Block) -> str:
    """The configuration drawn: the published size where there is one by that name."""
    return "tellme" if "tellme" in block.configs else list(block.configs)[-1]


def pictures(blocks: Iterable[Block]) -> dict[str, str]:
    """Return the SVG of every block that has parts, of the schedule of a prefill, of curves and of
    every format, by name."""
    drawn = {}
    for block in blocks:
        config = config_of(block)
        if not block.children(block.configs[config]):
            continue
        with tempfile.TemporaryDirectory() as folder:
            drawn[block.name] = draw_pipeline(pipeline_of(convert(block, config, Path(folder))))
    plots = {name: plot() for name, plot in PLOTS.items()}
    return {**drawn, SCHEDULE: draw_schedule(TOKENS, ROWS), **plots, **format_pictures()}


def format_pictures() -> dict[str, str]:
    """Return the SVG of every format of weights, by name."""
    return {f"{FORMAT}_{name}": draw_format(one) for name, one in formats().items()}


def write(blocks: Iterable[Block], folder: Path = FOLDER) -> list[dict[str, Any]]:
    """Write the pictures and return one record each: picture, file."""
    folder.mkdir(parents=True, exist_ok=True)
    records = []
    for name, text in pictures(blocks).items():
        path = folder / f"{name}.svg"
        path.write_text(text)
        records.append({"picture": name, "file": str(path)})
    return records
