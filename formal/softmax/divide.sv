// SPDX-License-Identifier: Apache-2.0
`include "division.svh"
`include "one_at_a_time.svh"

// Each division accepted is delivered once, after quotient_width + 1 cycles, and is right.
module divide_proof (
    input clk,
    input rst,
    input [`DIVIDEND_WIDTH+`DIVISOR_WIDTH-1:0] operands,
    input s_axis_tvalid,
    input s_axis_tready,
    input [`RESULT_WIDTH:0] beat,
    input m_axis_tvalid,
    input m_axis_tready,
    input running,
    input done,
    input [7:0] step,
    input [`DIVISOR_WIDTH-1:0] kept_divisor,
    input overflow,
    input [`DIVISOR_WIDTH-1:0] remainder,
    input [`QUOTIENT_WIDTH-1:0] digits,
    input quotient_bit
);
  one_at_a_time #(
      .STEPS(`QUOTIENT_WIDTH),
      .WIDTH(`RESULT_WIDTH + 1)
  ) handshake (
      .result(beat), .*);

  wire live = handshake.live;
  reg [`DIVIDEND_WIDTH-1:0] dividend;
  reg [`DIVISOR_WIDTH-1:0] divisor;
  reg [63:0] quotient, product;
  always @(posedge clk)
    if (handshake.accepted) begin
      {divisor, dividend} <= operands;
      quotient <= 0;
      product <= 0;
    end else if (running) begin
      quotient <= 2 * quotient + quotient_bit;
      product <= 2 * product + (quotient_bit ? divisor : 0);
    end

  division_result result (
      .given(live && m_axis_tvalid),
      .result(beat[`RESULT_WIDTH-1:0]),
      .overflow(beat[`RESULT_WIDTH]),
      .*
  );
  // A step turns the quotient q into 2 q + bit and the product p into 2 p + bit * divisor, from zero: p is
  // Horner's scheme for q * divisor, theorem quotient_is_a_relation.
  always @*
    if (live && m_axis_tvalid && !overflow) relation: assert (product + remainder == dividend);

`ifndef SMALL
  wire [63:0] wide_dividend = dividend, wide_remainder = remainder, wide_divisor = divisor;
  wire [7:0] left = `QUOTIENT_WIDTH - (done ? `QUOTIENT_WIDTH : step);  // bits still to come
  wire [63:0] brought_down = wide_dividend >> left;
  wire [63:0] still_up = (wide_dividend << (`QUOTIENT_WIDTH - left)) & ((64'd1 << `QUOTIENT_WIDTH) - 1);
  wire [63:0] wide_digits = digits;
  always @*
    if (live) begin
      if (running || done) begin
        same_divisor: assert (kept_divisor == divisor);
        same_overflow: assert (overflow == ((wide_dividend >> `QUOTIENT_WIDTH) >= wide_divisor));
        quotient_so_far: assert (quotient < (64'd1 << (`QUOTIENT_WIDTH - left)));
        all_digits: assert (wide_digits == (still_up | quotient));
      end
      if ((running || done) && !overflow) begin
        relation_so_far: assert (product + wide_remainder == brought_down);
        remainder_so_far: assert (wide_remainder < wide_divisor);
      end
    end
`else
  // The composition, at a small width: the relation with the real product.
  always @*
    if (live && m_axis_tvalid) exact: assert (golden_is_quotient(beat, dividend, divisor));
`endif
endmodule

bind tritproof_divide divide_proof proof (
    .operands(s_axis_tdata[`DIVIDEND_WIDTH+`DIVISOR_WIDTH-1:0]),
    .beat(m_axis_tdata[`RESULT_WIDTH:0]),
    .step({4'b0, step}),
    .kept_divisor(divisor),
    .*
);
