// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "golden.sv"
`include "float16_round.svh"

// Four enabled cycles later the result is the specification's of the pair given then. The rounding is the
// real one, with its own properties: here, that it is given the exact product, and that what is no rounded
// number replaces its code.
module float16_mul_proof (
    input clk,
    input enable,
    input [15:0] a,
    input [15:0] b,
    input [15:0] result,
    input [11:0] marks,
    input [10:0] left_significand,
    input [10:0] right_significand
);
`define ROUND tritproof_float16_mul.u_round
  reg [2:0] age;  // how many of the last four enabled cycles there have been
  reg [15:0] a_1, b_1, due_2, due_3, due_4;
  reg [21:0] exact_1;  // the product of the operands' significands
  wire sign_1 = a_1[15] ^ b_1[15];
  wire infinite_1 = a_1[14:0] == 15'h7C00 || b_1[14:0] == 15'h7C00;
  wire zero_1 = a_1[14:0] == 0 || b_1[14:0] == 0;
  wire nan_1 = a_1[14:0] > 15'h7C00 || b_1[14:0] > 15'h7C00 || infinite_1 && zero_1;
  initial age = 0;
  always @(posedge clk)
    if (enable) begin
      age <= age == 4 ? 4 : age + 1;
      {a_1, b_1} <= {a, b};
      exact_1 <= 22'(left_significand) * 22'(right_significand);
      due_2 <= golden_product_code(a_1, b_1, exact_1);
      {due_4, due_3} <= {due_3, due_2};
    end

  function automatic [15:0] with_special(input [2:0] mark, input [15:0] code);
    with_special = mark[0] ? 16'h7E00 : mark[1] ? {mark[2], 15'h7C00} : code;
  endfunction
  wire signed [6:0] exponent_1 = golden_product_exponent(a_1, b_1);
  wire [15:0] code_2 =
      golden_round_to_float16(`ROUND.proof.sign_1, `ROUND.proof.given_1, `ROUND.proof.power_1);
  wire [15:0] code_3 = `ROUND.proof.code_due;
  always @* begin
    ages: assert (age <= 4);
    left_operand: assert (left_significand == golden_float16_significand(a));
    right_operand: assert (right_significand == golden_float16_significand(b));
    if (age >= 1) begin
      exact_product: assert (`ROUND.magnitude == exact_1);
      started: assert (`ROUND.proof.age >= age - 1);
      exact_exponent: assert (`ROUND.exponent == exponent_1);
      exact_sign: assert (`ROUND.sign == sign_1);
      marked_1: assert (marks[2:0] == {sign_1, infinite_1, nan_1});
    end
    if (age >= 2) rounded_2: assert (with_special(marks[5:3], code_2) == due_2);
    if (age >= 3) rounded_3: assert (with_special(marks[8:6], code_3) == due_3);
    if (age == 4) exact: assert (result == due_4);
    cover_invalid: cover (age == 4 && marks[9] && due_4 == 16'h7E00);
    cover_infinite: cover (age == 4 && marks[10] && due_4 == 16'hFC00);
  end
endmodule

bind `MODULE_FLOAT16_ROUND float16_round_proof proof (.*);
bind tritproof_float16_mul float16_mul_proof proof (.*);
