// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "golden.sv"
`include "holds.svh"

// After two enabled cycles the output is the specification's value of what was given then, for every score,
// mantissa, shift and every pattern of pauses.
module score_scale_proof (
    input clk,
    input enable,
    input signed [`SCORE_WIDTH-1:0] score,
    input [`MANTISSA_WIDTH-1:0] mantissa,
    input [`SHIFT_WIDTH-1:0] shift,
    input signed [`VALUE_WIDTH-1:0] value,
    input signed [`PRODUCT_WIDTH-1:0] product,
    input [`SHIFT_WIDTH-1:0] amount
);
  reg [1:0] age;  // how many of the last two enabled cycles there have been
  reg [`SHIFT_WIDTH-1:0] shift_1;
  reg signed [63:0] product_1, value_1, value_2;  // what the specification makes of them
  initial age = 0;
  always @(posedge clk)
    if (enable) begin
      age <= age == 2 ? 2 : age + 1;
      shift_1 <= shift;
      product_1 <= golden_score_product(score, mantissa);
      value_1 <= golden_scaled_score(score, mantissa, shift);
      value_2 <= value_1;
    end

  holds #(.WIDTH(`VALUE_WIDTH)) held (.move(enable), .value(value), .*);

  wire signed [63:0] wide_product = product, wide_value = value;
  always @* begin
    ages: assert (age <= 2);
    if (age >= 1) begin
      exact_product: assert (wide_product == product_1);
      specified: assert (value_1 == product_1 >>> (`LEAST_SHIFT + shift_1));
      shift_amount: assert (amount == shift_1);
    end
    if (age == 2) exact: assert (wide_value == value_2);
    cover_smallest: cover (age == 2 && wide_value == -(64'sd1 << (`VALUE_WIDTH - 2)));
    cover_rounded_down: cover (age == 2 && wide_value == -1);
  end
endmodule

bind tritproof_score_scale score_scale_proof proof (.*);
