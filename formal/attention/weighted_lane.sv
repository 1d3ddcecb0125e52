// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "golden.sv"

// The sum at one place, an arbitrary constant: what is read there is the sum of the products since the first
// one, shifted down before a product is added where sums are rescaled, while it is of at most `DEPTH weights
// up to 1. For every pattern of pauses. The golden function's declared range is what bounds a product.
module weighted_lane_proof (
    input clk,
    input enable,
    input [`PRECISION:0] power,
    input signed [7:0] value,
    input write,
    input restart,
`ifdef RESCALES
    input [`RESCALE_WIDTH-1:0] rescale,
`endif
    input [`INDEX_WIDTH:0] address,
    input [`INDEX_WIDTH:0] read_address,
    input [`TOTAL_WIDTH-1:0] total,
    input signed [`PRODUCT_WIDTH-1:0] product
);
  reg [`INDEX_WIDTH:0] place;
  always @(posedge clk) place <= place;

  localparam signed [63:0] ONE = 64'sd1 << `PRECISION;
  reg given, up_to_1;  // there was an enabled cycle; the last one's weight was up to 1
  reg signed [`PRODUCT_WIDTH-1:0] exact;
  reg summed, all_up_to_1;
  reg [17:0] terms;  // in the sum, up to `DEPTH + 1
  reg signed [63:0] sum;
  initial {given, summed} = 0;
  wire adding = write && address == place;
  wire signed [63:0] wide_exact = exact;
  wire signed [63:0] sum_after;
`ifdef RESCALES
  assign sum_after = golden_rescaled_total(restart, sum[`TOTAL_WIDTH-1:0], rescale, exact);
`else
  assign sum_after = restart ? wide_exact : sum + wide_exact;
`endif
  always @(posedge clk) begin
    if (enable) begin
      given <= 1;
      up_to_1 <= power <= ONE;
      exact <= golden_weighted_value(power, value);
    end
    if (adding) begin
      summed <= restart || summed;
      all_up_to_1 <= given && up_to_1 && (restart || all_up_to_1);
      terms <= restart ? 1 : terms > `DEPTH ? terms : terms + 1;
      sum <= sum_after;
    end
  end

  wire exact_so_far = summed && all_up_to_1 && terms <= `DEPTH;
  wire signed [63:0] wide_terms = {46'd0, terms};
  wire signed [63:0] upper = sum >>> (`PRECISION + 7);
  wire read = read_address == place;
  wire signed [`TOTAL_WIDTH-1:0] word = tritproof_weighted_lane._memory0_words[place], shown = total;
  wire signed [63:0] wide_word = word, wide_shown = shown;
  always @* begin
    if (given && up_to_1) exact_product: assert (product == exact);
    if (summed) begun: assert (terms > 0);
    if (exact_so_far) begin
      stored: assert (wide_word == sum);
      in_reach: assert (upper >= -wide_terms && upper < wide_terms);
      if (read) exact_total: assert (wide_shown == sum);
    end
    cover_least: cover (exact_so_far && terms == 2 && sum == -2 * 128 * ONE);
    cover_most: cover (exact_so_far && terms == 2 && sum == 2 * 127 * ONE);
    cover_new_sum: cover (exact_so_far && terms == 2 && adding && restart && up_to_1 && read);
`ifdef RESCALES
    cover_rounded_down: cover (exact_so_far && read && adding && !restart && rescale == 1 && sum == -3);
`endif
    cover_too_large: cover (summed && !all_up_to_1 && read);
  end
endmodule

bind tritproof_weighted_lane weighted_lane_proof proof (.*);
