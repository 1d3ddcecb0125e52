// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "moves_in_step.svh"

// One unit belongs to each row, from before its first beat to its last; it is given to every lane with each
// number of the row, and what the lanes give is delivered, once and in order, and stays while it waits.
module shiftgelu_elements_proof #(
    parameter STAGES = `LATENCY,
    parameter U = `UNIT_WIDTH
) (
    input clk,
    input rst,
    input [U-1:0] unit_beat,
    input s_axis_unit_tvalid,
    input s_axis_unit_tready,
    input [8*`LANES-1:0] s_axis_tdata,
    input s_axis_tvalid,
    input s_axis_tready,
    input s_axis_tlast,
    input [`BEAT_WIDTH*`LANES-1:0] m_axis_tdata,
    input m_axis_tvalid,
    input m_axis_tready,
    input m_axis_tlast,
    input held,
    input advance,
    input [STAGES-1:0] valid,
    input [STAGES-1:0] lasts
);
  reg owned;  // the row has its unit
  reg [U-1:0] own;
  wire accepted = s_axis_unit_tvalid && s_axis_unit_tready;
  always @(posedge clk) begin
    if (rst) owned <= 0;
    else if (accepted) owned <= 1;
    else if (s_axis_tvalid && s_axis_tready && s_axis_tlast) owned <= 0;
    if (accepted) own <= unit_beat;
  end
  moves_in_step #(
      .STAGES(STAGES)
  ) moves (
      .offered(s_axis_tvalid && owned), .taken(s_axis_tready), .last(s_axis_tlast),
      .tvalid(m_axis_tvalid), .tready(m_axis_tready), .tlast(m_axis_tlast), .*);
  offered_beats #(
      .WIDTH(`BEAT_WIDTH * `LANES)
  ) results (
      .live(moves.live), .valid(m_axis_tvalid), .ready(m_axis_tready), .beat(m_axis_tdata), .*);
  always @*
    if (moves.live) begin
      row_has_its_own: assert (held == owned);
      one_for_a_row: assert (s_axis_unit_tready == !owned);
      cover_next_row: cover (accepted && valid != 0);
    end
`define PART(i) tritproof_shiftgelu_elements.u_lane_``i
`define LANE(i) \
  wire signed [31:0] whole_``i = `PART(i).value; \
  always @* begin : lane_``i \
    given: assert (`PART(i).enable == advance && `PART(i).x == s_axis_tdata[8*i+:8]); \
    if (moves.live && owned) given_its_own: assert (`PART(i).unit == own); \
    delivered: assert ($signed(m_axis_tdata[`BEAT_WIDTH*i+:`BEAT_WIDTH]) == whole_``i); \
  end
  `EACH_LANE
endmodule

bind tritproof_shiftgelu_elements shiftgelu_elements_proof proof (
    .unit_beat(s_axis_unit_tdata[`UNIT_WIDTH-1:0]),
    .*
);
