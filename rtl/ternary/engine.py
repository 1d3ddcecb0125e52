# SPDX-License-Identifier: Apache-2.0
"""What the parts of the matmul engine share: its parameters and the widths they imply."""

import dataclasses
from typing import Any

from tritproof.rtl.manifest import Port
from tritproof.rtl.pieces import signed_width
from tritproof.rtl.stream import whole_bytes
from tritproof.rtl.ternary.dot import ACTIVATION_WIDTH
from tritproof.rtl.ternary.lanes import LaneParams
from tritproof.rtl.ternary.ternary_table import TableParams

SIZE_WIDTH = 16
"""Bits of a matrix dimension in a command."""


@dataclasses.dataclass(frozen=True)
class LookupParams(LaneParams):
    """Shape of the data path, whatever the size of the matrices; ``q`` is a power of two."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.q & (self.q - 1):
            raise ValueError(f"q must be a power of two from 2 to 64, not {self.q}")

    @property
    def table(self) -> TableParams:
        """Parameters of each table."""
        return TableParams(g=self.g, q=self.q, code_order=self.code_order)

    @property
    def log2_q(self) -> int:
        """Bits of a lane number."""
        return self.q.bit_length() - 1

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived widths."""
        return super().constants() | {
            "INDEX_WIDTH": self.table.index_width,
            "ENTRY_WIDTH": self.table.entry_width,
            "LOG2_Q": self.log2_q,
        }

    def repeated(self) -> dict[str, int]:
        """Return the numbers of tables and trees."""
        return super().repeated() | {"TABLE": self.t}


@dataclasses.dataclass(frozen=True)
class EngineParams(LookupParams):
    """Shape of the engine: that of its data path, and the matrices it takes.

    The largest matrix is ``max_inputs`` x ``max_outputs`` (1 to 65,535 each); with
    ``accumulator_width`` 0 it takes the width that is needed.
    """

    max_inputs: int = 4116
    max_outputs: int = 4096
    accumulator_width: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("max_inputs", "max_outputs"):
            self.require(name, 1, (1 << SIZE_WIDTH) - 1)
        needed = signed_width(self.max_inputs << (ACTIVATION_WIDTH - 1))
        if self.accumulator_width == 0:
            object.__setattr__(self, "accumulator_width", needed)
        if not needed <= self.accumulator_width <= 64:
            raise ValueError(
                f"accumulator_width must be from {needed} to 64, not {self.accumulator_width}: "
                f"{self.max_inputs} inputs of magnitude 128 need {needed} bits"
            )

    @property
    def lookup(self) -> LookupParams:
        """Parameters of the data path."""
        return LookupParams(self.g, self.t, self.q, self.code_order)

    @property
    def max_beats(self) -> int:
        """Largest number of weight beats in one step: ``ceil(max_outputs / q)``."""
        return -(-self.max_outputs // self.q)

    @property
    def beat_width(self) -> int:
        """Bits of a beat's position in its step."""
        return max(1, (self.max_beats - 1).bit_length())

    @property
    def lane_width(self) -> int:
        """Bits of one result lane on the output stream: whole bytes."""
        return whole_bytes(self.accumulator_width)

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived widths."""
        return super().constants() | {
            "MAX_BEATS": self.max_beats,
            "BEAT_WIDTH": self.beat_width,
            "LANE_WIDTH": self.lane_width,
            "WEIGHT_WIDTH": whole_bytes(self.codes_width),
        }


ENGINE_CONFIGS = {
    "tiny": EngineParams(g=2, t=3, q=2, max_inputs=21, max_outputs=11, code_order="base3"),
    "tellme": EngineParams(),
    "bitnet2b": EngineParams(max_inputs=6912, max_outputs=6912),
    "layer": EngineParams(
        g=2, t=3, q=2, max_inputs=21, max_outputs=12, code_order="base3", accumulator_width=21
    ),
    "tiny_q4": EngineParams(g=2, t=3, q=4, max_inputs=21, max_outputs=11, code_order="base3"),
}


def fill_ports(params: LookupParams, direction: str) -> tuple[Port, ...]:
    """Return the ports by which the loader fills the tables."""
    return (
        Port(
            "activations",
            direction,
            params.step_width,
            doc="the step's int8 activations, input 0 of the step lowest; held during the fill",
        ),
        Port("fill", direction, 1, doc="perform a fill step"),
        Port("fill_step", direction, params.table.index_width, doc="number of the fill step"),
        Port("fill_bank", direction, 1, doc="bank being filled"),
    )
