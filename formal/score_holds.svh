// SPDX-License-Identifier: Apache-2.0
// The contract of score_row and score_scale towards a stream: what they give changes by a move only.
`ifdef ASSUME_SCORE
`define SCORE_HOLDS assume
`else
`define SCORE_HOLDS assert
`endif
module score_holds #(
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
  always @* if (waited) holds: `SCORE_HOLDS (value == kept);
endmodule
