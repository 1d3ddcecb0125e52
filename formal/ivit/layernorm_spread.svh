// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"

// 2 |sum| - length mean of theorem variance_takes_one_pass, as it is built: from the multiple of the floor of |sum| /
// length, of which the mean is one more where it is rounded up.
`define TWICE_LESS(distance, multiple, length, up) (2 * (distance) - (multiple) - ((up) ? (length) : 128'd0))

// That this is so, of any sum, length and floor.
module layernorm_spread_lemma (
    input [`SUM_WIDTH-1:0] sum_distance,
    input [`LENGTH_WIDTH-1:0] row_length,
    input [15:0] floor_of_mean,
    input up
);
  wire [127:0] distance = sum_distance, length = row_length, below = floor_of_mean, mean = below + up;
  always @* spread: assert (`TWICE_LESS(distance, length * below, length, up) == 2 * distance - length * mean);
endmodule
