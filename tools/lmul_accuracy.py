# SPDX-License-Identifier: Apache-2.0
"""`tritproof accuracy`, its table of L-Mul: relative errors of both definitions and of others."""

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table
from tritproof.ref.lmul.errors import relative_errors
from tritproof.ref.lmul.lmul import FORMATS, Format
from tritproof.ref.lmul.theorems import error_bound

MOST_BITS = 10
"""Of mantissas all pairs of which are summed up."""


def run(console: Console | None = None) -> list[dict[str, Any]]:
    """Compute the errors of every format, print the table and return one record each.

    Record: format, product (`added`, `printed` or `nearest`), offset (units of the last place),
    mean_error (of magnitudes), bias (mean), least, greatest, bound (pair; None for other products
    than `added`), status (FAIL where an error is outside the bound). Of mantissas too long to
    enumerate only the bound.
    """
    console = console or Console()
    asked = [(name, *one) for name, form in FORMATS.items() for one in _products(form)]
    steps = track(asked, "accuracy of L-Mul", console=console, transient=True)
    records = [_measured(*one) for one in steps]
    console.print(_table(records))
    return records


def _products(form: Format) -> Iterator[tuple[str, int]]:
    """The products that are compared, and their offsets: none, the paper's, a tuned one."""
    paper = form.paper_offset
    yield from (("added", offset) for offset in sorted({0, paper, _tuned(form)}))
    yield "printed", paper
    yield "nearest", 0


def _tuned(form: Format) -> int:
    """The offset nearest to 0.0703, of the least greatest error for long mantissas."""
    return round(0.0703 * (1 << form.mantissa_bits))


def _measured(name: str, product: str, offset: int) -> dict[str, Any]:
    m = FORMATS[name].mantissa_bits
    bound = error_bound(offset, m) if product == "added" else None
    record = {"format": name, "product": product, "offset": offset,
              "bound": bound and tuple(float(end) for end in bound), "status": "PASS"}  # fmt: skip
    if m > MOST_BITS:
        names = ("mean_error", "bias", "least", "greatest")
        return record | dict.fromkeys(names)
    found = relative_errors(m, offset, product)
    if bound and not bound[0] <= found.least <= found.greatest <= bound[1]:
        record["status"] = "FAIL"
    return record | {
        "mean_error": float(found.mean_magnitude), "bias": float(found.mean),
        "least": float(found.least), "greatest": float(found.greatest),
    }  # fmt: skip


def _table(records: list[dict[str, Any]]) -> Table:
    table = Table(title="L-Mul: relative errors of a product, all pairs of mantissas alike")
    for name in ("format", "product"):
        table.add_column(name)
    for name in ("offset", "mean error", "bias", "least", "greatest", "proved bound", ""):
        table.add_column(name, justify="right")
    for one in records:
        if one["bound"] is None and one["mean_error"] is None:
            continue
        bound = "" if one["bound"] is None else " .. ".join(f"{end:+.4f}" for end in one["bound"])
        formats = {"mean_error": ".4f", "bias": "+.4f", "least": "+.4f", "greatest": "+.4f"}
        shown = ["" if one[name] is None else format(one[name], kind)
                 for name, kind in formats.items()]  # fmt: skip
        table.add_row(one["format"], one["product"], str(one["offset"]), *shown, bound,
                      one["status"])  # fmt: skip
    return table
