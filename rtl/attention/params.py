# SPDX-License-Identifier: Apache-2.0
"""Parameters of an attention engine, and of its parts."""

import dataclasses
from typing import Any

from tritproof.rtl.attention.dot_int8 import DotParams
from tritproof.rtl.attention.weighted_sum import WeightedSumParams
from tritproof.rtl.softmax.division import DivideParams
from tritproof.rtl.softmax.params import WeightParams
from tritproof.rtl.softmax.score_buffer import BufferParams
from tritproof.rtl.softmax.score_scale import ScaleParams
from tritproof.rtl.softmax.softmax_online import OnlineParams
from tritproof.rtl.stream import whole_bytes


@dataclasses.dataclass(frozen=True)
class AttentionParams(WeightParams):
    """``head_dim``: elements of a query, key or value; ``lanes``: elements of a beat, a divisor of
    it; ``rows``: queries that share keys and values, 1 to 64; ``staggered``: query r begins at key
    r; ``depth``: most keys, a power of two; ``score_width``: bits of a score, two's complement,
    enough for a dot product; ``mantissa_width``, ``least_shift``, ``shift_width``: of the scaling,
    see score_scale; ``frac``: fraction bits F of a scaled score; ``precision``: fraction bits P of
    a weight; ``result_frac``: fraction bits R of a result, 0 to 16."""

    head_dim: int = 96
    lanes: int = 16
    rows: int = 1
    staggered: bool = False
    depth: int = 1024
    score_width: int = 23
    mantissa_width: int = 16
    least_shift: int = 12
    shift_width: int = 5
    frac: int = 10
    precision: int = 24
    result_frac: int = 8

    def __post_init__(self) -> None:
        self.require("head_dim", 1, 512)
        self.require("lanes", 1, self.head_dim)
        if self.head_dim % self.lanes:
            raise ValueError(f"lanes must divide head_dim {self.head_dim}, not {self.lanes}")
        self.require("rows", 1, 64)
        self.require("depth", 2, 8192)
        self.require("result_frac", 0, 16)
        self.require("score_width", self.dot.score_width, 32)
        self.constants()  # the parts refuse what they cannot hold

    @property
    def beats(self) -> int:
        """Beats of a vector."""
        return self.head_dim // self.lanes

    @property
    def beat_width(self) -> int:
        """Bits of a beat of int8 elements."""
        return 8 * self.lanes

    @property
    def place_width(self) -> int:
        """Bits of a beat's place in its vector."""
        return max(1, (self.beats - 1).bit_length())

    @property
    def element_width(self) -> int:
        """Bits of an element's place in its beat."""
        return max(1, (self.lanes - 1).bit_length())

    def engine_with(self, **changes: Any) -> "AttentionParams":
        """Return the parameters that every attention engine has, some of them changed."""
        names = [field.name for field in dataclasses.fields(AttentionParams)]
        return AttentionParams(**{name: getattr(self, name) for name in names} | changes)

    @property
    def row(self) -> "AttentionParams":
        """Parameters of one row by itself."""
        return self.engine_with(rows=1, staggered=False)

    @property
    def weight_fields(self) -> tuple[tuple[str, int], ...]:
        """Names and widths of what says how a row weighs a value, the lowest first."""
        return (("distance", self.distance_width),)

    @property
    def weight_width(self) -> int:
        """Bits of what says how a row weighs a value."""
        return sum(width for _, width in self.weight_fields)

    @property
    def weights_width(self) -> int:
        """Bits of what says how all rows weigh a value."""
        return self.buffer.output_width

    @property
    def rescale_width(self) -> int:
        """Bits of a rescaling's shift; 0 where sums are never rescaled."""
        return 0

    @property
    def size_width(self) -> int:
        """Bits of a number of keys."""
        return self.depth.bit_length()

    @property
    def multiplier_width(self) -> int:
        """Bits of one row's mantissa and shift."""
        return self.mantissa_width + self.shift_width

    @property
    def command_width(self) -> int:
        """Bits of a command: 16 for the number of keys, then the multiplier of each row."""
        return 16 + self.rows * self.multiplier_width

    @property
    def dot(self) -> DotParams:
        """Parameters of each dot product."""
        return DotParams(self.lanes, self.beats)

    @property
    def scale(self) -> ScaleParams:
        """Parameters of each multiplier."""
        return ScaleParams(
            self.score_width, self.mantissa_width, self.least_shift, self.shift_width
        )

    @property
    def scores_width(self) -> int:
        """Bits of the scaled scores of all rows."""
        return self.rows * self.scale.value_width

    @property
    def buffer(self) -> BufferParams:
        """Parameters of the score buffer."""
        return BufferParams(
            self.scale.value_width, self.distance_width, self.depth, 1, self.rows, self.staggered
        )

    @property
    def weighted(self) -> WeightedSumParams:
        """Parameters of each weighted sum of values."""
        return WeightedSumParams(
            self.beats, self.precision, self.depth, self.rescale_width, self.lanes
        )

    @property
    def division(self) -> DivideParams:
        """Parameters of each divider."""
        width = self.weighted.total_width + self.result_frac
        return DivideParams(width, self.sum_width, self.result_frac + 8)

    @property
    def result_width(self) -> int:
        """Bits of a result, two's complement."""
        return self.result_frac + 8

    @property
    def lane_width(self) -> int:
        """Bits of a result in the output stream, whole bytes."""
        return whole_bytes(self.result_width)

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived widths."""
        return super().constants() | {
            "BEATS": self.beats,
            "BEAT_WIDTH": self.beat_width,
            "PLACE_WIDTH": self.place_width,
            "ELEMENT_WIDTH": self.element_width,
            "SIZE_WIDTH": self.size_width,
            "MULTIPLIER_WIDTH": self.multiplier_width,
            "DOT_WIDTH": self.dot.score_width,
            "VALUE_WIDTH": self.scale.value_width,
            "SCORES_WIDTH": self.scores_width,
            "WEIGHT_WIDTH": self.weight_width,
            "WEIGHTS_WIDTH": self.weights_width,
            "TOTAL_WIDTH": self.weighted.total_width,
            "DIVIDEND_WIDTH": self.division.dividend_width,
            "QUOTIENT_WIDTH": self.division.quotient_width,
            "RESULT_WIDTH": self.result_width,
            "LANE_WIDTH": self.lane_width,
        }

    def repeated(self) -> dict[str, int]:
        """Return how many rows there are."""
        return {"ROW": self.rows}


@dataclasses.dataclass(frozen=True)
class OnlineAttentionParams(AttentionParams):
    """Those of every attention engine, and ``tau``: octaves by which a score may pass the running
    maximum before the sums are rescaled, 0 to 8. A mean fits its result if ``precision`` is at
    least ``result_frac + tau + 10`` (``ref.attention.online_theorems``)."""

    tau: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.staggered:
            raise ValueError("staggered rows need the true maximum: use the exact engine")
        self.require("precision", self.result_frac + self.tau + 10, 28)

    @property
    def row(self) -> "OnlineAttentionParams":
        """Parameters of one row by itself."""
        return dataclasses.replace(self, rows=1)

    @property
    def online(self) -> OnlineParams:
        """Parameters of each row's softmax."""
        return OnlineParams(self.scale.value_width, self.frac, self.precision, self.tau, self.depth)

    @property
    def weight_fields(self) -> tuple[tuple[str, int], ...]:
        """Names and widths of the row's softmax that say how it weighs a value."""
        return self.online.fields[:3]

    @property
    def weights_width(self) -> int:
        """Bits of what says how all rows weigh a value."""
        return self.rows * self.weight_width

    @property
    def rescale_width(self) -> int:
        """Bits of a rescaling's shift."""
        return self.online.rescale_width

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived widths."""
        return super().constants() | {"ONLINE": 1, "RESCALE_WIDTH": self.rescale_width}


_TINY = AttentionParams(
    head_dim=4, lanes=2, depth=4, score_width=18, mantissa_width=3, least_shift=15, shift_width=2,
    frac=2, precision=5, result_frac=1,
)  # fmt: skip

ATTENTION_CONFIGS = {
    "tiny": dataclasses.replace(_TINY, rows=2, staggered=True),
    "single": _TINY,
    "decode": AttentionParams(),
    "wide": AttentionParams(lanes=96),
    "grouped": AttentionParams(head_dim=128, rows=4),
    "prefill": AttentionParams(rows=8, staggered=True),
    "prefill_bitnet2b": AttentionParams(head_dim=128, rows=8, staggered=True),
}
"""Configurations of the parts that attention engines are made of."""

ONLINE_CONFIGS = {
    "online_tiny": OnlineAttentionParams(
        head_dim=4, lanes=2, rows=2, depth=4, score_width=18, mantissa_width=3, least_shift=15,
        shift_width=2, frac=2, precision=12, result_frac=1, tau=1,
    ),
    "online": OnlineAttentionParams(),
    "online_bitnet2b": OnlineAttentionParams(head_dim=128, rows=4),
}  # fmt: skip
"""Configurations of those parts in an engine that takes one pass."""
