// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "golden.sv"
`include "one_at_a_time.svh"

// Each division accepted gives its quotient once, quotient_width + 1 cycles later, and says whether it is exact.
module ratio_proof #(
    parameter W = `DIVISOR_WIDTH,
    parameter Q = `QUOTIENT_WIDTH
) (
    input clk,
    input rst,
    input [`DIVIDEND_WIDTH+W-1:0] operands,
    input s_axis_tvalid,
    input s_axis_tready,
    input [Q:0] beat,
    input m_axis_tvalid,
    input m_axis_tready,
    input running,
    input done,
    input [7:0] step,
    input [W-1:0] kept_divisor,
    input [W-1:0] remainder,
    input [Q-1:0] kept_quotient,
    input following,
    input digit
);
  localparam WIDE = W + Q + 2;
  one_at_a_time #(
      .STEPS(Q),
      .WIDTH(Q + 1)
  ) handshake (
      .result(beat), .*);

  wire [WIDE-1:0] wide_remainder = remainder, wide_quotient = kept_quotient;
  reg [`DIVIDEND_WIDTH-1:0] dividend;
  reg [W-1:0] divisor;
  reg [WIDE-1:0] quotient, product, brought_down;
  wire [WIDE-1:0] wide_divisor = divisor, wide_dividend = dividend;
  always @(posedge clk)
    if (handshake.accepted) begin
      {divisor, dividend} <= operands;
      quotient <= 0;
      product <= 0;
      brought_down <= WIDE'(operands[`DIVIDEND_WIDTH-1:0]) << `SCALE_ABOVE;
    end else if (running) begin
      quotient <= 2 * quotient + digit;
      product <= 2 * product + (digit ? divisor : 0);
      brought_down <= 2 * brought_down;
    end

  wire normalised = |divisor[W-1:W-2];
  wire offered = handshake.live && m_axis_tvalid && normalised;
  // A step turns the quotient q into 2 q + bit and the product p into 2 p + bit * divisor, from zero: p is
  // Horner's scheme for q * divisor, theorem quotient_is_a_relation.
  always @* begin
    if (offered) begin
      same_quotient: assert (WIDE'(beat[Q-1:0]) == quotient);
      relation: assert (product + wide_remainder == wide_dividend << `SCALE);
      remainder_below: assert (wide_remainder < wide_divisor);
      flagged: assert (beat[Q] == (product != wide_dividend << `SCALE));
    end
    cover_exact: cover (offered && !beat[Q] && quotient > 1 && divisor != 1 << (W - 1));
    cover_largest: cover (offered && &dividend && divisor == 1 << (W - 2));
    cover_least: cover (offered && dividend == 1 << (`DIVIDEND_WIDTH - 2) && &divisor);
  end

`ifndef SMALL
  // What makes this inductive.
  wire [7:0] made = done ? Q : step;
  always @*
    if (handshake.live && (running || done)) begin
      brings_down_zeros: assert (!following);
      same_divisor: assert (kept_divisor == divisor);
      all_digits: assert (wide_quotient == quotient);
      short_quotient: assert (quotient >> made == 0);
      brought_so_far: assert (brought_down == wide_dividend << `SCALE_ABOVE << made);
      if (normalised) begin
        relation_so_far: assert (product + wide_remainder == brought_down);
        remainder_so_far: assert (wide_remainder < wide_divisor);
      end
    end
`else
  // The composition, at a small width: the relation with the real product.
  always @* if (offered) exact: assert (golden_is_ratio(beat, dividend, divisor) == 1);
`endif
endmodule

bind tritproof_ratio ratio_proof proof (
    .operands(s_axis_tdata[`DIVIDEND_WIDTH+`DIVISOR_WIDTH-1:0]),
    .beat(m_axis_tdata[`QUOTIENT_WIDTH:0]),
    .step({3'b0, step}),
    .kept_divisor(divisor),
    .kept_quotient(quotient),
    .*
);
