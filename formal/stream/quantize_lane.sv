// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "golden.sv"

// The divider, proved on its own, is given the dividend and the divisor of the specification; ten enabled
// cycles after its number the code is the specification's of what the divider then delivers.
module quantize_lane_proof (
    input clk,
    input enable,
    input [15:0] y,
    input [14:0] absmax,
    input signed [7:0] code
);
`define DIVIDER tritproof_quantize_lane.u_quotient
  reg [3:0] age;  // how many of the last ten enabled cycles there have been
  reg [15:0] numbers[1:9];
  reg [14:0] scales[1:9];
  reg signed [63:0] code_10;
  initial age = 0;
  wire [63:0] quotient = {`DIVIDER.overflow, `DIVIDER.quotient};
  always @(posedge clk)
    if (enable) begin
      age <= age == 10 ? 10 : age + 1;
      numbers[1] <= y;
      scales[1] <= absmax;
      for (integer i = 2; i < 10; i = i + 1) begin
        numbers[i] <= numbers[i-1];
        scales[i] <= scales[i-1];
      end
      code_10 <= golden_code_of_quotient(quotient[8:0], numbers[9], {1'b0, scales[9]});
    end
  wire [63:0] dividend = `DIVIDER.dividend, divisor = `DIVIDER.divisor;
  wire [63:0] dividend_1 = golden_quotient_dividend(numbers[1]);
  wire [63:0] divisor_1 = golden_quotient_divisor(numbers[1], {1'b0, scales[1]});
  wire signed [63:0] wide_code = code;
  function automatic [2:0] mark_of(input [15:0] number, input [14:0] scale);
    mark_of = {scale == 0 || scale >= 15'h7C00,
               golden_is_above(number, {1'b0, scale}) == 1, number[15]};
  endfunction
  generate
    for (genvar i = 1; i < 10; i = i + 1) begin : marked
      always @*
        if (age >= i)
          kept: assert (tritproof_quantize_lane.marks[3*i-3+:3] == mark_of(numbers[i], scales[i]));
    end
  endgenerate
  always @* begin
    ages: assert (age <= 10);
    moves: assert (`DIVIDER.enable == enable);
    if (age >= 1) begin
      dividend_given: assert (dividend == dividend_1);
      divisor_given: assert (divisor == divisor_1);
    end
    if (age == 10) exact: assert (wide_code == code_10);
    cover_largest: cover (age == 10 && code == 127);
    cover_least: cover (age == 10 && code == `LEAST);
    cover_unscaled: cover (age == 9 && scales[9] == 0 && numbers[9] != 0);
  end
endmodule

bind tritproof_quantize_lane quantize_lane_proof proof (.*);
