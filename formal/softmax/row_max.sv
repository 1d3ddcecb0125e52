// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"

// The output is the maximum of exactly the values of the row seen so far: it is at least as large as each
// of them, and it is one of them. Both are said of one number, an arbitrary constant, and so of all.
module row_max_proof (
    input clk,
    input take,
    input first,
    input signed [`WIDTH-1:0] value,
    input signed [`WIDTH-1:0] largest
);
  reg begun;  // there was a first value
  reg signed [`WIDTH-1:0] number;
  reg seen;  // among the values of the row so far
  initial begun = 0;
  always @(posedge clk) begin
    number <= number;
    if (take && first) begin
      begun <= 1;
      seen <= value == number;
    end else if (take) seen <= seen || value == number;
  end

  wire signed [127:0] wide_largest = largest, wide_number = number;
  reg [2:0] values;
  initial values = 0;
  always @(posedge clk) if (take) values <= first ? 1 : &values ? values : values + 1;
  always @* begin
    if (begun && seen) upper_bound: assert (wide_largest >= wide_number);
    if (begun && wide_largest == wide_number) attained: assert (seen);
    cover_all_negative: cover (begun && values == 3 && largest < -1);
    cover_new_row_is_lower: cover (begun && seen && take && first && value < largest);
    cover_smallest: cover (begun && largest == {1'b1, {`WIDTH - 1{1'b0}}} && values == 2);
  end
endmodule

bind tritproof_row_max row_max_proof proof (.*);
