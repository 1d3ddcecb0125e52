# SPDX-License-Identifier: Apache-2.0
"""Make the piecewise quadratic tables of ``rtl/float16/tables``: run by hand, takes a minute.

    python -m tritproof.tools.make_float16_tables FOLDER

A polynomial is right if at every position its value rounds to the reference's code, so each
position allows it an interval of integers. Whether integers c0, c1, c2 keep all of them is decided
exactly: for one c2, each pair of positions bounds c1, and any c1 within all these bounds leaves a
c0. Units are tried from coarse to fine, so that the numbers are as short as they can be; the widths
of segments and the finest unit are those with the fewest bits of memory. The files depend on no
machine: no decision hangs on a rounded number.
"""

import csv
import dataclasses
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from tritproof.ref.float16.functions import FUNCTIONS, table
from tritproof.ref.float16.rounding import INFINITY, SIGN, UNIT, round_to_float16, units
from tritproof.rtl.float16.function_table import BINADE_KEYS, COLUMNS, FunctionTable, Row

MOST_GUARD_BITS = 13
"""Bits of a magnitude, at most, beside the eleven of a result."""
LARGEST_BEND = 127
"""Of c2 either way; rows of few results would allow any."""
UNLIMITED = 1 << 40
"""Above every magnitude, where results are infinite or positions unused."""

MAGNITUDES = units.numpy(np.arange(INFINITY))
"""Of the finite codes without sign, in units of 2**-24."""
OVERFLOW = 1 << 40
"""What would come next: rounded, it is infinite."""
MIDDLES = np.concatenate([[0], MAGNITUDES + np.append(MAGNITUDES[1:], OVERFLOW), [0]])
"""Between a code and the one before, in units of 2**-25; the first and the last mean nothing."""


@dataclasses.dataclass(frozen=True)
class Cases:
    """What a table must give, one element for each operand that is looked up, int64[operands].

    ``key``, in ascending order; ``place``: the exponent of the key's row is lowered by that much;
    ``result``: the code without sign.
    """

    key: np.ndarray
    place: np.ndarray
    result: np.ndarray

    @classmethod
    def in_order(cls, key: np.ndarray, place: np.ndarray, result: np.ndarray) -> "Cases":
        """Return the cases in the order of their keys."""
        order = np.argsort(key, kind="stable")
        return cls(key[order], place[order], result[order])

    def among(self, first: int, size: int) -> "Cases":
        """Return those with the ``size`` keys from ``first`` on, which are then counted from 0."""
        low, high = np.searchsorted(self.key, (first, first + size))
        return Cases(self.key[low:high] - first, self.place[low:high], self.result[low:high])


def by_code(results: np.ndarray) -> Cases:
    """A key is a code: of any number, infinities included."""
    codes = np.arange(2 * SIGN)
    codes = codes[codes % SIGN <= INFINITY]
    return Cases(codes, np.zeros_like(codes), results[codes] % SIGN)


def _normal_forms() -> tuple[np.ndarray, np.ndarray]:
    """Return f and p of (1 + f / 2**10) * 2**(p - 24), all finite codes above zero in order."""
    place = np.frexp(MAGNITUDES[1:].astype(float))[1].astype(np.int64) - 1
    fraction = MAGNITUDES[1:] << np.maximum(10 - place, 0) >> np.maximum(place - 10, 0)
    return fraction % 1024, place


def by_significand(results: np.ndarray) -> Cases:
    """A key is f, for a function whose value halves where its operand doubles."""
    fraction, place = _normal_forms()
    return Cases.in_order(fraction, place, results[1:INFINITY])


def by_two_binades(results: np.ndarray) -> Cases:
    """A key is f and, above it, whether p is odd, for a function whose value halves where its
    operand doubles twice."""
    fraction, place = _normal_forms()
    return Cases.in_order(place % 2 * 1024 + fraction, place // 2, results[1:INFINITY])


KEYS: dict[str, tuple[int, Callable[[np.ndarray], Cases]]] = {
    "recip": (10, by_significand),
    "rsqrt": (11, by_two_binades),
    "exp2": (16, by_code),
    "sigmoid": (16, by_code),
    "silu": (16, by_code),
}
"""Width and kind of each function's keys."""


def allowed(cases: Cases, exponent: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest and the highest magnitude of each key, int64[size], that is rounded to the
    result of every case of the key; the highest is below the lowest where there is none."""
    shift = exponent - cases.place - (UNIT - 1)  # from the row's unit to that of MIDDLES
    up, down = np.maximum(-shift, 0), np.maximum(shift, 0)
    below, above = MIDDLES[cases.result] << up, MIDDLES[cases.result + 1] << up
    least, most = -(-below >> down), above >> down
    # A tie goes to the even code.
    odd = cases.result % 2 == 1
    least += odd & (least << down == below)
    most -= odd & (most << down == above)
    lowest, highest = np.zeros(size, np.int64), np.full(size, UNLIMITED)
    np.maximum.at(lowest, cases.key, least)
    np.minimum.at(highest, cases.key, np.where(cases.result == INFINITY, UNLIMITED, most))
    return lowest, highest


def polynomial(lowest: np.ndarray, highest: np.ndarray) -> tuple[int, int, int] | None:
    """Return c0, c1, c2 with lowest <= c0 + c1 * l + c2 * l**2 <= highest at every position l, the
    smallest c2 of them, then c1, then c0; None if there are none."""
    if (lowest > highest).any():
        return None
    position = np.arange(len(lowest))
    for c2 in _bends(lowest, highest):
        low, high = lowest - c2 * position**2, highest - c2 * position**2
        least, most = -UNLIMITED, UNLIMITED
        for distance in range(1, len(position)):
            least = max(least, -((high[:-distance] - low[distance:]) // distance).min())
            most = min(most, ((high[distance:] - low[:-distance]) // distance).min())
            if least > most:
                break
        else:
            c1 = min(max(0, int(least)), int(most))
            return int((low - c1 * position).max()), c1, c2
    return None


def _bends(lowest: np.ndarray, highest: np.ndarray) -> list[int]:
    """Return what c2 may be by the first, the middle and the last position, the smallest first."""
    last = len(lowest) - 1
    middle = (last + 1) // 2
    weights = ((0, last - middle), (middle, -last), (last, middle))
    least = sum(w * int((lowest if w > 0 else highest)[p]) for p, w in weights)
    most = sum(w * int((highest if w > 0 else lowest)[p]) for p, w in weights)
    unit = last * middle * (last - middle)
    first = max(-(-least // unit), -LARGEST_BEND)
    return sorted(range(first, min(most // unit, LARGEST_BEND) + 1), key=abs)


def fit(cases: Cases, first: int, width: int) -> tuple[int, Row] | None:
    """Return the row of 2**width keys in the coarsest unit there is, and its guard bits."""
    size = 1 << width
    here = cases.among(first, size)
    if not here.result.any():
        return 0, Row(first, 0, 0, 0, 0)
    values = np.append(MAGNITUDES, OVERFLOW)[here.result] * 2.0**here.place
    highest = int(np.frexp(values.max())[1]) + UNIT
    for guard in range(-11, MOST_GUARD_BITS + 1):
        exponent = highest - 11 - guard
        found = polynomial(*allowed(here, exponent, size))
        if found:
            return guard, Row(first, exponent, *found)
    return None


Rows = tuple[int, list[Row]]
"""The most guard bits among the rows, and the rows."""


def fit_range(cases: Cases, first: int, size: int, width: int) -> Rows | None:
    """Return the rows of all segments of one width in a range of keys."""
    rows: list[Row] = []
    guard = 0
    for start in range(first, first + size, 1 << width):
        fitted = fit(cases, start, width)
        if fitted is None:
            return None
        guard = max(guard, fitted[0])
        rows.append(fitted[1])
    return guard, rows


def ranges(name: str, width: int) -> Iterator[tuple[int, int]]:
    """Return the first keys and sizes of the ranges in which segments have one width."""
    size = BINADE_KEYS if KEYS[name][1] is by_code else 1 << width
    return ((first, size) for first in range(0, 1 << width, size))


def make(name: str, console: Console) -> FunctionTable:
    """Return the table of a function that has the fewest bits."""
    width, kind = KEYS[name]
    cases = kind(table(FUNCTIONS[name]))
    choices: list[list[Rows]] = []
    for first, size in track(list(ranges(name, width)), name, console=console):
        widths = range(10, 2, -1)
        found = (fit_range(cases, first, size, position) for position in widths)
        choices.append([rows for rows in found if rows is not None])
    tables = []
    for most in range(MOST_GUARD_BITS + 1):
        fitting = [[rows for guard, rows in choice if guard <= most] for choice in choices]
        if all(fitting):
            chosen = tuple(row for choice in fitting for row in choice[0])
            tables.append(FunctionTable(width, chosen))
    made = min(tables, key=lambda one: one.bits)
    check(made, cases, name)
    return made


def check(made: FunctionTable, cases: Cases, name: str) -> None:
    """Raise SystemExit unless the table gives every case its result."""
    exponents = np.repeat([row.exponent for row in made.rows], [1 << w for w in made.widths])
    exponent = exponents[cases.key] - cases.place
    found = round_to_float16.numpy(
        0, np.array(made.magnitudes)[cases.key], exponent, WIDTH=made.magnitude_width,
        LEAST_EXPONENT=int(exponent.min()), GREATEST_EXPONENT=int(exponent.max()),
    )  # fmt: skip
    wrong = int((found != cases.result).sum())
    if wrong:
        raise SystemExit(f"{name}: {wrong} of {len(found)} results are wrong")


def write_table(made: FunctionTable, path: Path) -> None:
    """Write a table as comma-separated values, a header first."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for number, row in enumerate(made.rows):
            writer.writerow((number, *dataclasses.astuple(row)))


def main(folder: Path) -> None:
    """Write a table for each function into ``folder``, and say how large it is."""
    console = Console()
    folder.mkdir(parents=True, exist_ok=True)
    for name in KEYS:
        made = make(name, console)
        write_table(made, folder / f"{name}.csv")
        console.print(
            f"{name}: {len(made.rows)} segments of {made.entry_width} bits, {made.bits} bits; "
            f"magnitudes of {made.magnitude_width} bits"
        )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: make_float16_tables.py FOLDER")
    main(Path(sys.argv[1]))
