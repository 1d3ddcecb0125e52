// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"

// Of an arbitrary address: what is read there is what was last written, at either port.
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
  always @* exists: assume (entry < `DEPTH);

  reg known;  // something was written
  reg [`WORD_WIDTH-1:0] kept;
  reg even_due, odd_due;  // the word read last is this one
  reg [`WORD_WIDTH-1:0] even_word, odd_word;
  initial {known, even_due, odd_due} = 0;
  always @(posedge clk) begin
    if (write && write_address == entry) begin
      known <= 1;
      kept <= word;
    end
    if (move && !write) begin
      even_due <= known && {line, 1'b0} == entry;
      even_word <= kept;
    end
    if (move) begin
      odd_due <= known && {line, 1'b1} == entry;
      odd_word <= kept;
    end
  end
  always @* begin
    if (even_due) exact_even: assert (even == even_word);
    if (odd_due) exact_odd: assert (odd == odd_word);
    if (known) same_word: assert (tritproof_weight_bank.words[entry] == kept);
    cover_even: cover (even_due && even != kept);
    cover_odd: cover (odd_due && odd != kept);
  end
endmodule

bind tritproof_weight_bank weight_bank_proof proof (.*);
