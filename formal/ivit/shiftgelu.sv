// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "moves_in_step.svh"

// What lies between the ports and the parts, which are proved on their own: every number goes to the buffer and to
// the maximum, which begins anew with each row; no number is taken between a row's last and its start; a row that the
// buffer does not refuse starts once, with a unit and the largest of its own, which every number that the buffer
// gives then has; and what the lane gives is delivered.
module shiftgelu_proof #(
    parameter STAGES = `LATENCY,
    parameter U = `UNIT_WIDTH
) (
    input clk,
    input rst,
    input [U-1:0] unit_beat,
    input s_axis_unit_tvalid,
    input s_axis_unit_tready,
    input [7:0] s_axis_tdata,
    input s_axis_tvalid,
    input s_axis_tready,
    input s_axis_tlast,
    input [`BEAT_WIDTH-1:0] m_axis_tdata,
    input m_axis_tvalid,
    input m_axis_tready,
    input m_axis_tlast,
    input refused,
    input begun,
    input complete,
    input held,
    input advance,
    input [STAGES-1:0] valid,
    input [STAGES-1:0] lasts
);
`define LARGEST tritproof_shiftgelu.u_largest
`define BUFFER tritproof_shiftgelu.u_buffer
`define PART tritproof_shiftgelu.u_lane
  wire accepted = s_axis_tvalid && s_axis_tready;
  wire starts = s_axis_unit_tvalid && s_axis_unit_tready;
  wire given = `BUFFER.m_axis_tvalid && `BUFFER.m_axis_tready;
  wire ends = accepted && s_axis_tlast;
  reg row_open;  // a row, and not ended
  reg pending;  // a row has ended and did not start
  reg owned;  // the row that is given out has started
  reg [U-1:0] own_unit;
  reg [7:0] own_largest;
  reg [31:0] ended, answered, given_out;  // rows: that ended less those refused, that started, that went out
  always @(posedge clk) begin
    if (rst) {row_open, pending, owned, ended, answered, given_out} <= 0;
    else begin
      if (accepted) row_open <= !s_axis_tlast;
      pending <= ends || pending && !starts && !refused;
      owned <= starts || owned && !(given && `BUFFER.m_axis_tlast);
      ended <= ended + ends - (pending && refused);
      answered <= answered + starts;
      given_out <= given_out + (given && `BUFFER.m_axis_tlast);
    end
    if (starts) own_unit <= unit_beat;
    if (starts) own_largest <= `LARGEST.largest;
  end
  moves_in_step #(
      .STAGES(STAGES)
  ) moves (
      .offered(`BUFFER.m_axis_tvalid && owned), .taken(`BUFFER.m_axis_tready), .last(`BUFFER.m_axis_tlast),
      .tvalid(m_axis_tvalid), .tready(m_axis_tready), .tlast(m_axis_tlast), .*);
  offered_beats #(
      .WIDTH(`BEAT_WIDTH)
  ) results (
      .live(moves.live), .valid(m_axis_tvalid), .ready(m_axis_tready), .beat(m_axis_tdata), .*);
  wire signed [31:0] whole = `PART.value;
  always @* begin
    same_number: assert (`BUFFER.s_axis_tdata == s_axis_tdata && `LARGEST.value == s_axis_tdata);
    same_end: assert (`BUFFER.s_axis_tlast == s_axis_tlast);
    lane_moves: assert (`PART.enable == advance && `PART.x == `BUFFER.m_axis_tdata);
    delivers: assert ($signed(m_axis_tdata) == whole);
    says_refused: assert (refused == `BUFFER.refused);
    if (moves.live) begin
      same_reset: assert (`BUFFER.rst == rst);
      buffer_moves: assert ((`BUFFER.s_axis_tvalid && `BUFFER.s_axis_tready) == accepted);
      largest_moves: assert (`LARGEST.take == accepted);
      if (accepted) largest_begins: assert (`LARGEST.first == !row_open);
      waits_for_start: assert (!(accepted && pending));
      starts_alone: assert (s_axis_unit_tready == (pending && !refused && !owned));
      starts_once: assert (ended - answered == pending && answered - given_out == owned);
      if (owned) its_own: assert (`PART.unit == own_unit && `PART.largest == own_largest);
      same_state: assert (complete == pending && begun == row_open && held == owned);
      cover_two_rows: cover (pending && owned && valid != 0 && given_out == 1);
      cover_refused: cover (pending && refused && owned);
    end
  end
endmodule

bind tritproof_shiftgelu shiftgelu_proof proof (
    .unit_beat(s_axis_unit_tdata[`UNIT_WIDTH-1:0]),
    .*
);
