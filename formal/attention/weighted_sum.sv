// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "golden.sv"

// Every lane's product; and the sum of one lane, bank and beat, arbitrary constants: what is read there is the
// sum of the products since the first one, while it is of at most `DEPTH weights up to 1. For every pattern of
// pauses. The golden function's declared range is what bounds a product.
module weighted_sum_proof (
    input clk,
    input enable,
    input take,
    input first,
    input bank,
    input [`INDEX_WIDTH-1:0] index,
    input [`PRECISION:0] power,
    input [8*`LANES-1:0] values,
    input read_bank,
    input [`INDEX_WIDTH-1:0] read_index,
    input [`LANES*`TOTAL_WIDTH-1:0] total,
    input [`LANES*`PRODUCT_WIDTH-1:0] products,
    input adds,
    input restart,
    input [`INDEX_WIDTH:0] address
);
  reg bank_0;
  reg [`INDEX_WIDTH-1:0] index_0;
  reg [7:0] lane_0;
  always @(posedge clk) begin
    bank_0 <= bank_0;
    index_0 <= index_0;
    lane_0 <= lane_0;
  end
  always @* exist: assume (lane_0 < `LANES);

  localparam signed [63:0] ONE = 64'sd1 << `PRECISION;
  reg age;  // whether there has been an enabled cycle
  reg given, begins, up_to_1, here;  // of the beat before: its marks, its weight up to 1, its place watched
  reg summed, all_up_to_1;
  reg [17:0] terms;  // in the sum, up to `DEPTH + 1
  initial {age, given, summed} = 0;
  wire adding = enable && given && here;
  always @(posedge clk)
    if (enable) begin
      age <= 1;
      given <= take;
      begins <= first;
      up_to_1 <= power <= ONE;
      here <= bank == bank_0 && index == index_0;
      if (adding) begin
        summed <= begins || summed;
        all_up_to_1 <= up_to_1 && (begins || all_up_to_1);
        terms <= begins ? 1 : terms > `DEPTH ? terms : terms + 1;
      end
    end

  wire exact_so_far = summed && all_up_to_1 && terms <= `DEPTH;
  wire signed [63:0] wide_terms = {46'd0, terms};
  wire read = read_bank == bank_0 && read_index == index_0;
  wire [`LANES*`TOTAL_WIDTH-1:0] words = tritproof_weighted_sum._memory0_words[{bank_0, index_0}];

  wire [`LANES*`PRODUCT_WIDTH-1:0] exact_products;
  genvar i;
  generate
    for (i = 0; i < `LANES; i = i + 1) begin : each
      reg signed [`PRODUCT_WIDTH-1:0] product;
      always @(posedge clk) if (enable) product <= golden_weighted_value(power, values[8*i+:8]);
      assign exact_products[`PRODUCT_WIDTH*i+:`PRODUCT_WIDTH] = product;
      wire signed [`PRODUCT_WIDTH-1:0] kept = products[`PRODUCT_WIDTH*i+:`PRODUCT_WIDTH];
      always @* if (age && up_to_1) exact_product: assert (kept == product);
    end
  endgenerate

  wire signed [`PRODUCT_WIDTH-1:0] product = exact_products[`PRODUCT_WIDTH*lane_0+:`PRODUCT_WIDTH];
  wire signed [`TOTAL_WIDTH-1:0] word = words[`TOTAL_WIDTH*lane_0+:`TOTAL_WIDTH];
  wire signed [`TOTAL_WIDTH-1:0] shown = total[`TOTAL_WIDTH*lane_0+:`TOTAL_WIDTH];
  wire signed [63:0] wide_product = product, wide_word = word, wide_shown = shown;
  reg signed [63:0] sum;
  wire signed [63:0] upper = sum >>> (`PRECISION + 7);
  always @(posedge clk) if (adding) sum <= begins ? wide_product : sum + wide_product;
  always @*
    if (exact_so_far) begin
      stored: assert (wide_word == sum);
      in_reach: assert (upper >= -wide_terms && upper < wide_terms);
      if (read) exact_total: assert (wide_shown == sum);
    end

  always @* begin
    if (given || summed) begun: assert (age && (!summed || terms > 0));
    if (age)
      same_marks: assert (given == adds && begins == restart
          && here == (address == {bank_0, index_0}));
    cover_least: cover (exact_so_far && terms == 2 && sum == -2 * 128 * ONE);
    cover_most: cover (exact_so_far && terms == 2 && sum == 2 * 127 * ONE);
    cover_new_sum: cover (exact_so_far && terms == 2 && adding && begins && up_to_1 && read);
    cover_too_large: cover (summed && !all_up_to_1 && read);
  end
endmodule

bind tritproof_weighted_sum weighted_sum_proof proof (.*);
