// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "golden.sv"
`include "one_at_a_time.svh"

// Each radicand accepted gives its root once, root_width + 1 cycles later, and says whether its square is less.
module integer_root_proof #(
    parameter W = `ROOT_WIDTH
) (
    input clk,
    input rst,
    input [2*W-1:0] operand,
    input s_axis_tvalid,
    input s_axis_tready,
    input [W:0] beat,
    input m_axis_tvalid,
    input m_axis_tready,
    input running,
    input done,
    input [7:0] step,
    input [2*W-1:0] digits,
    input [W-1:0] root,
    input [W:0] remainder,
    input digit
);
  one_at_a_time #(
      .STEPS(W),
      .WIDTH(W + 1)
  ) handshake (
      .result(beat), .*);

  wire [63:0] wide_root = root, wide_remainder = remainder, wide_digits = digits;
  reg [63:0] radicand, square;
  always @(posedge clk)
    if (handshake.accepted) begin
      radicand <= operand;
      square <= 0;
    end else if (running) square <= 4 * square + (digit ? 4 * wide_root + 1 : 0);

  wire offered = handshake.live && m_axis_tvalid;
  // A step turns root r and square s into 2 r + d and 4 s + d (4 r + 1), from zero: s is the square of r, by
  // lemma_root and theorem root_is_a_relation.
  always @* begin
    if (offered) begin
      same_root: assert (beat[W-1:0] == root);
      at_least: assert (square <= radicand);
      at_most: assert (radicand <= square + 2 * wide_root);
      flagged: assert (beat[W] == (square != radicand));
    end
    cover_exact: cover (offered && !beat[W] && beat > 1);
    cover_just_below: cover (offered && &beat[W-1:1] && radicand == square + 2 * wide_root);
    cover_largest: cover (offered && &beat);
    cover_zero: cover (offered && radicand == 0);
  end

`ifndef SMALL
  // What makes this inductive: after `made` steps the root is that of the bits brought down.
  wire [7:0] made = done ? W : step;
  wire [63:0] still_up = (radicand << (2 * made)) & ((64'd1 << (2 * W)) - 1);
  always @*
    if (handshake.live && (running || done)) begin
      short_radicand: assert (radicand >> (2 * W) == 0);
      all_digits: assert (wide_digits == still_up);
      short_root: assert (wide_root >> made == 0);
      short_square: assert (square <= radicand >> (2 * (W - made)));
      brought_down: assert (square + wide_remainder == radicand >> (2 * (W - made)));
      remainder_so_far: assert (wide_remainder <= 2 * wide_root);
    end
`else
  // The composition, at a small width: the relation with the real square.
  always @* if (offered) exact: assert (golden_is_root(beat[W-1:0], radicand[2*W-1:0]) == 1);
`endif
endmodule

bind tritproof_integer_root integer_root_proof proof (
    .operand(s_axis_tdata[2*`ROOT_WIDTH-1:0]),
    .beat(m_axis_tdata[`ROOT_WIDTH:0]),
    .step({4'b0, step}),
    .*
);
