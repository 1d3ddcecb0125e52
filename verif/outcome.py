# SPDX-License-Identifier: Apache-2.0
"""What a comparison of a simulated block with its specification found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Outcome:
    """Result of checking some transactions.

    transactions: for a block with streams, the beats that moved on all of them; for any other
        block the rows of port values whose outputs were compared.
    mismatches: transactions (or rules of a stream) that came out wrong.
    cycles: clock cycles simulated; evaluations for a combinational block.
    exhaustive: every input there is was tried.
    failure: the first wrong case, as a Python literal with a comment, ready for a test.
    """

    transactions: int = 0
    mismatches: int = 0
    cycles: int = 0
    exhaustive: bool = False
    failure: str | None = None

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(
            self.transactions + other.transactions,
            self.mismatches + other.mismatches,
            self.cycles + other.cycles,
            self.exhaustive and other.exhaustive,
            self.failure or other.failure,
        )


def until(vectors: int, check_some: Callable[[int], Outcome]) -> Outcome:
    """Add up what ``check_some(left)`` found until ``vectors`` transactions or a mismatch.

    ``left`` is how many are still to be compared; a call may compare any number.
    """
    outcome = Outcome()
    while outcome.transactions < vectors and not outcome.mismatches:
        outcome += check_some(vectors - outcome.transactions)
    return outcome


def literal(values: Mapping[str, object]) -> str:
    """Return a dict literal of port values: integers in decimal, bytes rows as one hexadecimal."""
    items = []
    for name, value in values.items():
        array = np.asarray(value)
        if array.ndim == 1 and array.dtype == np.uint8:
            text = hex(int.from_bytes(array.tobytes(), "little"))
        else:
            text = repr(array.tolist())
        items.append(f"{name!r}: {text}")
    return "{" + ", ".join(items) + "}"
