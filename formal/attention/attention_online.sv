// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "same_stream.svh"

// The parts are connected: each row's softmax takes the row's score of every key, all rows at once; the fields
// it gives are the row's weight of that key's value, all rows at once, one key later if the value is not there
// yet. Nothing else is between the ports.
module attention_online_proof (
    input clk,
    input rst,
    input refused
);
`define TOP tritproof_attention_online
`define SCORES `TOP.u_scores
`define VALUES `TOP.u_values
`define SOFTMAX(r) `TOP.u_row_``r
  reg live;
  initial live = 0;
  always @(posedge clk) live <= 1;
  always @* if (!live) starts_with_reset: assume (rst);

  // The key whose weights wait for its value.
  wire [`ROWS-1:0] takes, gives, firsts, lasts;
  reg waits, first, last;
  wire room = !waits || `VALUES.s_axis_weight_tready;
  wire moves = &gives && room;
  always @(posedge clk) begin
    if (rst) waits <= 0;
    else if (room) waits <= moves;
    if (moves) {first, last} <= {&firsts, &lasts};
  end

  always @* begin
    one_reset: assert (`SCORES.rst == rst && `VALUES.rst == rst);
    command: assert (`SAME_STREAM(`SCORES.s_axis_command, `TOP.s_axis_command) && `SCORES.refused == refused);
    query: assert (`SAME_STREAM(`SCORES.s_axis_query, `TOP.s_axis_query));
    key: assert (`SAME_STREAM(`SCORES.s_axis_key, `TOP.s_axis_key));
    value: assert (`SAME_STREAM(`VALUES.s_axis_value, `TOP.s_axis_value));
    result: assert (`SAME_PACKETS(`VALUES.m_axis, `TOP.m_axis) && `VALUES.m_axis_tkeep == `TOP.m_axis_tkeep);
    scores_go_to_all: assert (`SCORES.m_axis_tready == &takes);
    cover_refused: cover (refused);
    cover_result: cover (`TOP.m_axis_tvalid && `TOP.m_axis_tready && `TOP.m_axis_tlast);
    if (live) begin
      weights_given: assert (`VALUES.s_axis_weight_tvalid == waits);
      if (waits) marked: assert (`VALUES.s_axis_weight_tdata[`WEIGHTS_WIDTH] == first
          && `VALUES.s_axis_weight_tlast == last);
    end
    cover_waits_for_a_row: cover (|gives && room && `SCORES.m_axis_tvalid && |takes);
    cover_waits_for_a_value: cover (live && waits && &gives && !room);
  end

`define ROW(r) \
  reg [`WEIGHT_WIDTH-1:0] weight_``r; \
  assign takes[r] = `SOFTMAX(r).s_axis_tready; \
  assign gives[r] = `SOFTMAX(r).m_axis_tvalid; \
  assign firsts[r] = `SOFTMAX(r).m_axis_tdata[`WEIGHT_WIDTH]; \
  assign lasts[r] = `SOFTMAX(r).m_axis_tlast; \
  always @* begin : row_``r \
    reset: assert (`SOFTMAX(r).rst == rst); \
    score_taken: assert (`SOFTMAX(r).s_axis_tvalid == (`SCORES.m_axis_tvalid && &takes) \
        && `SOFTMAX(r).s_axis_tlast == `SCORES.m_axis_tlast); \
    own_score: assert (`SOFTMAX(r).s_axis_tdata[`VALUE_WIDTH-1:0] \
        == `SCORES.m_axis_tdata[r*`VALUE_WIDTH+:`VALUE_WIDTH]); \
    if (live) weight_taken: assert (`SOFTMAX(r).m_axis_tready == moves); \
    if (live && waits) own_weight: assert (`VALUES.s_axis_weight_tdata[r*`WEIGHT_WIDTH+:`WEIGHT_WIDTH] == weight_``r); \
  end \
  always @(posedge clk) if (moves) weight_``r <= `SOFTMAX(r).m_axis_tdata[`WEIGHT_WIDTH-1:0];
  `EACH_ROW

`ifdef SMALL
`include "single_key.svh"
`endif
endmodule

bind tritproof_attention_online attention_online_proof proof (.*);
