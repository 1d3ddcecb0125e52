// SPDX-License-Identifier: Apache-2.0
// Rule 2 of a stream, for the side that offers: a beat that waits stays, unchanged, until it is taken.
module offered_beats #(
    parameter WIDTH = 8
) (
    input clk,
    input rst,
    input live,  // there has been a reset
    input valid,
    input ready,
    input [WIDTH-1:0] beat
);
  reg waiting;
  reg [WIDTH-1:0] kept;
  initial waiting = 0;
  always @(posedge clk) begin
    waiting <= live && !rst && valid && !ready;
    kept <= beat;
  end
  always @* if (waiting) stays: assert (valid && beat == kept);
endmodule
