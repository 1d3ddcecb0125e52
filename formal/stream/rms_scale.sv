// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "golden.sv"
`include "offered_beats.svh"
`include "float16_round.svh"

// What lies between the ports and the parts. The parts are the real ones, proved on their own: here, that each
// row's divisor and length are given normalised to the division, its quotient to the root, and the root, with one
// bit for all that follows it, to the rounding, whose code is delivered once.
module rms_scale_proof #(
    parameter W = `DIVISOR_WIDTH,
    parameter N = `COUNT_WIDTH,
    parameter R = `ROOT_WIDTH
) (
    input clk,
    input rst,
    input [`TOTAL_WIDTH+`LENGTH_WIDTH-1:0] row,
    input s_axis_tvalid,
    input s_axis_tready,
    input [15:0] m_axis_tdata,
    input m_axis_tvalid,
    input m_axis_tready,
    input adds,
    input shifts,
    input [`DIVISOR_WIDTH-1:0] divisor,
    input [`COUNT_WIDTH-1:0] count,
    input [`TOTAL_WIDTH-1:0] kept_total,
    input [`DIVISOR_WIDTH-1:0] margin,
    input [`DIVISOR_WIDTH-1:0] margin_made,
    input signed [`EXPONENT_WIDTH-1:0] exponent,
    input remains,
    input advance,
    input rounds,
    input [2:0] valid
);
`define RATIO tritproof_rms_scale.u_ratio
`define ROOT tritproof_rms_scale.u_root
`define ROUND tritproof_rms_scale.u_round
  reg live;
  initial live = 0;
  always @(posedge clk) live <= 1;
  always @* if (!live) starts_with_reset: assume (rst);

  wire accepted = s_axis_tvalid && s_axis_tready;
  wire delivered = m_axis_tvalid && m_axis_tready;
  wire [`TOTAL_WIDTH-1:0] given_total;
  wire [`LENGTH_WIDTH-1:0] given_length;
  assign {given_length, given_total} = row;
  wire [127:0] wide_given_total = given_total, wide_given_length = given_length;
  localparam [127:0] EPS_UNITS = (128'(`EPS_HIGH) << `EPS_PIECE) + 128'(`EPS_LOW);
  localparam [127:0] GREATEST_SQUARE = 128'd2047 * 128'd2047 << 58;
  localparam [127:0] GREATEST_MARGIN = `MAX_COUNT * EPS_UNITS;
  localparam [127:0] GREATEST_TOTAL = `MAX_COUNT * GREATEST_SQUARE;
  always @*
    if (accepted) begin
      some_length: assume (given_length >= 1 && given_length <= `MAX_COUNT);
      finite_numbers: assume (wide_given_total <= GREATEST_TOTAL);
    end

  reg owed;  // a row was accepted, its scale is not delivered
  reg [127:0] total, length, margin_due, divisor_due;
  reg [5:0] divisor_pairs, count_pairs;  // pairs of places moved up
  wire [127:0] margin_given = wide_given_length * EPS_UNITS;
  wire [127:0] divisor_moved = divisor_due << (2 * divisor_pairs), count_moved = length << (2 * count_pairs);
  always @(posedge clk) begin
    if (rst) owed <= 0;
    else if (accepted) owed <= 1;
    else if (delivered) owed <= 0;
    if (accepted) begin
      total <= wide_given_total;
      length <= wide_given_length;
      margin_due <= margin_given;
      divisor_due <= wide_given_total + margin_given;
      {divisor_pairs, count_pairs} <= 0;
    end else if (shifts) begin
      if (divisor_moved >> (W - 2) == 0) divisor_pairs <= divisor_pairs + 1;
      if (count_moved >> (N - 2) == 0) count_pairs <= count_pairs + 1;
    end
  end

  // From the division to the root and the rounding.
  wire divides = `RATIO.s_axis_tvalid && `RATIO.s_axis_tready;
  wire divided = `RATIO.m_axis_tvalid && `RATIO.m_axis_tready;
  wire roots = `ROOT.s_axis_tvalid && `ROOT.s_axis_tready;
  wire rooted = `ROOT.m_axis_tvalid && `ROOT.m_axis_tready;
  reg remains_due;
  reg [15:0] code_due;
  wire [2*R:0] quotient_beat = `RATIO.m_axis_tdata[2*R:0];
  wire [R:0] root_beat = `ROOT.m_axis_tdata[R:0];
  wire signed [63:0] wide_exponent = exponent;
  wire signed [63:0] exponent_due = `MIDDLE_EXPONENT + 64'($signed({1'b0, divisor_pairs}))
      - 64'($signed({1'b0, count_pairs}));
  wire [R:0] jammed = {root_beat[R-1:0], remains_due | root_beat[R]};
  always @(posedge clk) begin
    if (divided) remains_due <= quotient_beat[2*R];
    if (rooted) code_due <= golden_round_to_float16(1'b0, jammed, exponent);
  end
  offered_beats #(
      .WIDTH(16)
  ) offered (
      .valid(m_axis_tvalid), .ready(m_axis_tready), .beat(m_axis_tdata), .*);

  always @*
    if (live) begin
      one_at_a_time: assert (s_axis_tready == !owed);
      not_before: assert (!m_axis_tvalid || owed);
      same_reset: assert (`RATIO.rst == rst && `ROOT.rst == rst);
      if (divides) begin
        divides_length: assert (128'(`RATIO.s_axis_tdata[N-1:0]) == count_moved);
        by_divisor: assert (128'(`RATIO.s_axis_tdata[N+W-1:N]) == divisor_moved);
        normalised: assert (divisor_moved >> (W - 2) != 0 && count_moved >> (N - 2) != 0);
      end
      quotient_handed_over: assert (divided == roots);
      if (roots) root_of_quotient: assert (`ROOT.s_axis_tdata[2*R-1:0] == quotient_beat[2*R-1:0]);
      root_handed_over: assert (rooted == rounds);
      if (rooted) begin
        rounds_root: assert (`ROUND.magnitude == jammed && !`ROUND.sign);
        exact_exponent: assert (wide_exponent == exponent_due && `ROUND.exponent == exponent);
      end
      if (m_axis_tvalid) delivers: assert (m_axis_tdata == code_due);
    end

  // What makes this inductive: a row is in one place.
  wire in_ratio = `RATIO.running || `RATIO.done, in_root = `ROOT.running || `ROOT.done;
  wire [2:0] places = adds + shifts + in_ratio + in_root + valid[0] + valid[1] + valid[2];
  wire [15:0] code_1 =
      golden_round_to_float16(`ROUND.proof.sign_1, `ROUND.proof.given_1, `ROUND.proof.power_1);
  always @*
    if (live) begin
      if (accepted) multiplies: assert (128'(margin_made) == margin_given);
      one_place: assert (places == owed);
      not_both: assert (!(`RATIO.running && `RATIO.done) && !(`ROOT.running && `ROOT.done));
      rounding_moves: assert (`ROUND.enable == advance && advance == (!m_axis_tvalid || m_axis_tready));
      if (owed) begin
        legal: assert (total <= GREATEST_TOTAL && length >= 1 && length <= `MAX_COUNT);
        divisor_of_row: assert (divisor_due == total + margin_due);
        some_margin: assert (margin_due >= 1 && margin_due <= GREATEST_MARGIN);
        same_exponent: assert (wide_exponent == exponent_due);
        unsigned_scale: assert (!`ROUND.sign);
        few_pairs: assert (divisor_pairs < W / 2 && count_pairs < N / 2);
        none_lost: assert (divisor_due >> (W - 2 * divisor_pairs) == 0 && length >> (N - 2 * count_pairs) == 0);
        count_kept: assert (128'(count) == count_moved);
        if (!adds) divisor_kept: assert (128'(divisor) == divisor_moved);
      end
      if (adds) begin
        total_kept: assert (128'(kept_total) == total);
        margin_kept: assert (128'(margin) == margin_due);
        not_moved: assert (divisor_pairs == 0 && count_pairs == 0);
      end
      if (in_root) rest_kept: assert (remains == remains_due);
      if (valid[0]) code_at_1: assert (`ROUND.proof.age >= 1 && code_1 == code_due);
      if (valid[1]) code_at_2: assert (`ROUND.proof.age >= 2 && `ROUND.proof.code_due == code_due);
      if (valid[2]) code_at_3: assert (`ROUND.proof.age == 3 && `ROUND.proof.code_3 == code_due);
    end

  // One row whose scale waits for a cycle, and whose length and divisor are moved up by one pair.
  localparam [127:0] GUIDED_LENGTH = `MAX_COUNT / 4;
  (* keep *) wire guided = rst == !live && s_axis_tvalid && m_axis_tready == offered.waiting
      && wide_given_length == GUIDED_LENGTH && wide_given_total == GUIDED_LENGTH * GREATEST_SQUARE;
  always @* begin
    cover_moves_up: cover (live && divides && divisor_pairs == 1 && count_pairs == 1);
    cover_delivers: cover (live && delivered && owed);
    cover_next: cover (live && accepted && code_due[14:0] == m_axis_tdata[14:0]);
  end
endmodule

bind `MODULE_FLOAT16_ROUND float16_round_proof proof (.*);
bind tritproof_rms_scale rms_scale_proof proof (
    .row(s_axis_tdata[`TOTAL_WIDTH+`LENGTH_WIDTH-1:0]),
    .kept_total(total),
    .*
);
