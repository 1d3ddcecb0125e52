# SPDX-License-Identifier: Apache-2.0
"""Codes: which word of a few bits names which trits.

A code is a bijection between its legal words and all vectors of ``group`` trits. It is given by
its legal words and checked when it is made; every other word is illegal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from tritproof.ref.ternary.codes import Trits, legal_codes


@dataclass(frozen=True, eq=False)
class Code:
    """Words of ``width`` bits, 8 at most; ``legal`` has the ``group`` trits of each legal word.

    Raises:
        ValueError: a word too wide, or not exactly one word for every vector.
    """

    name: str
    width: int
    group: int
    legal: Mapping[int, Trits]

    def __post_init__(self) -> None:
        if self.width > 8 or not all(0 <= word < 1 << self.width for word in self.legal):
            raise ValueError(f"code {self.name}: a word exceeds {self.width} bits, of at most 8")
        if sorted(self.legal.values()) != list(product((-1, 0, 1), repeat=self.group)):
            raise ValueError(f"code {self.name}: not one word for each of {3**self.group} vectors")

    @cached_property
    def table(self) -> np.ndarray:
        """Trits int8[2**width, group] by word; 0 for an illegal one."""
        table = np.zeros((1 << self.width, self.group), np.int8)
        for word, trits in self.legal.items():
            table[word] = trits
        return table

    @cached_property
    def is_legal(self) -> np.ndarray:
        """bool[2**width] by word."""
        return np.isin(np.arange(1 << self.width), list(self.legal))

    @cached_property
    def _words(self) -> np.ndarray:
        words = np.empty(3**self.group, np.uint8)
        for word, trits in self.legal.items():
            words[_base3(np.array(trits, np.int8))] = word
        return words

    def encode(self, trits: np.ndarray) -> np.ndarray:
        """Words uint8[...] of vectors int8[..., group] of trits."""
        return self._words[_base3(trits)]


def _base3(trits: np.ndarray) -> np.ndarray:
    number = (trits[..., -1] + 1).astype(np.uint8)
    for j in reversed(range(trits.shape[-1] - 1)):
        number = number * np.uint8(3) + (trits[..., j] + 1).astype(np.uint8)
    return number


def _code(name: str, width: int, group: int, word_of) -> Code:
    vectors = product((-1, 0, 1), repeat=group)
    return Code(name, width, group, {word_of(trits): trits for trits in vectors})


def tq1_0_byte(digits: int) -> Code:
    """The byte of TQ1_0 with 5 or 4 trits: the least b with floor(243 b / 256) = v, where v has the
    digits w + 1 to base 3, the first one most significant, of weight 81."""

    def byte(trits: Trits) -> int:
        number = sum((trit + 1) * 3 ** (4 - j) for j, trit in enumerate(trits))
        return -(-number * 256 // 243)

    return _code(f"tq1_0_{digits}", 8, digits, byte)


def _nibble(first: int, second: int) -> int:
    return 3 * first + second + 4


def _sign_index(trits: Trits) -> int:
    number = 9 * trits[0] + 3 * trits[1] + trits[2]
    return abs(number) | (number < 0) << 4


INT8 = _code("int8", 8, 1, lambda w: w[0] % 256)
"""A byte in two's complement."""
BASE3 = Code("base3", 8, 5, legal_codes("base3", 5))
"""Digits w + 1 to base 3, the first least significant."""
RESIDUE = _code("base3_residue", 8, 5, lambda w: sum(t % 3 * 3**j for j, t in enumerate(w)))
"""Digits w modulo 3, that is 0, 1, 2 for 0, 1, -1, the first least significant."""
FIELDS = _code("fields", 8, 4, lambda w: sum((t + 1) << 2 * j for j, t in enumerate(w)))
"""Two-bit fields w + 1, the first in the lowest bits."""
FIELDS_DOWN = _code("fields_down", 8, 4, lambda w: sum((t + 1) << 6 - 2 * j
                                                       for j, t in enumerate(w)))
"""Two-bit fields w + 1, the first in the highest bits."""
TELLME = Code("tellme", 5, 3, legal_codes("tellme", 3))
"""The published order of 27 sums."""
PAIRS = _code("pairs", 8, 4, lambda w: _nibble(w[0], w[1]) << 4 | _nibble(w[2], w[3]))
"""Two nibbles 3 a + b + 4, the first in the high one."""
SIGN_INDEX = _code("sign_index", 5, 3, _sign_index)
"""|n| of n = 9 a + 3 b + c in four bits, and above them whether n < 0."""
TQ1_0_5, TQ1_0_4 = tq1_0_byte(5), tq1_0_byte(4)
