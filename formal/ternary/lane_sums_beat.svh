// SPDX-License-Identifier: Apache-2.0
// What a lane ought to give. The hardware moves and adds dot products and never looks into them, so its
// proof leaves them free, constant and within their range: it holds for whatever function stands here.
// The lemma puts the specification in this place.
`include "parameters.svh"
`include "golden.sv"
`ifdef PROVE_BEAT
`define BEAT_LEMMA assert
`else
`define BEAT_LEMMA assume
`endif

module lane_sums_beat (
`ifndef PROVE_BEAT
    input clk,
`endif
    input [`T*`CODE_WIDTH-1:0] codes,
    input [8*`G*`T-1:0] activations,
    output [32*`T-1:0] dots,
    output signed [31:0] beat
);
  genvar t;
  generate
    for (t = 0; t < `T; t = t + 1) begin : group
`ifdef PROVE_BEAT
      wire signed [31:0] dot = golden_ternary_dot(
          codes[`CODE_WIDTH*t+:`CODE_WIDTH], activations[8*`G*t+:8*`G]);
`else
      reg signed [31:0] dot;
      always @(posedge clk) dot <= dot;
`endif
      always @* dot_in_range: `BEAT_LEMMA (dot >= -128 * `G && dot <= 128 * `G);
      assign dots[32*t+:32] = dot;
    end
  endgenerate
  assign beat = golden_term_sum(dots);
`ifdef PROVE_BEAT
  wire signed [31:0] specified = golden_tlmm_beat(codes, activations);
  always @* beat_is_sum: assert (beat == specified);
`endif
endmodule
