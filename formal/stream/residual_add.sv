// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "moves_together.svh"

// Each lane's adder is given that lane of both streams and delivers that lane of the result, 5 registers later.
module residual_add_proof #(
    parameter STAGES = 5
) (
    input clk,
    input rst,
    input [16*`LANES-1:0] s_axis_tdata,
    input s_axis_tvalid,
    input s_axis_tready,
    input s_axis_tlast,
    input [16*`LANES-1:0] s_axis_residual_tdata,
    input s_axis_residual_tvalid,
    input s_axis_residual_tready,
    input [16*`LANES-1:0] m_axis_tdata,
    input m_axis_tvalid,
    input m_axis_tready,
    input m_axis_tlast,
    input advance,
    input [STAGES-1:0] valid,
    input [STAGES-1:0] lasts
);
  wire pick;  // free
  moves_together #(
      .STAGES(STAGES)
  ) moves (
      .offered(s_axis_tvalid && s_axis_residual_tvalid), .taken(s_axis_tready), .last(s_axis_tlast),
      .tvalid(m_axis_tvalid), .tready(m_axis_tready), .tlast(m_axis_tlast), .*);
  always @* taken_together: assert (s_axis_tready == s_axis_residual_tready);
  offered_beats #(
      .WIDTH(16 * `LANES)
  ) results (
      .live(moves.live), .valid(m_axis_tvalid), .ready(m_axis_tready), .beat(m_axis_tdata), .*);

`define ADD(i) tritproof_residual_add.u_add_``i
`define LANE(i) \
  always @* begin : lane_``i \
    adds: assert (`ADD(i).enable == advance && `ADD(i).a == s_axis_tdata[16*i+:16] \
        && `ADD(i).b == s_axis_residual_tdata[16*i+:16]); \
    delivers: assert (m_axis_tdata[16*i+:16] == `ADD(i).result); \
  end
  `EACH_LANE
endmodule

bind tritproof_residual_add residual_add_proof proof (.*);
