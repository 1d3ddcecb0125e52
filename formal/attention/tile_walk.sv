// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "golden.sv"
`include "offered_beats.svh"

// Sequences are numbered as they come in and as they are walked. Each beat is the token that the specification
// gives for the tile, head and step it is owed. Where tiles go down to token 0: of an arbitrary query, key and
// head, in how many steps they met, row r of a tile joining in at its step r.
module tile_walk_proof (
    input clk,
    input rst,
    input [`TOKEN_WIDTH-1:0] taken_token,
    input [6:0] taken_steps,
    input [`HEAD_WIDTH-1:0] taken_head,
    input s_axis_tvalid,
    input s_axis_tready,
    input [15:0] shown_token,
    input [`HEAD_WIDTH-1:0] shown_head,
    input m_axis_tvalid,
    input m_axis_tready,
    input m_axis_tlast,
    input waiting,
    input [`TOKEN_WIDTH-1:0] waiting_token,
    input [6:0] waiting_steps,
    input [`HEAD_WIDTH-1:0] waiting_head,
    input [`TOKEN_WIDTH-1:0] begin_token,
    input [6:0] steps,
    input [6:0] step_count,
    input [`HEAD_WIDTH-1:0] last_head
);
  reg live;
  initial live = 0;
  always @(posedge clk) live <= 1;
  always @* if (!live) starts_with_reset: assume (rst);

  // What came in and is not walked to its end: at most two, the older first.
  wire accepted = s_axis_tvalid && s_axis_tready, delivered = m_axis_tvalid && m_axis_tready;
  reg [1:0] owed;
  reg [15:0] older, newer;
  reg [6:0] older_steps, newer_steps;
  reg [15:0] older_head, newer_head;

  // What is due of the older one.
  reg [15:0] first, head, step;
  wire [63:0] due = golden_walked_token(first, step);
  wire to_zero = older_steps == 0;
  wire last_step = to_zero ? due == 0 : step + 1 == older_steps;
  wire done = delivered && last_step && head == older_head && first < `ROWS;
  always @(posedge clk)
    if (rst) owed <= 0;
    else begin
      owed <= owed + accepted - done;
      if (accepted) begin
        if (owed - done == 0) {older, older_steps, older_head} <= {16'(taken_token), taken_steps, 16'(taken_head)};
        else {newer, newer_steps, newer_head} <= {16'(taken_token), taken_steps, 16'(taken_head)};
      end
      if (done && owed == 2) {older, older_steps, older_head} <= {newer, newer_steps, newer_head};
      if (done || owed == 0) begin
        first <= done && owed == 2 ? newer : 16'(taken_token);
        {head, step} <= 0;
      end else if (delivered) begin
        step <= last_step ? 0 : step + 1;
        if (last_step) head <= head == older_head ? 0 : head + 1;
        if (last_step && head == older_head) first <= first - `ROWS;
      end
    end

  // Of a query and a key of one head of the older sequence.
  reg [15:0] query, key, head_0, meetings;
  always @(posedge clk) begin
    query <= query;
    key <= key;
    head_0 <= head_0;
  end
  wire in_tile = query <= first && first - query < `ROWS;
  wire meet = delivered && in_tile && 16'(shown_head) == head_0 && shown_token == key && step >= first - query;
  always @(posedge clk)
    if (rst || done || owed == 0) meetings <= 0;
    else meetings <= meetings + meet;
  wire causal = key <= query && query <= older && head_0 <= older_head;
  wire over = in_tile ? head_0 < head || head_0 == head && key > due : query > first;

  always @*
    if (live) begin
      walks_when_owed: assert (m_axis_tvalid ? owed > 0 : owed < 2);
      takes_when_idle: assert (s_axis_tready || owed > 0);
      if (m_axis_tvalid) begin
        right_token: assert (64'(shown_token) == due && 16'(shown_head) == head);
        right_end: assert (m_axis_tlast == last_step);
        if (to_zero && last_step) counts_its_keys: assert (step == first);
        if (to_zero && done) each_pair_once: assert (meetings + meet == causal);
      end
      // What makes this inductive.
      owed_in_parts: assert (owed == waiting + m_axis_tvalid);
      if (waiting) kept: assert (m_axis_tvalid
          ? waiting_token == newer && waiting_steps == newer_steps && waiting_head == newer_head
          : waiting_token == older && waiting_steps == older_steps && waiting_head == older_head);
      if (waiting && !m_axis_tvalid) not_begun: assert (first == older && head == 0 && step == 0);
      if (m_axis_tvalid) in_reach: assert (steps == older_steps && last_head == older_head && first == begin_token
          && first <= older && older < `DEPTH && head <= older_head
          && (to_zero ? step <= first : step < older_steps && step_count == step));
      if (owed == 2) newer_fits: assert (newer < `DEPTH);
      if (waiting && owed == 1) older_fits: assert (older < `DEPTH);
      if (to_zero && owed > 0) met: assert (meetings == (causal && over));
      cover_last_tile: cover (delivered && first < `ROWS && first < older && last_step && head == older_head && head > 0);
      cover_counted: cover (done && !to_zero && older_steps > 1);
      cover_two: cover (done && waiting && to_zero);
      cover_idle: cover (done && !waiting);
    end
  offered_beats #(
      .WIDTH(17 + `HEAD_WIDTH)
  ) offered (
      .valid(m_axis_tvalid),
      .ready(m_axis_tready),
      .beat({m_axis_tlast, shown_head, shown_token}),
      .*
  );
endmodule

bind tritproof_tile_walk tile_walk_proof proof (
    .taken_token(s_axis_tdata[`TOKEN_WIDTH-1:0]),
    .taken_steps(s_axis_tdata[16+:7]),
    .taken_head(s_axis_tdata[23+:`HEAD_WIDTH]),
    .step_count(step),
    .shown_token(m_axis_tdata[15:0]),
    .shown_head(m_axis_tdata[16+:`HEAD_WIDTH]),
    .*
);
