// SPDX-License-Identifier: Apache-2.0
`include "requant.svh"

// Each lane: the dyadic product, three registers; limited by the specification, one register.
module requant_proof #(
    parameter STAGES = 4
) (
    input clk,
    input rst,
    `OPERAND_PORTS(),
    `RESULT_PORTS
);
  `REQUANT_MOVES(s_axis_tvalid && s_axis_scale_tvalid)
  always @* taken_together: assert (s_axis_tready == s_axis_scale_tready);
`define VALUE(i) tritproof_requant.u_value_``i
`define LANE(i) \
  reg signed [63:0] due_``i; \
  wire signed [63:0] found_``i = $signed(m_axis_tdata[`LANE_WIDTH*i+:`LANE_WIDTH]); \
  always @(posedge clk) if (advance) due_``i <= golden_limited(65'(`VALUE(i).rounded)); \
  always @* begin : lane_``i \
    `RESCALED(given, `VALUE(i), , i) \
    if (begun) delivers: assert (found_``i == due_``i); \
  end
  `EACH_LANE
endmodule

bind tritproof_requant requant_proof proof (.*);
