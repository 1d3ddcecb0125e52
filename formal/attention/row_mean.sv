// SPDX-License-Identifier: Apache-2.0
`ifndef SMALL
`define ASSUME_DIVIDE
`endif
`include "parameters.svh"
`include "holds.svh"

// What lies between the parts, which are proved on their own: which operands they get; the sums of weights of
// both banks; which sum is divided by which; that the quotient leaves with the sign of its dividend, and
// changes by a move only.
module row_mean_proof (
    input clk,
    input enable,
    input [`WEIGHT_WIDTH-1:0] weight,
    input take,
    input counts,
    input first,
    input bank,
    input [`PLACE_WIDTH-1:0] place,
    input [`BEAT_WIDTH-1:0] values,
    input move,
    input read_bank,
    input [`PLACE_WIDTH-1:0] read_place,
    input [`ELEMENT_WIDTH-1:0] element,
    input [`LANE_WIDTH-1:0] result,
    input [`LANE_WIDTH/8-1:0] keep,
    input [`SUM_WIDTH-1:0] sum_0,
    input [`SUM_WIDTH-1:0] sum_1,
    input [`QUOTIENT_WIDTH:0] sign_line,
    input was_negative
);
`define POWER tritproof_row_mean.u_power
`define LINE tritproof_row_mean._given_weight0_line
`define SUM tritproof_row_mean.u_sum
`define DIVISION tritproof_row_mean.u_division
  localparam STAGES = `QUOTIENT_WIDTH + 2;  // moves from a sum to its result

  reg [63:0] sum[0:1];
  reg [1:0] known;
  initial known = 0;
`ifdef ONLINE
  // What was given two advances before: the power and rescaling that meet the beat, and the sum.
  reg [`WEIGHT_WIDTH-1:0] weight_1, weight_2;
  reg [1:0] age;
  initial age = 0;
  wire [63:0] sum_due = weight_2[`SUM_WIDTH-1:0];
  wire [`POWER_WIDTH-1:0] power_due = weight_2[`SUM_WIDTH+:`POWER_WIDTH];
  wire [`RESCALE_WIDTH-1:0] rescale_due = weight_2[`SUM_WIDTH+`POWER_WIDTH+:`RESCALE_WIDTH];
  always @(posedge clk) begin
    if (enable) begin
      {weight_2, weight_1} <= {weight_1, weight};
      age <= {age[0], 1'b1};
    end
    if (counts) begin
      sum[bank] <= sum_due;
      known[bank] <= age[1];
    end
  end
  always @* begin
    if (age[1]) given_weight: assert (`SUM.power == power_due && `SUM.rescale == rescale_due);
    // What makes this inductive.
    if (age[0]) delayed_once: assert (`LINE[`WEIGHT_WIDTH-1:0] == weight_1);
    if (age[1]) delayed_twice: assert (`LINE[2*`WEIGHT_WIDTH-1:`WEIGHT_WIDTH] == weight_2);
    if (known[0]) even_sum: assert (sum_0 == sum[0]);
    if (known[1]) odd_sum: assert (sum_1 == sum[1]);
  end
`else
  // Sums of weights up to as many as there may be, each at most 1 (exp2_neg); both are contracts.
  localparam [63:0] ONE = 64'd1 << `PRECISION;
  wire [63:0] wide_power = `POWER.value;
  wire fits = wide_power <= ONE;
  reg [15:0] terms[0:1];
  always @(posedge clk)
    if (counts) begin
      sum[bank] <= first ? wide_power : sum[bank] + wide_power;
      terms[bank] <= first ? 1 : terms[bank] + 1;
      known[bank] <= fits && (first || known[bank] && terms[bank] < `DEPTH);
    end
  always @* begin
    weighs: assert (`POWER.enable == enable && `POWER.z == weight && `SUM.power == `POWER.value);
    // What makes this inductive.
    if (known[0]) even_sum: assert (sum_0 == sum[0] && terms[0] >= 1 && terms[0] <= `DEPTH
        && sum[0] <= 64'(terms[0]) << `PRECISION);
    if (known[1]) odd_sum: assert (sum_1 == sum[1] && terms[1] >= 1 && terms[1] <= `DEPTH
        && sum[1] <= 64'(terms[1]) << `PRECISION);
  end
`endif

  // The sum read, with its sign, and its division.
  reg signed [`TOTAL_WIDTH-1:0] chosen;
  integer i;
  always @* begin
    chosen = 0;
    for (i = 0; i < `LANES; i = i + 1) if (element == i) chosen = `SUM.total[i*`TOTAL_WIDTH+:`TOTAL_WIDTH];
  end
  wire signed [63:0] wide_chosen = chosen;
  wire in_beat = element < `LANES;
  reg [STAGES-1:0] read;  // of the last moves, whether an element of the beat was read
  reg divisor_known;
  reg [63:0] dividend_due, divisor_due;
  reg [STAGES-1:0] signs;
  initial {read, divisor_known} = 0;
  always @(posedge clk)
    if (move) begin
      read <= {read[STAGES-2:0], in_beat};
      divisor_known <= known[read_bank];
      dividend_due <= (wide_chosen < 0 ? -wide_chosen : wide_chosen) << `RESULT_FRAC;
      divisor_due <= sum[read_bank];
      signs <= {signs[STAGES-2:0], wide_chosen < 0};
    end

  holds #(.WIDTH(`QUOTIENT_WIDTH + 2)) division_held (
      .clk, .move(`DIVISION.enable), .value({`DIVISION.overflow, `DIVISION.quotient}));
  holds #(.WIDTH(`LANE_WIDTH * 9 / 8), .ASSUMED(0)) held (.clk, .move, .value({keep, result}));

  wire signed [63:0] wide_quotient = `DIVISION.quotient, wide_result = 64'($signed(result));
  wire sign = signs[STAGES-1];
  localparam signed [63:0] MOST = 64'sd1 << (`RESULT_FRAC + 7);
  always @* begin
    adds: assert (`SUM.enable == enable && `SUM.take == take && `SUM.first == first && `SUM.bank == bank
        && `SUM.index == place && `SUM.values == values);
    reads: assert (`SUM.read_bank == read_bank && `SUM.read_index == read_place);
    divides: assert (`DIVISION.enable == move);
    if (read[0]) divides_sum: assert (`DIVISION.dividend == dividend_due);
    if (read[0] && divisor_known) divides_by_sum: assert (`DIVISION.divisor == divisor_due);
    if (read[STAGES-1]) begin
      if (`DIVISION.overflow) nothing: assert (result == 0 && keep == 0);
      if (!`DIVISION.overflow) kept: assert (&keep);
      if (!`DIVISION.overflow && (sign ? wide_quotient <= MOST : wide_quotient < MOST))
        quotient_with_sign: assert (wide_result == (sign ? -wide_quotient : wide_quotient));
    end
    // What makes this inductive.
    same_signs: assert ((({sign_line, was_negative} ^ signs) & read) == 0);
`ifdef ONLINE
    cover_rescales: cover (age[1] && take && !first && rescale_due == 1 && read[0] && divisor_known);
`else
    cover_long: cover (known[1] && terms[1] == 3 && read[0] && divisor_known);
`endif
    cover_negative: cover (read[STAGES-1] && !`DIVISION.overflow && wide_result < 0);
  end
endmodule

bind tritproof_row_mean row_mean_proof proof (
    .sign_line(_mean0_sign_line),
    .was_negative(_mean0_was_negative),
    .*
);
