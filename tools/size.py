# SPDX-License-Identifier: Apache-2.0
"""`tritproof size`: the engine and weight buffer that make most of a device.

The published analytic model (arXiv:2510.15926 equations 1 to 3 and 7 to 9) with two of its formulas
corrected, tritproof.ref.buffer.sizing, and with the LUTs of the blocks that are here. UltraRAMs are
exact; LUTs are estimates from counts of `tritproof area`, which a test repeats.
"""

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from tritproof.ref.buffer.sizing import (
    URAM_DEPTH,
    bank_depth,
    ceil_div,
    code_bits,
    groups_in_a_word,
    steps_of,
    ultra_rams,
)
from tritproof.rtl.buffer.params import WeightBufferParams
from tritproof.rtl.manifest import blocks
from tritproof.rtl.pieces import signed_width
from tritproof.rtl.ternary.engine import EngineParams
from tritproof.tools import area, report
from tritproof.tools.errors import UserError

LANES, COLUMNS = (8, 16, 32, 64), range(1, 9)
"""The Q, and the memories side by side, among which the best is looked for."""
TABLE_LUTS = {2: (16, 6), 3: (33, 6)}
"""LUTs of ternary_table by G: these, and so many for each lane. From `tritproof area`."""
BUFFER_LUTS = 360
"""LUTs of weight_buffer beside its multiplexers. From `tritproof area`."""
GAMMA_WIDTH = 16


@dataclasses.dataclass(frozen=True)
class Design:
    """An engine and its buffer for matrices of ``width`` and ``ffn``: G, T, Q, and the memories
    side by side that hold a word."""

    width: int
    ffn: int
    bus: int
    group: int
    lanes: int
    columns: int

    @property
    def tables(self) -> int:
        """T, as many as a word holds codes."""
        return groups_in_a_word(self.columns, self.group)

    @property
    def word_width(self) -> int:
        """Bits of the codes of one output."""
        return self.tables * code_bits(self.group)

    @property
    def outputs(self) -> int:
        """Outputs of a part: the width, in whole beats."""
        return ceil_div(self.width, self.lanes) * self.lanes

    @property
    def groups(self) -> int:
        """Steps of a part."""
        return steps_of(self.width, self.group, self.tables)

    @property
    def parts(self) -> int:
        """Parts: as many as the widest and the deepest matrix need, and one to load into."""
        deep = ceil_div(steps_of(self.ffn, self.group, self.tables), self.groups)
        return max(2, deep, ceil_div(self.ffn, self.outputs))

    @property
    def depth(self) -> int:
        """Words of a bank."""
        return bank_depth(self.groups, self.outputs, self.lanes)

    @property
    def uram(self) -> int:
        """UltraRAMs."""
        return ultra_rams(self.parts, self.groups, self.outputs, self.lanes, self.columns)

    @property
    def macs(self) -> int:
        """Ternary multiply-accumulates per cycle."""
        return self.lanes * self.tables * self.group

    @property
    def words(self) -> int:
        """Words in a beat of the port."""
        return min(self.lanes // 2, (self.bus - GAMMA_WIDTH) // self.word_width)

    @property
    def engine(self) -> EngineParams:
        """Parameters of the engine."""
        inputs, outputs = self.parts * self.groups, self.parts * self.outputs
        return EngineParams(
            self.group, self.tables, self.lanes, "sign_index",
            max_inputs=inputs * self.group * self.tables, max_outputs=outputs,
        )  # fmt: skip

    @property
    def buffer(self) -> WeightBufferParams:
        """Parameters of the buffer."""
        return WeightBufferParams(
            self.word_width, self.lanes, self.words, self.parts, self.groups, self.outputs,
            GAMMA_WIDTH, self.bus,
        )  # fmt: skip

    @property
    def engine_lut(self) -> int:
        """Estimated LUTs of the engine: its tables, and a tree and an accumulator for each lane."""
        fixed, per_lane = TABLE_LUTS[self.group]
        tree = sum(tree_widths(self.tables, self.group << 7))
        lane = tree + self.engine.accumulator_width
        return self.tables * (fixed + per_lane * self.lanes) + self.lanes * lane

    @property
    def buffer_lut(self) -> int:
        """Estimated LUTs of the buffer: a choice among the words of a beat for each bit into a
        bank, and among parts and the memories behind each other for each bit out of it."""
        into = self.lanes // 2 * multiplexer_luts(self.words)
        memories = self.parts * ceil_div(self.depth, URAM_DEPTH)
        out_of = self.lanes * multiplexer_luts(memories)
        return self.word_width * (into + out_of) + BUFFER_LUTS

    @property
    def lut(self) -> int:
        """Estimated LUTs of both."""
        return self.engine_lut + self.buffer_lut

    def is_possible(self) -> bool:
        """Whether the blocks take such parameters."""
        try:
            _ = self.engine, self.buffer
        except ValueError:
            return False
        return True

    def label(self) -> str:
        """Return what it is called in a picture."""
        return f"G={self.group} T={self.tables} Q={self.lanes}: {self.macs}/cycle, {self.uram} URAM"


def multiplexer_luts(inputs: int) -> int:
    """Return the LUTs of a choice among so many bits; one has six inputs."""
    return ceil_div(inputs - 1, 3)


def tree_widths(terms: int, bound: int) -> Iterator[int]:
    """Yield the bits of each sum of a tree of neighbours over ``terms`` numbers."""
    level = [1] * terms
    while len(level) > 1:
        pairs = [a + b for a, b in zip(level[::2], level[1::2], strict=False)]
        yield from (signed_width(bound * count) for count in pairs)
        level = pairs + level[2 * len(pairs) :]


def designs(width: int, ffn: int, bus: int) -> list[Design]:
    """Return every design among which the best is looked for."""
    choices = product(TABLE_LUTS, LANES, COLUMNS)
    found = (Design(width, ffn, bus, group, lanes, columns) for group, lanes, columns in choices)
    return [one for one in found if one.is_possible()]


def frontier(found: Iterable[Design]) -> list[Design]:
    """Return the designs that no other one beats or equals in throughput, LUTs and UltraRAMs."""
    best: list[Design] = []
    for one in sorted(found, key=lambda d: (-d.macs, d.lut, d.uram)):
        if not any(other.lut <= one.lut and other.uram <= one.uram for other in best):
            best.append(one)
    return best[::-1]


def run(
    lut: int,
    uram: int,
    width: int,
    ffn: int,
    bus: int = 768,
    *,
    svg: Path | None = None,
    measure: bool = False,
    build: Path = Path("build"),
    console: Console | None = None,
    synthesise: Callable[[str, Any, Path], dict[str, float]] | None = None,
) -> list[dict[str, Any]]:
    """Print the designs on the frontier that fit ``lut`` LUTs and ``uram`` UltraRAMs.

    Record, one for each: group, tables, lanes, columns, parts, groups, outputs, depth, banks (of a
    part), words (in a beat of ``bus`` bits), macs (per cycle), lut (estimated), uram, best (the
    fastest; of equals the smallest), counted_lut and counted_uram (of the best with ``measure``,
    by synthesis; else None).

    Raises:
        UserError: a number is out of range, no design fits, or `svg` cannot be written.
    """
    console = console or Console()
    limits = {"--lut": (lut, 1), "--uram": (uram, 1), "--width": (width, 64), "--ffn": (ffn, width)}
    for option, (value, least) in {**limits, "--bus": (bus, 64)}.items():
        if not least <= value <= 1 << 24:
            raise UserError(f"{option} must be from {least} to {1 << 24}, not {value}")
    every = designs(width, ffn, bus)
    if not every:
        raise UserError(
            f"no design has a width of {width}: the buffer takes at most {1 << 14} outputs"
        )
    fitting = [one for one in every if one.lut <= lut and one.uram <= uram]
    if not fitting:
        fewest = f"{min(one.uram for one in every)} URAMs, the fewest LUTs "
        raise UserError(
            f"no design of width {width} fits {lut} LUTs and {uram} URAMs: the fewest are "
            f"{fewest}{min(one.lut for one in every)}"
        )
    shown = frontier(fitting)
    best = shown[-1]
    records = [_record(one, one is best) for one in shown]
    if svg is not None:
        from tritproof.tools.pictures.buffer import draw_frontier

        title = f"Engines of width {width} within {lut} LUTs and {uram} URAMs"
        report.write_text(svg, draw_frontier(marked(width, ffn, bus, lut, uram), lut, title))
    if measure:
        records[-1] |= _measured(best, build, console, synthesise or _synthesise)
    console.print(_table(records, lut, uram))
    return records


def marked(
    width: int, ffn: int, bus: int, lut: int, uram: int
) -> list[tuple[float, float, str, str]]:
    """Return (LUTs, multiply-accumulates a cycle, label, kind) of every design, as it is drawn."""
    every = designs(width, ffn, bus)
    fitting = [one for one in every if one.lut <= lut and one.uram <= uram]
    best = frontier(fitting)

    def kind(one: Design) -> str:
        if one not in fitting:
            return "beyond"
        return "best" if one == best[-1] else "frontier" if one in best else "fits"

    return [(one.lut, one.macs, one.label(), kind(one)) for one in every]


def _record(one: Design, best: bool) -> dict[str, Any]:
    names = ("group", "tables", "lanes", "columns", "parts", "groups", "outputs", "depth")
    return {
        **{name: getattr(one, name) for name in names},
        "banks": one.lanes // 2,
        "words": one.words,
        "macs": one.macs,
        "lut": one.lut,
        "uram": one.uram,
        "best": best,
        "counted_lut": None,
        "counted_uram": None,
    }


def _synthesise(name: str, params: Any, folder: Path) -> dict[str, float]:
    from tritproof.tools.convert import convert

    converted = convert(blocks()[name], params, folder / "rtl")
    return area.synthesise_files(converted.files, converted.top, folder / "area")


def _measured(
    one: Design, build: Path, console: Console, synthesise: Callable[..., dict[str, float]]
) -> dict[str, float]:
    total: dict[str, float] = {"lut": 0, "uram": 0}
    for name, params in (("tlmm", one.engine), ("weight_buffer", one.buffer)):
        with console.status(f"synthesising {name}"):
            counts = area.count(synthesise(name, params, build / "size" / name))
        total = {column: total[column] + counts[column] for column in total}
    return {f"counted_{column}": number for column, number in total.items()}


def _table(records: list[dict[str, Any]], lut: int, uram: int) -> Table:
    table = Table(title=f"size: designs within {lut:,} LUTs and {uram} URAMs, the best last")
    columns = {
        "G": "group", "T": "tables", "Q": "lanes", "columns": "columns", "parts": "parts",
        "groups": "groups", "outputs": "outputs", "banks": "banks", "depth": "depth",
        "words per beat": "words", "MAC/cycle": "macs", "LUT": "lut", "URAM": "uram",
        "LUT counted": "counted_lut", "URAM counted": "counted_uram",
    }  # fmt: skip
    for title in columns:
        table.add_column(title, justify="right")
    for record in records:
        cells = [record[name] for name in columns.values()]
        table.add_row(*("" if cell is None else f"{cell:,}" for cell in cells))
    return table
