// SPDX-License-Identifier: Apache-2.0
// The sums of one beat, without any clock: asserted by the lemma tasks, assumed by the proof of the
// data path, which then never has to compare two adder trees.
`include "parameters.svh"
`include "golden.sv"
`ifdef PROVE_LEMMA
`define LOOKUP_LEMMA assert
`else
`define LOOKUP_LEMMA assume
`endif

// The sum of COUNT numbers in tree order: neighbours in pairs, an odd last one passes up.
module tree_total #(
    parameter COUNT = 2
) (
    input [32*COUNT-1:0] numbers,
    output signed [31:0] total
);
  localparam ABOVE = (COUNT + 1) / 2;
  genvar k;
  generate
    if (COUNT == 1) begin : root
      assign total = numbers;
    end else begin : pairs
      wire [32*ABOVE-1:0] sums;
      for (k = 0; k < COUNT / 2; k = k + 1) begin : pair
        wire signed [31:0] left = numbers[64*k+:32];
        wire signed [31:0] right = numbers[64*k+32+:32];
        assign sums[32*k+:32] = left + right;
      end
      if (COUNT % 2) begin : odd
        assign sums[32*ABOVE-1-:32] = numbers[32*COUNT-1-:32];
      end
      tree_total #(.COUNT(ABOVE)) rest (.numbers(sums), .total(total));
    end
  endgenerate
endmodule

// What the tables hand to a tree adds up to the sum of the dot products, when each value with its sign
// is the dot product of its group.
module ternary_lookup_sum_lemma (
    input [`T-1:0] negates,
    input [`T*`ENTRY_WIDTH-1:0] values,
    input [32*`T-1:0] dots
);
  wire [`T-1:0] equal;
  genvar t;
  generate
    for (t = 0; t < `T; t = t + 1) begin : term
      wire signed [31:0] value = $signed(values[t*`ENTRY_WIDTH+:`ENTRY_WIDTH]);
      assign equal[t] = (negates[t] ? -value : value) == $signed(dots[32*t+:32]);
    end
  endgenerate
  wire signed [31:0] root;
  tree_total #(.COUNT(`T)) tree (.numbers(dots), .total(root));
  wire signed [31:0] sum = golden_signed_sum(negates, values);
  always @* if (&equal) sum_of_values: `LOOKUP_LEMMA (sum == root);
endmodule

// The beat of the specification is the sum of the dot products of its groups.
module ternary_lookup_beat_lemma (
    input [`T*`CODE_WIDTH-1:0] codes,
    input [8*`G*`T-1:0] activations,
    output [32*`T-1:0] dots
);
  genvar t;
  generate
    for (t = 0; t < `T; t = t + 1) begin : term
      wire signed [31:0] dot =
          golden_ternary_dot(codes[t*`CODE_WIDTH+:`CODE_WIDTH], activations[8*`G*t+:8*`G]);
      assign dots[32*t+:32] = dot;
    end
  endgenerate
  wire signed [31:0] root;
  tree_total #(.COUNT(`T)) tree (.numbers(dots), .total(root));
  wire signed [31:0] beat = golden_tlmm_beat(codes, activations);
  always @* sum_of_dots: `LOOKUP_LEMMA (beat == root);
endmodule
