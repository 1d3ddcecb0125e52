# SPDX-License-Identifier: Apache-2.0
"""What the blocks share that keep rows of int8 numbers, each with its unit."""

from typing import Any

from tritproof.rtl.manifest import Port, stream_ports
from tritproof.rtl.stream import whole_bytes

INPUT_WIDTH = 8
"""Bits of a number, and of its distance from the largest."""


def row_ports(params: Any, octave: str, result_width: int, result: str) -> tuple[Port, ...]:
    """The ports of a block with ``unit_width`` bits of a unit; ``octave`` is what the unit rounds
    up, ``result`` what a beat of ``result_width`` bits is."""
    return (
        Port("clk", "in", 1, doc="clock"),
        Port("rst", "in", 1, doc="synchronous reset, active high"),
        *stream_ports(
            "s_axis_unit",
            "in",
            whole_bytes(params.unit_width),
            doc=f"one beat for each row that fits: u = ceil({octave}), 0 counts as 1, in the "
            f"lowest {params.unit_width} bits",
        ),
        *stream_ports("s_axis", "in", INPUT_WIDTH, tlast=True, doc="int8, two's complement"),
        *stream_ports("m_axis", "out", result_width, tlast=True, doc=result),
        Port("refused", "out", 1, doc="high for one cycle after a row longer than the buffer"),
    )
