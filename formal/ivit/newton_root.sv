// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "golden.sv"
`include "offered_beats.svh"

// Each radicand accepted is divided `STEPS times by the k of the specification, the first 2**`FIRST, each that follows
// made of the one before and of what its division, proved on its own, gave; the last is delivered once.
module newton_root_proof #(
    parameter W = `RADICAND_WIDTH,
    parameter R = `ROOT_WIDTH,
    parameter Q = `QUOTIENT_WIDTH
) (
    input clk,
    input rst,
    input [W-1:0] operand,
    input s_axis_tvalid,
    input s_axis_tready,
    input [R-1:0] beat,
    input m_axis_tvalid,
    input m_axis_tready,
    input asks,
    input waits,
    input done,
    input [7:0] step,
    input [W-1:0] kept_radicand,
    input [R-1:0] root
);
`define DIVISION tritproof_newton_root.u_division
  reg live;
  initial live = 0;
  always @(posedge clk) live <= 1;
  always @* if (!live) starts_with_reset: assume (rst);

  wire accepted = s_axis_tvalid && s_axis_tready;
  wire delivered = m_axis_tvalid && m_axis_tready;
  wire asked = `DIVISION.s_axis_tvalid && `DIVISION.s_axis_tready;
  wire answered = `DIVISION.m_axis_tvalid && `DIVISION.m_axis_tready;
  wire [Q-1:0] quotient = `DIVISION.m_axis_tdata[Q-1:0];
  reg owed;  // a radicand was accepted, its root is not delivered
  reg dividing;  // a division was asked, its answer has not come
  reg [7:0] made;  // steps
  reg [W-1:0] radicand;
  reg [63:0] k;
  always @(posedge clk) begin
    if (rst) owed <= 0;
    else if (accepted) owed <= 1;
    else if (delivered) owed <= 0;
    if (rst) dividing <= 0;
    else if (asked) dividing <= 1;
    else if (answered) dividing <= 0;
    if (accepted) begin
      radicand <= operand;
      k <= 64'd1 << `FIRST;
      made <= 0;
    end else if (answered) begin
      k <= golden_newton_step(k[R-1:0], quotient);
      made <= made + 1;
    end
  end
  offered_beats #(
      .WIDTH(R)
  ) offered (
      .valid(m_axis_tvalid), .ready(m_axis_tready), .beat(beat), .*);
  wire [63:0] wide_beat = beat;
  always @*
    if (live) begin
      one_at_a_time: assert (s_axis_tready == !owed);
      after_its_steps: assert (m_axis_tvalid == (owed && made == `STEPS));
      same_reset: assert (`DIVISION.rst == rst);
      asks_for_each: assert (`DIVISION.s_axis_tvalid == (owed && made < `STEPS && !dividing));
      takes_each: assert (`DIVISION.m_axis_tready == dividing);
      if (asked) begin
        divides_radicand: assert (`DIVISION.s_axis_tdata[W-1:0] == radicand);
        by_k: assert (`DIVISION.s_axis_tdata[W+:R] == k[R-1:0]);
      end
      if (m_axis_tvalid) last_k: assert (beat == k[R-1:0]);
      // What makes these inductive.
      states: assert (asks + waits + done == owed && waits == dividing);
      if (owed) begin
        same_radicand: assert (kept_radicand == radicand);
        same_k: assert (root == k[R-1:0]);
        counts: assert (done ? made == `STEPS : made < `STEPS && step == made);
      end
      cover_least: cover (delivered && beat == (1 << `FIRST) >> `STEPS);
      cover_next: cover (accepted && made == `STEPS && k > 64'd1 << `FIRST);
    end
`ifdef SMALL
  // The composition, at a small width: the root of the specification.
  always @* if (live && m_axis_tvalid) exact: assert (wide_beat == golden_tabled_newton_root(radicand));
`endif
endmodule

bind tritproof_newton_root newton_root_proof proof (
    .operand(s_axis_tdata[`RADICAND_WIDTH-1:0]),
    .beat(m_axis_tdata[`ROOT_WIDTH-1:0]),
    .step(8'(step)),
    .kept_radicand(radicand),
    .*
);
