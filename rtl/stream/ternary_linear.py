# SPDX-License-Identifier: Apache-2.0
"""A ternary matrix times rows of binary16 numbers, in binary16 again."""

import dataclasses
from typing import Any

from myhdl import ResetSignal, Signal, SignalType, always_comb, block
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Block, Params, Port, stream_ports
from tritproof.rtl.pieces import join, unsigned_signal
from tritproof.rtl.stream import dequantize, quantize, whole_bytes
from tritproof.rtl.stream.dequantize import SCALE_WIDTH, DequantizeParams
from tritproof.rtl.stream.dequantize_lane import MANTISSA_WIDTH, SHIFT_WIDTH
from tritproof.rtl.stream.elementwise import CODE_WIDTH
from tritproof.rtl.stream.quantize import INT8_WIDTH, QuantizeParams
from tritproof.rtl.ternary import tlmm
from tritproof.rtl.ternary.engine import ENGINE_CONFIGS, EngineParams

WEIGHT_SCALE_WIDTH = whole_bytes(MANTISSA_WIDTH + SHIFT_WIDTH)
"""Bits of a beat of s_axis_weight_scale."""


@dataclasses.dataclass(frozen=True)
class TernaryLinearParams(Params):
    """``engine``: the shape of the matrix-vector engine, whose group is the lanes of the numbers
    that come in, and whose Q those that go out."""

    engine: EngineParams = EngineParams()

    @property
    def quantize(self) -> QuantizeParams:
        """Of the codes given to the engine."""
        return QuantizeParams(lanes=self.engine.g)

    @property
    def dequantize(self) -> DequantizeParams:
        """Of the sums the engine gives."""
        return DequantizeParams(self.engine.accumulator_width, lanes=self.engine.q)

    def constants(self) -> dict[str, Any]:
        """Return the engine's parameters and the widths of the streams."""
        return self.engine.constants() | {
            "CODES_WIDTH": whole_bytes(self.engine.codes_width),
            "LANE_WIDTH": self.engine.lane_width,
        }


def shared_ports(params: TernaryLinearParams) -> tuple[Port, ...]:
    """The ports of the streams that go in, clock and reset first."""
    engine = params.engine
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("rst", "in", 1, doc="synchronous reset, active high"),
        *tlmm.BLOCK.ports_named(engine, "s_axis_command"),
        *stream_ports(
            "s_axis_absmax", "in", CODE_WIDTH, doc="one beat a row: its largest magnitude, binary16"
        ),
        *stream_ports(
            "s_axis",
            "in",
            engine.g * CODE_WIDTH,
            tlast=True,
            doc=f"{engine.g} binary16 numbers, the first lowest",
        ),
        *stream_ports(
            "s_axis_weight_scale",
            "in",
            WEIGHT_SCALE_WIDTH,
            doc="one beat a row: mantissa in bits 23..0, shift in bits 29..24",
        ),
        *tlmm.BLOCK.ports_named(engine, "s_axis_weight"),
    )


def _ports(params: TernaryLinearParams) -> tuple[Port, ...]:
    lanes = params.engine.q
    return (
        *shared_ports(params),
        *stream_ports(
            "m_axis",
            "out",
            lanes * CODE_WIDTH,
            tlast=True,
            doc=f"{lanes} binary16 numbers, lane 0 lowest",
        ),
        Port("refused", "out", 1, doc="high for one cycle after a command out of range"),
    )


@block
def ternary_linear(
    clk: SignalType,
    rst: ResetSignal,
    s_axis_command_tdata: SignalType,
    s_axis_command_tvalid: SignalType,
    s_axis_command_tready: SignalType,
    s_axis_absmax_tdata: SignalType,
    s_axis_absmax_tvalid: SignalType,
    s_axis_absmax_tready: SignalType,
    s_axis_tdata: SignalType,
    s_axis_tvalid: SignalType,
    s_axis_tready: SignalType,
    s_axis_tlast: SignalType,
    s_axis_weight_scale_tdata: SignalType,
    s_axis_weight_scale_tvalid: SignalType,
    s_axis_weight_scale_tready: SignalType,
    s_axis_weight_tdata: SignalType,
    s_axis_weight_tvalid: SignalType,
    s_axis_weight_tready: SignalType,
    m_axis_tdata: SignalType,
    m_axis_tvalid: SignalType,
    m_axis_tready: SignalType,
    m_axis_tlast: SignalType,
    refused: SignalType,
    params: TernaryLinearParams,
) -> Any:
    """Multiply rows of IEEE 754 binary16 numbers by a ternary matrix.

    y_j = RN(a * mantissa * 2^-shift * sum_i w_ij q_i), q_i = RNE(127 * x_i / a), a the row's
    largest magnitude, given before it: ``quantize``, ``tlmm`` and ``dequantize`` as one stream.
    Commands and weights are those of ``tlmm``; a row has ceil(inputs / G) beats, and ``outputs`` is
    a multiple of Q, since the lanes past the last output carry numbers that mean nothing. The next
    row is loaded while the present one is computed. A command with a size out of range has no row
    and no scales.
    """
    engine, lanes = params.engine, params.engine.q
    codes = unsigned_signal(engine.g * INT8_WIDTH)
    codes_valid, codes_ready, codes_last = (Signal(bool(0)) for _ in range(3))
    scale = unsigned_signal(CODE_WIDTH)
    scale_valid, scale_ready, both, free = (Signal(bool(0)) for _ in range(4))
    scales = unsigned_signal(SCALE_WIDTH)
    sums = unsigned_signal(lanes * engine.lane_width)
    sums_valid, sums_ready, sums_last = (Signal(bool(0)) for _ in range(3))
    sums_keep = unsigned_signal(lanes * engine.lane_width // 8)

    @always_comb
    def meet():
        both.next = scale_valid and s_axis_weight_scale_tvalid

    @always_comb
    def take_both():
        scale_ready.next = free and s_axis_weight_scale_tvalid
        s_axis_weight_scale_tready.next = free and scale_valid

    return [
        meet,
        take_both,
        join((scale, s_axis_weight_scale_tdata), scales),
        instance(
            quantize.BLOCK, params.quantize, "quantize",
            clk=clk, rst=rst,
            s_axis_absmax_tdata=s_axis_absmax_tdata, s_axis_absmax_tvalid=s_axis_absmax_tvalid,
            s_axis_absmax_tready=s_axis_absmax_tready,
            s_axis_tdata=s_axis_tdata, s_axis_tvalid=s_axis_tvalid, s_axis_tready=s_axis_tready,
            s_axis_tlast=s_axis_tlast,
            m_axis_scale_tdata=scale, m_axis_scale_tvalid=scale_valid,
            m_axis_scale_tready=scale_ready,
            m_axis_tdata=codes, m_axis_tvalid=codes_valid, m_axis_tready=codes_ready,
            m_axis_tlast=codes_last,
        ),
        instance(
            tlmm.BLOCK, engine, "tlmm",
            clk=clk, rst=rst,
            s_axis_command_tdata=s_axis_command_tdata, s_axis_command_tvalid=s_axis_command_tvalid,
            s_axis_command_tready=s_axis_command_tready,
            s_axis_activation_tdata=codes, s_axis_activation_tvalid=codes_valid,
            s_axis_activation_tready=codes_ready,
            s_axis_weight_tdata=s_axis_weight_tdata, s_axis_weight_tvalid=s_axis_weight_tvalid,
            s_axis_weight_tready=s_axis_weight_tready,
            m_axis_tdata=sums, m_axis_tvalid=sums_valid, m_axis_tready=sums_ready,
            m_axis_tlast=sums_last, m_axis_tkeep=sums_keep,
            refused=refused,
        ),
        instance(
            dequantize.BLOCK, params.dequantize, "dequantize",
            clk=clk, rst=rst,
            s_axis_scale_tdata=scales, s_axis_scale_tvalid=both, s_axis_scale_tready=free,
            s_axis_tdata=sums, s_axis_tvalid=sums_valid, s_axis_tready=sums_ready,
            s_axis_tlast=sums_last,
            m_axis_tdata=m_axis_tdata, m_axis_tvalid=m_axis_tvalid, m_axis_tready=m_axis_tready,
            m_axis_tlast=m_axis_tlast,
        ),
    ]  # fmt: skip


LINEAR_CONFIGS = {
    "tiny": TernaryLinearParams(ENGINE_CONFIGS["layer"]),
    "tellme": TernaryLinearParams(),
    "bitnet2b": TernaryLinearParams(ENGINE_CONFIGS["bitnet2b"]),
}

BLOCK = Block(
    name="ternary_linear",
    summary="a ternary matrix times rows of binary16 numbers, in binary16 again",
    family="stream",
    rtl=ternary_linear,
    params=TernaryLinearParams,
    configs=LINEAR_CONFIGS,
    ports=_ports,
    children=lambda params: (
        (quantize.BLOCK, params.quantize),
        (tlmm.BLOCK, params.engine),
        (dequantize.BLOCK, params.dequantize),
    ),
    latency="those of quantize, tlmm and dequantize, hidden behind the product of the row before",
    throughput="one weight beat per cycle",
    error="those of the stated roundings: the codes, and the numbers",
    source="arXiv:2510.15926 sections 3.2 to 3.5",
    reference="tritproof.ref.stream.bitlinear.bitlinear",
    macs_per_cycle=lambda params: params.engine.macs_per_cycle,
)
