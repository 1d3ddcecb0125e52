# SPDX-License-Identifier: Apache-2.0
"""A stream of packed weights as a stream of trits."""

import dataclasses
from typing import Any

from myhdl import ResetSignal, Signal, SignalType, block
from tritproof.rtl.formats import unpack_word
from tritproof.rtl.formats.beats import beat_ports, deliver_beats
from tritproof.rtl.formats.layout import LAYOUTS, SCALE_WIDTH, Layout
from tritproof.rtl.formats.unpack_word import WordParams
from tritproof.rtl.formats.words import TRIT_WIDTH
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.manifest import Block, Params, Port
from tritproof.rtl.pieces import copy, delay_line, join, lane, unsigned_signal
from tritproof.rtl.stream import whole_bytes

LATENCY = unpack_word.LATENCY + 1
MOST_BYTES = 256
"""Most bytes of a beat."""


@dataclasses.dataclass(frozen=True)
class UnpackParams(Params):
    """``format``: of the bytes; ``units``: of the format in a beat, which has 256 bytes at most."""

    format: str = "base3"
    units: int = 84

    def __post_init__(self) -> None:
        if self.format not in LAYOUTS:
            raise ValueError(f"format must be one of {', '.join(LAYOUTS)}, not {self.format!r}")
        self.require("units", 1, MOST_BYTES // self.layout.size)

    @property
    def layout(self) -> Layout:
        """A unit of the format."""
        return LAYOUTS[self.format]

    @property
    def in_width(self) -> int:
        """Bits of a beat of bytes."""
        return 8 * self.units * self.layout.size

    @property
    def words(self) -> int:
        """Words of a beat."""
        return self.units * len(self.layout.words)

    @property
    def trits(self) -> int:
        """Trits of a beat."""
        return self.units * self.layout.trits

    @property
    def trits_width(self) -> int:
        """Bits of the trits of a beat, in whole bytes."""
        return whole_bytes(TRIT_WIDTH * self.trits)

    @property
    def scales_width(self) -> int:
        """Bits of the scales of a beat."""
        return 0 if self.layout.scale is None else SCALE_WIDTH * self.units

    @property
    def out_width(self) -> int:
        """Bits of a beat of trits and scales."""
        return self.trits_width + self.scales_width

    def constants(self) -> dict[str, Any]:
        """Return the parameters and derived widths."""
        return super().constants() | {
            "IN_WIDTH": self.in_width,
            "OUT_WIDTH": self.out_width,
            "WORDS": self.words,
            "TRITS": self.trits,
        }

    def repeated(self) -> dict[str, int]:
        """Return how many words, and units, there are."""
        return {"WORD": self.words, "UNIT": self.units}


def _ports(params: UnpackParams) -> tuple[Port, ...]:
    made = f"{params.trits} trits of 2 bits, two's complement, the first lowest"
    if params.scales_width:
        made += f"; the scale of each unit, binary16, from bit {params.trits_width} on"
    given = f"{params.units} units of {params.layout.size} bytes, the first lowest"
    return beat_ports(params.in_width, given, params.out_width, made)


@block
def _unpack_words(
    clk: SignalType,
    advance: SignalType,
    data: SignalType,
    trits: list[SignalType],
    illegal: list[SignalType],
    params: UnpackParams,
) -> Any:
    """Give each word of a beat to a part, and each trit of a part its place in the beat."""
    layout = params.layout
    places: dict[int, SignalType] = {}
    instances = []
    for unit in range(params.units):
        for number, word in enumerate(layout.words):
            part = WordParams(word.code)
            found = unsigned_signal(part.trits_width)
            first = 8 * unit * layout.size + word.bit
            index = unit * len(layout.words) + number
            instances.append(
                instance(
                    unpack_word.BLOCK, part, f"word_{index}",
                    clk=clk, enable=advance, word=data(first + part.width, first), trits=found,
                    illegal=illegal[index],
                )
            )  # fmt: skip
            for place, trit in enumerate(word.trits):
                places[unit * layout.trits + trit] = lane(found, TRIT_WIDTH, place)
    return instances, [copy(places[number], trit) for number, trit in enumerate(trits)]


@block
def _carry_scales(
    clk: SignalType,
    advance: SignalType,
    data: SignalType,
    line: SignalType,
    params: UnpackParams,
) -> Any:
    """Carry the scales of a beat along with its words: the newest lowest in ``line``."""
    size, byte = params.layout.size, params.layout.scale
    starts = [8 * (unit * size + byte) for unit in range(params.units)]
    given = unsigned_signal(params.scales_width)
    return [
        join([data(start + SCALE_WIDTH, start) for start in starts], given),
        delay_line(clk, advance, given, line),
    ]


@block
def unpack(
    clk: SignalType,
    rst: ResetSignal,
    s_axis_tdata: SignalType,
    s_axis_tvalid: SignalType,
    s_axis_tready: SignalType,
    s_axis_tlast: SignalType,
    m_axis_tdata: SignalType,
    m_axis_tvalid: SignalType,
    m_axis_tready: SignalType,
    m_axis_tlast: SignalType,
    error: SignalType,
    params: UnpackParams,
) -> Any:
    """Unpack a stream of ternary weights, units of one of the formats, into trits.

    A beat of whole units gives a beat of their trits, in the order of the matrix within each unit,
    then of the binary16 scales where units have them. Rows of any number of beats, ended by tlast.
    An illegal word gives zeros; ``error`` is raised with the first beat that has one, in the cycle
    in which it is first offered, and stays until reset. What stands behind the words of a matrix,
    such as the scale of I2_S, must not be sent.
    """
    advance, taken = Signal(bool(0)), Signal(bool(0))
    valid, lasts = unsigned_signal(LATENCY), unsigned_signal(LATENCY)
    trits = [unsigned_signal(TRIT_WIDTH) for _ in range(params.trits)]
    illegal = [Signal(bool(0)) for _ in range(params.words)]
    joined, padded = unsigned_signal(TRIT_WIDTH * params.trits), unsigned_signal(params.trits_width)
    made, parts, carried = unsigned_signal(params.out_width), [padded], []
    if params.scales_width:
        width, all_width = params.scales_width, unpack_word.LATENCY * params.scales_width
        scales, scale_line = unsigned_signal(width), unsigned_signal(all_width)
        carried = [
            _carry_scales(clk, advance, s_axis_tdata, scale_line, params),
            copy(scale_line(all_width, all_width - width), scales),
        ]
        parts.append(scales)
    return [
        _unpack_words(clk, advance, s_axis_tdata, trits, illegal, params),
        carried,
        join(trits, joined),
        copy(joined, padded),
        join(parts, made),
        deliver_beats(
            clk, rst, s_axis_tlast, s_axis_tvalid, taken, advance, valid, lasts, made, illegal,
            m_axis_tdata, m_axis_tvalid, m_axis_tready, m_axis_tlast, error,
        ),
        copy(taken, s_axis_tready),
    ]  # fmt: skip


def _children(params: UnpackParams) -> tuple[tuple[Block, WordParams], ...]:
    codes = dict.fromkeys(word.code for word in params.layout.words)
    return tuple((unpack_word.BLOCK, WordParams(code)) for code in codes)


BLOCK = Block(
    name="unpack",
    summary="stream of packed weights as trits",
    family="formats",
    rtl=unpack,
    params=UnpackParams,
    configs={
        "tiny": UnpackParams("tellme", 1),
        "tellme": UnpackParams("tellme_beats", 1),
        "tellme_dense": UnpackParams("tellme", 11),
        "base3": UnpackParams(),
        "tiny_base3": UnpackParams(units=3),
        "base3_residue": UnpackParams("base3_residue"),
        "tq1_0": UnpackParams("tq1_0", 1),
        "tq2_0": UnpackParams("tq2_0", 1),
        "i2_s_x86": UnpackParams("i2_s_x86", 2),
        "i2_s_arm": UnpackParams("i2_s_arm", 4),
        "i2_s_rows": UnpackParams("i2_s_rows", 64),
    },
    ports=_ports,
    latency=f"{LATENCY} cycles",
    throughput="one beat per cycle",
    error="none; an illegal word is reported, and gives zeros",
    source="llama.cpp, bitnet.cpp, arXiv:2510.15926",
    reference="tritproof.ref.formats.format.Format.decode",
    children=_children,
)
