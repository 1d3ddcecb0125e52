// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "golden.sv"

// What a digit adds to the square of a root, (2 r + d)^2 = 4 r^2 + d (4 r + 1), of every r modulo a power of two, and
// what makes a root. Multiples of two are written as sums: solvers know the laws of sums and products, and not those
// of concatenated bits.
module integer_root_lemma #(
    parameter W = `ROOT_WIDTH
) (
    input [W-1:0] root,
    input [2*W-1:0] radicand,
    input [2*W:0] before_it,
    input digit
);
  localparam [2*W:0] ONE = 1;
  wire signed [2*W:0] wide_root = root, square = wide_root * wide_root, wide_radicand = radicand;
  wire signed [2*W:0] double_root = {root, 1'b0};
  wire [2*W:0] twice = before_it + before_it, one_more = twice + ONE, square_before = before_it * before_it;
  wire [2*W:0] two_squares = square_before + square_before, four_squares = two_squares + two_squares;
  wire [2*W:0] square_after = four_squares + twice + one_more;
  always @* begin
    either_digit: assert ({before_it[W-2:0], digit} == W'(digit ? one_more : twice));
    zero_added: assert (twice * twice == four_squares);
    one_added: assert (one_more * one_more == square_after);
    is_the_root: assert ((golden_is_root(root, radicand) == 1)
        == (square <= wide_radicand && wide_radicand <= square + double_root));
  end
endmodule
