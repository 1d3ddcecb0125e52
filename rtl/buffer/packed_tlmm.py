# SPDX-License-Identifier: Apache-2.0
"""The matrix-vector engine behind a buffer of weights that come packed from memory."""

import dataclasses
from typing import Any

from myhdl import ResetSignal, Signal, SignalType, always_comb, block
from tritproof.rtl.buffer import weight_buffer
from tritproof.rtl.buffer.params import WeightBufferParams
from tritproof.rtl.formats import transcode, unpack
from tritproof.rtl.formats.transcode import TranscodeParams
from tritproof.rtl.formats.unpack import UnpackParams
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Block, Params, Port
from tritproof.rtl.pieces import copy, unsigned_signal
from tritproof.rtl.stream import whole_bytes
from tritproof.rtl.ternary import tlmm
from tritproof.rtl.ternary.engine import ENGINE_CONFIGS, EngineParams


@dataclasses.dataclass(frozen=True)
class PackedTlmmParams(Params):
    """``unpack``: the format of the weights in memory, and how many units come in a beat;
    ``buffer``: the weight buffer; ``engine``: the matrix-vector engine.

    A word of the buffer is what the engine reads for one output, and a beat of units has trits
    enough for the words of a beat of the buffer.
    """

    unpack: UnpackParams = UnpackParams()
    buffer: WeightBufferParams = WeightBufferParams()
    engine: EngineParams = EngineParams()

    def __post_init__(self) -> None:
        buffer, engine = self.buffer, self.engine
        word = engine.t * engine.table.code_width
        if (buffer.q, buffer.word_width) != (engine.q, word):
            raise ValueError(
                f"the engine reads {engine.q} words of {word} bits, the buffer gives "
                f"{buffer.q} of {buffer.word_width}"
            )
        if self.unpack.trits < self.used:
            raise ValueError(
                f"a beat of units has {self.unpack.trits} trits, one of the buffer {self.used}"
            )

    @property
    def word_trits(self) -> int:
        """Trits of a word."""
        return self.engine.t * self.engine.g

    @property
    def used(self) -> int:
        """Trits of a beat that are looked at."""
        return self.buffer.words * self.word_trits

    @property
    def transcode(self) -> TranscodeParams:
        """Of the codes of a beat of the buffer."""
        engine, buffer = self.engine, self.buffer
        groups = buffer.words * engine.t
        return TranscodeParams(engine.g, engine.code_order, groups, buffer.bus_width)

    def constants(self) -> dict[str, Any]:
        """Return the engine's parameters, and what differs in what it is fed with."""
        buffer, unpacked = self.buffer, self.unpack
        return self.engine.constants() | {
            "FORMAT": unpacked.format,
            "UNITS": unpacked.units,
            "WORDS": buffer.words,
            "PARTS": buffer.parts,
            "GROUPS": buffer.groups,
            "OUTPUTS": buffer.outputs,
        }


def _ports(params: PackedTlmmParams) -> tuple[Port, ...]:
    units = [f"s_axis_{part}" for part in ("tdata", "tvalid", "tready")]
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("rst", "in", 1, doc="synchronous reset, active high"),
        *(
            dataclasses.replace(port, name=port.name.replace("command", "matrix"))
            for port in weight_buffer.BLOCK.ports_named(params.buffer, "s_axis_command")
        ),
        *unpack.BLOCK.ports_named(params.unpack, *units),
        *tlmm.BLOCK.ports_named(params.engine, "s_axis_command", "s_axis_activation", "m_axis"),
        Port("error", "out", 1, doc="high once an illegal word has come, until the next reset"),
        Port("refused_matrix", "out", 1, doc="high for one cycle after a matrix out of range"),
        Port("refused", "out", 1, doc="high for one cycle after a command out of range"),
    )


@block
def packed_tlmm(
    clk: SignalType,
    rst: ResetSignal,
    s_axis_matrix_tdata: SignalType,
    s_axis_matrix_tvalid: SignalType,
    s_axis_matrix_tready: SignalType,
    s_axis_tdata: SignalType,
    s_axis_tvalid: SignalType,
    s_axis_tready: SignalType,
    s_axis_command_tdata: SignalType,
    s_axis_command_tvalid: SignalType,
    s_axis_command_tready: SignalType,
    s_axis_activation_tdata: SignalType,
    s_axis_activation_tvalid: SignalType,
    s_axis_activation_tready: SignalType,
    m_axis_tdata: SignalType,
    m_axis_tvalid: SignalType,
    m_axis_tready: SignalType,
    m_axis_tlast: SignalType,
    m_axis_tkeep: SignalType,
    error: SignalType,
    refused_matrix: SignalType,
    refused: SignalType,
    params: PackedTlmmParams,
) -> Any:
    """Multiply packed ternary matrices by int8 vectors, exactly: ``unpack``, ``transcode``,
    ``weight_buffer`` and ``tlmm`` as one stream.

    Matrices come as the buffer takes them, part by part and group by group, each beat of the port
    a row of its own for ``unpack``: packed units whose first trits are the words of a beat of the
    buffer. The trits behind them and the scales of units are not looked at. A command of the engine
    is a product with a matrix, in the order in which they came, as many as it is given out; its
    sizes must be the matrix's.
    """
    trits = unsigned_signal(params.unpack.out_width)
    used = unsigned_signal(params.transcode.in_width)
    words = unsigned_signal(params.buffer.bus_width)
    codes = unsigned_signal(whole_bytes(params.buffer.beat_width))
    trits_valid, trits_ready, trits_last = (Signal(bool(0)) for _ in range(3))
    words_valid, words_ready, words_last = (Signal(bool(0)) for _ in range(3))
    codes_valid, codes_ready, codes_last = (Signal(bool(0)) for _ in range(3))
    bad_word, bad_group, beside_write = (Signal(bool(0)) for _ in range(3))
    beside_place = unsigned_signal(params.buffer.place_width)
    beside = unsigned_signal(params.buffer.gamma_width)

    @always_comb
    def report():
        error.next = bad_word or bad_group

    return [
        report,
        copy(trits(2 * params.used, 0), used),
        instance(
            unpack.BLOCK, params.unpack, "unpack",
            clk=clk, rst=rst,
            s_axis_tdata=s_axis_tdata, s_axis_tvalid=s_axis_tvalid, s_axis_tready=s_axis_tready,
            s_axis_tlast=s_axis_tvalid,
            m_axis_tdata=trits, m_axis_tvalid=trits_valid, m_axis_tready=trits_ready,
            m_axis_tlast=trits_last,
            error=bad_word,
        ),
        instance(
            transcode.BLOCK, params.transcode, "transcode",
            clk=clk, rst=rst,
            s_axis_tdata=used, s_axis_tvalid=trits_valid, s_axis_tready=trits_ready,
            s_axis_tlast=trits_last,
            m_axis_tdata=words, m_axis_tvalid=words_valid, m_axis_tready=words_ready,
            m_axis_tlast=words_last,
            error=bad_group,
        ),
        instance(
            weight_buffer.BLOCK, params.buffer, "weight_buffer",
            clk=clk, rst=rst,
            s_axis_command_tdata=s_axis_matrix_tdata, s_axis_command_tvalid=s_axis_matrix_tvalid,
            s_axis_command_tready=s_axis_matrix_tready,
            s_axis_tdata=words, s_axis_tvalid=words_valid, s_axis_tready=words_ready,
            m_axis_tdata=codes, m_axis_tvalid=codes_valid, m_axis_tready=codes_ready,
            m_axis_tlast=codes_last,
            gamma_write=beside_write, gamma_place=beside_place, gamma=beside,
            refused=refused_matrix,
        ),
        instance(
            tlmm.BLOCK, params.engine, "tlmm",
            clk=clk, rst=rst,
            s_axis_command_tdata=s_axis_command_tdata, s_axis_command_tvalid=s_axis_command_tvalid,
            s_axis_command_tready=s_axis_command_tready,
            s_axis_activation_tdata=s_axis_activation_tdata,
            s_axis_activation_tvalid=s_axis_activation_tvalid,
            s_axis_activation_tready=s_axis_activation_tready,
            s_axis_weight_tdata=codes, s_axis_weight_tvalid=codes_valid,
            s_axis_weight_tready=codes_ready,
            m_axis_tdata=m_axis_tdata, m_axis_tvalid=m_axis_tvalid, m_axis_tready=m_axis_tready,
            m_axis_tlast=m_axis_tlast, m_axis_tkeep=m_axis_tkeep,
            refused=refused,
        ),
    ]  # fmt: skip


_THREE_WORDS = WeightBufferParams(words=3, bus_width=440)
"""The buffer behind formats whose beats have 256 trits, or a few more."""

BLOCK = Block(
    name="packed_tlmm",
    summary="the matrix-vector engine behind a buffer of weights that come packed from memory",
    family="buffer",
    rtl=packed_tlmm,
    params=PackedTlmmParams,
    configs={
        "tiny": PackedTlmmParams(
            UnpackParams("base3", 3),
            weight_buffer.BLOCK.configs["tiny_q4"],
            ENGINE_CONFIGS["tiny_q4"],
        ),
        "tellme": PackedTlmmParams(),
        "residue": PackedTlmmParams(UnpackParams("base3_residue")),
        "published": PackedTlmmParams(UnpackParams("tellme_beats", 1)),
        "dense": PackedTlmmParams(unpack.BLOCK.configs["tellme_dense"], _THREE_WORDS),
        "bitnet2b": PackedTlmmParams(
            UnpackParams(), weight_buffer.BLOCK.configs["bitnet2b"], ENGINE_CONFIGS["bitnet2b"]
        ),
        **{
            name: PackedTlmmParams(unpack.BLOCK.configs[name], _THREE_WORDS)
            for name in ("tq1_0", "tq2_0", "i2_s_x86", "i2_s_arm", "i2_s_rows")
        },
    },
    ports=_ports,
    latency="6 cycles from the port to the buffer, then those of the buffer and the engine",
    throughput="one beat of the port, and one of the engine, per cycle",
    error="none: exact; an illegal word is reported, and gives zeros",
    source="arXiv:2510.15926 sections 3.3 and 3.4",
    reference="tritproof.ref.ternary.matvec.matvec",
    macs_per_cycle=lambda params: params.engine.macs_per_cycle,
    children=lambda params: (
        (unpack.BLOCK, params.unpack),
        (transcode.BLOCK, params.transcode),
        (weight_buffer.BLOCK, params.buffer),
        (tlmm.BLOCK, params.engine),
    ),
)
