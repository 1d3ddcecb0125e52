// SPDX-License-Identifier: Apache-2.0
// Commands that lead the loader, and a reference beside it, everywhere: a row of two
// steps, one that is refused, and rows of one group, again and again.
`include "parameters.svh"

module command_guide (
    input clk,
    input rst,
    input live,
    input [31:0] s_axis_command_tdata,
    input s_axis_command_tvalid,
    input s_axis_command_tready,
    output followed
);
  reg [1:0] turn;
  always @(posedge clk)
    if (rst) turn <= 0;
    else turn <= turn + s_axis_command_tready;
  wire [15:0] inputs = turn == 0 ? (`T + 1) * `G : turn == 1 ? 0 : `G;
  wire [15:0] outputs = turn == 0 ? 2 * `Q + 1 : turn != 1;
  assign followed = rst == !live && s_axis_command_tvalid && s_axis_command_tdata == {outputs, inputs};
endmodule
