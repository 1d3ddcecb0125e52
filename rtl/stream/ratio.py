# SPDX-License-Identifier: Apache-2.0
"""The quotient of two normalised integers, one bit in a cycle, and whether it is exact."""

import dataclasses
from typing import Any

from myhdl import ResetSignal, Signal, SignalType, always, always_comb, block, concat, intbv
from tritproof.rtl.manifest import Block, Params, Port, stream_ports
from tritproof.rtl.pieces import copy, unsigned_signal
from tritproof.rtl.serial import take_steps
from tritproof.rtl.softmax.division import divide_step
from tritproof.rtl.stream import whole_bytes


@dataclasses.dataclass(frozen=True)
class RatioParams(Params):
    """Unsigned widths: ``dividend_width`` from 2 to 32, ``divisor_width`` at least 3 more, to 96,
    ``quotient_width`` from 3 to 32."""

    dividend_width: int = 14
    divisor_width: int = 92
    quotient_width: int = 28

    def __post_init__(self) -> None:
        self.require("dividend_width", 2, 32)
        self.require("divisor_width", self.dividend_width + 3, 96)
        self.require("quotient_width", 3, 32)

    @property
    def scale(self) -> int:
        """The quotient is that of ``dividend * 2**scale``."""
        return self.quotient_width + self.scale_above

    @property
    def scale_above(self) -> int:
        """By so much the dividend is scaled before the first step."""
        return self.divisor_width - self.dividend_width - 2

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived sizes."""
        return super().constants() | {"SCALE": self.scale, "SCALE_ABOVE": self.scale_above}


def _ports(params: RatioParams) -> tuple[Port, ...]:
    operands = whole_bytes(params.dividend_width + params.divisor_width)
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("rst", "in", 1, doc="synchronous reset, active high"),
        *stream_ports(
            "s_axis",
            "in",
            operands,
            doc=f"dividend in the lowest {params.dividend_width} bits, divisor in the "
            f"{params.divisor_width} above, both unsigned",
        ),
        *stream_ports(
            "m_axis",
            "out",
            whole_bytes(params.quotient_width + 1),
            doc=f"quotient in the lowest {params.quotient_width} bits, in the one above whether "
            "anything remains",
        ),
    )


@block
def ratio(
    clk: SignalType,
    rst: ResetSignal,
    s_axis_tdata: SignalType,
    s_axis_tvalid: SignalType,
    s_axis_tready: SignalType,
    m_axis_tdata: SignalType,
    m_axis_tvalid: SignalType,
    m_axis_tready: SignalType,
    params: RatioParams,
) -> Any:
    """Divide an integer by a normalised one, one bit of the quotient in a cycle.

    quotient = floor(dividend * 2^scale / divisor), and inexact = 1 where that has a remainder, with
    scale = quotient_width + divisor_width - dividend_width - 2.

    Restoring division. One of the divisor's upper two bits must be set, which makes the quotient
    fit; of another divisor the result means nothing. A division is accepted when the one before has
    been delivered.
    """
    low, high = params.dividend_width, params.dividend_width + params.divisor_width
    steps, width, above = params.quotient_width, params.divisor_width, params.scale_above
    padding = whole_bytes(steps + 1)
    take, running, done = (Signal(bool(0)) for _ in range(3))
    step = unsigned_signal((steps - 1).bit_length())
    given, divisor, remainder, rest, scaled = (unsigned_signal(width) for _ in range(5))
    dividend, quotient = unsigned_signal(low), unsigned_signal(steps)
    digit, following, inexact = (Signal(bool(0)) for _ in range(3))
    beat = unsigned_signal(padding)

    @always_comb
    def split():
        dividend.next = s_axis_tdata[low:]
        given.next = s_axis_tdata[high:low]

    @always_comb
    def scale_up():
        scaled.next = concat(dividend, intbv(0)[above:])

    @always(clk.posedge)
    def divide_on():
        if take:
            divisor.next = given
            remainder.next = scaled
            quotient.next = 0
            following.next = False
        elif running:
            remainder.next = rest
            quotient.next = concat(quotient[steps - 1:], digit)

    @always_comb
    def compare():
        inexact.next = remainder != 0

    @always_comb
    def pack():
        beat.next = concat(inexact, quotient)

    return [
        take_steps(
            clk, rst, s_axis_tvalid, s_axis_tready, take, running, step, done, m_axis_tready, steps
        ),
        split,
        scale_up,
        divide_step(remainder, following, divisor, digit, rest),
        divide_on,
        compare,
        pack,
        copy(done, m_axis_tvalid),
        copy(beat, m_axis_tdata),
    ]


BLOCK = Block(
    name="ratio",
    summary="quotient of normalised integers, and whether it is exact, one bit in a cycle",
    family="stream",
    rtl=ratio,
    params=RatioParams,
    configs={
        "tiny": RatioParams(dividend_width=2, divisor_width=6, quotient_width=4),
        "short": RatioParams(dividend_width=4, divisor_width=84),
        "tellme": RatioParams(),
        "bitnet2b": RatioParams(divisor_width=94),
    },
    ports=_ports,
    latency="quotient_width + 1 cycles",
    throughput="one division in quotient_width + 2 cycles",
    error="none; the exact floor",
    source="restoring division; arXiv:2510.15926 section 3.5 (normalisation)",
    reference="tritproof.ref.stream.rmsnorm.is_ratio",
)
