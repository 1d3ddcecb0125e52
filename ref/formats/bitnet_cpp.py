# SPDX-License-Identifier: Apache-2.0
"""The formats of bitnet.cpp: I2_S in its three layouts, TL1 and TL2.

I2_S is what ``quantize_i2_s`` of src/ggml-bitnet-mad.cpp writes: which layout depends on the
machine and the macros it was compiled for. TL1 and TL2 are what
utils/convert-hf-to-gguf-bitnet.py writes for the tiles of its kernel_config.ini. GGUF files record
neither layout nor tile.
"""

from functools import cache, partial

import numpy as np
from tritproof.ref.formats import code
from tritproof.ref.formats.format import Format, Shape
from tritproof.ref.formats.unit import Grid, Part, Section, in_bytes

I2_S_TYPE, TL1_TYPE, TL2_TYPE = 36, 38, 39
I2_S_TAIL = 32
"""Bytes behind the words: a binary32 scale, then what the memory held."""
TL2_LONGEST_REST = 256
"""Inputs in pairs for which the file has room, whatever there are."""


def _i2_s_tail(shape: Shape, stored: int) -> int:
    return I2_S_TAIL


def _i2_s_blocks(trits: int) -> tuple[Section, ...]:
    grid = Grid(rows=(0,), columns=(0, trits), order=(0, 1, 2), inner=1)
    part = in_bytes(code.FIELDS_DOWN, trits // 4, spread=True)
    return (Section(grid, (part,), (trits // 4,)),)


_X86, _ARM = _i2_s_blocks(128), _i2_s_blocks(64)
_ROWS = (Section(Grid(rows=(0, 4), columns=(0,), order=(0, 2, 1), inner=1),
                 (in_bytes(code.FIELDS_DOWN, 1),), (1,)),)
_i2_s = partial(Format, alphabet="-1, 0, 1 = 0, 1, 2", scales="tensor", tail=_i2_s_tail,
                ggml_types=(I2_S_TYPE,))

I2_S_X86 = _i2_s(
    "i2_s_x86", "blocks of 128: byte m with trits m, m + 32, m + 64, m + 96 from the highest bits "
    "down; a binary32 scale behind all", source="bitnet.cpp, compiled for x86; model releases",
    sections=lambda inputs: _X86)
I2_S_ARM = _i2_s(
    "i2_s_arm", "blocks of 64: byte m with trits m, m + 16, m + 32, m + 48 from the highest bits "
    "down; a binary32 scale behind all", source="bitnet.cpp, compiled for ARM",
    sections=lambda inputs: _ARM)
I2_S_ROWS = _i2_s(
    "i2_s_rows", "rows 4 r to 4 r + 3 of a column in a byte, from the highest bits down; a "
    "binary32 scale behind all", source="bitnet.cpp, compiled for x86 without ACT_PARALLEL",
    sections=lambda inputs: _ROWS)


def tl1(BM: int = 128, BK: int = 64, bm: int = 64) -> Format:
    """TL1 of tiles of BM rows and BK columns, computed bm rows at a time.

    Raises:
        ValueError: sizes that do not nest.
    """
    by = _require_tile("tl1", BM, BK, bm, (32, 64), 256)
    # A unit is one load of 16 rows and four columns: a byte for each row.
    grid = Grid(rows=(0, BM // bm, bm // 16, 16), columns=(0, BK // by, by // 4, 4),
                order=(0, 4, 1, 5, 2, 6, 3, 7), inner=2)
    sections = (Section(grid, (in_bytes(code.PAIRS, 16),), (16,)),)
    return Format(
        f"tl1:{BM},{BK},{bm}", "pairs of a row as nibbles, two in a byte, high nibble first; rows "
        "and columns in nested tiles", "pair (a, b) = 3 a + b + 4", "bitnet.cpp, for ARM",
        lambda inputs: sections, ggml_types=(TL1_TYPE,), tile=tl1)


def tl2(BM: int = 128, BK: int = 192, bm: int = 32) -> Format:
    """TL2 of tiles of BM rows and BK columns, computed bm rows at a time; what is left of a row
    behind the last BK columns is stored as pairs.

    Raises:
        ValueError: sizes that do not nest.
    """
    _require_tile("tl2", BM, BK, bm, (32,), 96 * 32)
    triples = Section(Grid(rows=(0, BM // 32, 32), columns=(0, BK // 24, 24),
                           order=(0, 3, 1, 4, 2, 5), inner=2), (_triples(),), (128, 32))
    grid = Grid(rows=(0, BM // 32, 32), columns=(0, 8, 4), order=(0, 3, 1, 4, 2, 5), inner=2)

    @cache
    def sections(inputs: int) -> tuple[Section, ...]:
        rest = Section(grid, (_pairs(),), (32,), first_column=inputs - inputs % BK)
        return tuple(s for s, columns in ((triples, inputs // BK), (rest, inputs % BK)) if columns)

    return Format(
        f"tl2:{BM},{BK},{bm}", "triples of a row as a nibble and, in other bytes, a sign; rows and "
        "columns in nested tiles; the rest of a row in pairs as TL1; then zeros",
        "triple (a, b, c): n = 9 a + 3 b + c as |n| and n < 0", "bitnet.cpp, for x86", sections,
        tail=_tl2_tail, ggml_types=(TL2_TYPE,), tile=tl2, example=(BM, BK + 32))


def _require_tile(name: str, BM: int, BK: int, bm: int, heights: tuple[int, ...], area: int) -> int:
    if bm not in heights:
        raise ValueError(f"{name}: bm must be {' or '.join(map(str, heights))}, not {bm}")
    by = area // bm
    for what, size, of in (("BM", BM, bm), ("BK", BK, by)):
        if size < 1 or size % of:
            raise ValueError(f"{name}: {what} must be a multiple of {of}, not {size}")
    return by


def _tl2_tail(shape: Shape, stored: int) -> int:
    outputs, inputs = shape
    long = (inputs - TL2_LONGEST_REST) * outputs // 3 * 5 // 8
    tail = long + TL2_LONGEST_REST * outputs // 2 * 4 // 8 - stored
    if tail < 0:
        raise ValueError(f"tl2: {outputs} x {inputs} weights take {-tail} bytes too many: BK must "
                         f"leave a rest of {TL2_LONGEST_REST} inputs at most")
    return tail


_ROW_BYTE = np.arange(32).reshape(2, 2, 8).swapaxes(0, 1).reshape(-1)
"""The byte of each of 32 rows: the second and third eight are exchanged."""


def _triples() -> Part:
    """32 rows and eight triples: four times 32 bytes of two nibbles, then 16 words of 16 signs."""
    row, triple = (index.reshape(-1) for index in np.mgrid[:32, :8])
    nibble = 8 * (triple // 2 * 32 + _ROW_BYTE[row]) + 4 * (1 - triple % 2)
    sign = 8 * 128 + 16 * (row % 16) + 15 - (2 * triple + row // 16)
    bits = np.concatenate([nibble[:, None] + np.arange(4), sign[:, None]], axis=1)
    return Part(code.SIGN_INDEX, np.arange(32 * 24).reshape(-1, 3), bits)


def _pairs() -> Part:
    """32 rows of two pairs, a byte for each row."""
    bits = 8 * _ROW_BYTE[:, None] + np.arange(8)
    return Part(code.PAIRS, np.arange(32 * 4).reshape(-1, 4), bits)


TL1, TL2 = tl1(), tl2()
