// SPDX-License-Identifier: Apache-2.0
`include "division.svh"
`include "holds.svh"

// What is delivered quotient_width + 1 enabled cycles after a division was given is its quotient, for
// every division and every pattern of pauses. Beside each stage goes the division it works on. Every stage
// does one step of the relation, 2 r + (next bit of the dividend) = r' + (bit of the quotient) * divisor;
// the steps add up to dividend = quotient * divisor + remainder: theorem division_steps_add_up.
module divide_pipelined_proof (
    input clk,
    input enable,
    input [`DIVIDEND_WIDTH-1:0] dividend,
    input [`DIVISOR_WIDTH-1:0] divisor,
    input [`RESULT_WIDTH-1:0] quotient,
    input overflow,
    input [`QUOTIENT_WIDTH*`DIVISOR_WIDTH-1:0] remainders,
    input [`QUOTIENT_WIDTH*`DIVISOR_WIDTH-1:0] divisors,
    input [`QUOTIENT_WIDTH*`QUOTIENT_WIDTH-1:0] digits,
    input [`QUOTIENT_WIDTH-1:0] overflows
);
  localparam STEPS = `QUOTIENT_WIDTH;
  localparam OPERANDS = `DIVIDEND_WIDTH + `DIVISOR_WIDTH;
  localparam [63:0] LOW = (64'd1 << STEPS) - 1;  // bits of the dividend brought down one by one

  genvar k;
  generate
    for (k = 0; k <= STEPS + 1; k = k + 1) begin : stage
      wire given;  // a division was given k enabled cycles ago, this one
      wire [OPERANDS-1:0] operands;
      wire [63:0] wide_dividend = operands[`DIVIDEND_WIDTH-1:0];
      wire [63:0] wide_divisor = operands[OPERANDS-1:`DIVIDEND_WIDTH];
      wire [63:0] wide_remainder;
      if (k == 0) begin : offered
        assign given = 1;
        assign operands = {divisor, dividend};
        assign wide_remainder = wide_dividend >> STEPS;
      end else begin : kept
        reg was_given;
        reg [OPERANDS-1:0] had;
        reg [63:0] remainder_before;
        initial was_given = 0;
        always @(posedge clk)
          if (enable) begin
            was_given <= stage[k-1].given;
            had <= stage[k-1].operands;
            remainder_before <= stage[k-1].wide_remainder;
          end
        assign given = was_given;
        assign operands = had;
      end
      if (k > 0 && k <= STEPS) begin : worked
        wire [63:0] wide_digits = digits[(k-1)*STEPS+:STEPS];
        wire [63:0] wide_kept_divisor = divisors[(k-1)*`DIVISOR_WIDTH+:`DIVISOR_WIDTH];
        assign wide_remainder = remainders[(k-1)*`DIVISOR_WIDTH+:`DIVISOR_WIDTH];
        // Bits of the dividend not brought down yet, above the quotient so far.
        reg [63:0] digits_before;
        if (k == 1) begin : dividend_alone
          always @(posedge clk) if (enable) digits_before <= stage[0].wide_dividend & LOW;
        end else begin : mixed
          always @(posedge clk) if (enable) digits_before <= stage[k-1].worked.wide_digits;
        end
        wire brought_down = wide_dividend[STEPS-k];
        always @*
          if (given) begin
            same_divisor: assert (wide_kept_divisor == wide_divisor);
            same_overflow: assert (overflows[k-1] == ((wide_dividend >> STEPS) >= wide_divisor));
            still_up: assert (wide_digits >> k == (wide_dividend & LOW) % (64'd1 << (STEPS - k)));
            digits_move: assert (wide_digits == ((digits_before << 1) & LOW | wide_digits[0]));
            if (!overflows[k-1]) begin
              step:
              assert (2 * kept.remainder_before + brought_down
                      == wide_remainder + (wide_digits[0] ? wide_divisor : 0));
              remainder_so_far: assert (wide_remainder < wide_divisor);
            end
          end
      end
    end
  endgenerate

  holds #(.WIDTH(`RESULT_WIDTH + 1)) held (.move(enable), .value({overflow, quotient}), .*);

  reg [63:0] digits_at_last;
  always @(posedge clk) if (enable) digits_at_last <= stage[STEPS].worked.wide_digits;
  division_result result (
      .given(stage[STEPS+1].given),
      .dividend(stage[STEPS+1].wide_dividend[`DIVIDEND_WIDTH-1:0]),
      .divisor(stage[STEPS+1].wide_divisor[`DIVISOR_WIDTH-1:0]),
      .quotient(digits_at_last),
      .remainder(stage[STEPS+1].kept.remainder_before[`DIVISOR_WIDTH-1:0]),
      .result(quotient),
      .overflow(overflow)
  );
`ifdef SMALL
  always @*
    if (stage[STEPS+1].given)
      exact:
      assert (golden_is_quotient({overflow, quotient}, stage[STEPS+1].wide_dividend[`DIVIDEND_WIDTH-1:0],
                                 stage[STEPS+1].wide_divisor[`DIVISOR_WIDTH-1:0]));
`endif
endmodule

bind tritproof_divide_pipelined divide_pipelined_proof proof (.*);
