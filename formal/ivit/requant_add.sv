// SPDX-License-Identifier: Apache-2.0
`include "requant.svh"

// Each lane: two dyadic products, three registers; their sum limited by the specification, one register.
module requant_add_proof #(
    parameter STAGES = 4
) (
    input clk,
    input rst,
    `OPERAND_PORTS(),
    `OPERAND_PORTS(_residual),
    `RESULT_PORTS
);
  `REQUANT_MOVES(s_axis_tvalid && s_axis_scale_tvalid && s_axis_residual_tvalid && s_axis_residual_scale_tvalid)
  always @* taken_together: assert (s_axis_tready == s_axis_scale_tready && s_axis_tready == s_axis_residual_tready
      && s_axis_tready == s_axis_residual_scale_tready);
`define VALUE(i) tritproof_requant_add.u_value_``i
`define OTHER(i) tritproof_requant_add.u_other_``i
`define LANE(i) \
  reg signed [63:0] due_``i; \
  wire signed [64:0] total_``i = 65'(`VALUE(i).rounded) + 65'(`OTHER(i).rounded); \
  wire signed [63:0] found_``i = $signed(m_axis_tdata[`LANE_WIDTH*i+:`LANE_WIDTH]); \
  always @(posedge clk) if (advance) due_``i <= golden_limited(total_``i); \
  always @* begin : lane_``i \
    `RESCALED(given, `VALUE(i), , i) \
    `RESCALED(given_residual, `OTHER(i), _residual, i) \
    if (begun) delivers: assert (found_``i == due_``i); \
  end
  `EACH_LANE
endmodule

bind tritproof_requant_add requant_add_proof proof (.*);
