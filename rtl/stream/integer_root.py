# SPDX-License-Identifier: Apache-2.0
"""The integer square root, one bit of the root in a cycle."""

import dataclasses
from typing import Any

from myhdl import ResetSignal, Signal, SignalType, always, always_comb, block, concat, intbv
from tritproof.rtl.manifest import Block, Params, Port, stream_ports
from tritproof.rtl.pieces import copy, of_width, unsigned_signal
from tritproof.rtl.serial import take_steps
from tritproof.rtl.stream import whole_bytes


@dataclasses.dataclass(frozen=True)
class RootParams(Params):
    """``root_width``: bits of the root, 2 to 24; the radicand has twice as many."""

    root_width: int = 14

    def __post_init__(self) -> None:
        self.require("root_width", 2, 24)


def _ports(params: RootParams) -> tuple[Port, ...]:
    width = params.root_width
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("rst", "in", 1, doc="synchronous reset, active high"),
        *stream_ports(
            "s_axis",
            "in",
            whole_bytes(2 * width),
            doc=f"radicand, unsigned, in the lowest {2 * width} bits",
        ),
        *stream_ports(
            "m_axis",
            "out",
            whole_bytes(width + 1),
            doc=f"root in the lowest {width} bits, in the one above whether its square is less",
        ),
    )


@block
def integer_root(
    clk: SignalType,
    rst: ResetSignal,
    s_axis_tdata: SignalType,
    s_axis_tvalid: SignalType,
    s_axis_tready: SignalType,
    m_axis_tdata: SignalType,
    m_axis_tvalid: SignalType,
    m_axis_tready: SignalType,
    params: RootParams,
) -> Any:
    """Take the square root of an unsigned integer, one bit of it in a cycle.

    root = floor(sqrt(radicand)), and inexact = 1 where root^2 < radicand.

    Restoring digit by digit: two bits of the radicand are brought down, and 4 root + 1 subtracted
    where it fits. A radicand is accepted when the root before has been delivered.
    """
    steps, width = params.root_width, 2 * params.root_width
    padding = whole_bytes(steps + 1)
    take, running, done = (Signal(bool(0)) for _ in range(3))
    step = unsigned_signal((steps - 1).bit_length())
    digits = unsigned_signal(width)  # bits of the radicand that are to come, the next highest
    root, remainder, rest = (unsigned_signal(bits) for bits in (steps, steps + 1, steps + 1))
    digit, inexact = Signal(bool(0)), Signal(bool(0))
    beat = unsigned_signal(padding)

    @always(clk.posedge)
    def extract():
        if take:
            digits.next = s_axis_tdata[width:]
            root.next = 0
            remainder.next = 0
        elif running:
            digits.next = concat(digits[width - 2:], intbv(0)[2:])
            root.next = concat(root[steps - 1:], digit)
            remainder.next = rest

    @always_comb
    def compare():
        inexact.next = remainder != 0

    @always_comb
    def pack():
        beat.next = concat(inexact, root)

    return [
        take_steps(
            clk, rst, s_axis_tvalid, s_axis_tready, take, running, step, done, m_axis_tready, steps
        ),
        root_step(root, remainder, digits(width, width - 2), digit, rest),
        extract,
        compare,
        pack,
        copy(done, m_axis_tvalid),
        copy(beat, m_axis_tdata),
    ]


@block
def root_step(
    root: SignalType,
    remainder: SignalType,
    following: SignalType,
    digit: SignalType,
    rest: SignalType,
) -> Any:
    """One step of a restoring root: bring down two bits, subtract 4 root + 1 if it fits.

    ``4 remainder + following = digit * (4 root + 1) + rest`` with ``rest <= 2 (2 root + digit)``,
    if the remainder was at most twice the root.
    """
    width = len(root)
    brought_down, trial = unsigned_signal(width + 3), unsigned_signal(width + 3)
    difference = of_width(width + 4)

    @always_comb
    def bring_down():
        brought_down.next = concat(remainder, following)

    @always_comb
    def offer():
        trial.next = concat(root, intbv(1)[2:])

    @always_comb
    def subtract():
        difference.next = brought_down - trial

    @always_comb
    def decide():
        digit.next = not difference[width + 3]

    @always_comb
    def choose():
        if difference[width + 3]:
            rest.next = brought_down[width + 1:]
        else:
            rest.next = difference[width + 1:]

    return bring_down, offer, subtract, decide, choose


BLOCK = Block(
    name="integer_root",
    summary="integer square root, one bit in a cycle",
    family="stream",
    rtl=integer_root,
    params=RootParams,
    configs={
        "tiny": RootParams(root_width=3),
        "tellme": RootParams(),
        "layernorm_tiny": RootParams(root_width=16),
        "layernorm": RootParams(root_width=21),
    },
    ports=_ports,
    latency="root_width + 1 cycles",
    throughput="one root in root_width + 2 cycles",
    error="none; the exact floor",
    source="restoring square root, digit by digit; arXiv:2510.15926 section 3.5 (normalisation)",
    reference="tritproof.ref.stream.rmsnorm.is_root",
)
