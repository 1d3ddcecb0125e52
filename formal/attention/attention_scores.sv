// SPDX-License-Identifier: Apache-2.0
`ifndef SMALL
`define ASSUME_SCORE
`endif
`include "parameters.svh"
`include "offered_beats.svh"
`include "holds.svh"

// What lies between the streams and the parts, which are the real ones and proved on their own: of a request,
// which beat of which query meets which beat of which key in each dot product, which multiplier meets which
// dot product, and that each key's scores leave once, in order, the last of a request marked.
module attention_scores_proof (
    input clk,
    input rst,
    input [15:0] size,
    input [`ROWS*`MULTIPLIER_WIDTH-1:0] multiplier_beat,
    input s_axis_command_tvalid,
    input s_axis_command_tready,
    input [`BEAT_WIDTH-1:0] s_axis_query_tdata,
    input s_axis_query_tvalid,
    input s_axis_query_tready,
    input [`BEAT_WIDTH-1:0] s_axis_key_tdata,
    input s_axis_key_tvalid,
    input s_axis_key_tready,
    input [`SCORES_WIDTH-1:0] beat,
    input m_axis_tvalid,
    input m_axis_tready,
    input m_axis_tlast,
    input refused,
    input active,
    input [15:0] keys,
    input [15:0] key,
    input [15:0] place,
    input [15:0] query_row,
    input [15:0] query_place,
    input query_bank,
    input read_bank,
    input [1:0] held,
    input [`ROWS*`MULTIPLIER_WIDTH-1:0] multipliers,
    input [3*`ROWS*`MULTIPLIER_WIDTH-1:0] multiplier_line,
    input [4:0] valid_line,
    input [4:0] end_line
);
  localparam MULTIPLIERS = `ROWS * `MULTIPLIER_WIDTH;
  reg live;
  initial live = 0;
  always @(posedge clk) live <= 1;
  always @* if (!live) starts_with_reset: assume (rst);

  reg [15:0] spot;  // arbitrary constants: a beat's place in its query, and whether even or odd sets of queries
  reg odd;
  always @(posedge clk) begin
    spot <= spot;
    odd <= odd;
  end
  always @* exist: assume (spot < `BEATS);

  // The request under way, and where its keys are.
  wire legal = size >= 1 && size <= `DEPTH;
  wire asked = s_axis_command_tvalid && s_axis_command_tready;
  wire accepted = s_axis_key_tvalid && s_axis_key_tready;
  reg busy, must_refuse;
  reg [15:0] size_due, key_due, place_due;
  reg [MULTIPLIERS-1:0] multiplier_due;
  wire completes = place_due == `BEATS - 1, last = key_due == size_due - 1;
  always @(posedge clk) begin
    must_refuse <= !rst && asked && !legal;
    if (rst) {busy, key_due, place_due} <= 0;
    else begin
      if (asked && legal) busy <= 1;
      else if (accepted && completes && last) busy <= 0;
      if (accepted) begin
        place_due <= completes ? 0 : place_due + 1;
        if (completes) key_due <= last ? 0 : key_due + 1;
      end
    end
    if (asked && legal) {multiplier_due, size_due} <= {multiplier_beat, size};
  end

  // Sets of queries, numbered as they come in and as they are used up.
  wire taken = s_axis_query_tvalid && s_axis_query_tready;
  reg [7:0] sets_in, sets_used;
  reg [15:0] row_in, place_in;
  wire [7:0] sets_waiting = sets_in - sets_used;
  always @(posedge clk)
    if (rst) {sets_in, sets_used, row_in, place_in} <= 0;
    else begin
      if (taken) begin
        place_in <= place_in == `BEATS - 1 ? 0 : place_in + 1;
        if (place_in == `BEATS - 1) row_in <= row_in == `ROWS - 1 ? 0 : row_in + 1;
        if (place_in == `BEATS - 1 && row_in == `ROWS - 1) sets_in <= sets_in + 1;
      end
      if (accepted && completes && last) sets_used <= sets_used + 1;
    end

  // Keys under way: complete, the last of its request, its multiplier.
  wire advance = !m_axis_tvalid || m_axis_tready;
  reg [4:0] given, ends;
  reg [MULTIPLIERS-1:0] multiplier_1, multiplier_2, multiplier_3;
  always @(posedge clk) begin
    if (rst) given <= 0;
    else if (advance) given <= {given[3:0], accepted && completes};
    if (advance) begin
      ends <= {ends[3:0], last};
      {multiplier_3, multiplier_2, multiplier_1} <= {multiplier_2, multiplier_1, multiplier_due};
    end
  end

  always @*
    if (live) begin
      says_refused: assert (refused == must_refuse);
      one_at_a_time: assert (s_axis_command_tready == !busy);
      if (s_axis_key_tready) wants_keys: assert (busy && sets_waiting > 0 && advance);
      if (busy && sets_waiting > 0 && advance) takes_keys: assert (s_axis_key_tready);
      if (sets_waiting < 2) takes_queries: assert (s_axis_query_tready);
      one_beat_each: assert (m_axis_tvalid == given[4]);
      if (m_axis_tvalid) end_marked: assert (m_axis_tlast == ends[4]);
    end
  offered_beats #(
      .WIDTH(`SCORES_WIDTH + 1)
  ) offered (
      .valid(m_axis_tvalid),
      .ready(m_axis_tready),
      .beat({m_axis_tlast, beat}),
      .*
  );

`define ROW(r) \
  holds #(.WIDTH(`VALUE_WIDTH)) held_``r (.clk, .move(tritproof_attention_scores.u_scale_``r.enable), \
      .value(tritproof_attention_scores.u_scale_``r.value)); \
  row_proof #(.ROW(r)) row_``r ( \
      .clk, .live, .taken, .accepted, .advance, .row_in, .place_in, .place_due, .spot, .odd, .sets_in, .sets_used, \
      .sets_waiting, .query_beat(s_axis_query_tdata), .key_beat(s_axis_key_tdata), \
      .multiplier(multiplier_3[r*`MULTIPLIER_WIDTH+:`MULTIPLIER_WIDTH]), .scored(given[2]), \
      .result(beat[r*`VALUE_WIDTH+:`VALUE_WIDTH]), \
      .word(tritproof_attention_scores._query``r``_words[{odd, spot[`PLACE_WIDTH-1:0]}]), \
      .enable(tritproof_attention_scores.u_dot_``r.enable), .take(tritproof_attention_scores.u_dot_``r.take), \
      .first(tritproof_attention_scores.u_dot_``r.first), .a(tritproof_attention_scores.u_dot_``r.a), \
      .b(tritproof_attention_scores.u_dot_``r.b), .dot(tritproof_attention_scores.u_dot_``r.score), \
      .scaling(tritproof_attention_scores.u_scale_``r.enable), .score(tritproof_attention_scores.u_scale_``r.score), \
      .factors({tritproof_attention_scores.u_scale_``r.shift, tritproof_attention_scores.u_scale_``r.mantissa}), \
      .value(tritproof_attention_scores.u_scale_``r.value));
  `EACH_ROW

  // What makes this inductive.
  always @*
    if (live) begin
      same_request: assert (active == busy);
      if (busy) begin
        same_size: assert (keys == size_due && size_due >= 1 && size_due <= `DEPTH);
        same_multipliers: assert (multipliers == multiplier_due);
        key_within: assert (key_due < size_due);
      end else at_start: assert (key_due == 0 && place_due == 0);
      same_key: assert (key == key_due && place == place_due && place_due < `BEATS);
      same_query: assert (query_row == row_in && query_place == place_in && row_in < `ROWS && place_in < `BEATS);
      same_banks: assert (query_bank == sets_in[0] && read_bank == sets_used[0]);
      same_held: assert (held == sets_waiting && sets_waiting <= 2);
      same_valid: assert (valid_line == given);
      same_ends: assert ((end_line & given) == (ends & given));
      if (given[0]) multiplier_at_1: assert (multiplier_line[0+:MULTIPLIERS] == multiplier_1);
      if (given[1]) multiplier_at_2: assert (multiplier_line[MULTIPLIERS+:MULTIPLIERS] == multiplier_2);
      if (given[2]) multiplier_at_3: assert (multiplier_line[2*MULTIPLIERS+:MULTIPLIERS] == multiplier_3);
    end

  // One run that reaches every cover and guard; the search for them alone follows it.
  (* keep *) wire guided = s_axis_command_tvalid && s_axis_query_tvalid && s_axis_key_tvalid && spot == 0
      && s_axis_query_tdata == 0 && s_axis_key_tdata == 0 && multiplier_beat == 0;
  always @* begin
    cover_last_key: cover (live && m_axis_tvalid && m_axis_tlast);
    cover_refused: cover (live && refused);
    cover_queries_ahead: cover (live && sets_waiting + (place_in > 0) > 1 && key_due == 1);
  end
endmodule

// One row: its query as it came in, and what reaches its parts.
module row_proof #(
    parameter ROW = 0
) (
    input clk,
    input live,
    input taken,
    input accepted,
    input advance,
    input [15:0] row_in,
    input [15:0] place_in,
    input [15:0] place_due,
    input [15:0] spot,
    input odd,
    input [7:0] sets_in,
    input [7:0] sets_used,
    input [7:0] sets_waiting,
    input [`BEAT_WIDTH-1:0] query_beat,
    input [`BEAT_WIDTH-1:0] key_beat,
    input [`MULTIPLIER_WIDTH-1:0] multiplier,
    input scored,
    input [`VALUE_WIDTH-1:0] result,
    input [`BEAT_WIDTH-1:0] word,
    input enable,
    input take,
    input first,
    input [`BEAT_WIDTH-1:0] a,
    input [`BEAT_WIDTH-1:0] b,
    input signed [`DOT_WIDTH-1:0] dot,
    input scaling,
    input signed [`SCORE_WIDTH-1:0] score,
    input [`MULTIPLIER_WIDTH-1:0] factors,
    input [`VALUE_WIDTH-1:0] value
);
  reg [`BEAT_WIDTH-1:0] query;  // beat `spot` of this row's newest query of an even, or odd, set
  always @(posedge clk)
    if (taken && row_in == ROW && place_in == spot && sets_in[0] == odd) query <= query_beat;
  wire signed [63:0] wide_dot = dot, wide_score = score;
  wire passed = sets_in[0] == odd && (row_in > ROW || row_in == ROW && place_in > spot);
  wire whole = sets_waiting == 2 || sets_waiting == 1 && sets_used[0] == odd;
  always @*
    if (live) begin
      moves_together: assert (enable == advance && scaling == advance);
      takes_key_beats: assert (take == accepted);
      if (accepted) begin
        begins_with_key: assert (first == (place_due == 0) && b == key_beat);
        if (place_due == spot && sets_used[0] == odd) meets_query: assert (a == query);
      end
      if (scored) own_multiplier: assert (wide_score == wide_dot && factors == multiplier);
      own_result: assert (result == value);
      if (whole || passed) stays: assert (word == query);
    end
endmodule

bind tritproof_attention_scores attention_scores_proof proof (
    .multiplier_beat(s_axis_command_tdata[16+:`ROWS*`MULTIPLIER_WIDTH]),
    .beat(m_axis_tdata[`SCORES_WIDTH-1:0]),
    .keys(16'(keys)),
    .key(16'(key)),
    .place(16'(place)),
    .query_row(16'(query_row)),
    .query_place(16'(query_place)),
    .*
);
