// SPDX-License-Identifier: Apache-2.0
// The contract of one lane of ternary_lookup and of lane_sums: asserted where these are proved, assumed
// where the data path is a part of tlmm.
`include "parameters.svh"
`include "golden.sv"
`ifdef ASSUME_TERNARY_LOOKUP
`define LOOKUP_GUARANTEE assume
`else
`define LOOKUP_GUARANTEE assert
`endif

// What one lane adds up in one beat. The engine moves and accumulates these sums and never looks into
// them, so its proof may define FREE_BEAT: it then holds for whatever function stands here.
module ternary_lookup_beat (
    input [`T*`CODE_WIDTH-1:0] lane_codes,
    input [8*`G*`T-1:0] held,
    output signed [31:0] beat
);
`ifndef FREE_BEAT
  assign beat = golden_tlmm_beat(lane_codes, held);
`endif
endmodule

module ternary_lookup_lane_contract (
    input clk,
    input advance,
    input match,  // this read is looked at, and `beat` is what it ought to give
    input signed [31:0] beat,
    input negate,
    input signed [`TOTAL_WIDTH-1:0] total,
    output reg [`TREE_LEVELS:0] due,
    output reg [32*(`TREE_LEVELS+1)-1:0] expected
);
  initial due = 0;
  always @(posedge clk)
    if (advance) begin
      due <= {due, match};
      expected <= {expected, beat};
    end

  // The total is the beat that was read one advancing cycle for the tables and one for each level of
  // the tree ago.
  wire signed [31:0] wide_total = total;
  wire signed [31:0] actual = negate ? -wide_total : wide_total;
  wire signed [31:0] exact = expected[32*`TREE_LEVELS+:32];
  always @* if (due[`TREE_LEVELS]) lane_is_exact: `LOOKUP_GUARANTEE (actual == exact);
  always @*
    if (due[`TREE_LEVELS])
      lane_in_range: `LOOKUP_GUARANTEE (wide_total >= -128 * `G * `T && wide_total <= 128 * `G * `T);
endmodule
