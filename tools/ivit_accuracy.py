# SPDX-License-Identifier: Apache-2.0
"""`tritproof accuracy`, its tables of I-ViT: Shiftmax and ShiftGELU against float64."""

from fractions import Fraction
from itertools import product
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table
from tritproof.ref.ivit.exponential import GELU_FACTOR, unit_of_scale
from tritproof.verif.ivit.accuracy import gelu_errors, softmax_errors

SCALES = [*(Fraction(1, unit) for unit in (1, 4, 8, 16, 64)), Fraction(3, 20), Fraction(3, 10)]
LENGTHS = (3, 8, 64, 197, 1024, 4096, 8192)
GELU_SCALES = [Fraction(1, 1 << k) for k in range(2, 8)]
FORMS = {
    "published, row to 127": (127, 23), "published, row to 8": (8, 23),
    "published, row to -1": (-1, 23), "each by itself": (None, 15),
}  # fmt: skip
"""Largest number of the row, and n."""


def run(console: Console | None = None) -> list[dict[str, Any]]:
    """Measure, print the tables and return one record each.

    Record of Shiftmax: function, scale, unit, numbers (of a row), mean_error (of a probability, in
    random rows), greatest_error, least_sum, greatest_sum (of a row), within (the length is one that
    the constants allow), status (FAIL where it is, and a sum above 1). Record of ShiftGELU:
    function, form, scale, unit, greatest_error (of a real number), last_sigmoid (of the largest
    number), status.
    """
    console = console or Console()
    rows = list(product(SCALES, LENGTHS))
    softmax = [
        _softmax(*one)
        for one in track(rows, "accuracy of I-ViT", console=console, transient=True)
    ]
    gelu = [_gelu(form, scale) for form in FORMS for scale in GELU_SCALES]
    console.print(_softmax_table(softmax))
    console.print(_gelu_table(gelu))
    return softmax + gelu


def _softmax(scale: Fraction, count: int) -> dict[str, Any]:
    found = softmax_errors(scale, count)
    return {
        "function": "shiftmax", "scale": float(scale), "unit": unit_of_scale(scale),
        "numbers": count, "mean_error": found.mean, "greatest_error": found.greatest,
        "least_sum": found.least_sum, "greatest_sum": found.greatest_sum, "within": found.within,
        "status": "FAIL" if found.within and found.greatest_sum > 1 else "PASS",
    }  # fmt: skip


def _gelu(form: str, scale: Fraction) -> dict[str, Any]:
    found = gelu_errors(scale, *FORMS[form])
    return {
        "function": "shiftgelu", "form": form, "scale": float(scale),
        "unit": unit_of_scale(scale * GELU_FACTOR), "greatest_error": found.greatest,
        "last_sigmoid": found.last_sigmoid, "status": "PASS",
    }  # fmt: skip


def _softmax_table(records: list[dict[str, Any]]) -> Table:
    table = Table(title="Shiftmax (n = 15, 16 bits): errors of probabilities, sums of rows")
    names = ("scale", "unit", "numbers", "mean error", "greatest", "least sum", "greatest sum")
    for name in (*names, "length", ""):
        table.add_column(name, justify="left" if name in ("length", "") else "right")
    for one in records:
        table.add_row(
            f"{one['scale']:.4g}", str(one["unit"]), str(one["numbers"]),
            f"{one['mean_error']:.1e}", f"{one['greatest_error']:.4f}",
            f"{one['least_sum']:.3f}", f"{one['greatest_sum']:.3f}",
            "fits" if one["within"] else "refused", one["status"],
        )  # fmt: skip
    return table


def _gelu_table(records: list[dict[str, Any]]) -> Table:
    table = Table(title="ShiftGELU (8 bits) of all int8 numbers up to the row's largest")
    for name in ("form", "scale", "unit", "greatest error", "last sigmoid"):
        table.add_column(name, justify="left" if name == "form" else "right")
    for one in records:
        table.add_row(
            one["form"], f"{one['scale']:.4g}", str(one["unit"]),
            f"{one['greatest_error']:.3f}", f"{one['last_sigmoid']:.3f}",
        )  # fmt: skip
    return table
