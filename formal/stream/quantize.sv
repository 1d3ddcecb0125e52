// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "golden.sv"
`include "moves_together.svh"

// One beat of s_axis_absmax belongs to each row, from before its first beat to its last; it is given to every
// lane with each number of the row, and its scale is delivered once.
module quantize_proof #(
    parameter STAGES = 10
) (
    input clk,
    input rst,
    input [15:0] s_axis_absmax_tdata,
    input s_axis_absmax_tvalid,
    input s_axis_absmax_tready,
    input [16*`LANES-1:0] s_axis_tdata,
    input s_axis_tvalid,
    input s_axis_tready,
    input s_axis_tlast,
    input [15:0] m_axis_scale_tdata,
    input m_axis_scale_tvalid,
    input m_axis_scale_tready,
    input [8*`LANES-1:0] m_axis_tdata,
    input m_axis_tvalid,
    input m_axis_tready,
    input m_axis_tlast,
    input held,
    input advance,
    input [STAGES-1:0] valid,
    input [STAGES-1:0] lasts
);
  wire pick;  // free
  reg owned, scale_due;  // a row has its absmax; its scale is not delivered yet
  reg [15:0] own;
  wire accepted = s_axis_absmax_tvalid && s_axis_absmax_tready;
  always @(posedge clk) begin
    if (rst) owned <= 0;
    else if (accepted) owned <= 1;
    else if (s_axis_tvalid && s_axis_tready && s_axis_tlast) owned <= 0;
    if (rst) scale_due <= 0;
    else if (accepted) scale_due <= 1;
    else if (m_axis_scale_tvalid && m_axis_scale_tready) scale_due <= 0;
    if (accepted) own <= s_axis_absmax_tdata;
  end
  moves_together #(
      .STAGES(STAGES)
  ) moves (
      .offered(s_axis_tvalid && owned), .taken(s_axis_tready), .last(s_axis_tlast),
      .tvalid(m_axis_tvalid), .tready(m_axis_tready), .tlast(m_axis_tlast), .*);
  offered_beats #(
      .WIDTH(8 * `LANES)
  ) results (
      .live(moves.live), .valid(m_axis_tvalid), .ready(m_axis_tready), .beat(m_axis_tdata), .*);
  offered_beats #(
      .WIDTH(16)
  ) scales (
      .live(moves.live), .valid(m_axis_scale_tvalid), .ready(m_axis_scale_tready),
      .beat(m_axis_scale_tdata), .*);
  wire [15:0] scale = golden_activation_scale(own);
  always @*
    if (moves.live) begin
      row_has_its_own: assert (held == owned);
      one_for_a_row: assert (!(accepted && owned));
      wanted_when_free: assert (s_axis_absmax_tready == (!owned && !scale_due));
      scale_offered: assert (m_axis_scale_tvalid == scale_due);
      if (scale_due) scale_is_the_rows: assert (m_axis_scale_tdata == scale);
      cover_no_scale: cover (scale_due && own == 16'h7C00 && m_axis_scale_tready);
      cover_next_row: cover (accepted && valid != 0);
    end
`define PART(i) tritproof_quantize.u_lane_``i
`define LANE(i) \
  always @* begin : lane_``i \
    given: assert (`PART(i).enable == advance && `PART(i).y == s_axis_tdata[16*i+:16]); \
    if (moves.live && owned) given_its_own: assert (`PART(i).absmax == own[14:0]); \
    delivered: assert (m_axis_tdata[8*i+:8] == `PART(i).code); \
  end
  `EACH_LANE
endmodule

bind tritproof_quantize quantize_proof proof (.*);
