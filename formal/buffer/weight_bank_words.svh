// SPDX-License-Identifier: Apache-2.0
// The contract of weight_bank, of one address: what is read there is what was last written, at either port.
// Asserted where the bank is proved, assumed where it is a part.
`ifdef ASSUME_WEIGHT_BANK
`define BANK_GUARANTEE assume
`else
`define BANK_GUARANTEE assert
`endif
module weight_bank_words #(
    parameter ADDRESS_WIDTH = 12,
    parameter WORD_WIDTH = 140
) (
    input clk,
    input [ADDRESS_WIDTH-1:0] entry,  // a constant, below the depth
    input write,
    input [ADDRESS_WIDTH-1:0] write_address,
    input [WORD_WIDTH-1:0] word,
    input move,
    input [ADDRESS_WIDTH-2:0] line,
    input [WORD_WIDTH-1:0] even,
    input [WORD_WIDTH-1:0] odd,
    output reg known,  // something was written
    output reg [WORD_WIDTH-1:0] kept,
    output reg even_due,  // the word read last is this one
    output reg odd_due,
    output reg [WORD_WIDTH-1:0] even_word,
    output reg [WORD_WIDTH-1:0] odd_word
);
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
    if (even_due) exact_even: `BANK_GUARANTEE (even == even_word);
    if (odd_due) exact_odd: `BANK_GUARANTEE (odd == odd_word);
  end
endmodule
