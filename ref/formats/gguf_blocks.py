# SPDX-License-Identifier: Apache-2.0
"""The ternary block formats of GGUF files: a binary16 scale in every block of a row.

Layouts as in ggml/src/ggml-common.h and ggml-quants.c of llama.cpp.
"""

from tritproof.ref.formats import code
from tritproof.ref.formats.format import Format
from tritproof.ref.formats.unit import Grid, Part, Section, in_bytes


def _block(trits: int, size: int, scale: int, *parts: Part) -> tuple[Section, ...]:
    grid = Grid(rows=(0,), columns=(0, trits), order=(0, 1, 2), inner=1)
    return (Section(grid, parts, (size,), scale=scale),)


def _fields(block: int) -> tuple[Section, ...]:
    return _block(block, 2 + block // 4, 0, in_bytes(code.FIELDS, block // 4, byte=2))


_TQ1_0 = _block(
    256, 54, 52, in_bytes(code.TQ1_0_5, 32, spread=True),
    in_bytes(code.TQ1_0_5, 16, byte=32, trit=160, spread=True),
    in_bytes(code.TQ1_0_4, 4, byte=48, trit=240, spread=True))
_TQ2_0 = _block(256, 66, 64, in_bytes(code.FIELDS, 32, spread=True),
                in_bytes(code.FIELDS, 32, byte=32, trit=128, spread=True))
_Q2_0, _Q2_0_128 = _fields(64), _fields(128)

TQ1_0 = Format(
    "tq1_0", "blocks of 256: 48 bytes of five trits and 4 of four as fractions of 256 to base 3, "
    "then the scale", "-1, 0, 1 = 0, 1, 2", "llama.cpp, block_tq1_0", lambda inputs: _TQ1_0,
    scales="block", rows_together=1, ggml_types=(34,))

TQ2_0 = Format(
    "tq2_0", "blocks of 256: two runs of 32 bytes, byte m of a run with trits m, m + 32, m + 64, "
    "m + 96 from the lowest bits up, then the scale", "-1, 0, 1 = 0, 1, 2",
    "llama.cpp, block_tq2_0", lambda inputs: _TQ2_0, scales="block", rows_together=1,
    ggml_types=(35,))

Q2_0 = Format(
    "q2_0", "blocks of 64: the scale, then four consecutive trits in a byte from the lowest bits "
    "up", "-1, 0, 1 = 0, 1, 2", "llama.cpp, block_q2_0 (pull request 24448)", lambda inputs: _Q2_0,
    scales="block", rows_together=1, ggml_types=(42,))

Q2_0_128 = Format(
    "q2_0_128", "as q2_0, with blocks of 128", "-1, 0, 1 = 0, 1, 2",
    "PrismML's llama.cpp, block_q2_0, now block_pq2_0", lambda inputs: _Q2_0_128, scales="block",
    rows_together=1, ggml_types=(42, 142))
