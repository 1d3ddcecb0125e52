// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "golden.sv"

// The two steps of the sandwich theorem (`online_sum_is_between`) at the block's widths: a shift of a sum
// rounds down no further than the shifts of its terms, and to shift a power is to move its distance.
module softmax_online_lemma (
    input [`SUM_WIDTH-1:0] a,
    input [`SUM_WIDTH-1:0] b,
    input [`RESCALE_WIDTH-1:0] rescale,
    input [`DISTANCE_WIDTH-1:0] distance
);
  wire [127:0] wide_a = a, wide_b = b, sum = wide_a + wide_b;
  wire [127:0] moved = distance + (128'(rescale) << `FRAC);
  wire [127:0] power = golden_exp2_neg(distance);
  wire [127:0] moved_power = golden_exp2_neg(moved >= 1 << `DISTANCE_WIDTH ? '1 : moved[`DISTANCE_WIDTH-1:0]);
  always @* begin
    sum_keeps_more: assert ((wide_a >> rescale) + (wide_b >> rescale) <= sum >> rescale);
    power_moves: assert (power >> rescale == moved_power);
  end
endmodule
