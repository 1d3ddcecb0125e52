// SPDX-License-Identifier: Apache-2.0
`include "golden.sv"

// Three enabled cycles later the result is the specification's rounding of the exact product of the value and
// the mantissa given then.
module dyadic_lane_proof (
    input clk,
    input enable,
    input signed [31:0] value,
    input [31:0] mantissa,
    input [5:0] shift,
    input signed [63:0] rounded,
    input [31:0] distance,
    input [63:0] product_1,
    input [5:0] shift_1,
    input [64:0] kept_2,
    input [1:0] signs
);
  always @* small_mantissa: assume (mantissa <= 32'h8000_0000);
  reg [1:0] age;  // how many of the last three enabled cycles there have been
  reg [63:0] exact_1, exact_2;
  reg [5:0] by_1, by_2;
  reg below_1, below_2;
  reg signed [63:0] due_3;
  reg tie_3;
  wire signed [63:0] wide_value = value;
  wire [63:0] magnitude = wide_value < 0 ? -wide_value : wide_value;
  wire [63:0] rounded_2 = golden_rounded_magnitude(exact_2[62:0], by_2);
  // The product in quarters, moved down, the lowest bit set where anything was lost.
  wire [127:0] quarters = {exact_2, 2'b00}, whole = quarters >> by_2;
  wire lost = whole << by_2 != quarters;
  initial age = 0;
  always @(posedge clk)
    if (enable) begin
      age <= age == 3 ? 3 : age + 1;
      exact_1 <= 64'(distance) * 64'(mantissa);
      {exact_2, by_2, below_2} <= {exact_1, by_1, below_1};
      {by_1, below_1} <= {shift, value < 0};
      due_3 <= below_2 ? -rounded_2 : rounded_2;
      tie_3 <= !lost && whole[1:0] == 2;
    end
  always @* begin
    ages: assert (age <= 3);
    magnitude_is: assert (64'(distance) == magnitude);
    if (age >= 1) begin
      exact_product: assert (product_1 == exact_1);
      bounded: assert (exact_1 <= 64'd1 << 62);
      given_1: assert (shift_1 == by_1 && signs[0] == below_1);
    end
    if (age >= 2) begin
      bounded_2: assert (exact_2 <= 64'd1 << 62);
      moved: assert (128'(kept_2) == {whole[127:1], whole[0] | lost});
      sign_2: assert (signs[1] == below_2);
    end
    if (age == 3) exact: assert (rounded == due_3);
    cover_tie: cover (age == 3 && rounded == 2 && tie_3);
    cover_negative: cover (age == 3 && rounded < -5);
  end
endmodule

bind tritproof_dyadic_lane dyadic_lane_proof proof (.*);
