// SPDX-License-Identifier: Apache-2.0
`include "elementwise.svh"

// Each lane: SiLU of the gate, 7 registers; times the other stream's number of the same beat, 4 registers.
module silu_gate_proof #(
    parameter STAGES = 11
) (
    `ELEMENTWISE_PORTS(up),
    input [16*`LANES*7-1:0] ups
);
  `ELEMENTWISE_MOVES(up)

`define SILU(i) tritproof_silu_gate.u_silu_``i
`define MUL(i) tritproof_silu_gate.u_mul_``i
  `DELAYED(up, 7)
`define LANE(i) \
  always @* begin : lane_``i \
    activates: assert (`SILU(i).enable == advance && `SILU(i).a == s_axis_tdata[16*i+:16]); \
    multiplies: assert (`MUL(i).enable == advance && `MUL(i).a == `SILU(i).result); \
    if (age == 7) same_beat: assert (`MUL(i).b == up[6][16*i+:16]); \
    delivers: assert (m_axis_tdata[16*i+:16] == `MUL(i).result); \
  end
  `EACH_LANE
endmodule

bind tritproof_silu_gate silu_gate_proof proof (.*);
