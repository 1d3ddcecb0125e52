// SPDX-License-Identifier: Apache-2.0
// A contract of pipelines towards streams: what they give changes by a move only. Assumed of the parts that a
// proof names, asserted of everything else.
`ifdef ASSUME_SCORE
`define HOLDS_ASSUMED 1
`endif
`ifdef ASSUME_DIVIDE
`define HOLDS_ASSUMED 1
`endif
`ifdef ASSUME_ROW_MEAN
`define HOLDS_ASSUMED 1
`endif
`ifndef HOLDS_ASSUMED
`define HOLDS_ASSUMED 0
`endif
module holds #(
    parameter WIDTH = 8,
    parameter ASSUMED = `HOLDS_ASSUMED
) (
    input clk,
    input move,
    input [WIDTH-1:0] value
);
  reg waited;
  reg [WIDTH-1:0] kept;
  initial waited = 0;
  always @(posedge clk) begin
    waited <= !move;
    kept <= value;
  end
  generate
    if (ASSUMED) always @* if (waited) unmoved_part: assume (value == kept);
    if (!ASSUMED) always @* if (waited) unmoved: assert (value == kept);
  endgenerate
endmodule
