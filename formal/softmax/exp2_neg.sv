// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "golden.sv"

// After two enabled cycles the output is the specification's value of the z given then, for every z and
// every pattern of pauses. The registers between hold the table's entry and the shift.
module exp2_neg_proof (
    input clk,
    input enable,
    input [`Z_WIDTH-1:0] z,
    input [`VALUE_WIDTH-1:0] value,
    input [`VALUE_WIDTH-1:0] entry,
    input [`Z_WIDTH-`FRAC-1:0] amount
);
  reg [1:0] age;  // how many of the last two enabled cycles there have been
  reg [`Z_WIDTH-1:0] z_1;
  reg [63:0] entry_1, value_1, value_2;  // what the specification makes of them
  initial age = 0;
  always @(posedge clk)
    if (enable) begin
      age <= age == 2 ? 2 : age + 1;
      z_1 <= z;
      entry_1 <= golden_exp2_entry(z[`FRAC-1:0]);
      value_1 <= golden_exp2_neg(z);
      value_2 <= value_1;
    end

  wire [63:0] wide_entry = entry, wide_amount = amount, wide_value = value;
  wire [63:0] whole_1 = z_1 >> `FRAC;
  always @* begin
    ages: assert (age <= 2);
    if (age >= 1) table_entry: assert (wide_entry == entry_1);
    if (age >= 1) specified: assert (value_1 == entry_1 >> whole_1);
    if (age >= 1) shift_amount: assert (wide_amount == whole_1);
    if (age == 2) exact: assert (wide_value == value_2);
    cover_one: cover (age == 2 && wide_value == 64'd1 << `PRECISION);
    cover_smallest: cover (age == 2 && wide_value == 1);
    cover_zero: cover (age == 2 && wide_value == 0);
  end
endmodule

bind tritproof_exp2_neg exp2_neg_proof proof (.*);
