# SPDX-License-Identifier: Apache-2.0
"""Ranges of integers: the types of a specification's inputs and result."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Integer:
    """The integers from ``low`` to ``high``, both included.

    Raises:
        ValueError: ``low`` is above ``high``.
    """

    low: int
    high: int

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError(f"Integer({self.low}, {self.high}): low must not be above high")

    @property
    def signed_width(self) -> int:
        """Fewest bits that hold every value in two's complement, sign bit included."""
        return 1 + max(self.high.bit_length() if self.high >= 0 else (~self.high).bit_length(),
                       (~self.low).bit_length() if self.low < 0 else self.low.bit_length())

    @property
    def width(self) -> int:
        """Bits of one value in a port: two's complement if ``low`` is negative, else unsigned;
        at least one."""
        return self.signed_width if self.low < 0 else max(1, self.high.bit_length())

    def contains(self, other: Integer) -> bool:
        """Whether every value of ``other`` is a value of this range."""
        return self.low <= other.low and other.high <= self.high

    def hull(self, *others: Integer) -> Integer:
        """The smallest range that contains this one and the others."""
        every = (self, *others)
        return Integer(min(r.low for r in every), max(r.high for r in every))

    def __str__(self) -> str:
        return f"[{_shown(self.low)}, {_shown(self.high)}]"


@dataclass(frozen=True)
class Array:
    """``count`` integers of one range.

    Packed into bits with element 0 lowest: element j is bits ``w*j + w - 1`` down to ``w*j``,
    where w is ``element.width``.

    Raises:
        ValueError: ``count`` is below 1.
    """

    count: int
    element: Integer

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError(f"Array({self.count}, ...): count must be at least 1")

    @property
    def width(self) -> int:
        """Bits of the packed array."""
        return self.count * self.element.width

    def __str__(self) -> str:
        return f"{self.count} x {self.element}"


def _shown(value: int) -> str:
    if value.bit_length() <= 128:
        return str(value)
    return f"about {'-' if value < 0 else ''}2**{value.bit_length() - 1}"


def signed(width: int) -> Integer:
    """The integers of ``width`` bits in two's complement."""
    return Integer(-(1 << (width - 1)), (1 << (width - 1)) - 1)


def unsigned(width: int) -> Integer:
    """The integers of ``width`` bits without a sign."""
    return Integer(0, (1 << width) - 1)
