// SPDX-License-Identifier: Apache-2.0
// Watches how two banks are filled, and knows what they hold.
//
// A bank is complete from the second cycle after the last of the fill steps 0, 1, ..., STEPS - 1,
// when these came in order, for this bank, with the activations of step 0 held throughout; any other
// fill step makes the bank incomplete. Nothing is assumed: out of order, a bank is just not complete.
module table_observer #(
    parameter WIDTH = 24,
    parameter STEP_WIDTH = 4
) (
    input clk,
    input [WIDTH-1:0] activations,
    input fill,
    input [STEP_WIDTH-1:0] fill_step,
    input fill_bank,
    output reg [WIDTH-1:0] held_0,
    output reg [WIDTH-1:0] held_1,
    output reg complete_0,
    output reg complete_1,
    output reg in_order,
    output reg bank,
    output reg [STEP_WIDTH-1:0] last_step,
    output reg finished
);
  localparam LAST = (1 << STEP_WIDTH) - 1;

  wire [WIDTH-1:0] held = fill_bank ? held_1 : held_0;
  wire continues = in_order && fill_bank == bank && fill_step == last_step + 1'b1
      && last_step != LAST && activations == held;

  initial begin
    complete_0 = 0;
    complete_1 = 0;
    in_order = 0;
    finished = 0;
  end

  always @(posedge clk) begin
    finished <= 0;
    if (finished && !bank) complete_0 <= 1;
    if (finished && bank) complete_1 <= 1;
    if (fill) begin
      last_step <= fill_step;
      bank <= fill_bank;
      in_order <= fill_step == 0 || continues;
      finished <= continues && fill_step == LAST;
      if (fill_bank) complete_1 <= 0;
      else complete_0 <= 0;
      if (fill_step == 0 && fill_bank) held_1 <= activations;
      if (fill_step == 0 && !fill_bank) held_0 <= activations;
    end
  end
endmodule
