# SPDX-License-Identifier: Apache-2.0
"""The integer root of the published I-ViT code: a fixed number of steps of Newton's iteration."""

import dataclasses
from math import isqrt
from typing import Any

from myhdl import ResetSignal, Signal, SignalType, always, always_comb, always_seq, block, concat
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Block, Params, Port, stream_ports
from tritproof.rtl.pieces import copy, unsigned_signal
from tritproof.rtl.softmax import divide
from tritproof.rtl.softmax.division import DivideParams
from tritproof.rtl.stream import whole_bytes


@dataclasses.dataclass(frozen=True)
class NewtonParams(Params):
    """``radicand_width``: bits of a radicand, 2 to 48; ``first``: the iteration starts at
    2**first, 1 to 24; ``steps``: of the iteration, 1 to ``first``, which keeps the root above 0;
    ``quotient_width``: bits of a quotient, at least what the first one and those by a root need, to
    32."""

    radicand_width: int = 41
    first: int = 16
    steps: int = 10
    quotient_width: int = 25

    def __post_init__(self) -> None:
        self.require("radicand_width", 2, 48)
        self.require("first", 1, 24)
        self.require("steps", 1, self.first)
        self.require("quotient_width", self.least_quotient_width, 32)
        _ = self.division

    @property
    def greatest(self) -> int:
        """The largest radicand."""
        return (1 << self.radicand_width) - 1

    @property
    def least_quotient_width(self) -> int:
        """Bits that hold every quotient: the first, and those by the root or more."""
        return max(self.greatest >> self.first, isqrt(self.greatest) + 2).bit_length()

    @property
    def root_width(self) -> int:
        """Bits that hold every k: the first two, and the root or one more of those that follow."""
        start = 1 << self.first
        second = (start + (self.greatest >> self.first)) // 2
        return max(start, second, isqrt(self.greatest) + 1).bit_length()

    @property
    def division(self) -> DivideParams:
        """Of the radicand by k."""
        return DivideParams(self.radicand_width, self.root_width, self.quotient_width, "floor")

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived widths."""
        return super().constants() | {"ROOT_WIDTH": self.root_width}


def _ports(params: NewtonParams) -> tuple[Port, ...]:
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("rst", "in", 1, doc="synchronous reset, active high"),
        *stream_ports(
            "s_axis",
            "in",
            whole_bytes(params.radicand_width),
            doc=f"radicand, unsigned, in the lowest {params.radicand_width} bits",
        ),
        *stream_ports(
            "m_axis",
            "out",
            whole_bytes(params.root_width),
            doc=f"root in the lowest {params.root_width} bits, unsigned",
        ),
    )


@block
def _iterate(
    clk: SignalType,
    take: SignalType,
    divided: SignalType,
    quotient: SignalType,
    root: SignalType,
    first: int,
) -> Any:
    """Start at 2**first; floor((root + quotient) / 2) of what the division by it gave."""
    width = len(root)
    room = max(width, len(quotient)) + 1
    start, top = 1 << first, width + 1
    total = unsigned_signal(room)

    @always_comb
    def add():
        total.next = root + quotient

    @always(clk.posedge)
    def step():
        if take:
            root.next = start
        elif divided:
            root.next = total[top:1]

    return add, step


@block
def newton_root(
    clk: SignalType,
    rst: ResetSignal,
    s_axis_tdata: SignalType,
    s_axis_tvalid: SignalType,
    s_axis_tready: SignalType,
    m_axis_tdata: SignalType,
    m_axis_tvalid: SignalType,
    m_axis_tready: SignalType,
    params: NewtonParams,
) -> Any:
    """Take ``steps`` steps of Newton's iteration for a square root, whether they reach it or not.

    k = 2^first, then ``steps`` times k = floor((k + floor(radicand / k)) / 2): the last k. It is
    never below floor(sqrt(radicand)). A radicand is accepted when the root before has been
    delivered.
    """
    width, root_width, last_step = params.radicand_width, params.root_width, params.steps - 1
    quotient_width = params.quotient_width
    take, asks, waits, done, idle = (Signal(bool(0)) for _ in range(5))
    asked, divided, delivered, ends = (Signal(bool(0)) for _ in range(4))
    division_wanted, found = Signal(bool(0)), Signal(bool(0))
    step = unsigned_signal(max(last_step.bit_length(), 1))
    radicand, root = unsigned_signal(width), unsigned_signal(root_width)
    operands = unsigned_signal(whole_bytes(width + root_width))
    beat = unsigned_signal(whole_bytes(params.division.result_width + 1))
    quotient = unsigned_signal(quotient_width)

    @always_comb
    def accept():
        idle.next = not asks and not waits and not done
        take.next = s_axis_tvalid and not asks and not waits and not done

    @always_comb
    def hand_over():
        asked.next = asks and division_wanted
        divided.next = waits and found
        delivered.next = done and m_axis_tready
        ends.next = step == last_step

    @always_seq(clk.posedge, reset=rst)
    def follow():
        if take:
            asks.next = True
            step.next = 0
        elif asked:
            asks.next = False
            waits.next = True
        elif divided:
            waits.next = False
            asks.next = not ends
            done.next = ends
            if not ends:
                step.next = step + 1
        elif delivered:
            done.next = False

    @always(clk.posedge)
    def keep_radicand():
        if take:
            radicand.next = s_axis_tdata[width:]

    @always_comb
    def pack():
        operands.next = concat(root, radicand)

    @always_comb
    def take_quotient():
        quotient.next = beat[quotient_width:]

    return [
        accept,
        hand_over,
        follow,
        keep_radicand,
        pack,
        take_quotient,
        _iterate(clk, take, divided, quotient, root, params.first),
        instance(
            divide.BLOCK, params.division, "division",
            clk=clk, rst=rst,
            s_axis_tdata=operands, s_axis_tvalid=asks, s_axis_tready=division_wanted,
            m_axis_tdata=beat, m_axis_tvalid=found, m_axis_tready=waits,
        ),
        copy(idle, s_axis_tready),
        copy(done, m_axis_tvalid),
        copy(root, m_axis_tdata),
    ]  # fmt: skip


BLOCK = Block(
    name="newton_root",
    summary="a fixed number of steps of Newton's iteration for a square root",
    family="ivit",
    rtl=newton_root,
    params=NewtonParams,
    configs={
        "tiny": NewtonParams(radicand_width=6, first=2, steps=2, quotient_width=4),
        "vit": NewtonParams(),
        "short_rows": NewtonParams(radicand_width=32),
    },
    ports=_ports,
    children=lambda params: ((divide.BLOCK, params.division),),
    latency="steps times quotient_width + 2, and 1 cycles",
    throughput="one root at a time",
    error="not the root where the radicand is small or large",
    source="arXiv:2207.01405 section 3.5 (I-LayerNorm), as published in PyTorch",
    reference="tritproof.ref.ivit.layernorm.newton_root",
)
