# SPDX-License-Identifier: Apache-2.0
"""`tritproof accuracy`, its table of L-Mul: relative errors of both definitions and of others."""

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table
from tritproof.ref.lmul.errors import MOST_BITS, relative_errors
from tritproof.ref.lmul.lmul import FORMATS, Format
from tritproof.ref.lmul.theorems import error_bound


def run(console: Console | None = None) -> list[dict[str, Any]]:
    """Compute the errors of every format, print the table and return one record each.

    Record: format, product (`added`, `printed` or `nearest`), offset (units of the last place),
    mean_error (of magnitudes), bias (mean), distance (how far both may be off), least, greatest,
    bound (pair; None for other products than `added`), status (FAIL where an error is outside the
    bound). `nearest` is left out for mantissas whose pairs are too many to try.
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
    if form.mantissa_bits <= MOST_BITS:
        yield "nearest", 0


def _tuned(form: Format) -> int:
    """The offset nearest to 0.0703, of the least greatest error for long mantissas."""
    return round(0.0703 * (1 << form.mantissa_bits))


def _measured(name: str, product: str, offset: int) -> dict[str, Any]:
    m = FORMATS[name].mantissa_bits
    bound = error_bound(offset, m) if product == "added" else None
    found = relative_errors(m, offset, product)
    outside = bound and not bound[0] <= found.least <= found.greatest <= bound[1]
    return {
        "format": name, "product": product, "offset": offset,
        "mean_error": float(found.mean_magnitude), "bias": float(found.mean),
        "distance": float(found.distance), "least": float(found.least),
        "greatest": float(found.greatest),
        "bound": bound and tuple(float(end) for end in bound),
        "status": "FAIL" if outside else "PASS",
    }  # fmt: skip


def _table(records: list[dict[str, Any]]) -> Table:
    distance = max(one["distance"] for one in records)
    table = Table(
        title="L-Mul: relative errors of a product, all pairs of mantissas alike",
        caption=f"mean and bias exact up to {MOST_BITS} bits of mantissa, then to {distance:.0e}",
    )
    for name in ("format", "product"):
        table.add_column(name)
    for name in ("offset", "mean error", "bias", "least", "greatest", "proved bound", ""):
        table.add_column(name, justify="right")
    for one in records:
        bound = "" if one["bound"] is None else " .. ".join(f"{end:+.4f}" for end in one["bound"])
        formats = {"mean_error": ".4f", "bias": "+.4f", "least": "+.4f", "greatest": "+.4f"}
        shown = [format(one[name], kind) for name, kind in formats.items()]
        table.add_row(one["format"], one["product"], str(one["offset"]), *shown, bound,
                      one["status"])  # fmt: skip
    return table
