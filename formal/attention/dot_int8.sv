// SPDX-License-Identifier: Apache-2.0
`ifndef SMALL
`define ASSUME_DOT_INT8
`endif
`include "parameters.svh"
`include "golden.sv"
`include "dot_int8_range.svh"

// Each step by itself: every lane's product; the sum of the products of a beat; the sum over the beats since
// the first one. For every vector and every pattern of pauses.
module dot_int8_proof (
    input clk,
    input enable,
    input take,
    input first,
    input [8*`LANES-1:0] a,
    input [8*`LANES-1:0] b,
    input signed [`SCORE_WIDTH-1:0] score,
    input [16*`LANES-1:0] products,
    input signed [`SUM_WIDTH-1:0] beat_sum,
    input [3:0] marks
);
  reg [1:0] age;  // how many of the last two enabled cycles there have been
  reg [1:0] given, begins;
  reg signed [63:0] sum_2, sum;
  reg [15:0] beats;  // in the sum, up to `BEATS + 1
  reg summed;
  initial age = 0;
  initial {given, summed} = 0;
  wire signed [63:0] total = golden_beat_sum(products);
  always @(posedge clk)
    if (enable) begin
      age <= {age[0], 1'b1};
      given <= {given[0], take};
      begins <= {begins[0], first};
      sum_2 <= total;
      if (given[1]) begin
        sum <= begins[1] ? sum_2 : sum + sum_2;
        beats <= begins[1] ? 1 : beats > `BEATS ? beats : beats + 1;
        summed <= begins[1] || summed;
      end
    end

  genvar i;
  generate
    for (i = 0; i < `LANES; i = i + 1) begin : each
      reg signed [63:0] product;
      always @(posedge clk) if (enable) product <= golden_int8_product(a[8*i+:8], b[8*i+:8]);
      dot_int8_range range (.a(a[8*i+:8]), .b(b[8*i+:8]));
      wire signed [15:0] kept = products[16*i+:16];
      wire signed [63:0] wide_kept = kept;
      always @*
        if (age[0]) exact_product: assert (wide_kept == product && product >= -16256 && product <= 16384);
    end
  endgenerate

  wire signed [63:0] wide_sum = beat_sum, wide_score = score;
  localparam signed [63:0] LARGEST = `LANES * 64'd16384;
  wire signed [63:0] wide_beats = beats, reach = wide_beats * LARGEST;
  always @* begin
    if (summed) begun: assert (age[1] && beats > 0);
    if (age[1]) exact_sum: assert (wide_sum == sum_2 && sum_2 <= LARGEST && sum_2 >= -LARGEST);
    if (summed && beats <= `BEATS) begin
      exact_score: assert (wide_score == sum);
      in_reach: assert (sum <= reach && sum >= -reach);
    end
    same_marks: assert ((!age[0] || given[0] == marks[0] && begins[0] == marks[1])
        && (!age[1] || given[1] == marks[2] && begins[1] == marks[3]) && (age[0] || !given[0])
        && (age[1] || !given[1]) && (age[0] || !age[1]));
    cover_whole: cover (summed && beats == `BEATS);
    cover_new_vector: cover (summed && given[1] && begins[1] && enable);
  end
endmodule

bind tritproof_dot_int8 dot_int8_proof proof (.*);
