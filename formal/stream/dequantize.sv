// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "golden.sv"
`include "moves_together.svh"

// One beat of s_axis_scale belongs to each row, from before its first beat to its last; its factor, exponent
// and kind are given to every lane with each sum of the row.
module dequantize_proof #(
    parameter STAGES = 5
) (
    input clk,
    input rst,
    input [47:0] s_axis_scale_tdata,
    input s_axis_scale_tvalid,
    input s_axis_scale_tready,
    input [`LANE_WIDTH*`LANES-1:0] s_axis_tdata,
    input s_axis_tvalid,
    input s_axis_tready,
    input s_axis_tlast,
    input [16*`LANES-1:0] m_axis_tdata,
    input m_axis_tvalid,
    input m_axis_tready,
    input m_axis_tlast,
    input held,
    input ready,
    input advance,
    input [STAGES-1:0] valid,
    input [STAGES-1:0] lasts
);
`define DEQUANTIZE tritproof_dequantize
  wire pick;  // free
  reg owned, prepared;  // a row has its scale; its factor is formed
  reg [45:0] own;
  reg [`FACTOR_WIDTH-1:0] product;  // of the scale's significand and the mantissa
  wire accepted = s_axis_scale_tvalid && s_axis_scale_tready;
  wire ended = s_axis_tvalid && s_axis_tready && s_axis_tlast;
  wire [15:0] scale = own[15:0];
  wire [23:0] mantissa = own[39:16];
  wire [5:0] shift = own[45:40];
  wire [10:0] significand = `DEQUANTIZE._scale_row0_significand;
  always @(posedge clk) begin
    if (rst) owned <= 0;
    else if (accepted) owned <= 1;
    else if (ended) owned <= 0;
    prepared <= !rst && owned && !ended;
    if (accepted) own <= s_axis_scale_tdata[45:0];
    product <= significand * `DEQUANTIZE.mantissa;
  end
  moves_together #(
      .STAGES(STAGES)
  ) moves (
      .offered(s_axis_tvalid && prepared), .taken(s_axis_tready), .last(s_axis_tlast),
      .tvalid(m_axis_tvalid), .tready(m_axis_tready), .tlast(m_axis_tlast), .*);
  offered_beats #(
      .WIDTH(16 * `LANES)
  ) results (
      .live(moves.live), .valid(m_axis_tvalid), .ready(m_axis_tready), .beat(m_axis_tdata), .*);
  wire finite = scale[14:0] < 15'h7C00;
  wire signed [63:0] exponent = `DEQUANTIZE.exponent, exponent_due = golden_row_exponent(scale, shift);
  always @*
    if (moves.live) begin
      row_has_its_own: assert (held == owned && ready == prepared);
      one_for_a_row: assert (!(accepted && owned) && s_axis_scale_tready == !owned);
      if (owned) kept: assert ({`DEQUANTIZE.shift, `DEQUANTIZE.mantissa, `DEQUANTIZE.scale} == own);
      prepared_when_owned: assert (!prepared || owned);
      if (owned && finite) significand_is: assert (significand == golden_float16_significand(scale));
      if (prepared) factor_is: assert (`DEQUANTIZE.factor == product);
      if (prepared && finite) exponent_is: assert (exponent == exponent_due);
      cover_nan: cover (prepared && scale == 16'h7E00 && s_axis_tready);
      cover_next_row: cover (accepted && valid != 0);
    end
`define PART(i) tritproof_dequantize.u_lane_``i
`define LANE(i) \
  always @* begin : lane_``i \
    given: assert (`PART(i).enable == advance && `PART(i).acc == s_axis_tdata[`LANE_WIDTH*i+:`ACC_WIDTH]); \
    of_its_row: assert (`PART(i).factor == `DEQUANTIZE.factor && `PART(i).exponent == `DEQUANTIZE.exponent); \
    if (moves.live && owned) \
      kind: assert ({`PART(i).negative, `PART(i).nan, `PART(i).infinite, `PART(i).nothing} \
          == {scale[15], scale[14:0] > 15'h7C00, scale[14:0] == 15'h7C00, mantissa == 0}); \
    delivered: assert (m_axis_tdata[16*i+:16] == `PART(i).code); \
  end
  `EACH_LANE
endmodule

bind tritproof_dequantize dequantize_proof proof (.*);
