// SPDX-License-Identifier: Apache-2.0
// The sum of one beat, without any clock: asserted by the lemma task, assumed where the data path is
// proved, which then never has to compare two sums.
`include "ternary_lookup_lane.svh"
`ifdef PROVE_LEMMA
`define LOOKUP_LEMMA assert
`else
`define LOOKUP_LEMMA assume
`endif

// All that the proof of the data path needs to know of the numbers it adds.
module ternary_lookup_relation (
    input [32*`T-1:0] dots,
    input signed [31:0] beat
);
  wire signed [31:0] sum = golden_term_sum(dots);
  always @* beat_is_sum: `LOOKUP_LEMMA (beat == sum);
endmodule

// A beat of the specification and the dot products of its groups are so related.
module ternary_lookup_lemma (
    input [`T*`CODE_WIDTH-1:0] codes,
    input [8*`G*`T-1:0] activations
);
  wire [32*`T-1:0] dots;
  wire signed [31:0] beat;
  genvar t;
  generate
    for (t = 0; t < `T; t = t + 1) begin : term
      wire signed [31:0] dot =
          golden_ternary_dot(codes[t*`CODE_WIDTH+:`CODE_WIDTH], activations[8*`G*t+:8*`G]);
      assign dots[32*t+:32] = dot;
    end
  endgenerate
  ternary_lookup_beat whole (.lane_codes(codes), .held(activations), .beat(beat));
  ternary_lookup_relation relation (.*);
endmodule
