// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "golden.sv"

// After three enabled cycles the code is the specification's of the number given then, for every
// number and every pattern of pauses.
module float16_round_proof (
    input clk,
    input enable,
    input sign,
    input [`WIDTH-1:0] magnitude,
    input signed [`EXPONENT_WIDTH-1:0] exponent,
    input [15:0] code,
    input [`NORMAL_WIDTH-1:0] normal_1,
    input [`ZEROS_WIDTH-1:0] zeros_1,
    input signed [`EXPONENT_WIDTH-1:0] exponent_1,
    input [`KEPT-1:0] kept_2,
    input [`PLACE_WIDTH-1:0] place_2,
    input [14:0] magnitude_code,
    input [1:0] signs
);
  reg [1:0] age;  // how many of the last three enabled cycles there have been
  reg sign_1, sign_2;
  reg [`WIDTH-1:0] given_1, given_2;
  reg signed [`EXPONENT_WIDTH-1:0] power_1, power_2;
  reg [`LENGTH_WIDTH-1:0] length_1, length_2;
  reg [15:0] code_3;
  wire [15:0] code_due = golden_rounded_of_length(sign_2, given_2, power_2, length_2);
  initial age = 0;
  always @(posedge clk)
    if (enable) begin
      age <= age == 3 ? 3 : age + 1;
      {sign_1, sign_2} <= {sign, sign_1};
      {given_1, given_2} <= {magnitude, given_1};
      power_1 <= exponent;
      power_2 <= power_1;
      length_1 <= golden_length_of(magnitude);
      length_2 <= length_1;
      code_3 <= code_due;
    end

  wire [127:0] wide_normal = normal_1, wide_given = given_1, wide_zeros = zeros_1;
  wire [63:0] wide_kept = kept_2, wide_place = place_2, wide_code = code, wide_code_3 = code_3;
  wire [127:0] wide_length_1 = length_1, wide_given_2 = given_2;
  wire [127:0] ends_2 = length_2 == 0 ? 0 : 128'd1 << (length_2 - 1);  // the least number so long
  wire [2*`KEPT-1:0] bits_2 = golden_deciding_bits(given_2, power_2, length_2);
  wire [63:0] kept_due = bits_2[2*`KEPT-1:`KEPT], place_due = bits_2[`KEPT-1:0];

  always @* begin
    ages: assert (age <= 3);
    if (age >= 1) begin
      exponent_kept: assert (exponent_1 == power_1);
      sign_kept_1: assert (signs[0] == sign_1);
      normalised: assert (wide_normal == wide_given << wide_zeros);
      if (given_1 != 0) leading_one: assert (normal_1[`NORMAL_WIDTH-1]);
      if (given_1 != 0) zeros_are: assert (wide_zeros + wide_length_1 == `NORMAL_WIDTH);
      if (given_1 == 0) no_length: assert (length_1 == 0);
    end
    if (age >= 2) begin
      sign_kept_2: assert (signs[1] == sign_2);
      bits_kept: assert (wide_kept == kept_due);
      place_kept: assert (wide_place == place_due);
      length_kept: assert (ends_2 <= wide_given_2 && wide_given_2 >> length_2 == 0);
    end
    if (age == 3) exact: assert (wide_code == wide_code_3);
    cover_tie: cover (age == 3 && kept_2[1:0] == 2'b10);
    cover_zero: cover (age == 3 && code == 16'h8000);
    cover_largest: cover (age == 3 && code[14:0] == 15'h7BFF);
    cover_infinity: cover (age == 3 && code[14:0] == 15'h7C00);
  end
  generate
    if (`LEAST_EXPONENT < -14)  // else there are none
      always @* cover_subnormal: cover (age == 3 && code[14:10] == 0 && code[9:0] != 0);
  endgenerate
endmodule
