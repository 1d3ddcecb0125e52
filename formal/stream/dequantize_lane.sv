// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "golden.sv"
`include "float16_round.svh"

// Five enabled cycles later the code is the specification's of the sum and the factor given then. The rounding
// is the real one, with its own properties: it gives the specification's code of what it was given. Here: that
// it is given the exact product, and that what is no rounded number replaces its code.
module dequantize_lane_proof (
    input clk,
    input enable,
    input signed [`ACC_WIDTH-1:0] acc,
    input [`FACTOR_WIDTH-1:0] factor,
    input signed [`EXPONENT_WIDTH-1:0] exponent,
    input negative,
    input nan,
    input infinite,
    input nothing,
    input [15:0] code,
    input [14:0] marks,
    input [`ACC_WIDTH-1:0] magnitude_1,
    input [`FACTOR_WIDTH-1:0] factor_1
);
`define ROUND tritproof_dequantize_lane.u_round
  reg [2:0] age;  // how many of the last five enabled cycles there have been
  reg signed [`ACC_WIDTH-1:0] sums[1:5];
  reg [3:0] kinds[1:5];
  reg [`FACTOR_WIDTH-1:0] given_1;
  reg signed [`EXPONENT_WIDTH-1:0] power_1, power_2;
  reg [`WIDTH-1:0] exact_2;  // the product of magnitude and factor
  wire signed [63:0] wide_acc_1 = sums[1];
  wire [63:0] distance_1 = wide_acc_1 < 0 ? -wide_acc_1 : wide_acc_1;
  wire [63:0] wide_magnitude_1 = magnitude_1;
  initial age = 0;
  always @(posedge clk)
    if (enable) begin
      age <= age == 5 ? 5 : age + 1;
      sums[1] <= acc;
      kinds[1] <= {negative, nan, infinite, nothing};
      for (integer i = 2; i <= 5; i = i + 1) begin
        sums[i] <= sums[i-1];
        kinds[i] <= kinds[i-1];
      end
      given_1 <= factor;
      {power_2, power_1} <= {power_1, exponent};
      exact_2 <= magnitude_1 * factor_1;
    end
  function automatic sign_of(input signed [`ACC_WIDTH-1:0] sum, input [3:0] kind);
    sign_of = golden_product_sign(sum, kind[3]);
  endfunction
  function automatic [2:0] mark_of(input signed [`ACC_WIDTH-1:0] sum, input [3:0] kind);
    mark_of = {sign_of(sum, kind), kind[1], kind[2] || kind[1] && (sum == 0 || kind[0])};
  endfunction
  // What the rounding gives, by its own properties, for what it was given three enabled cycles before.
  wire [15:0] rounded_5 = `ROUND.proof.code_3;
  wire [15:0] due_5 = golden_rounded_or_special(
      rounded_5, sums[5], kinds[5][3], kinds[5][2], kinds[5][1], kinds[5][0]);
  generate
    for (genvar i = 1; i <= 5; i = i + 1) begin : marked
      always @* if (age >= i) kept: assert (marks[3*i-3+:3] == mark_of(sums[i], kinds[i]));
    end
  endgenerate
  always @* begin
    ages: assert (age <= 5);
    if (age >= 1) begin
      magnitude_is: assert (wide_magnitude_1 == distance_1);
      factor_is: assert (factor_1 == given_1);
      exponent_is_1: assert (tritproof_dequantize_lane.exponent_1 == power_1);
      sign_is_1: assert (tritproof_dequantize_lane.sign_1 == sign_of(sums[1], kinds[1]));
    end
    if (age >= 2) begin
      exact_product: assert (`ROUND.magnitude == exact_2);
      exact_exponent: assert (`ROUND.exponent == power_2);
      exact_sign: assert (`ROUND.sign == sign_of(sums[2], kinds[2]));
      rounding_too: assert (`ROUND.proof.age >= age - 2);
    end
    if (age == 5) exact: assert (code == due_5);
    cover_negative: cover (age == 5 && code == 16'hBC00);
    cover_invalid: cover (age == 5 && marks[12]);
    cover_infinite: cover (age == 5 && !marks[12] && marks[13]);
  end
endmodule

bind `MODULE_FLOAT16_ROUND float16_round_proof proof (.*);
bind tritproof_dequantize_lane dequantize_lane_proof proof (.*);
