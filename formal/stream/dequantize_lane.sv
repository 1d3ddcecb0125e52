// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "golden.sv"
`include "float16_round.svh"

// Five enabled cycles later the code is the specification's of the sum and the factor given then. The rounding
// is the real one, with its own properties: here, that it is given the exact product, and that what is no
// rounded number replaces its code.
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
  // The exponents that the row's scale and shift can give.
  always @* exist: assume (exponent >= -87 && exponent <= 5);
  reg [2:0] age;  // how many of the last five enabled cycles there have been
  reg signed [`ACC_WIDTH-1:0] acc_1, acc_2;
  reg [`FACTOR_WIDTH-1:0] given_1;
  reg signed [`EXPONENT_WIDTH-1:0] power_1, power_2;
  reg [3:0] kind_1, kind_2;
  reg [`WIDTH-1:0] exact_2;  // the product of magnitude and factor
  reg [15:0] due_3, due_4, due_5;
  wire signed [63:0] wide_acc_1 = acc_1;
  wire [63:0] distance_1 = wide_acc_1 < 0 ? -wide_acc_1 : wide_acc_1;
  wire [63:0] wide_magnitude_1 = magnitude_1;
  initial age = 0;
  always @(posedge clk)
    if (enable) begin
      age <= age == 5 ? 5 : age + 1;
      {acc_2, acc_1} <= {acc_1, acc};
      given_1 <= factor;
      {power_2, power_1} <= {power_1, exponent};
      {kind_2, kind_1} <= {kind_1, negative, nan, infinite, nothing};
      exact_2 <= magnitude_1 * factor_1;
      due_3 <= golden_dequantized_product(acc_2, exact_2, power_2, kind_2[3], kind_2[2], kind_2[1], kind_2[0]);
      {due_5, due_4} <= {due_4, due_3};
    end
  function automatic [15:0] with_special(input [2:0] mark, input [15:0] rounded);
    with_special = mark[0] ? 16'h7E00 : mark[1] ? {mark[2], 15'h7C00} : rounded;
  endfunction
  function automatic [2:0] mark_of(input signed [`ACC_WIDTH-1:0] sum, input [3:0] kind);
    mark_of = {sum[`ACC_WIDTH-1] ^ kind[3], kind[1],
               kind[2] || kind[1] && (sum == 0 || kind[0])};
  endfunction
  wire [15:0] code_3 =
      golden_round_to_float16(`ROUND.proof.sign_1, `ROUND.proof.given_1, `ROUND.proof.power_1);
  always @* begin
    ages: assert (age <= 5);
    if (age >= 1) begin
      magnitude_is: assert (wide_magnitude_1 == distance_1);
      factor_is: assert (factor_1 == given_1);
      exponent_is_1: assert (tritproof_dequantize_lane.exponent_1 == power_1);
      power_exists_1: assert (power_1 >= -87 && power_1 <= 5);
      sign_is_1: assert (tritproof_dequantize_lane.sign_1 == mark_of(acc_1, kind_1)[2]);
      marked_1: assert (marks[2:0] == mark_of(acc_1, kind_1));
    end
    if (age >= 2) begin
      exact_product: assert (`ROUND.magnitude == exact_2);
      exact_exponent: assert (`ROUND.exponent == power_2);
      power_exists_2: assert (power_2 >= -87 && power_2 <= 5);
      exact_sign: assert (`ROUND.sign == mark_of(acc_2, kind_2)[2]);
      marked_2: assert (marks[5:3] == mark_of(acc_2, kind_2));
      started: assert (`ROUND.proof.age >= age - 2);
    end
    if (age >= 3) rounded_3: assert (with_special(marks[8:6], code_3) == due_3);
    if (age >= 4) rounded_4: assert (with_special(marks[11:9], `ROUND.proof.code_due) == due_4);
    if (age == 5) exact: assert (code == due_5);
    cover_negative: cover (age == 5 && code == 16'hBC00);
    cover_invalid: cover (age == 5 && marks[12]);
    cover_infinite: cover (age == 5 && !marks[12] && marks[13]);
  end
endmodule

bind `MODULE_FLOAT16_ROUND float16_round_proof proof (.*);
bind tritproof_dequantize_lane dequantize_lane_proof proof (.*);
