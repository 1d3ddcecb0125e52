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

// For arbitrary constant leaves: whenever the values, each with its sign, are the leaves, the total is
// their sum. No sum travels through time, so no solver has to add to see that one arrived.
module signed_sum_tree_contract #(
    parameter TERMS = 28,
    parameter TERM_WIDTH = 10,
    parameter TOTAL_WIDTH = 15,
    parameter LEVELS = 5,
    parameter BOUND = 384
) (
    input clk,
    input enable,
    input [32*TERMS-1:0] leaves,
    input [TERMS-1:0] negates,
    input [TERMS*TERM_WIDTH-1:0] values,
    input negate,
    input signed [TOTAL_WIDTH-1:0] total,
    output reg [LEVELS-1:0] due
);
  // The values are the leaves, and within the bound that the widths of the tree are made for.
  wire [TERMS-1:0] match;
  genvar t;
  generate
    for (t = 0; t < TERMS; t = t + 1) begin : term
      wire signed [31:0] leaf = leaves[32*t+:32];
      wire signed [31:0] value = $signed(values[t*TERM_WIDTH+:TERM_WIDTH]);
      assign match[t] = (negates[t] ? -value : value) == leaf && value >= -BOUND && value <= BOUND;
    end
  endgenerate

  initial due = 0;
  always @(posedge clk) if (enable) due <= {due, &match};

  // The total is the sum of the leaves, as many enabled cycles later as the tree has levels.
  wire signed [31:0] exact = golden_term_sum(leaves);
  wire signed [31:0] wide_total = total;
  wire signed [31:0] actual = negate ? -wide_total : wide_total;
  always @* if (due[LEVELS-1]) total_is_exact: `TREE_GUARANTEE (actual == exact);
  always @*
    if (due[LEVELS-1])
      total_in_range: `TREE_GUARANTEE (wide_total >= -BOUND * TERMS && wide_total <= BOUND * TERMS);
endmodule
