// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "golden.sv"

// What a digit adds to the square of a root, (2 r + d)^2 = 4 r^2 + d (4 r + 1), and what makes a root.
module integer_root_lemma #(
    parameter W = `ROOT_WIDTH
) (
    input [W-1:0] root,
    input [W:0] remainder,
    input digit
);
  wire [2*W-1:0] wide_root = root, square = wide_root * wide_root;
  wire [2*W-1:0] first_root = root[W-1:1], root_after = {root[W-1:1], digit};
  wire [2*W:0] radicand = square + remainder;
  always @* begin
    digit_added: assert (root_after * root_after
        == 4 * (first_root * first_root) + (digit ? 4 * first_root + 1 : 0));
    if (remainder <= 2 * wide_root) is_the_root: assert (golden_is_root(root, radicand[2*W-1:0]) == 1);
  end
endmodule
