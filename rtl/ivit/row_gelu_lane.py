# SPDX-License-Identifier: Apache-2.0
"""ShiftGELU of one number of a row, relative to the row's largest."""

import dataclasses
from typing import Any

from myhdl import SignalType, block
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.ivit import shift_exp
from tritproof.rtl.ivit.gelu import FACTOR_WIDTH, INPUT_WIDTH, GeluParams, lane_ports, weigh
from tritproof.rtl.ivit.shift_exp import DISTANCE_WIDTH, ShiftExpParams
from tritproof.rtl.manifest import Block, Port
from tritproof.rtl.pieces import add, copy, limit, subtract, sum_signal, unsigned_signal
from tritproof.rtl.softmax import divide_pipelined

OCTAVES = 31
"""Of an exponential above which a sum counts as 2**31 - 1."""


@dataclasses.dataclass(frozen=True)
class RowGeluParams(GeluParams):
    """``n``: most octaves below 0, 16 to 23; ``unit_width``: bits of a unit, 2 to 10;
    ``output_bits``: of a sigmoid, 2 to 8."""

    n: int = 23

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require("n", 16, 23)

    @property
    def zero_exp(self) -> ShiftExpParams:
        """Of the exponential of 0 relative to the largest, which may be below 0: as many octaves
        more as a sum counts."""
        return ShiftExpParams(self.n, self.unit_width, OCTAVES - self.n)

    @property
    def least_total(self) -> int:
        """Two exponentials of one unit at least."""
        return 2


def _ports(params: RowGeluParams) -> tuple[Port, ...]:
    return lane_ports(
        params, Port("largest", "in", INPUT_WIDTH, signed=True, doc="of the row, int8")
    )


@block
def row_gelu_lane(
    clk: SignalType,
    enable: SignalType,
    x: SignalType,
    largest: SignalType,
    unit: SignalType,
    value: SignalType,
    params: RowGeluParams,
) -> Any:
    """Give the ShiftGELU of a number relative to the largest of its row, as published.

    e = int_exp(x - largest), e' = int_exp(-largest), t = min(e + e', 2^31 - 1),
    f = floor((2^31 - 1) / t), value = x * floor(e * f / 2^(32 - output_bits)). An x above the
    largest has the e of the largest. No reset: the registers only carry data.
    """
    below, wide_x, wide_largest = (sum_signal(DISTANCE_WIDTH, signed=True) for _ in range(3))
    power = unsigned_signal(params.exp.result_width)
    at_zero = unsigned_signal(params.zero_exp.result_width)
    sum_width = max(len(power), len(at_zero)) + 2
    both = sum_signal(sum_width, signed=True)
    wide_power, wide_zero = (sum_signal(sum_width, signed=True) for _ in range(2))
    total = unsigned_signal(FACTOR_WIDTH)

    return [
        copy(x, wide_x),
        copy(largest, wide_largest),
        subtract(wide_largest, wide_x, below),
        instance(
            shift_exp.BLOCK, params.exp, "exp",
            clk=clk, enable=enable, z=below, unit=unit, value=power,
        ),
        instance(
            shift_exp.BLOCK, params.zero_exp, "zero",
            clk=clk, enable=enable, z=wide_largest, unit=unit, value=at_zero,
        ),
        copy(power, wide_power),
        copy(at_zero, wide_zero),
        add(wide_power, wide_zero, both),
        limit(both, total),
        weigh(clk, enable, x, power, total, value, params),
    ]  # fmt: skip


BLOCK = Block(
    name="row_gelu_lane",
    summary="ShiftGELU of one number of a row, relative to the row's largest",
    family="ivit",
    rtl=row_gelu_lane,
    params=RowGeluParams,
    configs={
        "tiny": RowGeluParams(n=16, unit_width=3),
        "vit": RowGeluParams(),
        "wide": RowGeluParams(unit_width=10),
    },
    ports=_ports,
    children=lambda params: (
        (shift_exp.BLOCK, params.exp),
        (shift_exp.BLOCK, params.zero_exp),
        (divide_pipelined.BLOCK, params.division),
    ),
    latency="41 enabled cycles",
    throughput="one number per enabled cycle",
    error="none but the stated floors",
    source="arXiv:2207.01405 section 3.4 (ShiftGELU), as published in PyTorch, exact",
    reference="tritproof.ref.ivit.exponential.gelu",
    proved_by=("enumeration",),
)
