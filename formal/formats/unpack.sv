// SPDX-License-Identifier: Apache-2.0
`include "beats.svh"

// Each word of a beat is given to a part of its own; each trit of what a part gives is delivered at its place, one
// register later, and the scale of each unit behind all trits.
module unpack_proof #(
    parameter STAGES = 3
) (
    `BEAT_PORTS
);
  `BEATS_MOVE(`WORDS)
  localparam SCALES = golden_scale_bit(0) >= 0 ? `OUT_WIDTH - 16 * `UNITS : `OUT_WIDTH;  // where they begin
  always @* if (begun) nothing_else: assert (m_axis_tdata[SCALES-1:0] >> (2 * `TRITS) == 0);

`define PART(i) tritproof_unpack.u_word_``i
`define WORD(i) \
  assign illegal[i] = `PART(i).illegal; \
  reg [9:0] due_``i; \
  wire [`IN_WIDTH-1:0] from_``i = s_axis_tdata >> golden_first_bit(i); \
  wire [15:0] given_``i = from_``i[7:0] & ((1 << golden_word_width(i)) - 1); \
  wire [9:0] found_``i = {trit(i, 4), trit(i, 3), trit(i, 2), trit(i, 1), trit(i, 0)}; \
  always @(posedge clk) if (advance) due_``i <= `PART(i).trits; \
  always @* begin : word_``i \
    given: assert (`PART(i).enable == advance && `PART(i).word == given_``i); \
    if (begun) delivered: assert (found_``i == due_``i); \
  end
  function automatic [1:0] trit(input integer word, input integer place);  // 0 where it has none
    trit = place < golden_word_group(word)
        ? 2'(m_axis_tdata >> (2 * (golden_first_trit(word) + place * golden_trit_stride(word)))) : 0;
  endfunction
  `EACH_WORD

`define UNIT(i) \
  generate \
    if (golden_scale_bit(i) >= 0) begin : scale_``i \
      reg [15:0] first, second, third; \
      wire [15:0] given = s_axis_tdata >> golden_scale_bit(i); \
      wire [15:0] newer = tritproof_unpack.scale_line[16*i+:16]; \
      wire [15:0] older = tritproof_unpack.scale_line[16*(`UNITS+i)+:16]; \
      always @(posedge clk) \
        if (advance) begin \
          first <= given; \
          second <= first; \
          third <= second; \
        end \
      always @* \
        if (moves.live) begin \
          if (moves.came[0]) enters: assert (newer == first); \
          if (moves.came[1]) moves_on: assert (older == second); \
          if (moves.came[2]) carried: assert (m_axis_tdata[SCALES+16*i+:16] == third); \
        end \
    end \
  endgenerate
  `EACH_UNIT

`ifdef SMALL
  // With the real parts, of a format with one code: what is delivered is what the specification reads in the beat
  // taken three moves ago.
  reg [`IN_WIDTH-1:0] beats [0:STAGES-1];
  always @(posedge clk)
    if (advance) begin
      beats[0] <= s_axis_tdata;
      for (integer k = 1; k < STAGES; k = k + 1) beats[k] <= beats[k-1];
    end
  function automatic [15:0] read(input [`IN_WIDTH-1:0] beat, input integer word);
    read = 16'(golden_trits_of_word((beat >> golden_first_bit(word)) & ((1 << golden_word_width(word)) - 1)));
  endfunction
  wire [`WORDS-1:0] unreadable;
  reg unread;
  always @(posedge clk)
    if (rst) unread <= 0;
    else if (advance && moves.came[STAGES-2] && unreadable != 0) unread <= 1;
  always @* if (moves.live) raised_by_it: assert (error == unread);
`undef WORD
`define WORD(i) \
  wire [15:0] now_``i = read(beats[STAGES-1], i), next_``i = read(beats[STAGES-2], i); \
  assign unreadable[i] = 1'(next_``i >> (2 * golden_word_group(i))); \
  always @* \
    if (moves.live && moves.came[STAGES-1]) begin : reads_``i \
      trits: assert (found_``i[5:0] == now_``i[5:0]); \
    end
  `EACH_WORD
`endif
endmodule

bind tritproof_unpack unpack_proof proof (.*);
