# SPDX-License-Identifier: Apache-2.0
"""SVG of the weight buffer: where its words lie, and what sizes of engine and buffer are best."""

from collections.abc import Sequence

from tritproof.ref.buffer.address import address_of, bank_of
from tritproof.tools.pictures.draw import TEMPLATES

CELL_WIDTH, CELL_HEIGHT, LEFT, TOP, GAP = 62, 22, 92, 52, 28
PLOT_WIDTH, PLOT_HEIGHT, PLOT_LEFT, PLOT_TOP = 640, 360, 70, 30


def draw_address_map(parts: int, groups: int, outputs: int, q: int) -> str:
    """Return the SVG of a small buffer: group and output of the word at each address of each bank
    of each part; the words of a beat have one colour."""
    banks = q // 2
    step = banks * CELL_WIDTH + GAP
    cells = []
    for group in range(groups):
        for output in range(outputs):
            bank = bank_of(output, OUTPUTS=outputs, Q=q)
            address = address_of(group, output, GROUPS=groups, OUTPUTS=outputs, Q=q)
            cells.append((bank * CELL_WIDTH, address * CELL_HEIGHT, f"{group}, {output}",
                          (group * (outputs // q) + output // q) % 2))  # fmt: skip
    depth = groups * outputs // banks
    return TEMPLATES.get_template("address_map.svg.j2").render(
        cells=cells, parts=[(part, LEFT + part * step) for part in range(parts)], banks=banks,
        depth=depth, q=q, groups=groups, outputs=outputs, width=CELL_WIDTH, height=CELL_HEIGHT,
        left=LEFT, top=TOP, size=(LEFT + parts * step, TOP + depth * CELL_HEIGHT + GAP),
    )  # fmt: skip


def draw_frontier(
    designs: Sequence[tuple[float, float, str, str]], lut: int, title: str
) -> str:
    """Return the SVG of designs (LUTs, multiply-accumulates a cycle, label, kind) and a budget.

    ``kind``: ``best``, ``frontier``, ``fits`` or ``beyond`` the budget of ``lut`` LUTs or of other
    resources.
    """
    shown = [one for one in designs if one[0] <= 1.5 * lut]
    most_lut, most = 1.5 * lut, max([macs for _, macs, *_ in shown], default=1)

    def place(luts: float, macs: float) -> tuple[float, float]:
        return (
            round(PLOT_LEFT + luts / most_lut * PLOT_WIDTH, 1),
            round(PLOT_TOP + PLOT_HEIGHT - macs / most * PLOT_HEIGHT, 1),
        )

    dots = [(*place(luts, macs), label, kind) for luts, macs, label, kind in shown]
    best = [(luts, macs) for luts, macs, _, kind in shown if kind in ("frontier", "best")]
    return TEMPLATES.get_template("frontier.svg.j2").render(
        title=title, dots=dots, line=[place(*one) for one in sorted(best)], budget=place(lut, 0)[0],
        lut=lut, most=most, most_lut=int(most_lut), left=PLOT_LEFT, top=PLOT_TOP, width=PLOT_WIDTH,
        height=PLOT_HEIGHT,
    )  # fmt: skip
