// SPDX-License-Identifier: Apache-2.0
// The contract of one lane of ternary_lookup: asserted where the data path is proved, assumed where it
// is a part of tlmm.
`include "parameters.svh"
`include "golden.sv"
`ifdef ASSUME_TERNARY_LOOKUP
`define LOOKUP_GUARANTEE assume
`else
`define LOOKUP_GUARANTEE assert
`endif

module ternary_lookup_lane_contract (
    input clk,
    input advance,
    input watch,  // this beat is looked at; a parent looks at every one
    input read_bank,
    input [8*`G*`T-1:0] held_0,
    input [8*`G*`T-1:0] held_1,
    input complete_0,
    input complete_1,
    input [`T*`CODE_WIDTH-1:0] lane_codes,
    input negate,
    input signed [`TOTAL_WIDTH-1:0] total,
    output signed [31:0] beat,
    output reg [`TREE_LEVELS:0] due,
    output reg [32*(`TREE_LEVELS+1)-1:0] expected
);
  assign beat = golden_tlmm_beat(lane_codes, read_bank ? held_1 : held_0);

  initial due = 0;
  always @(posedge clk)
    if (advance) begin
      due <= {due, watch && (read_bank ? complete_1 : complete_0)};
      expected <= {expected, beat};
    end

  // The total is the dot product of the lane's codes with the activations of the bank read, one
  // advancing cycle for the tables and one for each tree level ago.
  wire signed [31:0] wide_total = total;
  wire signed [31:0] actual = negate ? -wide_total : wide_total;
  always @*
    if (due[`TREE_LEVELS])
      lane_is_exact: `LOOKUP_GUARANTEE (actual == $signed(expected[32*`TREE_LEVELS+:32]));
endmodule
