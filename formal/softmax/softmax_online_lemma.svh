// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"

// The two steps with floors of the sandwich theorem (`online_sum_is_between`) at the block's widths: a shift of
// a sum rounds down no further than the shifts of its terms; to shift a power, an entry of the table shifted by
// the whole part of its distance, is to move the distance, which stays at its largest when it gets there.
module softmax_online_lemma (
    input [`SUM_WIDTH-1:0] a,
    input [`SUM_WIDTH-1:0] b,
    input [`RESCALE_WIDTH-1:0] rescale,
    input [`POWER_WIDTH-1:0] entry,
    input [`DISTANCE_WIDTH-`FRAC-1:0] whole
);
  localparam [63:0] FARTHEST = (1 << (`DISTANCE_WIDTH - `FRAC)) - 1;
  wire [63:0] wide_a = a, wide_b = b, sum = wide_a + wide_b, wide_entry = entry;
  wire [63:0] moved = 64'(whole) + 64'(rescale);
  genvar amount;
  generate
    for (amount = 0; amount < 1 << `RESCALE_WIDTH; amount = amount + 1) begin : by
      always @*
        if (rescale == amount)
          sum_keeps_more: assert ((wide_a >> amount) + (wide_b >> amount) <= sum >> amount);
    end
  endgenerate
  always @*
    if (wide_entry <= 64'd1 << `PRECISION)
      power_moves: assert ((wide_entry >> whole) >> rescale == wide_entry >> (moved > FARTHEST ? FARTHEST : moved));
endmodule
