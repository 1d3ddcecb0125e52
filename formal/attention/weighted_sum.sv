// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "golden.sv"

// Each lane's part is proved on its own, from its ports. Here: what is given to every part, and when, and that
// what is read is what the parts give. For every pattern of pauses.
module weighted_sum_proof (
    input clk,
    input enable,
    input take,
    input first,
    input bank,
    input [`INDEX_WIDTH-1:0] index,
`ifdef RESCALES
    input [`RESCALE_WIDTH-1:0] rescale,
`endif
    input [`PRECISION:0] power,
    input [8*`LANES-1:0] values,
    input read_bank,
    input [`INDEX_WIDTH-1:0] read_index,
    input [`LANES*`TOTAL_WIDTH-1:0] total,
    input adds,
    input restart,
    input [`INDEX_WIDTH:0] address
);
  reg age;  // whether there has been an enabled cycle
  reg given, begins;
  reg [`INDEX_WIDTH:0] place;
  initial age = 0;
  always @(posedge clk)
    if (enable) begin
      age <= 1;
      given <= take;
      begins <= first;
      place <= {bank, index};
    end

  // Each lane's part gets the lane's element with the beat's weight, then the beat's marks and place.
`ifdef RESCALES
  reg [`RESCALE_WIDTH-1:0] shift;
  always @(posedge clk) if (enable) shift <= rescale;
`define RESCALED(i) if (age && given) rescales: assert (`PART(i).rescale == shift);
`else
  localparam shift = 0;
`define RESCALED(i)
`endif
`define PART(i) tritproof_weighted_sum.u_lane_``i
`define LANE(i) \
  always @* begin : lane_``i \
    multiplies: assert (`PART(i).enable == enable && `PART(i).power == power && `PART(i).value == values[8*i+:8]); \
    if (age) adds_given: assert (`PART(i).write == (enable && given)); \
    if (age && given) adds_at_its_place: assert (`PART(i).restart == begins && `PART(i).address == place); \
    reads: assert (`PART(i).read_address == {read_bank, read_index} \
        && `PART(i).total == total[i*`TOTAL_WIDTH+:`TOTAL_WIDTH]); \
    `RESCALED(i) \
  end
  `EACH_LANE
  always @* begin
    if (age) same_marks: assert (adds == given && restart == begins && address == place);
    cover_adds: cover (age && enable && given && !begins && place == {read_bank, read_index});
    cover_waits: cover (age && !enable && given);
  end

`ifdef SMALL
  // With the parts' bodies: every lane's sum at a place, an arbitrary constant.
  reg [`INDEX_WIDTH:0] chosen;
  always @(posedge clk) chosen <= chosen;
  reg summed, all_up_to_1, up_to_1;
  reg [7:0] terms;
  initial {summed, terms} = 0;
  wire adding = enable && age && given && place == chosen;
  always @(posedge clk) begin
    if (enable) up_to_1 <= power <= (1 << `PRECISION);
    if (adding) begin
      summed <= begins || summed;
      all_up_to_1 <= up_to_1 && (begins || all_up_to_1);
      terms <= begins ? 1 : terms + 1;
    end
  end
  wire exact = summed && all_up_to_1 && terms <= `DEPTH && {read_bank, read_index} == chosen;
  genvar i;
  generate
    for (i = 0; i < `LANES; i = i + 1) begin : each
      reg signed [63:0] product, sum;
      always @(posedge clk) begin
        if (enable) product <= golden_weighted_value(power, values[8*i+:8]);
        if (adding) sum <= begins ? product : (sum >>> shift) + product;
      end
      wire signed [`TOTAL_WIDTH-1:0] shown = total[`TOTAL_WIDTH*i+:`TOTAL_WIDTH];
      wire signed [63:0] wide_shown = shown;
      always @* if (exact) exact_total: assert (wide_shown == sum);
    end
  endgenerate
`endif
endmodule

bind tritproof_weighted_sum weighted_sum_proof proof (.*);
