// SPDX-License-Identifier: Apache-2.0
// A contract of pipelines towards streams: what they give changes by a move only.
`ifdef ASSUME_SCORE
`define HOLDS assume
`endif
`ifdef ASSUME_DIVIDE
`define HOLDS assume
`endif
`ifndef HOLDS
`define HOLDS assert
`endif
module holds #(
    parameter WIDTH = 8
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
  always @* if (waited) unmoved: `HOLDS (value == kept);
endmodule
