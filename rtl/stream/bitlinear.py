# SPDX-License-Identifier: Apache-2.0
"""A ternary linear layer with an element-wise operation fused behind it."""

import dataclasses
from typing import Any

from myhdl import ResetSignal, Signal, SignalType, block
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Block, Port, stream_ports
from tritproof.rtl.pieces import unsigned_signal
from tritproof.rtl.stream import (
    relu2_gate,
    residual_add,
    rope,
    silu_gate,
    ternary_linear,
)
from tritproof.rtl.stream.elementwise import CODE_WIDTH, LanesParams
from tritproof.rtl.stream.ternary_linear import (
    LINEAR_CONFIGS,
    TernaryLinearParams,
    shared_ports,
)

MODES = {part.BLOCK.name: part.BLOCK for part in (residual_add, silu_gate, relu2_gate, rope)}
"""By name, the operation that takes the layer's numbers and a second stream."""
SECONDS = {"residual_add": "residual", "silu_gate": "up", "relu2_gate": "up", "rope": "rotation"}


@dataclasses.dataclass(frozen=True)
class BitlinearParams(TernaryLinearParams):
    """``engine``: the shape of the matrix-vector engine; ``mode``: ``residual_add``, ``silu_gate``,
    ``relu2_gate`` or ``rope``."""

    mode: str = "silu_gate"

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise ValueError(f"mode must be one of {', '.join(MODES)}, not {self.mode!r}")

    @property
    def linear(self) -> TernaryLinearParams:
        """Of the layer without the operation."""
        return TernaryLinearParams(self.engine)

    @property
    def lanes(self) -> LanesParams:
        """Of the operation."""
        return LanesParams(self.engine.q)


def _ports(params: BitlinearParams) -> tuple[Port, ...]:
    lanes = params.engine.q
    width = lanes * CODE_WIDTH
    return (
        *shared_ports(params),
        *stream_ports("s_axis_second", "in", width, doc=f"{lanes} binary16 numbers, lane 0 lowest"),
        *stream_ports(
            "m_axis", "out", width, tlast=True, doc=f"{lanes} binary16 numbers, lane 0 lowest"
        ),
        Port("refused", "out", 1, doc="high for one cycle after a command out of range"),
    )


@block
def bitlinear(
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
    s_axis_second_tdata: SignalType,
    s_axis_second_tvalid: SignalType,
    s_axis_second_tready: SignalType,
    m_axis_tdata: SignalType,
    m_axis_tvalid: SignalType,
    m_axis_tready: SignalType,
    m_axis_tlast: SignalType,
    refused: SignalType,
    params: BitlinearParams,
) -> Any:
    """Compute a ternary linear layer on rows of IEEE 754 binary16 numbers, and what follows it.

    y = f(RN(a * mantissa * 2^-shift * sum_i w_ij RNE(127 * x_i / a)), z), f the operation ``mode``
    of the layer's numbers, the gate of a gate, and of the stream z, ``s_axis_second``: the
    residual, the up projection, or cosines and sines. ``ternary_linear`` and the operation as one
    stream: what is computed number by number is hidden behind the matrix product.
    """
    width = params.engine.q * CODE_WIDTH
    product = unsigned_signal(width)
    valid, ready, last = (Signal(bool(0)) for _ in range(3))
    second = SECONDS[params.mode]
    return [
        instance(
            ternary_linear.BLOCK, params.linear, "linear",
            clk=clk, rst=rst,
            s_axis_command_tdata=s_axis_command_tdata, s_axis_command_tvalid=s_axis_command_tvalid,
            s_axis_command_tready=s_axis_command_tready,
            s_axis_absmax_tdata=s_axis_absmax_tdata, s_axis_absmax_tvalid=s_axis_absmax_tvalid,
            s_axis_absmax_tready=s_axis_absmax_tready,
            s_axis_tdata=s_axis_tdata, s_axis_tvalid=s_axis_tvalid, s_axis_tready=s_axis_tready,
            s_axis_tlast=s_axis_tlast,
            s_axis_weight_scale_tdata=s_axis_weight_scale_tdata,
            s_axis_weight_scale_tvalid=s_axis_weight_scale_tvalid,
            s_axis_weight_scale_tready=s_axis_weight_scale_tready,
            s_axis_weight_tdata=s_axis_weight_tdata, s_axis_weight_tvalid=s_axis_weight_tvalid,
            s_axis_weight_tready=s_axis_weight_tready,
            m_axis_tdata=product, m_axis_tvalid=valid, m_axis_tready=ready, m_axis_tlast=last,
            refused=refused,
        ),
        instance(
            MODES[params.mode], params.lanes, "operation",
            clk=clk, rst=rst,
            s_axis_tdata=product, s_axis_tvalid=valid, s_axis_tready=ready, s_axis_tlast=last,
            m_axis_tdata=m_axis_tdata, m_axis_tvalid=m_axis_tvalid, m_axis_tready=m_axis_tready,
            m_axis_tlast=m_axis_tlast,
            **{
                f"s_axis_{second}_tdata": s_axis_second_tdata,
                f"s_axis_{second}_tvalid": s_axis_second_tvalid,
                f"s_axis_{second}_tready": s_axis_second_tready,
            },
        ),
    ]  # fmt: skip


BLOCK = Block(
    name="bitlinear",
    summary="a ternary linear layer with an element-wise operation behind it",
    family="stream",
    rtl=bitlinear,
    params=BitlinearParams,
    configs={
        "tiny": BitlinearParams(LINEAR_CONFIGS["tiny"].engine),
        "tiny_residual": BitlinearParams(LINEAR_CONFIGS["tiny"].engine, "residual_add"),
        "tiny_rope": BitlinearParams(LINEAR_CONFIGS["tiny"].engine, "rope"),
        "tellme": BitlinearParams(),
        "tellme_residual": BitlinearParams(mode="residual_add"),
        "tellme_rope": BitlinearParams(mode="rope"),
        "bitnet2b": BitlinearParams(LINEAR_CONFIGS["bitnet2b"].engine, "relu2_gate"),
    },
    ports=_ports,
    children=lambda params: (
        (ternary_linear.BLOCK, params.linear),
        (MODES[params.mode], params.lanes),
    ),
    latency="those of ternary_linear and of the operation, hidden behind the matrix product",
    throughput="one weight beat per cycle",
    error="those of the stated roundings: the codes, the numbers, and the operation's",
    source="arXiv:2510.15926 sections 3.2 to 3.5",
    reference="tritproof.ref.stream.bitlinear.bitlinear",
    macs_per_cycle=lambda params: params.engine.macs_per_cycle,
)
