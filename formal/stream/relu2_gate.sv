// SPDX-License-Identifier: Apache-2.0
`include "elementwise.svh"

// Each lane: the gate's positive part times itself, 4 registers; times the other stream's number of the same
// beat, 4 registers.
module relu2_gate_proof #(
    parameter STAGES = 8
) (
    `ELEMENTWISE_PORTS(up),
    input [16*`LANES*4-1:0] ups
);
  `ELEMENTWISE_MOVES(up)

`define SQUARE(i) tritproof_relu2_gate.u_square_``i
`define MUL(i) tritproof_relu2_gate.u_mul_``i
`define GATE(i) s_axis_tdata[16*i+:16]
  function automatic same_operand(input [15:0] gate, input [15:0] operand);
    // A NaN stays some NaN; everything else below +0 becomes +0.
    same_operand = gate[14:0] > 15'h7C00 ? operand[14:0] > 15'h7C00
        : operand == (gate[15] ? 16'd0 : gate);
  endfunction
  `DELAYED(up, 4)
`define LANE(i) \
  always @* begin : lane_``i \
    squares: assert (`SQUARE(i).enable == advance && `SQUARE(i).a == `SQUARE(i).b \
        && same_operand(`GATE(i), `SQUARE(i).a)); \
    multiplies: assert (`MUL(i).enable == advance && `MUL(i).a == `SQUARE(i).result); \
    if (age == 4) same_beat: assert (`MUL(i).b == up[3][16*i+:16]); \
    delivers: assert (m_axis_tdata[16*i+:16] == `MUL(i).result); \
  end
  `EACH_LANE
endmodule

bind tritproof_relu2_gate relu2_gate_proof proof (.*);
