# SPDX-License-Identifier: Apache-2.0
"""Hand-written modules, sound and broken, for the tests of the simulator."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tritproof.rtl.manifest import Port, stream_ports
from tritproof.verif.simulator import Simulator

CACHE = Path("build") / "cache" / "sim"
WIDTH = 24

ADDER = """
module adder (input [7:0] a, input signed [7:0] b, input [99:0] wide,
              output signed [9:0] y, output [99:0] flipped);
    assign y = $signed({1'b0, a}) + b;
    assign flipped = ~wide;
endmodule
"""
ADDER_PORTS = (
    Port("a", "in", 8),
    Port("b", "in", 8, signed=True),
    Port("wide", "in", 100),
    Port("y", "out", 10, signed=True),
    Port("flipped", "out", 100),
)

COUNTER = """
module counter (input clk, input rst, input step, output reg [3:0] count);
    always @(posedge clk) if (rst) count <= 0; else if (step) count <= count + 1;
endmodule
"""
COUNTER_PORTS = (Port("step", "in", 1), Port("count", "out", 4))

STREAM_PORTS = (
    Port("clk", "in", 1),
    Port("rst", "in", 1),
    *stream_ports("s_axis", "in", WIDTH, tlast=True, tkeep_width=3),
    *stream_ports("m_axis", "out", WIDTH, tlast=True, tkeep_width=3),
    Port("full", "out", 1),
)

STREAM = """
module stream_register (
    input clk, input rst,
    input [23:0] s_axis_tdata, input s_axis_tvalid, output s_axis_tready,
    input s_axis_tlast, input [2:0] s_axis_tkeep,
    output [23:0] m_axis_tdata, output m_axis_tvalid, input m_axis_tready,
    output m_axis_tlast, output [2:0] m_axis_tkeep,
    output full
);
    reg [27:0] held;
    reg valid;
    reg [7:0] beats;
    reg phase, again, never_set;
    wire take = !valid || m_axis_tready;
    assign s_axis_tready = take;
    assign m_axis_tvalid = valid;
    assign {m_axis_tlast, m_axis_tkeep, m_axis_tdata} = held;
    assign full = valid;
    always @(posedge clk) begin
        if (s_axis_tvalid && s_axis_tready) held <= {s_axis_tlast, s_axis_tkeep, s_axis_tdata};
        if (take) valid <= s_axis_tvalid && s_axis_tready;
        phase <= !phase;
        if (s_axis_tvalid && s_axis_tready) beats <= beats + 1;
        if (rst) begin valid <= 0; beats <= 0; end
    end
endmodule
"""

TAKE = "valid <= s_axis_tvalid && s_axis_tready;"
BREAKAGES = {
    "sound": ("", ""),
    "drops": (TAKE, "valid <= s_axis_tvalid && s_axis_tready && beats != 5;"),
    "duplicates": (
        TAKE,
        "begin valid <= s_axis_tvalid && s_axis_tready || beats == 50 && !again;"
        " again <= beats == 50; end",
    ),
    "stops": ("assign s_axis_tready = take;", "assign s_axis_tready = take && beats != 7;"),
    "waits_for_ready": (
        "assign m_axis_tvalid = valid;",
        "assign m_axis_tvalid = valid && m_axis_tready;",
    ),
    "withdraws": ("assign m_axis_tvalid = valid;", "assign m_axis_tvalid = valid && phase;"),
    "changes": (
        "m_axis_tdata} = held;",
        "m_axis_tdata} = held ^ {28{!m_axis_tready && phase}};",
    ),
    "changes_last": (
        "m_axis_tdata} = held;",
        "m_axis_tdata} = held ^ {!m_axis_tready && phase, 27'd0};",
    ),
    "unset": ("held <= {s_axis_tlast", "held <= {s_axis_tlast ^ never_set"),
    "ignores_reset": ("if (rst) begin valid <= 0; beats <= 0; end", "if (rst) beats <= 0;"),
    "loops": ("assign full = valid;", "assign full = !full;"),
}


def simulator(folder: Path, text: str, top: str, ports: Sequence[Port]) -> Simulator:
    """Return the simulator of one module given as text."""
    path = folder / f"{top}.v"
    path.write_text(text)
    return Simulator([path], top, ports, cache_directory=CACHE)


def stream_simulator(folder: Path, breakage: str = "sound") -> Simulator:
    """Return the stream register with one thing broken in it."""
    old, new = BREAKAGES[breakage]
    assert not old or STREAM.count(old) == 1, breakage
    text = STREAM.replace(old, new) if old else STREAM
    return simulator(folder, text, "stream_register", STREAM_PORTS)


def beats(count: int, seed: int = 0) -> np.ndarray:
    """Return random beats of the stream register, uint8[count, 3]."""
    return np.random.default_rng(seed).integers(0, 256, (count, WIDTH // 8), dtype=np.uint8)
