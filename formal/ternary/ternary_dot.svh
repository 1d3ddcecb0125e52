// SPDX-License-Identifier: Apache-2.0
// The contract of the dot product of one group, shared by the three methods that compute it.
// Since each method equals the same specification for every input, they equal one another.
`include "ternary_dot_exact.svh"

module ternary_dot_contract (
    input [8*`G-1:0] activations,
    input [`CODE_WIDTH-1:0] code,
    input signed [`RESULT_WIDTH-1:0] result
);
  // The result is the dot product of the activations with the trits the code names, for all
  // activations and all codes; an illegal code names the zero vector. One assertion for each code
  // word: asked one by one, no solver has to choose among the words while it adds.
  genvar word;
  generate
    for (word = 0; word < (1 << `CODE_WIDTH); word = word + 1) begin : split
      localparam [`CODE_WIDTH-1:0] WORD = word;
      wire signed [31:0] expected = golden_ternary_dot(WORD, activations);
      ternary_dot_exact of_word (
          .given(code == WORD),
          .expected(expected),
          .result(result)
      );
    end
  endgenerate

  wire signed [31:0] actual = result;
  always @* begin
    cover_largest: cover (actual == 128 * `G);
    cover_smallest: cover (actual == -128 * `G);
    cover_zero: cover (actual == 0 && activations[7:0] == 8'd1);
  end
endmodule
