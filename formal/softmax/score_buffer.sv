// SPDX-License-Identifier: Apache-2.0
`ifndef SMALL
`define ASSUME_SCORE
`endif
`include "parameters.svh"
`include "golden.sv"
`include "offered_beats.svh"
`include "holds.svh"

// Rows side by side are numbered together as they come in and as they go out. Each beat that goes out is what
// every row's part gives for the place it is owed, read from the bank of its number while that bank held all
// of its rows and nothing else was written there; the part itself is proved on its own, from these ports.
module score_buffer_proof (
    input clk,
    input rst,
    input [`INPUT_WIDTH-1:0] values,
    input s_axis_tvalid,
    input s_axis_tready,
    input s_axis_tlast,
    input [`OUTPUT_WIDTH+1:0] beat,
    input m_axis_tvalid,
    input m_axis_tready,
    input m_axis_tlast,
    input refused,
    input [1:0] held,
    input write_bank,
    input read_bank,
    input [`INDEX_WIDTH:0] count,
    input [`INDEX_WIDTH-1:0] index,
    input replay,
    input vacate,
    input [`INDEX_WIDTH-1:0] final_0,
    input [`INDEX_WIDTH-1:0] final_1,
    input fetched_valid,
    input fetched_first,
    input fetched_ending,
    input fetched_last_pass
);
  reg live;
  initial live = 0;
  always @(posedge clk) live <= 1;
  always @* if (!live) starts_with_reset: assume (rst);

  reg [7:0] row;  // an arbitrary constant: a number
  always @(posedge clk) row <= row;

  // What comes in. A row that does not end within `DEPTH` scores has no number.
  wire accepted = s_axis_tvalid && s_axis_tready;
  reg [15:0] taken;  // scores of the row that comes in, up to `DEPTH`
  reg [7:0] rows_in;
  reg [15:0] length;
  reg must_refuse;
  always @(posedge clk) begin
    must_refuse <= !rst && accepted && s_axis_tlast && taken == `DEPTH;
    if (rst) begin
      taken <= 0;
      rows_in <= 0;
    end else if (accepted) begin
      taken <= s_axis_tlast ? 0 : taken == `DEPTH ? `DEPTH : taken + 1;
      if (s_axis_tlast && taken < `DEPTH) rows_in <= rows_in + 1;
      if (rows_in == row) length <= taken + 1;
    end
  end

  // What goes out.
  wire delivered = m_axis_tvalid && m_axis_tready;
  wire first = beat[`OUTPUT_WIDTH], last_pass = beat[`OUTPUT_WIDTH+1];
  reg [24:0] token;
  wire [7:0] rows_out = token[24:17];
  wire pass = token[16];
  wire [15:0] place = token[15:0];
  always @(posedge clk)
    if (rst) token <= 0;
    else if (delivered) token <= after(token, m_axis_tlast, last_pass);
  function automatic [24:0] after(input [24:0] token, input ending, input last_pass);
    after = !ending ? token + 1 : last_pass ? {token[24:17] + 8'd1, 17'd0} : {token[24:17], 1'b1, 16'd0};
  endfunction

  wire [7:0] rows_owed = rows_in - rows_out;

  // What is read for each beat, two moves before it goes out.
  wire move = !m_axis_tvalid || m_axis_tready;
  wire reads = held != 0;
  reg [7:0] rows_read;
  wire [24:0] read_token = {rows_read, replay, 16'(index)};
  reg [1:0] read_before;  // a beat was read one, two moves ago
  reg [24:0] token_1, token_2;
  always @(posedge clk) begin
    rows_read <= rst ? 0 : rows_read + vacate;
    if (rst) read_before <= 0;
    else if (move) read_before <= {read_before[0], reads};
    if (move) {token_2, token_1} <= {token_1, read_token};
  end
  wire [7:0] rows_whole = rows_in - rows_read;  // complete and not read to the end
  always @*
    if (live) begin
      if (reads) reads_whole_rows: assert (rows_whole > 0 && rows_whole <= 2);
      if (accepted) writes_another_bank: assert (rows_whole < 2);
      read_once_each: assert (m_axis_tvalid == read_before[1]);
      if (m_axis_tvalid) reads_what_is_owed: assert (token_2 == token);
      says_refused: assert (refused == must_refuse);
      if (rows_owed == 0) room_when_idle: assert (s_axis_tready);
      if (m_axis_tvalid) begin
        none_made_up: assert (rows_owed > 0 && rows_owed <= 4);
        marks_first: assert (first == (place == 0));
        marks_last_pass: assert (last_pass == (pass == `PASSES - 1));
        if (rows_out == row)
          marks_end: assert (place < length && length <= `DEPTH && m_axis_tlast == (place + 1 == length));
      end
    end
  offered_beats #(
      .WIDTH(`OUTPUT_WIDTH + 3)
  ) offered (
      .valid(m_axis_tvalid),
      .ready(m_axis_tready),
      .beat({m_axis_tlast, beat}),
      .*
  );

`ifndef SMALL
  // What makes the goals inductive.
  wire [24:0] token_after = m_axis_tvalid ? after(token, m_axis_tlast, last_pass) : token;
  wire [24:0] fetched_after = fetched_valid ? after(token_1, fetched_ending, fetched_last_pass) : token_after;

  wire [7:0] rows_ahead = row - rows_read;
  wire waiting = rows_ahead < held;
  wire coming = rows_in == row && taken > 0;
  wire [15:0] final_place = row[0] ? final_1 : final_0;
  wire fetched_here = fetched_valid && token_1[24:17] == row;
  always @*
    if (live) begin
      same_count: assert (count == taken && taken <= `DEPTH);
      rows_held: assert (held <= 2 && held == rows_whole);
      same_reads: assert (fetched_valid == read_before[0]);
      banks: assert (write_bank == rows_in[0] && read_bank == rows_read[0]);
      passes: assert (replay < `PASSES && pass < `PASSES);
      if (held != 0) not_past_end: assert (index <= (read_bank ? final_1 : final_0));
      if (held == 0) at_rest: assert (index == 0 && replay == 0);
      if (fetched_valid) next_token: assert (token_1 == token_after);
      next_read: assert (read_token == fetched_after);
      if (waiting) begin
        whole_length: assert (length > 0 && length <= `DEPTH && final_place + 1 == length);
        if (rows_ahead == 0) place_read: assert (index < length);
      end
      if (coming) length_so_far: assert (taken == `DEPTH || length == taken);
      if (fetched_valid) begin
        first_fetched: assert (fetched_first == (token_1[15:0] == 0));
        pass_fetched: assert (fetched_last_pass == (token_1[16] == `PASSES - 1));
        if (fetched_here)
          end_fetched: assert (token_1[15:0] < length && length <= `DEPTH
              && fetched_ending == (token_1[15:0] + 1 == length));
      end
    end
`endif

`define ROW(r) \
  holds #(.WIDTH(`DISTANCE_WIDTH)) held_``r (.clk, .move(tritproof_score_buffer.u_row_``r.move), \
      .value(tritproof_score_buffer.u_row_``r.distance)); \
  always @* \
    if (live) begin \
      row_``r``_taken: assert (tritproof_score_buffer.u_row_``r.take == accepted); \
      row_``r``_moves: assert (tritproof_score_buffer.u_row_``r.move == move); \
      if (accepted) row_``r``_given: assert (tritproof_score_buffer.u_row_``r.bank == rows_in[0] \
          && tritproof_score_buffer.u_row_``r.first == (taken == (`STAGGERED ? r : 0)) \
          && tritproof_score_buffer.u_row_``r.keep == (taken < `DEPTH) \
          && tritproof_score_buffer.u_row_``r.place == taken[`INDEX_WIDTH-1:0] \
          && tritproof_score_buffer.u_row_``r.value == values[r*`VALUE_WIDTH+:`VALUE_WIDTH]); \
      if (reads) row_``r``_read: assert (tritproof_score_buffer.u_row_``r.read_bank == read_token[17] \
          && tritproof_score_buffer.u_row_``r.read_place == read_token[15:0] \
          && tritproof_score_buffer.u_row_``r.early == (read_token[15:0] < (`STAGGERED ? r : 0))); \
      if (m_axis_tvalid) row_``r``_delivered: \
        assert (beat[r*`DISTANCE_WIDTH+:`DISTANCE_WIDTH] == tritproof_score_buffer.u_row_``r.distance); \
    end
  `EACH_ROW

`ifdef SMALL
  // The composition: of one place, an arbitrary constant, every distance from the scores that came in.
  reg [15:0] entry;
  always @(posedge clk) entry <= entry;
  genvar side;
  generate
    for (side = 0; side < `ROWS; side = side + 1) begin : each
      localparam START = `STAGGERED ? side : 0;
      wire signed [`VALUE_WIDTH-1:0] value = values[side*`VALUE_WIDTH+:`VALUE_WIDTH];
      reg signed [63:0] largest, score;
      always @(posedge clk)
        if (accepted && rows_in == row) begin
          largest <= taken <= START || value > largest ? 64'(value) : largest;
          if (taken == entry) score <= value;
        end
      wire [63:0] due = entry < START ? (64'd1 << `DISTANCE_WIDTH) - 1
          : golden_distance(largest[`VALUE_WIDTH-1:0], score[`VALUE_WIDTH-1:0]);
      wire [63:0] given = beat[side*`DISTANCE_WIDTH+:`DISTANCE_WIDTH];
      always @* if (live && m_axis_tvalid && rows_out == row && place == entry) exact: assert (given == due);
    end
  endgenerate
`endif

  reg was_refused;
  initial was_refused = 0;
  always @(posedge clk) if (live && refused) was_refused <= 1;
  always @* begin
    cover_last_pass: cover (live && m_axis_tvalid && rows_out == row && m_axis_tlast && last_pass && place == 1);
    cover_one_score: cover (live && m_axis_tvalid && rows_out == row && length == 1 && last_pass);
    cover_two_rows: cover (live && held == 2 && m_axis_tvalid && place > 0);
  end
  if (`DEPTH <= 4) begin : small_depth
    always @* begin
      cover_longest: cover (live && m_axis_tvalid && rows_out == row && place == `DEPTH - 1);
      cover_next_after_refused: cover (live && m_axis_tvalid && rows_out == row && was_refused);
    end
  end
endmodule

bind tritproof_score_buffer score_buffer_proof proof (
    .values(s_axis_tdata[`INPUT_WIDTH-1:0]),
    .beat(m_axis_tdata[`OUTPUT_WIDTH+1:0]),
    .*
);
