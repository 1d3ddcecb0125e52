// SPDX-License-Identifier: Apache-2.0
`include "lmul_dot.svh"

// The sum of products is the real one, with its own properties. Here: that it is given each beat of a key with the
// beat of the query at the same place, of a query that is whole; that a key ends where the query does, or with the
// last key; and that its sums are delivered, the last of a query's keys marked.
module lmul_attention_scores_proof #(
    parameter C = 1 + `EXPONENT_BITS + `MANTISSA_BITS
) (
    input clk,
    input rst,
    input [C*`LANES-1:0] s_axis_query_tdata,
    input s_axis_query_tvalid,
    input s_axis_query_tready,
    input s_axis_query_tlast,
    input [C*`LANES-1:0] s_axis_tdata,
    input s_axis_tvalid,
    input s_axis_tready,
    input s_axis_tlast,
    input [`TOTAL_WIDTH:0] beat,
    input m_axis_tvalid,
    input m_axis_tready,
    input m_axis_tlast,
    input refused,
    input held,
    input ending,
    input fits,
    input [2:0] scores,
    input [C*`LANES-1:0] word
);
`define TOP tritproof_lmul_attention_scores
`define DOT `TOP.u_dot
  reg live;
  initial live = 0;
  always @(posedge clk) live <= 1;

  wire given = s_axis_query_tvalid && s_axis_query_tready;
  wire taken = s_axis_tvalid && s_axis_tready;
  wire delivered = m_axis_tvalid && m_axis_tready;
  reg [15:0] entry;  // a place, an arbitrary constant
  always @(posedge clk) entry <= entry;
  reg [15:0] beats, length, place;  // of the query that comes, of the one that is whole, in its key
  reg whole, finishing, must_refuse;  // a query is here; its last key is taken, not all its scores given
  reg [15:0] owed;  // scores of keys taken
  reg [C*`LANES-1:0] kept;  // the query's beat at that place
  wire key_ends = place + 1 == length || s_axis_tlast;
  always @(posedge clk) begin
    must_refuse <= !rst && given && s_axis_query_tlast && beats >= `DEPTH;
    if (rst) begin
      {beats, place, owed} <= 0;
      {whole, finishing} <= 0;
    end else begin
      if (given) begin
        beats <= s_axis_query_tlast ? 0 : beats >= `DEPTH ? beats : beats + 1;
        if (s_axis_query_tlast && beats < `DEPTH) begin
          whole <= 1;
          length <= beats + 1;
        end
      end
      if (taken) place <= key_ends ? 0 : place + 1;
      if (taken && s_axis_tlast) whole <= 0;
      finishing <= taken && s_axis_tlast || finishing && !(delivered && m_axis_tlast);
      owed <= owed + (taken && key_ends) - delivered;
    end
    if (given && beats == entry && beats < `DEPTH) kept <= s_axis_query_tdata;
  end
  offered_beats #(
      .WIDTH(`TOTAL_WIDTH + 2)
  ) offered (
      .live(live), .valid(m_axis_tvalid), .ready(m_axis_tready), .beat({m_axis_tlast, beat}), .*);
  // The rows inside the sum of products that are whole.
  wire [3:0] ends_inside = `DOT.valid & `DOT.lasts;
  always @*
    if (live) begin
      says_refused: assert (refused == must_refuse);
      next_query_wanted: assert (s_axis_query_tready == !whole);
      key_wanted: assert (!taken || whole && !finishing);
      same_reset: assert (`DOT.rst == rst);
      moves_with_query: assert (`DOT.s_axis_tvalid == (s_axis_tvalid && whole && !finishing)
          && `DOT.s_axis_other_tvalid == `DOT.s_axis_tvalid
          && (`DOT.s_axis_tvalid && `DOT.s_axis_tready) == taken);
      key_given: assert (`DOT.s_axis_tdata == s_axis_tdata && `DOT.s_axis_other_tdata == word);
      if (`DOT.s_axis_tvalid) ends_key: assert (`DOT.s_axis_tlast == key_ends);
      if (whole && place == entry) same_place: assert (word == kept);
      delivers: assert (m_axis_tvalid == `DOT.m_axis_tvalid && m_axis_tready == `DOT.m_axis_tready
          && beat == `DOT.m_axis_tdata[`TOTAL_WIDTH:0]);
      none_refused: assert (!`DOT.refused);
      if (m_axis_tvalid) marks_last: assert (owed >= 1 && m_axis_tlast == (finishing && owed == 1));
      if (finishing) last_to_come: assert (owed >= 1);
      // What makes these inductive.
      same_state: assert (held == whole && ending == finishing && scores == owed && owed <= 4);
      inside_owed: assert (owed == $countones(ends_inside));
      loading: assert (fits == (beats < `DEPTH) && beats <= `DEPTH && (!whole || beats == 0));
      if (beats < `DEPTH) index_is: assert (`TOP.index == beats);
      if (whole) walking: assert (length >= 1 && length <= `DEPTH && place < length && `TOP.last_place == length - 1);
      if (!whole) between: assert (place == 0);
      place_is: assert (`TOP.place == place);
      if ((whole ? length : beats) > entry) in_memory: assert (`TOP._keep_query0_words[entry] == kept);
      key_so_far: assert (`DOT.beats == place);
      cover_last: cover (delivered && m_axis_tlast && owed == 1);
      cover_early: cover (taken && s_axis_tlast && place + 1 < length);
      cover_next: cover (given && finishing);
    end
  generate
    for (genvar k = 0; k < 4; k = k + 1) begin : way
      always @* if (live && `DOT.valid[k]) short_rows: assert (`DOT.proof.count[k] <= `DEPTH);
    end
  endgenerate
  always @* if (live) short_total: assert (`DOT.proof.row_ended || `DOT.proof.row_beats <= `DEPTH);
endmodule

bind tritproof_lmul_dot lmul_dot_proof proof (
    .beat(m_axis_tdata[`TOTAL_WIDTH:0]),
    .*
);
bind tritproof_lmul_attention_scores lmul_attention_scores_proof proof (
    .beat(m_axis_tdata[`TOTAL_WIDTH:0]),
    .*
);
