// SPDX-License-Identifier: Apache-2.0
// The contract of one read port of ternary_table: asserted where the table itself is proved, assumed
// where it is a part of ternary_lookup.
`include "parameters.svh"
`include "golden.sv"
`ifdef ASSUME_TERNARY_TABLE
`define TABLE_GUARANTEE assume
`else
`define TABLE_GUARANTEE assert
`endif

module ternary_table_port_contract (
    input clk,
    input watch,  // this read is looked at; a parent looks at every one
    input read,
    input read_bank,
    input [8*`G-1:0] held_0,
    input [8*`G-1:0] held_1,
    input complete_0,
    input complete_1,
    input [`CODE_WIDTH-1:0] code,
    input negate,
    input signed [`ENTRY_WIDTH-1:0] entry
);
  localparam WIDE = 32;  // the specification does not share the width of the hardware
  wire signed [WIDE-1:0] wide_entry = entry;
  wire signed [WIDE-1:0] value = negate ? -wide_entry : wide_entry;
  reg due;
  reg signed [WIDE-1:0] expected;

  initial due = 0;
  always @(posedge clk)
    if (read) begin
      due <= watch && (read_bank ? complete_1 : complete_0);
      expected <= golden_ternary_dot(code, read_bank ? held_1 : held_0);
    end

  // What a read of a complete bank returns is the dot product of the code's trits with the
  // activations the bank was filled with.
  always @* if (due) data: `TABLE_GUARANTEE (value == expected);
  always @* if (due) data_in_range: `TABLE_GUARANTEE (wide_entry >= -128 * `G && wide_entry <= 128 * `G);
endmodule
