# SPDX-License-Identifier: Apache-2.0
"""`tritproof accuracy`: errors against float64 softmax and attention beside the proved bounds."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table
from tritproof.ref.softmax.accuracy import mean_bound, probability_bound
from tritproof.rtl.attention.params import AttentionParams
from tritproof.rtl.softmax.params import SoftmaxParams
from tritproof.verif.attention.accuracy import Row, adversarial_rows, errors, real_rows

PRECISIONS = ((12, 6), (16, 8), (20, 10), (24, 8), (24, 10), (24, 12), (28, 12))
"""Pairs of P, fraction bits of a weight, and F, of a scaled score."""


def run(
    pairs: Sequence[tuple[int, int]] = PRECISIONS, console: Console | None = None
) -> list[dict[str, Any]]:
    """Measure every pair (P, F), print the table and return one record each and data.

    Record: precision (P), frac (F), data (`real` or `adversarial`), rows, keys (of the longest),
    probability_error, probability_bound, mean_error, mean_bound, status (FAIL where an error is
    above its bound).
    """
    console = console or Console()
    sources: dict[str, Callable[[int], Iterable[Row]]] = {
        "real": lambda P: real_rows(),
        "adversarial": lambda P: adversarial_rows(AttentionParams().depth, P),
    }
    records = []
    for P, F in track(pairs, "accuracy", console=console, transient=True):
        records += [_measured(P, F, data, list(rows(P))) for data, rows in sources.items()]
    console.print(_table(records))
    return records


def _measured(P: int, F: int, data: str, rows: list[Row]) -> dict[str, Any]:
    K, R = SoftmaxParams().result_frac, AttentionParams().result_frac
    found = [(len(row.scores), errors(row, P, F, K, R)) for row in rows]
    within = all(
        one.probability <= probability_bound(F, P, K, n) and one.mean <= mean_bound(F, P, R, n)
        for n, one in found
    )
    keys = max(n for n, _ in found)
    return {
        "precision": P,
        "frac": F,
        "data": data,
        "rows": len(found),
        "keys": keys,
        "probability_error": max(one.probability for _, one in found),
        "probability_bound": float(probability_bound(F, P, K, keys)),
        "mean_error": max(one.mean for _, one in found),
        "mean_bound": float(mean_bound(F, P, R, keys)),
        "status": "PASS" if within else "FAIL",
    }


def _table(records: list[dict[str, Any]]) -> Table:
    table = Table(title="largest errors, in units of 2^-12 and of an int8 value")
    names = ("P", "F", "data", "rows", "keys", "probability", "bound", "mean", "bound", "")
    for name in names:
        table.add_column(name, justify="left" if name in ("data", "") else "right")
    for one in records:
        table.add_row(
            *(str(one[name]) for name in ("precision", "frac", "data", "rows", "keys")),
            f"{one['probability_error'] * 4096:.3f}",
            f"{one['probability_bound'] * 4096:.3f}",
            f"{one['mean_error']:.4f}",
            f"{one['mean_bound']:.4f}",
            one["status"],
        )
    return table
