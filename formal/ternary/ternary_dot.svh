// SPDX-License-Identifier: Apache-2.0
// The contract of the dot product of one group, shared by the three methods that compute it.
// Since each method equals the same specification for every input, they equal one another.
`include "parameters.svh"
`include "golden.sv"

module ternary_dot_contract (
    input [8*`G-1:0] activations,
    input [`CODE_WIDTH-1:0] code,
    input signed [`RESULT_WIDTH-1:0] result
);
  localparam WIDE = 32;  // the specification does not share the width of the hardware
  wire signed [WIDE-1:0] actual = result;

  // The result is the dot product of the activations with the trits the code names, for all
  // activations and all codes; an illegal code names the zero vector. One assertion for each code
  // word: asked one by one, no solver has to choose among the words while it adds.
  genvar word;
  generate
    for (word = 0; word < (1 << `CODE_WIDTH); word = word + 1) begin : split
      localparam [`CODE_WIDTH-1:0] WORD = word;
      wire signed [WIDE-1:0] expected = golden_ternary_dot(WORD, activations);
      always @* if (code == WORD) exact: assert (actual == expected);
    end
  endgenerate

  always @* begin
    cover_largest: cover (actual == 128 * `G);
    cover_smallest: cover (actual == -128 * `G);
    cover_zero: cover (actual == 0 && activations[7:0] == 8'd1);
  end
endmodule
