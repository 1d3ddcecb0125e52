// SPDX-License-Identifier: Apache-2.0
// The contract of signed_sum_tree: asserted where the tree itself is proved, assumed where it is a
// part of ternary_lookup.
`include "parameters.svh"
`include "golden.sv"
`ifdef ASSUME_SIGNED_SUM_TREE
`define TREE_GUARANTEE assume
`else
`define TREE_GUARANTEE assert
`endif

module signed_sum_tree_contract #(
    parameter TERMS = 28,
    parameter TERM_WIDTH = 10,
    parameter TOTAL_WIDTH = 15,
    parameter LEVELS = 5,
    parameter BOUND = 384
) (
    input clk,
    input enable,
    input [TERMS-1:0] negates,
    input [TERMS*TERM_WIDTH-1:0] values,
    input negate,
    input signed [TOTAL_WIDTH-1:0] total,
    output in_range,
    output reg [LEVELS-1:0] due,
    output reg [32*LEVELS-1:0] expected
);
  // The values are within the bound that the widths of the tree are made for.
  wire [TERMS-1:0] bounded;
  genvar t;
  generate
    for (t = 0; t < TERMS; t = t + 1) begin : term
      wire signed [31:0] value = $signed(values[t*TERM_WIDTH+:TERM_WIDTH]);
      assign bounded[t] = value >= -BOUND && value <= BOUND;
    end
  endgenerate
  assign in_range = &bounded;

  wire signed [31:0] sum = golden_signed_sum(negates, values);
  initial due = 0;
  always @(posedge clk)
    if (enable) begin
      due <= {due, in_range};
      expected <= {expected, sum};
    end

  // The total is the sum of the values, each with its sign, as many enabled cycles ago as the tree
  // has levels, whenever these values were within the bound.
  wire signed [31:0] wide_total = total;
  wire signed [31:0] actual = negate ? -wide_total : wide_total;
  always @* if (due[LEVELS-1]) sum_is_exact: `TREE_GUARANTEE (actual == $signed(expected[32*LEVELS-1-:32]));
endmodule
