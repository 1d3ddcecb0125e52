# SPDX-License-Identifier: Apache-2.0
"""Parameters of weights, of a whole softmax, and of its parts."""

import dataclasses
from typing import Any

from tritproof.rtl.manifest import Params
from tritproof.rtl.softmax.division import DivideParams
from tritproof.rtl.softmax.exp2_neg import Exp2Params
from tritproof.rtl.softmax.score_buffer import BufferParams
from tritproof.rtl.softmax.score_scale import ScaleParams


class WeightParams(Params):
    """What follows from ``frac`` F, ``precision`` P and ``depth`` wherever weights are added up."""

    frac: int
    precision: int
    depth: int

    @property
    def distance_width(self) -> int:
        """Bits of a distance: enough for a power that rounds down to zero."""
        return self.frac + (self.precision + 1).bit_length()

    @property
    def power(self) -> Exp2Params:
        """Parameters of the powers of two."""
        return Exp2Params(self.frac, self.precision, self.distance_width)

    @property
    def sum_width(self) -> int:
        """Bits of the sum of ``depth`` powers."""
        return (self.depth << self.precision).bit_length()

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived widths."""
        return super().constants() | {
            "DISTANCE_WIDTH": self.distance_width,
            "POWER_WIDTH": self.power.value_width,
            "SUM_WIDTH": self.sum_width,
        }


@dataclasses.dataclass(frozen=True)
class SoftmaxParams(WeightParams):
    """``score_width``, ``mantissa_width``, ``least_shift``, ``shift_width``: of the scaling, see
    score_scale; ``frac``: fraction bits F of a scaled score; ``precision``: fraction bits P of a
    power; ``depth``: most scores of a row, see score_buffer; ``result_frac``: fraction bits K of a
    probability, 1 to 20."""

    score_width: int = 23
    mantissa_width: int = 16
    least_shift: int = 12
    shift_width: int = 5
    frac: int = 10
    precision: int = 24
    depth: int = 1024
    result_frac: int = 15

    def __post_init__(self) -> None:
        self.require("result_frac", 1, 20)
        self.constants()  # the parts refuse what they cannot hold

    @property
    def scale(self) -> ScaleParams:
        """Parameters of the multiplier."""
        return ScaleParams(
            self.score_width, self.mantissa_width, self.least_shift, self.shift_width
        )

    @property
    def buffer(self) -> BufferParams:
        """Parameters of the score buffer."""
        return BufferParams(self.scale.value_width, self.distance_width, self.depth, 2)

    @property
    def division(self) -> DivideParams:
        """Parameters of the divider."""
        width = self.power.value_width + self.result_frac
        return DivideParams(width, self.sum_width, self.result_frac + 1)

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived widths."""
        return super().constants() | {
            "VALUE_WIDTH": self.scale.value_width,
            "DIVIDEND_WIDTH": self.division.dividend_width,
            "INDEX_WIDTH": self.buffer.index_width,
            "PASSES": self.buffer.passes,
            "STAGES": self.division.quotient_width + 1,
        }
