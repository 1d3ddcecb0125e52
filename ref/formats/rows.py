# SPDX-License-Identifier: Apache-2.0
"""Formats without scales: trits of a row one behind the other, and of four rows in a byte."""

from tritproof.ref.formats import code
from tritproof.ref.formats.format import Format
from tritproof.ref.formats.unit import Grid, Part, Section, in_bytes


def by_rows(part: Part) -> Section:
    """Units of consecutive trits of one row, all in one part."""
    grid = Grid(rows=(0,), columns=(0, part.trits.size), order=(0, 1, 2), inner=1)
    return Section(grid, (part,), (part.bits.size // 8,))


_INT8, _INT2 = by_rows(in_bytes(code.INT8, 1)), by_rows(in_bytes(code.FIELDS, 1))
_BASE3, _RESIDUE = by_rows(in_bytes(code.BASE3, 1)), by_rows(in_bytes(code.RESIDUE, 1))
_FOUR_ROWS = Section(Grid(rows=(4, 0), columns=(0,), order=(1, 2, 0), inner=1),
                     (in_bytes(code.FIELDS, 1),), (1,))

INT8 = Format(
    "int8", "one trit in a byte, what NumPy saves", "-1, 0, 1 = 255, 0, 1", "two's complement",
    lambda inputs: (_INT8,), pads=True, rows_together=1)

INT2 = Format(
    "int2", "four consecutive trits in a byte, the first in the lowest bits",
    "-1, 0, 1 = 0, 1, 2", "plain packing, without scales", lambda inputs: (_INT2,), pads=True,
    rows_together=1)

BASE3 = Format(
    "base3", "five consecutive trits in a byte, digits to base 3, the first least significant",
    "-1, 0, 1 = 0, 1, 2", "bitnet-kv260", lambda inputs: (_BASE3,),
    pads=True, rows_together=1)

BASE3_RESIDUE = Format(
    "base3_residue", "as base3, with the trits modulo 3 as digits", "0, 1, -1 = 0, 1, 2",
    "ternfpga", lambda inputs: (_RESIDUE,), pads=True, rows_together=1)

HUGGING_FACE = Format(
    "hugging_face", "rows r, r + n / 4, r + n / 2 and r + 3 n / 4 of n in a byte, from the lowest "
    "bits up", "-1, 0, 1 = 0, 1, 2", "Hugging Face transformers, integrations/bitnet.py",
    lambda inputs: (_FOUR_ROWS,), rows_together=4)
