// SPDX-License-Identifier: Apache-2.0
// The contract of one dot product: asserted of each of the three methods, for every code word and all
// activations, assumed where a method is a part of lane_sums.
`include "parameters.svh"
`include "golden.sv"
`ifdef ASSUME_TERNARY_DOT
`define DOT_GUARANTEE assume
`else
`define DOT_GUARANTEE assert
`endif

module ternary_dot_exact (
    input given,  // the code and the activations are those meant
    input signed [31:0] expected,  // and this is their dot product in the specification
    input signed [`RESULT_WIDTH-1:0] result
);
  wire signed [31:0] actual = result;  // the specification does not share the width of the hardware
  always @* if (given) exact: `DOT_GUARANTEE (actual == expected);
  always @* in_range: `DOT_GUARANTEE (expected >= -128 * `G && expected <= 128 * `G);
endmodule
