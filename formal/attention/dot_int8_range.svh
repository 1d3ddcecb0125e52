// SPDX-License-Identifier: Apache-2.0
`include "golden.sv"
`ifdef ASSUME_DOT_INT8
`define RANGE assume
`else
`define RANGE assert
`endif

// How large a product of int8 numbers is: proved for every pair in `lemma_range`, used for the sums.
module dot_int8_range (
    input signed [7:0] a,
    input signed [7:0] b
);
  wire signed [63:0] product = golden_int8_product(a, b);
  always @* in_range: `RANGE (product >= -16256 && product <= 16384);
endmodule
