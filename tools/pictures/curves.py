# SPDX-License-Identifier: Apache-2.0
"""SVG of curves: the plots of the documentation, from the specifications."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import ceil, floor, log10
from typing import Any

from tritproof.tools.pictures.draw import TEMPLATES

WIDTH, HEIGHT = 520, 300
LEFT, TOP, RIGHT, BOTTOM = 60, 34, 260, 44
COLOURS = ("#1f5fa8", "#c4581a", "#3a8a3d", "#8a3a8a", "#666666")
TICKS = 6

Points = Sequence[tuple[float, float]]
Curves = dict[str, Points]


def draw_curves(title: str, x_label: str, y_label: str, curves: Curves) -> str:
    """Return the SVG of some curves on common linear axes."""
    xs = _axis([x for points in curves.values() for x, _ in points])
    ys = _axis([y for points in curves.values() for _, y in points])

    def place(x: float, y: float) -> tuple[float, float]:
        return (
            round(WIDTH * (x - xs[0]) / (xs[-1] - xs[0]), 1),
            round(HEIGHT * (ys[-1] - y) / (ys[-1] - ys[0]), 1),
        )

    return TEMPLATES.get_template("curves.svg.j2").render(
        title=title, x_label=x_label, y_label=y_label,
        width=WIDTH, height=HEIGHT, left=LEFT, top=TOP, right=RIGHT, bottom=BOTTOM,
        x_ticks=[(place(x, ys[0])[0], f"{x:g}") for x in xs],
        y_ticks=[(place(xs[0], y)[1], f"{y:g}") for y in ys],
        curves=[
            (name, " ".join(f"{x},{y}" for x, y in (place(*one) for one in points)), colour)
            for (name, points), colour in zip(curves.items(), COLOURS, strict=False)
        ],
    )  # fmt: skip


def _axis(values: Sequence[float]) -> list[float]:
    """Return round numbers in equal steps around the values."""
    low, high = min(values), max(values)
    rough = (high - low) / TICKS or 1.0
    magnitude = 10.0 ** floor(log10(rough))
    step = next(n * magnitude for n in (1, 2, 5, 10) if n * magnitude >= rough * (1 - 1e-9))
    return [round(n * step, 10) for n in range(floor(low / step), ceil(high / step) + 1)]


def lmul_errors() -> str:
    """Mean relative errors of products by the bits of a mantissa."""
    from tritproof.ref.lmul.errors import relative_errors
    from tritproof.ref.lmul.lmul import offset_level

    bits = range(2, 8)

    def mean(m: int, offset: int, product: str) -> float:
        return float(relative_errors(m, offset, product).mean_magnitude)

    def paper(m: int) -> int:
        return 1 << (m - offset_level(m))

    measures: dict[str, Callable[[int], float]] = {
        "sum of codes, the paper's offset": lambda m: mean(m, paper(m), "added"),
        "sum of codes, no offset (Mitchell)": lambda m: mean(m, 0, "added"),
        "the printed formula": lambda m: mean(m, paper(m), "printed"),
        "exact product, rounded once": lambda m: mean(m, 0, "nearest"),
    }
    return draw_curves(
        "L-Mul: mean relative error of a product",
        "bits of a mantissa",
        "mean relative error, all pairs of mantissas alike",
        {name: [(m, measure(m)) for m in bits] for name, measure in measures.items()},
    )


def shiftgelu_forms() -> str:
    """ShiftGELU at the scale 1/8: as published in a row to 127, each by itself, and GELU."""
    from tritproof.verif.ivit.accuracy import INT8, gelu_curve, real_gelu

    scale = Fraction(1, 8)
    x = INT8 / 8
    found: dict[str, Any] = {
        "GELU": real_gelu(x),
        "published, row to 127": gelu_curve(scale, 127, 23),
        "each by itself": gelu_curve(scale, None, 15),
    }
    return draw_curves(
        "ShiftGELU of int8 numbers at the scale 1/8", "x", "result",
        {name: list(zip(x, y, strict=True)) for name, y in found.items()},
    )  # fmt: skip


def shiftmax_sums() -> str:
    """The sums of rows of equal numbers by their length: what is lost, and what is too much."""
    from tritproof.ref.ivit.exponential import normalised

    lengths = [2**k for k in range(4, 13)]
    lengths = sorted({n + more for n in lengths for more in (0, n // 4, n // 2, 3 * n // 4)})

    def sums(unit: int) -> Points:
        e = unit << 15
        return [(n, n * normalised(e, n * e, 16) / 2**15) for n in lengths if n <= 4096]

    return draw_curves(
        "Shiftmax of equal numbers, n = 15, 16 bits: the sum of a row", "numbers in a row",
        "sum of the probabilities", {f"u = {unit}": sums(unit) for unit in (8, 16, 32, 64)},
    )  # fmt: skip


PLOTS: dict[str, Callable[[], str]] = {
    plot.__name__: plot for plot in (lmul_errors, shiftgelu_forms, shiftmax_sums)
}
