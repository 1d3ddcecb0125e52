// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "offered_beats.svh"

// What lies between the ports and the parts, which are proved on their own and free here: the buffer gives each
// row's distances twice, in order, marked by first, tlast and last pass. Here: that each distance goes to the
// exponential with its row's unit; that the divisor of a row is the sum of the exponentials of its first pass; that
// no result is made before its division; and that each one is the exponential times what the division gave, floored,
// delivered once, in order.
module shiftmax_proof #(
    parameter L = `LATENCY,
    parameter DROP = 32 - `OUTPUT_BITS
) (
    input clk,
    input rst,
    input [`UNIT_WIDTH-1:0] unit_beat,
    input s_axis_unit_tvalid,
    input s_axis_unit_tready,
    input [7:0] s_axis_tdata,
    input s_axis_tvalid,
    input s_axis_tready,
    input s_axis_tlast,
    input [`OUTPUT_BITS-1:0] result_beat,
    input m_axis_tvalid,
    input m_axis_tready,
    input m_axis_tlast,
    input refused,
    input held,
    input move,
    input summed,
    input ready,
    input [L-1:0] valid,
    input [L-1:0] firsts,
    input [L-1:0] lasts,
    input [L-1:0] agains,
    input [`TOTAL_WIDTH-1:0] total,
    input [`FACTOR_WIDTH-1:0] factor
);
`define BUFFER tritproof_shiftmax.u_buffer
`define EXP tritproof_shiftmax.u_exp
`define FACTOR tritproof_shiftmax.u_factor
  reg live;
  initial live = 0;
  always @(posedge clk) live <= 1;
  always @* if (!live) starts_with_reset: assume (rst);

  // The unit of the row that is given out.
  wire unit_given = s_axis_unit_tvalid && s_axis_unit_tready;
  wire found = `BUFFER.m_axis_tvalid && `BUFFER.m_axis_tready;
  wire found_first = `BUFFER.m_axis_tdata[8], found_again = `BUFFER.m_axis_tdata[9];
  reg owned;
  reg [`UNIT_WIDTH-1:0] own;
  always @(posedge clk) begin
    if (rst) owned <= 0;
    else if (unit_given) owned <= 1;
    else if (found && `BUFFER.m_axis_tlast && found_again) owned <= 0;
    if (unit_given) own <= unit_beat;
  end

  // The distances in the exponential, the newest lowest, and the sum of a row's first pass.
  reg [L-1:0] inside_it, first, last, again;
  wire used = inside_it[L-1] && move;
  reg begun;  // a first pass has begun
  reg [15:0] terms;  // of the sum; by the buffer's contract no more than `DEPTH
  reg [63:0] sum;
  wire [63:0] value = `EXP.value;
  localparam [63:0] GREATEST = (64'd1 << `RESULT_WIDTH) - 1;
  // Sums that were not given to the division yet, and divisions whose results are in use.
  reg due, using_it;
  wire asks = `FACTOR.s_axis_tvalid && `FACTOR.s_axis_tready;
  wire answered = `FACTOR.m_axis_tvalid && `FACTOR.m_axis_tready;
  wire ends = used && last[L-1];
  reg [63:0] quotient;
  reg waiting, waiting_last;  // a result
  reg [127:0] product;
  always @(posedge clk) begin
    if (move) begin
      {first, last, again} <= {first[L-2:0], found_first, last[L-2:0], `BUFFER.m_axis_tlast, again[L-2:0], found_again};
      product <= 128'(value) * 128'(factor);
      waiting_last <= last[L-1];
    end
    if (rst) {inside_it, begun, due, using_it, waiting} <= 0;
    else begin
      if (move) inside_it <= {inside_it[L-2:0], found};
      if (used && !again[L-1] && first[L-1]) begun <= 1;
      due <= used && last[L-1] && !again[L-1] || due && !asks;
      using_it <= answered || using_it && !(ends && again[L-1]);
      waiting <= used && again[L-1] || waiting && !m_axis_tready;
    end
    if (used && !again[L-1]) begin
      sum <= first[L-1] ? value : sum + value;
      terms <= first[L-1] ? 1 : &terms ? terms : terms + 1;
    end
    if (answered) quotient <= `FACTOR.m_axis_tdata[`FACTOR_WIDTH-1:0];
  end
  wire [63:0] operand = `FACTOR.s_axis_tdata[31+:`TOTAL_WIDTH], dividend = `FACTOR.s_axis_tdata[30:0];
  wire [127:0] floored = product >> DROP;
  offered_beats #(
      .WIDTH(`OUTPUT_BITS + 1)
  ) offered (
      .valid(m_axis_tvalid), .ready(m_axis_tready), .beat({m_axis_tlast, result_beat}), .*);
  always @*
    if (live) begin
      same_reset: assert (`BUFFER.rst == rst && `FACTOR.rst == rst);
      row_given: assert (`BUFFER.s_axis_tdata == s_axis_tdata && `BUFFER.s_axis_tvalid == s_axis_tvalid
          && `BUFFER.s_axis_tready == s_axis_tready && `BUFFER.s_axis_tlast == s_axis_tlast
          && `BUFFER.refused == refused);
      one_unit_a_row: assert (s_axis_unit_tready == !owned && held == owned);
      if (found) taken_with_unit: assert (move && owned && `EXP.unit == own && `EXP.z == {1'b0, `BUFFER.m_axis_tdata[7:0]});
      if (owned) same_unit: assert (`EXP.unit == own);
      exp_moves: assert (`EXP.enable == move);
      if (used && again[L-1]) has_its_factor: assert (using_it);
      asks_once: assert (`FACTOR.s_axis_tvalid == due && `FACTOR.m_axis_tready == !using_it);
      divides_all_ones: assert (dividend == 64'h7FFF_FFFF);
      if (due && begun && terms <= `DEPTH) by_the_sum: assert (operand == sum);
      one_result_each: assert (m_axis_tvalid == waiting);
      if (m_axis_tvalid) begin
        exact: assert (result_beat == floored[`OUTPUT_BITS-1:0]);
        row_ends: assert (m_axis_tlast == waiting_last);
      end
      // What makes these inductive.
      same_state: assert (valid == inside_it && summed == due && ready == using_it);
      same_marks: assert ((firsts & valid) == (first & valid) && (lasts & valid) == (last & valid)
          && (agains & valid) == (again & valid));
      if (using_it) same_factor: assert (factor == quotient);
      if (begun && terms <= `DEPTH) begin
        sum_within: assert (terms >= 1 && sum <= 64'(terms) * GREATEST);
        same_sum: assert (total == sum);
      end
      cover_result: cover (m_axis_tvalid && m_axis_tlast && result_beat != 0 && terms == 2);
      cover_waits: cover (inside_it[L-1] && again[L-1] && !using_it);
    end
endmodule

bind tritproof_shiftmax shiftmax_proof proof (
    .unit_beat(s_axis_unit_tdata[`UNIT_WIDTH-1:0]),
    .result_beat(m_axis_tdata[`OUTPUT_BITS-1:0]),
    .*
);
