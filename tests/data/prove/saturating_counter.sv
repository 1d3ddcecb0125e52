// SPDX-License-Identifier: Apache-2.0
// A counter that stops at `LIMIT: the properties the proof runner is tested with.
`include "parameters.svh"

module saturating_counter_properties (
  input clk, input rst, input up, input [2:0] amount, input [6:0] level
);
  reg started = 0;
  reg [6:0] previous = 0;
  reg rising = 0;
  always @(posedge clk) begin
    started <= 1;
    previous <= level;
    rising <= up && !rst;
    if (!started) assume (rst);
    if (started) in_range: assert (level <= `LIMIT);
    if (started && rising) never_falls: assert (level >= previous);
    full: cover (started && level == 12);
  end
endmodule

bind saturating_counter saturating_counter_properties properties (.*);
