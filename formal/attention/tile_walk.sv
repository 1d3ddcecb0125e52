// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "golden.sv"
`include "offered_beats.svh"

// Sequences are numbered as they come in and as they are walked. Each beat is the token that the specification
// gives for the tile and step it is owed, with the sequence's tag. Where tiles go down to token 0: of an
// arbitrary pair of a query and a key, in how many steps they met, row r of a tile joining in at its step r.
module tile_walk_proof (
    input clk,
    input rst,
    input [`TOKEN_WIDTH-1:0] taken_token,
    input [`TAG_WIDTH-1:0] taken_tag,
    input [6:0] taken_steps,
    input s_axis_tvalid,
    input s_axis_tready,
    input [15:0] shown_token,
    input [`TAG_WIDTH-1:0] shown_tag,
    input m_axis_tvalid,
    input m_axis_tready,
    input m_axis_tlast,
    input waiting,
    input [`TOKEN_WIDTH-1:0] waiting_token,
    input [`TAG_WIDTH-1:0] waiting_tag,
    input [6:0] waiting_steps,
    input [`TOKEN_WIDTH-1:0] begin_token,
    input [6:0] steps,
    input [6:0] step_count
);
  reg live;
  initial live = 0;
  always @(posedge clk) live <= 1;
  always @* if (!live) starts_with_reset: assume (rst);

  // What came in and is not walked to its end: at most two, the older first.
  wire accepted = s_axis_tvalid && s_axis_tready, delivered = m_axis_tvalid && m_axis_tready;
  reg [1:0] owed;
  reg [15:0] older, newer;
  reg [`TAG_WIDTH-1:0] older_tag, newer_tag;
  reg [6:0] older_steps, newer_steps;

  // What is due of the older one.
  reg [15:0] first, step;
  wire [63:0] due = golden_walked_token(first, step);
  wire to_zero = older_steps == 0;
  wire last_step = to_zero ? due == 0 : step + 1 == older_steps;
  wire done = delivered && last_step && first < `ROWS;
  always @(posedge clk)
    if (rst) owed <= 0;
    else begin
      owed <= owed + accepted - done;
      if (accepted) begin
        if (owed - done == 0) {older, older_tag, older_steps} <= {16'(taken_token), taken_tag, taken_steps};
        else {newer, newer_tag, newer_steps} <= {16'(taken_token), taken_tag, taken_steps};
      end
      if (done && owed == 2) {older, older_tag, older_steps} <= {newer, newer_tag, newer_steps};
      if (done || owed == 0) begin
        first <= done && owed == 2 ? newer : 16'(taken_token);
        step <= 0;
      end else if (delivered) begin
        step <= last_step ? 0 : step + 1;
        if (last_step) first <= first - `ROWS;
      end
    end

  // Of a query and a key of the older sequence.
  reg [15:0] query, key, meetings;
  always @(posedge clk) begin
    query <= query;
    key <= key;
  end
  wire in_tile = query <= first && first - query < `ROWS;
  wire meet = delivered && in_tile && due == key && step >= first - query;
  always @(posedge clk)
    if (rst || done || owed == 0) meetings <= 0;
    else meetings <= meetings + meet;
  wire causal = key <= query && query <= older;

  always @*
    if (live) begin
      walks_when_owed: assert (m_axis_tvalid ? owed > 0 : owed < 2);
      takes_when_idle: assert (s_axis_tready || owed > 0);
      if (m_axis_tvalid) begin
        right_token: assert (64'(shown_token) == due && shown_tag == older_tag);
        right_end: assert (m_axis_tlast == last_step);
        if (to_zero && last_step) counts_its_keys: assert (step == first);
        if (to_zero && done) each_pair_once: assert (meetings + meet == causal);
      end
      // What makes this inductive.
      owed_in_parts: assert (owed == waiting + m_axis_tvalid);
      if (waiting) kept: assert (m_axis_tvalid ? waiting_token == newer && waiting_tag == newer_tag && waiting_steps == newer_steps
          : waiting_token == older && waiting_tag == older_tag && waiting_steps == older_steps);
      if (waiting && !m_axis_tvalid) not_begun: assert (first == older && step == 0);
      if (m_axis_tvalid) in_reach: assert (steps == older_steps && first == begin_token && first <= older && older < `DEPTH
          && (to_zero ? step <= first : step < older_steps && step_count == step));
      if (owed == 2) newer_fits: assert (newer < `DEPTH);
      if (waiting && owed == 1) older_fits: assert (older < `DEPTH);
      if (to_zero && owed > 0) met: assert (meetings == (causal && (query > first || in_tile && key > due)));
      cover_last_tile: cover (delivered && first < `ROWS && first < older && last_step);
      cover_counted: cover (done && !to_zero && older_steps > 1);
      cover_two: cover (done && waiting && to_zero);
      cover_idle: cover (done && !waiting);
    end
  offered_beats #(
      .WIDTH(17 + `TAG_WIDTH)
  ) offered (
      .valid(m_axis_tvalid),
      .ready(m_axis_tready),
      .beat({m_axis_tlast, shown_tag, shown_token}),
      .*
  );
endmodule

bind tritproof_tile_walk tile_walk_proof proof (
    .taken_token(s_axis_tdata[`TOKEN_WIDTH-1:0]),
    .taken_tag(s_axis_tdata[23+:`TAG_WIDTH]),
    .taken_steps(s_axis_tdata[16+:7]),
    .step_count(step),
    .shown_token(m_axis_tdata[15:0]),
    .shown_tag(m_axis_tdata[16+:`TAG_WIDTH]),
    .*
);
