# SPDX-License-Identifier: Apache-2.0
"""Random stalls that are equal, cycle by cycle, in the compiled driver and in the MyHDL one."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

_MASK = (1 << 64) - 1


@dataclass(frozen=True)
class Stall:
    """How often and how long one side of a stream waits.

    In every cycle in which that side could transfer, it begins a stall with ``probability``
    (0 to 0.99); a stall lasts 1 to ``longest`` cycles, uniformly. With ``waits_for_valid`` a
    consumer never raises tready before it has seen tvalid, as AXI4-Stream allows it to.
    """

    probability: float = 0.0
    longest: int = 1
    waits_for_valid: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.probability <= 0.99:
            raise ValueError(f"stall probability must be 0 to 0.99, not {self.probability}")
        if not 1 <= self.longest < 1 << 16:
            raise ValueError(f"longest stall must be 1 to 65535 cycles, not {self.longest}")

    @property
    def threshold(self) -> int:
        """The probability as a 32-bit fraction."""
        return int(self.probability * (1 << 32))


Stalls = Mapping[str, "Stall | float"] | Stall | float | None
"""Stalls of every stream alike, or by stream name with "*" for the rest; None: never."""


def stall_of(stalls: Stalls, stream: str) -> Stall:
    """Return the Stall of one stream out of any accepted form of ``stalls``."""
    if isinstance(stalls, Mapping):
        stalls = stalls.get(stream, stalls.get("*"))
    if isinstance(stalls, Stall):
        return stalls
    return Stall() if stalls is None else Stall(float(stalls))


def stream_seed(seed: int, stream: str) -> int:
    """Return the 64-bit seed of one stream: streams of one run stall independently."""
    text = f"{seed}:{stream}".encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:8], "little")


class Generator:
    """The driver's xorshift64* generator (``stream_driver.cpp.j2``), number for number."""

    def __init__(self, seed: int) -> None:
        state = ((seed + 0x9E3779B97F4A7C15) * 0xBF58476D1CE4E5B9) & _MASK
        self._state = (state ^ (state >> 31)) or 0x9E3779B97F4A7C15

    def next(self) -> int:
        """Return the next 64-bit number."""
        state = self._state
        state ^= state >> 12
        state ^= (state << 25) & _MASK
        state ^= state >> 27
        self._state = state
        return (state * 0x2545F4914F6CDD1D) & _MASK


class Staller:
    """Decides, once per cycle in which a transfer could begin, whether the side waits."""

    def __init__(self, seed: int, stall: Stall) -> None:
        self._generator = Generator(seed)
        self._stall = stall
        self._left = 0

    def stalled(self) -> bool:
        """Return True if this side waits in this cycle."""
        if self._left:
            self._left -= 1
            return True
        threshold, longest = self._stall.threshold, self._stall.longest
        if not threshold or self._generator.next() >> 32 >= threshold:
            return False
        self._left = (self._generator.next() >> 32) % longest if longest > 1 else 0
        return True
