// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "golden.sv"
`include "offered_beats.svh"

// Rows are numbered as they come in and as they go out. Of one row, an arbitrary constant `row`, and one place
// in it, `entry`: what goes out is its distance from the largest of the row, in every pass, at its place.
module score_buffer_proof (
    input clk,
    input rst,
    input signed [`VALUE_WIDTH-1:0] value,
    input s_axis_tvalid,
    input s_axis_tready,
    input s_axis_tlast,
    input [`DISTANCE_WIDTH+1:0] beat,
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
    input step,
    input move,
    input [`INDEX_WIDTH-1:0] final_0,
    input [`INDEX_WIDTH-1:0] final_1,
    input signed [`VALUE_WIDTH-1:0] largest_0,
    input signed [`VALUE_WIDTH-1:0] largest_1,
    input fetched_valid,
    input fetched_first,
    input fetched_ending,
    input fetched_last_pass,
    input signed [`VALUE_WIDTH-1:0] fetched,
    input signed [`VALUE_WIDTH-1:0] kept_largest
);
  reg live;
  initial live = 0;
  always @(posedge clk) live <= 1;
  always @* if (!live) starts_with_reset: assume (rst);

  reg [7:0] row;
  reg [15:0] entry;
  always @(posedge clk) begin
    row <= row;
    entry <= entry;
  end
  always @* exist: assume (entry < `DEPTH);

  // What comes in. A row that does not end within `DEPTH` scores has no number.
  wire accepted = s_axis_tvalid && s_axis_tready;
  wire signed [63:0] wide_value = value;
  reg [15:0] taken;  // scores of the row that comes in, up to `DEPTH`
  reg [7:0] rows_in;
  reg [15:0] length;
  reg signed [63:0] largest, score;
  reg must_refuse;
  always @(posedge clk) begin
    must_refuse <= !rst && accepted && s_axis_tlast && taken == `DEPTH;
    if (rst) begin
      taken <= 0;
      rows_in <= 0;
    end else if (accepted) begin
      taken <= s_axis_tlast ? 0 : taken == `DEPTH ? `DEPTH : taken + 1;
      if (s_axis_tlast && taken < `DEPTH) rows_in <= rows_in + 1;
      if (rows_in == row) begin
        length <= taken + 1;
        largest <= taken == 0 || value > largest ? wide_value : largest;
        if (taken == entry) score <= wide_value;
      end
    end
  end

  // What goes out.
  wire delivered = m_axis_tvalid && m_axis_tready;
  wire first = beat[`DISTANCE_WIDTH], last_pass = beat[`DISTANCE_WIDTH+1];
  wire [63:0] distance = beat[`DISTANCE_WIDTH-1:0];
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

  wire signed [63:0] due = golden_distance(largest[`VALUE_WIDTH-1:0], score[`VALUE_WIDTH-1:0]);
  wire [7:0] rows_owed = rows_in - rows_out;
  always @*
    if (live) begin
      says_refused: assert (refused == must_refuse);
      if (rows_owed == 0) room_when_idle: assert (s_axis_tready);
      if (m_axis_tvalid) begin
        none_made_up: assert (rows_owed > 0 && rows_owed <= 4);
        marks_first: assert (first == (place == 0));
        marks_last_pass: assert (last_pass == (pass == `PASSES - 1));
        if (rows_out == row) begin
          marks_end: assert (place < length && length <= `DEPTH && m_axis_tlast == (place + 1 == length));
          if (place == entry) exact: assert (distance == due);
        end
      end
    end
  offered_beats #(
      .WIDTH(`DISTANCE_WIDTH + 3)
  ) offered (
      .valid(m_axis_tvalid),
      .ready(m_axis_tready),
      .beat({m_axis_tlast, beat}),
      .*
  );

`ifndef SMALL
  // What makes the goals inductive: the banks by their rows' numbers, and the two stages behind them.
  reg [7:0] rows_read;
  reg [24:0] fetched_token;
  wire [24:0] reading = {rows_read, replay, 16'(index)};
  always @(posedge clk) begin
    rows_read <= rst ? 0 : rows_read + vacate;
    if (move) fetched_token <= reading;
  end
  wire [24:0] token_after = m_axis_tvalid ? after(token, m_axis_tlast, last_pass) : token;
  wire [24:0] fetched_after = fetched_valid ? after(fetched_token, fetched_ending, fetched_last_pass)
      : token_after;

  wire [7:0] rows_ahead = row - rows_read;
  wire waiting = rows_ahead < held;
  wire coming = rows_in == row && taken > 0;
  wire [15:0] final_place = row[0] ? final_1 : final_0;
  wire signed [63:0] bank_largest = row[0] ? 64'(largest_1) : 64'(largest_0);
  wire signed [`VALUE_WIDTH-1:0] word = tritproof_score_buffer._memory0_words[{row[0], entry[`INDEX_WIDTH-1:0]}];
  wire signed [63:0] wide_word = word, wide_fetched = fetched, wide_kept = kept_largest;
  always @*
    if (live) begin
      same_count: assert (count == taken && taken <= `DEPTH);
      rows_held: assert (held <= 2 && held == 8'(rows_in - rows_read));
      banks: assert (write_bank == rows_in[0] && read_bank == rows_read[0]);
      passes: assert (replay < `PASSES && pass < `PASSES);
      if (held != 0) not_past_end: assert (index <= (read_bank ? final_1 : final_0));
      if (held == 0) at_rest: assert (index == 0 && replay == 0);
      if (fetched_valid) next_token: assert (fetched_token == token_after);
      next_read: assert (reading == fetched_after);
      if (coming) largest_so_far: assert (bank_largest == largest);
      if (coming && entry < taken) written: assert (wide_word == score);
      if (waiting) begin
        whole_length: assert (length > 0 && length <= `DEPTH && final_place + 1 == length);
        whole_largest: assert (bank_largest == largest);
        if (entry < length) stays_written: assert (wide_word == score);
        if (rows_ahead == 0) place_read: assert (index < length);
      end
      if (coming) length_so_far: assert (taken == `DEPTH || length == taken);
      if (coming ? entry < taken : waiting && entry < length) below_largest: assert (score <= largest);
      if (fetched_valid) begin
        first_fetched: assert (fetched_first == (fetched_token[15:0] == 0));
        pass_fetched: assert (fetched_last_pass == (fetched_token[16] == `PASSES - 1));
        if (fetched_token[24:17] == row) begin
          end_fetched: assert (fetched_token[15:0] < length && length <= `DEPTH
              && fetched_ending == (fetched_token[15:0] + 1 == length));
          largest_fetched: assert (wide_kept == largest);
          if (fetched_token[15:0] == entry) score_fetched: assert (wide_fetched == score && score <= largest);
        end
      end
    end
`endif

  reg was_refused;
  initial was_refused = 0;
  always @(posedge clk) if (live && refused) was_refused <= 1;
  always @* begin
    cover_last_pass: cover (live && m_axis_tvalid && rows_out == row && m_axis_tlast && last_pass && place == 1);
    cover_one_score: cover (live && m_axis_tvalid && rows_out == row && length == 1 && last_pass);
    cover_saturated: cover (live && m_axis_tvalid && &distance[`DISTANCE_WIDTH-1:0] && place == 1);
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
    .beat(m_axis_tdata[`DISTANCE_WIDTH+1:0]),
    .fetched($signed(fetched)),
    .*
);
