# SPDX-License-Identifier: Apache-2.0
"""What a theorem is here: a statement, and a function that proves it or raises."""

from __future__ import annotations

from dataclasses import dataclass

import sympy


class NotProvedError(AssertionError):
    """A proof did not go through; the message names the theorem's step and the case."""


@dataclass(frozen=True)
class Theorem:
    """A proved statement: its name, what it says, and how it was proved."""

    name: str
    statement: str
    method: str


def require_equal(left, right, case: str) -> None:
    """Go on if the difference of two expressions expands to 0.

    Raises:
        NotProvedError: it does not; the message names ``case``.
    """
    if sympy.expand(left - right) != 0:
        raise NotProvedError(f"{case}: {left} is not {right}")
