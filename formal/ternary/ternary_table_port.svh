// SPDX-License-Identifier: Apache-2.0
// The contract of one read port of ternary_table: asserted where the table itself is proved, assumed
// where it is a part of ternary_lookup.
`include "parameters.svh"
`ifdef ASSUME_TERNARY_TABLE
`define TABLE_GUARANTEE assume
`else
`define TABLE_GUARANTEE assert
`endif

// For an arbitrary constant code and constant activations: a read of this code from a bank that was
// filled with these activations returns `dot`, the dot product that the specification gives for them.
// A parent may pass any constant as `dot`: what it proves for all constants holds for this one.
module ternary_table_port_contract (
    input clk,
    input [`CODE_WIDTH-1:0] chosen_code,
    input [8*`G-1:0] chosen,
    input signed [31:0] dot,
    input [`CODE_WIDTH-1:0] code,
    input [8*`G-1:0] held_0,
    input [8*`G-1:0] held_1,
    input complete_0,
    input complete_1,
    input read,
    input read_bank,
    input negate,
    input signed [`ENTRY_WIDTH-1:0] entry,
    output reg due
);
  wire match = code == chosen_code
      && (read_bank ? complete_1 && held_1 == chosen : complete_0 && held_0 == chosen);
  initial due = 0;
  always @(posedge clk) if (read) due <= match;

  wire signed [31:0] wide_entry = entry;
  wire signed [31:0] actual = negate ? -wide_entry : wide_entry;
  always @* if (due) entry_is_exact: `TABLE_GUARANTEE (actual == dot);
  always @* if (due) entry_in_range: `TABLE_GUARANTEE (wide_entry >= -128 * `G && wide_entry <= 128 * `G);
endmodule
