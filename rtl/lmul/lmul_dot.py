# SPDX-License-Identifier: Apache-2.0
"""Exact sums of L-Mul products."""

import dataclasses
from typing import Any

from myhdl import ResetSignal, Signal, SignalType, always_comb, always_seq, block, concat
from tritproof.rtl.hierarchy import instance
from tritproof.rtl.lmul import lmul
from tritproof.rtl.lmul.lmul import LmulParams
from tritproof.rtl.manifest import Block, Port, stream_ports
from tritproof.rtl.pieces import (
    accumulate,
    add_all,
    as_bits,
    as_signed,
    copy,
    delay_line,
    join,
    keep_if,
    keep_unless,
    lane,
    of_width,
    register,
    signed_width,
    unsigned_signal,
)
from tritproof.rtl.stream import whole_bytes
from tritproof.rtl.stream.elementwise import move_together

STAGES = lmul.LATENCY + 3
"""Registers from a beat to the total with it."""


@dataclasses.dataclass(frozen=True)
class LmulDotParams(LmulParams):
    """Those of lmul, with exponents of at most 8 bits and codes of whole bytes; ``lanes``: products
    in a beat, 1 to 64; ``depth``: most beats of a row, 1 to 4096."""

    lanes: int = 16
    depth: int = 256

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require("exponent_bits", 2, 8)
        if self.width % 8:
            raise ValueError(f"a code must be whole bytes, not {self.width} bits")
        self.require("lanes", 1, 64)
        self.require("depth", 1, 1 << 12)

    @property
    def product(self) -> LmulParams:
        """Of one product."""
        names = [field.name for field in dataclasses.fields(LmulParams)]
        return LmulParams(**{name: getattr(self, name) for name in names})

    @property
    def greatest_term(self) -> int:
        """The largest product, in units of the smallest normal number's last place."""
        return ((2 << self.mantissa_bits) - 1) << ((1 << self.exponent_bits) - 2)

    @property
    def term_width(self) -> int:
        """Bits of a product, two's complement."""
        return signed_width(self.greatest_term)

    @property
    def beat_sum_width(self) -> int:
        """Bits of the sum of a beat's products, two's complement."""
        return signed_width(self.lanes * self.greatest_term)

    @property
    def total_width(self) -> int:
        """Bits of a sum, two's complement."""
        return signed_width(self.lanes * self.depth * self.greatest_term)

    @property
    def beats_width(self) -> int:
        """Bits of the number of beats of a row."""
        return self.depth.bit_length()

    def constants(self) -> dict[str, Any]:
        """Return parameters and derived widths."""
        return super().constants() | {
            "TERM_WIDTH": self.term_width,
            "BEAT_SUM_WIDTH": self.beat_sum_width,
            "TOTAL_WIDTH": self.total_width,
        }

    def repeated(self) -> dict[str, int]:
        """Return how many lanes there are."""
        return {"LANE": self.lanes}


def sum_stream(params: LmulDotParams, tlast: bool = False) -> tuple[Port, ...]:
    """The stream of sums."""
    total = params.total_width
    return stream_ports(
        "m_axis",
        "out",
        whole_bytes(total + 1),
        tlast=tlast,
        doc=f"the sum, two's complement, units of 2^{1 - params.bias - params.mantissa_bits}, in "
        f"the lowest {total} bits; in bit {total} whether a product was no number",
    )


def _ports(params: LmulDotParams) -> tuple[Port, ...]:
    each = f"{params.lanes} codes, the first lowest"
    width = params.lanes * params.width
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("rst", "in", 1, doc="synchronous reset, active high"),
        *stream_ports("s_axis", "in", width, tlast=True, doc=each),
        *stream_ports("s_axis_other", "in", width, doc=each),
        *sum_stream(params),
        Port("refused", "out", 1, doc="high for one cycle after a row that is too long"),
    )


@block
def _as_fixed_point(
    code: SignalType, term: SignalType, special: SignalType, params: LmulDotParams
) -> Any:
    """``term`` is the value of a code in units of the smallest normal number's last place; 0 of
    what is no normal number; ``special`` says that it is an infinity or a NaN."""
    m, high, sign_bit = params.mantissa_bits, params.width - 1, params.width - 1
    largest = params.largest
    field = unsigned_signal(high)
    significand, wide = unsigned_signal(m + 1), unsigned_signal(params.term_width)
    exponent, shift = (unsigned_signal(params.exponent_bits) for _ in range(2))
    magnitude, kept = unsigned_signal(params.term_width), unsigned_signal(params.term_width)
    positive = of_width(params.term_width)
    finite, sign = Signal(bool(0)), Signal(bool(0))

    @always_comb
    def read():
        exponent.next = field[high:m]
        significand.next = concat(True, field[m:])
        sign.next = code[sign_bit]

    @always_comb
    def decide():
        finite.next = exponent != 0 and field <= largest
        special.next = field > largest
        if exponent == 0:
            shift.next = 0
        else:
            shift.next = exponent - 1

    @always_comb
    def move_up():
        magnitude.next = wide << shift

    @always_comb
    def turn():
        if sign:
            term.next = -positive
        else:
            term.next = positive

    return [
        copy(code(sign_bit, 0), field),
        read,
        decide,
        copy(significand, wide),
        move_up,
        keep_if(finite, magnitude, kept),
        copy(kept, positive),
        turn,
    ]


@block
def lmul_dot(
    clk: SignalType,
    rst: ResetSignal,
    s_axis_tdata: SignalType,
    s_axis_tvalid: SignalType,
    s_axis_tready: SignalType,
    s_axis_tlast: SignalType,
    s_axis_other_tdata: SignalType,
    s_axis_other_tvalid: SignalType,
    s_axis_other_tready: SignalType,
    m_axis_tdata: SignalType,
    m_axis_tvalid: SignalType,
    m_axis_tready: SignalType,
    refused: SignalType,
    params: LmulDotParams,
) -> Any:
    """Sum up the L-Mul products of two rows, exactly.

    sum_i a_i * b_i with the products of ``lmul``, each a code, summed up without any rounding: one
    beat for each row, which ends with tlast of ``s_axis``. Products that are infinite or NaN count
    as 0 and set the bit above the sum. A row of more than ``depth`` beats is taken to its end, has
    no sum and raises ``refused`` for one cycle.
    """
    lanes, width, depth = params.lanes, params.width, params.depth
    advance, taken, starts, fits, result_valid, result_ready, ends = (
        Signal(bool(0)) for _ in range(7)
    )
    valid, lasts = unsigned_signal(STAGES), unsigned_signal(STAGES)
    firsts, enough = unsigned_signal(STAGES - 1), unsigned_signal(STAGES)
    beats = unsigned_signal(params.beats_width)
    codes = [unsigned_signal(width) for _ in range(lanes)]
    terms = [of_width(params.term_width) for _ in range(lanes)]
    term_bits = [unsigned_signal(params.term_width) for _ in range(lanes)]
    terms_kept = [of_width(params.term_width) for _ in range(lanes)]
    made, terms_2 = (unsigned_signal(lanes * params.term_width) for _ in range(2))
    specials = [Signal(bool(0)) for _ in range(lanes)]
    special, special_2, special_3 = (unsigned_signal(n) for n in (lanes, 1, 1))
    added, added_3 = of_width(params.beat_sum_width), of_width(params.beat_sum_width)
    total = of_width(params.total_width)
    adds, begins, spoils, spoilt, so_far, with_these = (Signal(bool(0)) for _ in range(6))
    beat = unsigned_signal(len(m_axis_tdata))
    total_width, before_last, last_stage = params.total_width, STAGES - 2, STAGES - 1

    @always_comb
    def look():
        starts.next = beats == 0
        fits.next = beats < depth

    @always_seq(clk.posedge, reset=rst)
    def count():
        refused.next = result_valid and result_ready and ends and not enough[last_stage]
        if taken:
            if s_axis_tlast:
                beats.next = 0
            elif fits:
                beats.next = beats + 1

    @always_comb
    def collect():
        with_these.next = so_far or special_3[0]

    @always_comb
    def decide():
        adds.next = advance and valid[before_last]
        begins.next = firsts[before_last]

    @always_comb
    def offer():
        m_axis_tvalid.next = result_valid and ends and enough[last_stage]
        result_ready.next = m_axis_tready or not (ends and enough[last_stage])

    @always_comb
    def pack():
        beat.next = concat(spoilt, total[total_width:])

    @always_comb
    def notice():
        spoils.next = special != 0

    return [
        look,
        count,
        move_together(
            clk,
            rst,
            (s_axis_tvalid, s_axis_other_tvalid),
            s_axis_tlast,
            taken,
            advance,
            valid,
            lasts,
            result_valid,
            result_ready,
            ends,
        ),
        delay_line(clk, advance, starts, firsts),
        delay_line(clk, advance, fits, enough),
        [
            (
                instance(
                    lmul.BLOCK, params.product, f"mul_{n}",
                    clk=clk, enable=advance, a=lane(s_axis_tdata, width, n),
                    b=lane(s_axis_other_tdata, width, n), result=codes[n],
                ),
                _as_fixed_point(codes[n], terms[n], specials[n], params),
                as_bits(terms[n], term_bits[n]),
                as_signed(lane(terms_2, params.term_width, n), terms_kept[n]),
            )
            for n in range(lanes)
        ],
        join(term_bits, made),
        register(clk, advance, made, terms_2),
        join(specials, special),
        notice,
        register(clk, advance, spoils, special_2),
        add_all(terms_kept, params.greatest_term, added),
        register(clk, advance, added, added_3),
        register(clk, advance, special_2, special_3),
        decide,
        accumulate(clk, adds, begins, added_3, total),
        keep_unless(begins, spoilt, so_far),
        collect,
        register(clk, adds, with_these, spoilt),
        offer,
        pack,
        copy(beat, m_axis_tdata),
        copy(taken, s_axis_tready),
        copy(taken, s_axis_other_tready),
    ]  # fmt: skip


def dot_params(config: str, **sizes: int) -> LmulDotParams:
    """Return the parameters of a configuration of lmul, with ``lanes`` and ``depth``."""
    return LmulDotParams(**vars(lmul.BLOCK.configs[config]), **sizes)


BLOCK = Block(
    name="lmul_dot",
    summary="exact sums of L-Mul products",
    family="lmul",
    rtl=lmul_dot,
    params=LmulDotParams,
    configs={
        "tiny": dot_params("e4m3", lanes=2, depth=3),
        "e4m3": dot_params("e4m3", lanes=16, depth=256),
        "e5m2": dot_params("e5m2", lanes=16, depth=256),
        "float16": dot_params("float16", lanes=8, depth=256),
    },
    ports=_ports,
    children=lambda params: ((lmul.BLOCK, params.product),),
    latency=f"{STAGES} cycles",
    throughput="one beat per cycle",
    error="that of the products; their sum is exact",
    source="arXiv:2410.00907, with an exact sum",
    reference="tritproof.ref.lmul.lmul.lmul_dot",
)
