// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "weight_bank_words.svh"

// The contract, of an arbitrary address.
module weight_bank_proof (
    input clk,
    input write,
    input [`ADDRESS_WIDTH-1:0] write_address,
    input [`WORD_WIDTH-1:0] word,
    input move,
    input [`LINE_WIDTH-1:0] line,
    input [`WORD_WIDTH-1:0] even,
    input [`WORD_WIDTH-1:0] odd
);
  reg [`ADDRESS_WIDTH-1:0] entry;  // an arbitrary constant
  always @(posedge clk) entry <= entry;
  always @* exist: assume (entry < `DEPTH);

  wire known, even_due, odd_due;
  wire [`WORD_WIDTH-1:0] kept, even_word, odd_word;
  weight_bank_words #(
      .ADDRESS_WIDTH(`ADDRESS_WIDTH),
      .WORD_WIDTH(`WORD_WIDTH)
  ) words (.*);
  always @* begin
    if (known) same_word: assert (tritproof_weight_bank.words[entry] == kept);
    cover_even: cover (even_due && even != kept);
    cover_odd: cover (odd_due && odd != kept);
  end
endmodule

bind tritproof_weight_bank weight_bank_proof proof (.*);
