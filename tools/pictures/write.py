# SPDX-License-Identifier: Apache-2.0
"""`tritproof picture`: the pictures of the documentation as SVG files."""

import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from tritproof.ref.formats.registry import formats
from tritproof.rtl.manifest import Block
from tritproof.tools import report, size
from tritproof.tools.convert import convert
from tritproof.tools.errors import UserError
from tritproof.tools.pictures.buffer import draw_address_map, draw_frontier
from tritproof.tools.pictures.curves import PLOTS
from tritproof.tools.pictures.draw import draw_format, draw_pipeline, draw_schedule
from tritproof.tools.pictures.pipeline import pipeline_of

FOLDER = Path("docs") / "pictures"
SCHEDULE, FORMAT = "prefill_schedule", "format"
TOKENS, ROWS = 11, 4
"""Size of the schedule that is drawn: three tiles, the last one not full."""
ADDRESS_MAP, FRONTIER = "weight_buffer_map", "size_frontier"
BUFFER = {"parts": 3, "groups": 2, "outputs": 16, "q": 8}
"""Size of the buffer whose map is drawn: that of its configuration ``tiny``."""
BUDGET = {"lut": 20000, "uram": 64, "width": 1536, "ffn": 4096, "bus": 768}
"""What the designs that are drawn may take: the memories of the published device."""


def config_of(block: Block) -> str:
    """The configuration drawn: the published size where there is one by that name."""
    return "tellme" if "tellme" in block.configs else list(block.configs)[-1]


def pictures(blocks: Iterable[Block]) -> dict[str, str]:
    """Return the SVG of every block that has parts, and of all other drawings, by name."""
    drawn = {}
    for block in blocks:
        config = config_of(block)
        if not block.children(block.configs[config]):
            continue
        with tempfile.TemporaryDirectory() as folder:
            drawn[block.name] = draw_pipeline(pipeline_of(convert(block, config, Path(folder))))
    return {**drawn, **drawings()}


@cache
def drawings() -> dict[str, str]:
    """Return the SVG of a prefill, of the map of a weight buffer, of the designs of one size, of
    curves, and of every format of weights, by name."""
    title = "Engines with weight buffers of width {width} within {lut} LUTs and {uram} URAMs"
    designs = draw_frontier(size.marked(**BUDGET), BUDGET["lut"], title.format(**BUDGET))
    return {
        SCHEDULE: draw_schedule(TOKENS, ROWS),
        ADDRESS_MAP: draw_address_map(**BUFFER),
        FRONTIER: designs,
        **{name: plot() for name, plot in PLOTS.items()},
        **{f"{FORMAT}_{name}": draw_format(one) for name, one in formats().items()},
    }


def write(blocks: Iterable[Block], folder: Path = FOLDER) -> list[dict[str, Any]]:
    """Write the pictures and return one record each: picture, file.

    Raises:
        UserError: the folder, or a file in it, cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{folder} cannot be written: {error.strerror}") from error
    records = []
    for name, text in pictures(blocks).items():
        path = folder / f"{name}.svg"
        report.write_text(path, text)
        records.append({"picture": name, "file": str(path)})
    return records
