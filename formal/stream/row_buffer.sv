// SPDX-License-Identifier: Apache-2.0
`include "parameters.svh"
`include "offered_beats.svh"

// An arbitrary beat that is watched keeps its place in the memory, and goes out after exactly those that came
// before it, unless its row proves too long: then the row leaves no trace.
module row_buffer_proof #(
    parameter A = `ADDRESS_WIDTH
) (
    input clk,
    input rst,
    input [`WIDTH-1:0] s_axis_tdata,
    input s_axis_tvalid,
    input s_axis_tready,
    input s_axis_tlast,
    input [`WIDTH-1:0] m_axis_tdata,
    input m_axis_tvalid,
    input m_axis_tready,
    input m_axis_tlast,
    input refused,
    input [A:0] written,
    input [A:0] begun,
    input [A:0] given,
    input [`TAKEN_WIDTH-1:0] taken
);
  wire pick;  // free
  reg live;
  initial live = 0;
  always @(posedge clk) live <= 1;
  always @* if (!live) starts_with_reset: assume (rst);

  wire accepted = s_axis_tvalid && s_axis_tready;
  wire delivered = m_axis_tvalid && m_axis_tready;
  reg [31:0] kept, out;  // beats of complete rows that came in, and beats that went out
  reg [15:0] beats;  // of the row that comes in, up to `DEPTH
  wire too_long = beats == `DEPTH;
  reg must_refuse;
  reg watching, whole;  // a beat; its row is complete
  reg [31:0] number;  // how many of complete rows go out before it
  reg [`WIDTH:0] watched;
  always @(posedge clk) begin
    must_refuse <= !rst && accepted && s_axis_tlast && too_long;
    if (rst) begin
      kept <= 0;
      out <= 0;
      beats <= 0;
      watching <= 0;
    end else begin
      out <= out + delivered;
      if (accepted) begin
        beats <= s_axis_tlast ? 0 : too_long ? beats : beats + 1;
        if (s_axis_tlast && !too_long) kept <= kept + beats + 1;
      end
      if (accepted && !too_long && pick && !watching) begin
        watching <= 1;
        whole <= s_axis_tlast;
        number <= kept + beats;
        watched <= {s_axis_tlast, s_axis_tdata};
      end else if (watching && !whole && accepted && s_axis_tlast) begin
        if (too_long) watching <= 0;
        whole <= 1;
      end else if (watching && whole && delivered && out == number) watching <= 0;
    end
  end
  offered_beats #(
      .WIDTH(`WIDTH + 1)
  ) offered (
      .valid(m_axis_tvalid), .ready(m_axis_tready), .beat({m_axis_tlast, m_axis_tdata}), .*);
  wire [31:0] stored = kept - out;  // of complete rows
  reg waiting;  // a beat of a complete row is left since the cycle before
  always @(posedge clk) waiting <= !rst && stored != delivered;
  wire [`WIDTH:0] word = tritproof_row_buffer.memory0_words[number[A-1:0]];
  always @*
    if (live) begin
      none_made_up: assert (!m_axis_tvalid || stored > 0);
      goes_out_at_once: assert (m_axis_tvalid == waiting);
      says_refused: assert (refused == must_refuse);
      if (stored == 0) room_when_idle: assert (s_axis_tready);
      if (watching && whole) not_lost: assert (number - out < stored);
      if (watching && whole && number == out && m_axis_tvalid)
        same_beat: assert ({m_axis_tlast, m_axis_tdata} == watched);
      // What makes these inductive.
      counts: assert (taken == beats && beats <= `DEPTH);
      fill: assert (stored <= (1 << A) + m_axis_tvalid && stored + beats <= (1 << A) + m_axis_tvalid);
      written_is: assert (written == (A + 1)'(kept + beats));
      begun_is: assert (begun == (A + 1)'(kept));
      given_is: assert (given == (A + 1)'(out + m_axis_tvalid));
      if (watching && !whole) of_this_row: assert (beats > 0 && number - kept < beats);
      if (watching && (number != out || !m_axis_tvalid)) in_memory: assert (word == watched);
      cover_two_rows: cover (m_axis_tvalid && m_axis_tlast && kept - out > 1 && beats > 0);
    end
  generate
    if (`DEPTH <= 4)
      always @* begin
        cover_refused: cover (live && refused && stored > 0);
        cover_again: cover (live && m_axis_tvalid && beats > 0 && kept > (1 << A));
        cover_full: cover (live && !s_axis_tready && m_axis_tvalid);
      end
  endgenerate
endmodule

bind tritproof_row_buffer row_buffer_proof proof (.*);
