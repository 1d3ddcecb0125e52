// SPDX-License-Identifier: Apache-2.0
// A queue of up to three items, the oldest lowest: what a reference has been given and not yet used.
module reference_queue #(
    parameter WIDTH = 8
) (
    input clk,
    input rst,
    input push,
    input pop,
    input [WIDTH-1:0] item,
    output reg [3*WIDTH-1:0] items,
    output reg [2:0] count
);
  wire [2:0] kept = count - pop;
  wire [3*WIDTH-1:0] rest = pop ? items >> WIDTH : items;
  always @(posedge clk)
    if (rst) count <= 0;
    else begin
      count <= kept + push;
      items[WIDTH-1:0] <= push && kept == 0 ? item : rest[WIDTH-1:0];
      items[2*WIDTH-1:WIDTH] <= push && kept == 1 ? item : rest[2*WIDTH-1:WIDTH];
      items[3*WIDTH-1:2*WIDTH] <= push && kept == 2 ? item : rest[3*WIDTH-1:2*WIDTH];
    end
endmodule
