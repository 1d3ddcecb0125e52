// SPDX-License-Identifier: Apache-2.0
// A quotient as a relation: a division is finished when quotient * divisor + remainder is the dividend and
// the remainder is below the divisor. No solver multiplies or divides: what the dividers show step by step
// adds up to the relation.
`include "parameters.svh"
`include "golden.sv"

// What a divider delivers, from quotient and remainder.
module division_result (
    input given,  // a result is delivered
    input [`DIVIDEND_WIDTH-1:0] dividend,
    input [`DIVISOR_WIDTH-1:0] divisor,
    input [63:0] quotient,
    input [`DIVISOR_WIDTH-1:0] remainder,
    input [`RESULT_WIDTH-1:0] result,
    input overflow
);
  wire [63:0] wide_dividend = dividend, wide_divisor = divisor, wide_remainder = remainder;
  wire [63:0] wide_result = result;
  wire [63:0] rounded = golden_rounded_quotient(quotient[`QUOTIENT_WIDTH-1:0], remainder, divisor);
  wire fits = (wide_dividend >> `QUOTIENT_WIDTH) < wide_divisor;
  always @* begin
    if (given) flagged: assert (overflow == !fits);
    if (given && fits) begin
      remainder_below: assert (wide_remainder < wide_divisor);
      quotient_fits: assert (quotient < (64'd1 << `QUOTIENT_WIDTH));
      rounds: assert (wide_result == rounded);
    end
    if (given && !fits) saturates: assert (&result);
    cover_by_zero: cover (given && divisor == 0);
    cover_largest: cover (given && fits && &quotient[`QUOTIENT_WIDTH-1:0]);
    cover_exact: cover (given && fits && remainder == 0 && quotient > 1);
    cover_tie: cover (given && fits && 2 * wide_remainder == wide_divisor);
  end
endmodule
