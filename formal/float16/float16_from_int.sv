// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "golden.sv"
`include "float16_round.svh"

// Four enabled cycles later the result is the specification's of the integer given then. The rounding is the
// real one, with its own properties: here, that it is given the integer's sign and magnitude.
module float16_from_int_proof (
    input clk,
    input enable,
    input signed [`VALUE_WIDTH-1:0] value,
    input [15:0] result
);
`define ROUND tritproof_float16_from_int.u_round
  reg [2:0] age;  // how many of the last four enabled cycles there have been
  reg [15:0] due_1, due_2, due_3, due_4;
  initial age = 0;
  always @(posedge clk)
    if (enable) begin
      age <= age == 4 ? 4 : age + 1;
      due_1 <= golden_float16_from_int(value);
      {due_4, due_3, due_2} <= {due_3, due_2, due_1};
    end
  wire [15:0] code_1 = golden_round_to_float16(`ROUND.sign, `ROUND.magnitude, `ROUND.exponent);
  wire [15:0] code_2 =
      golden_round_to_float16(`ROUND.proof.sign_1, `ROUND.proof.given_1, `ROUND.proof.power_1);
  wire [15:0] code_3 = `ROUND.proof.code_due;
  always @* begin
    ages: assert (age <= 4);
    if (age >= 1) begin
      started: assert (`ROUND.proof.age >= age - 1);
      given_rounding: assert (code_1 == due_1);
    end
    if (age >= 2) kept_1: assert (code_2 == due_2);
    if (age >= 3) kept_2: assert (code_3 == due_3);
    if (age == 4) exact: assert (result == due_4);
    cover_largest: cover (age == 4 && result == 16'h6C00);
  end
endmodule

bind `MODULE_FLOAT16_ROUND float16_round_proof proof (.*);
bind tritproof_float16_from_int float16_from_int_proof proof (.*);
