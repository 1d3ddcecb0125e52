// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "golden.sv"

// Two enabled cycles later the result is the specification's of the pair given then, and of the exact product of
// their significands.
module rounded_mul_proof #(
    parameter F = `EXPONENT_BITS + `MANTISSA_BITS,
    parameter M = `MANTISSA_BITS
) (
    input clk,
    input enable,
    input [F:0] a,
    input [F:0] b,
    input [F:0] result,
    input [M:0] left,
    input [M:0] right,
    input [2*M+1:0] product_1,
    input signed [`EXPONENT_BITS+2:0] exponents_1,
    input [3:0] marks
);
  reg [1:0] age;  // how many of the last two enabled cycles there have been
  reg [F:0] a_1, b_1, due_2;
  reg signed [63:0] exponent_2;  // the field of the exact product, not rounded
  reg [2*M+1:0] exact_1;
  localparam [63:0] LARGEST = (64'd1 << F) - 1 - (`INFINITIES ? 64'd1 << M : 1);
  wire [63:0] left_1 = a_1[F-1:0], right_1 = b_1[F-1:0], result_2 = result[F-1:0];
  wire zero = left_1 >> M == 0 || right_1 >> M == 0;
  wire infinite = `INFINITIES && (left_1 == LARGEST + 1 || right_1 == LARGEST + 1);
  wire nan = left_1 > LARGEST + `INFINITIES || right_1 > LARGEST + `INFINITIES || infinite && zero;
  wire signed [63:0] exponent_due = (left_1 >> M) + (right_1 >> M) - `BIAS;
  initial age = 0;
  always @(posedge clk)
    if (enable) begin
      age <= age == 2 ? 2 : age + 1;
      {a_1, b_1} <= {a, b};
      exact_1 <= (2*M+2)'(left) * (2*M+2)'(right);
      due_2 <= golden_rounded_product(a_1, b_1, exact_1);
      exponent_2 <= exponent_due + exact_1[2*M+1];
    end
  always @* begin
    ages: assert (age <= 2);
    left_operand: assert (left == golden_normal_significand(a));
    right_operand: assert (right == golden_normal_significand(b));
    if (age >= 1) begin
      exact_product: assert (product_1 == exact_1);
      at_least_one: assert (64'(exact_1) >= 64'd1 << (2 * M));
      exact_exponent: assert (64'(exponents_1) == exponent_due);
      marked: assert (marks == {nan, infinite, zero, a_1[F] ^ b_1[F]});
    end
    if (age == 2) exact: assert (result == due_2);
    cover_carry: cover (age == 2 && result_2 >> M != 0 && result_2 <= LARGEST && result_2 >> M == exponent_2 + 1);
    cover_nan: cover (age == 2 && result_2 > LARGEST + `INFINITIES);
  end
endmodule

bind tritproof_rounded_mul rounded_mul_proof proof (.*);
