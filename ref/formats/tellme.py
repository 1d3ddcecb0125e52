# SPDX-License-Identifier: Apache-2.0
"""The 5-bit indices of TeLLMe, and the order in which its weight buffer is loaded.

A beat of its port, 768 bits, carries 28 indices of five outputs and 68 bits more, of which 16 hold
a gamma of RMSNorm where the stream brings one. arXiv:2510.15926 and the released source.
"""

from tritproof.ref.formats import code
from tritproof.ref.formats.format import Format
from tritproof.ref.formats.unit import Grid, Section, in_bits, in_bytes

G, TABLES, OUTPUTS_IN_BEAT, BEAT_BITS = 3, 28, 5, 768
_ALPHABET = "the order of the 27 sums, 0 to 26"
_PACKED = Section(Grid(rows=(0,), columns=(0, 24), order=(0, 1, 2), inner=1),
                  (in_bits(code.TELLME, 8),), (5,))
_IN_BEATS = Grid(rows=(0, OUTPUTS_IN_BEAT), columns=(0, G * TABLES), order=(2, 0, 1, 3), inner=2)
_WORDS = in_bits(code.TELLME, TABLES * OUTPUTS_IN_BEAT)
_BEAT = Section(_IN_BEATS, (_WORDS,), (BEAT_BITS // 8,), unread=range(_WORDS.bits.size, BEAT_BITS))
_BASE3_BYTES = in_bytes(code.BASE3, _IN_BEATS.trits // code.BASE3.group)
_BASE3_BEAT = Section(_IN_BEATS, (_BASE3_BYTES,), (_BASE3_BYTES.bits.size // 8,))

TELLME = Format(
    "tellme", "three consecutive trits as an index of five bits, the first in the lowest bits",
    _ALPHABET, "TeLLMe (arXiv:2510.15926)", lambda inputs: (_PACKED,), pads=True, rows_together=1)

TELLME_BEATS = Format(
    "tellme_beats", "beats of 96 bytes: 28 indices of each of five outputs; all outputs for 84 "
    "inputs, then for the next", _ALPHABET, "TeLLMe (arXiv:2510.15926), as stored for its port",
    lambda inputs: (_BEAT,), pads=True)

BASE3_BEATS = Format(
    "base3_beats", "beats of 84 bytes: 84 trits of each of five outputs, five in a byte as base3; "
    "all outputs for 84 inputs, then for the next", "-1, 0, 1 = 0, 1, 2",
    "the memory of packed_tlmm", lambda inputs: (_BASE3_BEAT,), pads=True)
